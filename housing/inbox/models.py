"""The table of saved views."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class SavedView(Base):
    """A view with its filters and order, under a name.

    Attributes:
        owner_id: account that saved it; `team` "" makes it his own.
        team, scope: the candidate group it is for, and where.
        address: parts of the address of the list, as text to text.
    """

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(64), index=True)
    team: Mapped[str] = mapped_column(String(64), index=True)
    scope: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(40))
    address: Mapped[dict[str, str]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
