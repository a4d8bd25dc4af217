"""The table of API tokens."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class ApiToken(Base):
    """A program that may use the API; the table holds only the SHA-256 of its token."""

    __tablename__ = "api_token"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))  # separated by blanks
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
