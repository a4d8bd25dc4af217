"""Tables of dispatches: what was asked from which case, of whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial


class DispatchSerial(YearSerial):
    """The last serial number given in a year of the Republic."""

    __tablename__ = "dispatch_serial"


class CaseDispatch(Base):
    """One question to several units, asked from a case and answered in a process of its own.

    Attributes:
        number: D115-000001; the business key of its process.
        parent_id: the case it was asked from.
        units: as `rules.Unit.to_json`, the lead unit among them.
        completion: "all", or "any" when the first answer is enough.
        state: open, answered or withdrawn.
    """

    __tablename__ = "case_dispatch"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    parent_id: Mapped[str] = mapped_column(String(32), index=True)
    parent_number: Mapped[str] = mapped_column(String(64))
    instance_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    question: Mapped[str] = mapped_column(Text)
    units: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    completion: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_by_name: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    ended_at: Mapped[datetime | None]
