"""Read notes."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records import Instance
from engine.types import Actor
from housing.notes.models import CaseNote
from housing.notes.views import Note, demand_reader, note_of
from housing.vault import Vault


def of_case(
    case: Instance, by: Actor, *, vault: Vault | None, session: Session
) -> tuple[Note, ...]:
    """List the notes of a case, oldest first, the removed ones without their text.

    Raises:
        NotesNotYours: the actor may not read them.
        KeyMissing, SealBroken: a sealed note cannot be opened.
    """
    demand_reader(by, case)
    rows = session.scalars(
        select(CaseNote).where(CaseNote.instance_id == case.id).order_by(CaseNote.id)
    )
    return tuple(note_of(row, vault=vault) for row in rows)


def newest(session: Session, instance_ids: Collection[str]) -> Mapping[str, Note]:
    """Find the newest note of each case in one statement, for readers who may see the cases.

    Removed notes do not count, and sealed ones are read on the page of their case only.
    """
    if not instance_ids:
        return {}
    last = (
        select(func.max(CaseNote.id))
        .where(
            CaseNote.instance_id.in_(list(instance_ids)),
            CaseNote.removed_at.is_(None),
            CaseNote.sealed.is_(None),
        )
        .group_by(CaseNote.instance_id)
    )
    rows = session.scalars(select(CaseNote).where(CaseNote.id.in_(last)))
    return {row.instance_id: note_of(row, vault=None) for row in rows}
