"""The table of wrong codes."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class WrongCode(Base):
    """A wrong code of a case that came from an address, kept as long as the limit looks back."""

    __tablename__ = "wrong_code"
    __table_args__ = (Index("ix_wrong_code_address_at", "address", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
