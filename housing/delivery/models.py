"""Tables of delivery: the devices that take push messages."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class PushDevice(Base):
    """A browser that a person allowed to show notices."""

    __tablename__ = "push_device"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    endpoint: Mapped[str] = mapped_column(String(1000), unique=True)
    p256dh: Mapped[str] = mapped_column(String(100))  # its public key, base64url
    auth: Mapped[str] = mapped_column(String(40))  # its secret, base64url
    name: Mapped[str] = mapped_column(String(100))  # browser and system, for its owner's eyes
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # a message was taken last
