"""The verbs of attachments: add files to a case, remove one with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.records import Instance
from engine.types import Actor
from housing.attachments.errors import (
    AttachmentNotFound,
    AttachmentsNotYours,
    PictureWordsMissing,
    RemovalReasonMissing,
)
from housing.cases.queries import viewer_of
from housing.files.models import CaseAttachment
from housing.files.service import StoredFile, attach, detach

LONGEST_WORDS = 200
LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Addition:
    """Stored files that somebody adds to a case.

    Attributes:
        words: what the pictures show; documents may do without.
        is_internal: whether only the office sees them.
    """

    files: Sequence[StoredFile]
    words: str
    is_internal: bool


def add(case: Instance, addition: Addition, *, by: Actor, session: Session, clock: Clock) -> None:
    """Add files that the actor just uploaded.

    Raises:
        CaseNotYours, AttachmentsNotYours: the actor does not work on the case.
        PictureWordsMissing: there is a picture, and no words for those who cannot see it.
        FileNotYours: a file is somebody else's or belongs to another case.
    """
    _demand_staff(case, by, session)
    words = " ".join(addition.words.split())[:LONGEST_WORDS]
    if not words and any(not each.is_document for each in addition.files):
        raise PictureWordsMissing
    attach([each.id for each in addition.files], case.id, by=by, session=session)
    for file in addition.files:
        session.add(
            CaseAttachment(
                file_id=file.id,
                instance_id=case.id,
                filename=file.filename,
                words=words,
                is_internal=addition.is_internal,
                added_by=by.id,
                added_by_name=by.name,
                added_at=clock.now(),
            )
        )
    session.flush()


def remove(  # noqa: PLR0913  # the face of the room
    case: Instance, file_id: str, reason: str, *, by: Actor, session: Session, clock: Clock
) -> None:
    """Take a file out of a case; that it was there, who removed it and why stays.

    Nobody can open it from now on; its bytes are deleted with the other loose files.

    Raises:
        CaseNotYours, AttachmentsNotYours: the actor does not work on the case.
        AttachmentNotFound: it came with a form, was removed before, or is of another case.
        RemovalReasonMissing: no reason was given.
    """
    _demand_staff(case, by, session)
    row = session.get(CaseAttachment, file_id)
    if row is None or row.instance_id != case.id or row.removed_at is not None:
        raise AttachmentNotFound(file_id)
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why:
        raise RemovalReasonMissing
    row.removed_at, row.removed_by_name, row.removal_reason = clock.now(), by.name, why
    detach(file_id, session=session)
    session.flush()


def _demand_staff(case: Instance, by: Actor, session: Session) -> None:
    if not viewer_of(by, case, session=session).is_staff:
        raise AttachmentsNotYours
