"""Tables of absences, their deputies, and what was done to them."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.deputies.rules import LONGEST_NOTE
from housing.orm import Base


class Absence(Base):
    """Somebody is away from an instant until another, which is the first of his presence again.

    Attributes:
        reason: a code of `rules.REASONS`.
        entered_by: id of the account: the person himself, his chief or an administrator.
        cancelled_at: it was called off before it began.
        reported_at: when the hand-back report was sent, after its end.
    """

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_until_at", "until_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]


class AbsenceDeputy(Base):
    """One of the pool of an absence.

    Attributes:
        place: 1 for the first, who stands in as long as he is there.
        groups: candidate groups that he covers, such as "officer"; empty for everything.
    """

    __tablename__ = "absence_deputy"

    absence_id: Mapped[int] = mapped_column(ForeignKey("absence.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    groups: Mapped[list[str]] = mapped_column(JSON)


class AbsenceEvent(Base):
    """What was done to an absence, when and by whom; append only.

    Attributes:
        kind: entered, changed, ended_early, cancelled or reported.
        details: former values; ids and instants.
    """

    __tablename__ = "absence_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    absence_id: Mapped[int] = mapped_column(ForeignKey("absence.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    by_id: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(100))
    details: Mapped[dict[str, object]] = mapped_column(JSON)
