"""How far the demo city's clock is ahead of the real one; one row, shared by every process."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.clock import Clock
from housing.orm import Base

_ONLY_ROW = 1


class DemoClock(Base):
    """The offset of the demo clock; without a row it runs with the real one."""

    __tablename__ = "demo_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offset_s: Mapped[float]  # added to the real clock; negative for a demo in the past

    __table_args__ = (CheckConstraint(f"id = {_ONLY_ROW}", name="only_row"),)


def read_offset(*, session: Session) -> timedelta:
    """Tell how far the demo clock is ahead; zero when nobody moved it."""
    row = session.get(DemoClock, _ONLY_ROW)
    return timedelta(seconds=row.offset_s) if row else timedelta()


def set_instant(instant: datetime, *, system_clock: Clock, session: Session) -> timedelta:
    """Let the demo clock show an instant now and return the new offset."""
    offset = instant - system_clock.now()
    row = session.get(DemoClock, _ONLY_ROW)
    if row is None:
        session.add(DemoClock(id=_ONLY_ROW, offset_s=offset.total_seconds()))
    else:
        row.offset_s = offset.total_seconds()
    return offset
