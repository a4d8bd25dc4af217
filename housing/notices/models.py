"""The mailbox of the simulator: what would have left the house."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class DeliveredMessage(Base):
    """A mail or push message that was delivered to the simulator; once a Message-ID."""

    __tablename__ = "delivered_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(160), unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(32), index=True)
    channel: Mapped[str] = mapped_column(String(16))  # mail, push
    recipient: Mapped[str] = mapped_column(String(64))  # account id
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(300))
    delivered_at: Mapped[datetime]

    __table_args__ = (Index("ix_delivered_message_recipient_id", "recipient", "id"),)
