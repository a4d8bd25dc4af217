"""The tables of stored files, whose bytes lie on disk, and of those the office added to cases."""

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class StoredFileRow(Base):
    """One stored photo or PDF; its bytes lie under `<files_path>/ab/cd/<id>.<extension>`."""

    __tablename__ = "stored_file"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # 32 hexadecimal digits
    filename: Mapped[str] = mapped_column(String(120))  # as uploaded, made harmless
    content_type: Mapped[str] = mapped_column(String(40))  # found by content
    extension: Mapped[str] = mapped_column(String(8))  # of the file on disk: jpg, png, webp, pdf
    size_bytes: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))  # of the stored bytes
    width: Mapped[int] = mapped_column(Integer)  # pixels, upright; 0 for a PDF
    height: Mapped[int] = mapped_column(Integer)
    page_count: Mapped[int | None] = mapped_column(Integer)  # of a PDF
    has_location: Mapped[bool] = mapped_column(Boolean)  # only with the reporter's consent
    uploaded_by: Mapped[str] = mapped_column(String(64))  # account id
    uploaded_at: Mapped[datetime]
    instance_id: Mapped[str | None] = mapped_column(String(32))  # the case it belongs to

    __table_args__ = (
        Index("ix_stored_file_instance", "instance_id"),
        Index("ix_stored_file_loose", "uploaded_by", "instance_id"),
    )


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
