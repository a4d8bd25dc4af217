"""The table of notes."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class CaseNote(Base):
    """What a colleague noted on a case; residents never see it.

    Attributes:
        task_id: the user task it was written at, if any.
        text: "" when it was removed, or is sealed.
        sealed: the text of a case whose subject keeps notes sealed.
        mentions: account ids of the mentioned, in the order of the text.
    """

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(String(32), ForeignKey("process_instance.id"))
    task_id: Mapped[str | None] = mapped_column(String(32))
    author_id: Mapped[str] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str | None] = mapped_column(Text)
    written_at: Mapped[datetime]
    mentions: Mapped[list[str]] = mapped_column(JSON)
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_by_name: Mapped[str | None] = mapped_column(String(100))

    __table_args__ = (Index("ix_case_note_instance", "instance_id", "id"),)
