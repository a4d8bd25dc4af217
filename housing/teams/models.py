"""The table of weekly digests."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class WeeklyDigest(Base):
    """The digest of one week was made for somebody, so that it is not made again.

    Attributes:
        week: of the ISO calendar, such as 2026-W10.
        is_sent: False when there was nothing to say.
    """

    __tablename__ = "weekly_digest"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    week: Mapped[str] = mapped_column(String(8), primary_key=True)
    made_at: Mapped[datetime]
    is_sent: Mapped[bool]
