"""Tables of notices: what a reader chose, and the mailbox of the simulator."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class NoticePreference(Base):
    """The channels a person chose for one topic; without a row the topic's defaults hold."""

    __tablename__ = "notice_preference"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(32), primary_key=True)
    channels: Mapped[str] = mapped_column(String(64))  # parted by blanks, may be empty


class QuietHours(Base):
    """Hours of the day in which a person wants no sound, beside the nights that all have."""

    __tablename__ = "notice_quiet_hours"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    begins: Mapped[str] = mapped_column(String(5))  # "13:00", in Taipei
    ends: Mapped[str] = mapped_column(String(5))


class DeliveredMessage(Base):
    """A message that was delivered to the simulator; once a Message-ID."""

    __tablename__ = "delivered_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(160), unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(32), index=True)
    channel: Mapped[str] = mapped_column(String(16))  # mail, push, sms, line
    recipient: Mapped[str] = mapped_column(String(64))  # account id
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(300))
    delivered_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(16))  # opened or bounced, as played
    outcome_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_delivered_message_recipient_id", "recipient", "id"),)
