"""The table of attachments."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class CaseAttachment(Base):
    """A file that the office added to a case; the row outlives the file.

    Attributes:
        file_id: of the stored file, whose bytes go some weeks after the removal.
        words: what a picture shows, or what a document is.
        is_internal: whether only the office sees it.
    """

    __tablename__ = "case_attachment"

    file_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(String(32), index=True)
    filename: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(200))
    is_internal: Mapped[bool]
    added_by: Mapped[str] = mapped_column(String(64))
    added_by_name: Mapped[str] = mapped_column(String(100))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by_name: Mapped[str | None] = mapped_column(String(100))
    removal_reason: Mapped[str | None] = mapped_column(String(300))
