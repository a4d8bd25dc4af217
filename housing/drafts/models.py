"""Tables of drafts, their files and their history."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class ProcessDraft(Base):
    """A working copy of a process package.

    Attributes:
        process_key: of the first process of its diagram.
        based_on: id of the version it was copied from; None for one imported as a new process.
        state: open, submitted, approved (waits for `go_live_at`), in_service, withdrawn. A draft
            that was sent back is open again.
        edits: counts every change of a file; revisions of files are drawn from it.
        reason: why, as submitted.
        content_hash: of all files when submitted, as `engine.deployments.content_hash`.
        decided_by: who approved it, or sent it back last.
        deployed_id: id of the version it became.
    """

    __tablename__ = "process_draft"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    process_key: Mapped[str] = mapped_column(String(100))
    package: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    based_on: Mapped[str | None] = mapped_column(ForeignKey("process_definition.id"))
    state: Mapped[str] = mapped_column(String(16))
    edits: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_by: Mapped[str | None] = mapped_column(String(64))
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text)
    go_live_at: Mapped[datetime | None]
    deployed_id: Mapped[str | None] = mapped_column(ForeignKey("process_definition.id"))

    __table_args__ = (
        Index("ix_process_draft_state_changed_at", "state", "changed_at"),
        Index("ix_process_draft_process_key", "process_key"),
    )


class DraftFile(Base):
    """One file of a draft.

    Attributes:
        revision: drawn from the draft's `edits` at each save, so that it never comes twice.
    """

    __tablename__ = "draft_file"

    draft_id: Mapped[str] = mapped_column(ForeignKey("process_draft.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int]
    edited_by: Mapped[str] = mapped_column(String(64))
    edited_at: Mapped[datetime]


class DraftEvent(Base):
    """One line of a draft's history.

    Attributes:
        kind: began, edited, removed, submitted, sent_back, withdrawn, approved, in_service,
            stopped (could not be put in service; open again).
        detail: what the kind needs, such as the file or the reason.
    """

    __tablename__ = "draft_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("process_draft.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    detail: Mapped[dict[str, object]] = mapped_column(JSON)
