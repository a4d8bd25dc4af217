"""Read attachments, and tell who may open a file."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.files.models import CaseAttachment


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that the office added to a case.

    Attributes:
        words: what a picture shows, or what a document is; may be empty for a document.
        is_internal: whether only the office sees it.
        removed_at: when it was taken out; the file itself is gone then.
    """

    file_id: str
    instance_id: str
    filename: str
    words: str
    is_internal: bool
    added_by_name: str
    added_at: datetime
    removed_at: datetime | None
    removed_by_name: str
    removal_reason: str


def of_case(instance_id: str, *, is_staff: bool, session: Session) -> tuple[Attachment, ...]:
    """List the attachments of a case, oldest first.

    Args:
        instance_id: the case.
        is_staff: whether the reader works for the office: others see neither what is internal nor
            what was removed.
        session: any.
    """
    rows = session.scalars(
        select(CaseAttachment)
        .where(CaseAttachment.instance_id == instance_id)
        .order_by(CaseAttachment.added_at, CaseAttachment.file_id)
    )
    found = (_attachment(row) for row in rows)
    return tuple(each for each in found if is_staff or not _is_hidden(each))


def attachment(file_id: str, *, session: Session) -> Attachment | None:
    """Read one attachment; None for a file that is none."""
    row = session.get(CaseAttachment, file_id)
    return None if row is None else _attachment(row)


def _is_hidden(attachment: Attachment) -> bool:
    return attachment.is_internal or attachment.removed_at is not None


def _attachment(row: CaseAttachment) -> Attachment:
    return Attachment(
        file_id=row.file_id,
        instance_id=row.instance_id,
        filename=row.filename,
        words=row.words,
        is_internal=row.is_internal,
        added_by_name=row.added_by_name,
        added_at=row.added_at,
        removed_at=row.removed_at,
        removed_by_name=row.removed_by_name or "",
        removal_reason=row.removal_reason or "",
    )
