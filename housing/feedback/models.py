"""Tables of feedback. Nothing leads from an answer back to its case."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.feedback.rules import LONGEST
from housing.orm import Base


class FeedbackGiven(Base):
    """A case that was answered for, so that nobody is asked twice."""

    __tablename__ = "feedback_given"

    instance_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("process_instance.id"), primary_key=True
    )
    given_at: Mapped[datetime]


class Feedback(Base):
    """One answer; it knows the month and the community, not the case and not the instant.

    Attributes:
        id: random, so that the order of the rows tells nothing.
        month: of the case's end, such as 2026-03.
        stars: 1 to 5.
        sentence: with ids, phone numbers and addresses of mail blotted out, or "".
    """

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_month", "month"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    process_key: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(64))
    month: Mapped[str] = mapped_column(String(7))
    stars: Mapped[int]
    sentence: Mapped[str] = mapped_column(String(LONGEST))
