"""The verbs of notes: write, change for a short time, remove with a trace."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.clock import FrozenClock
from engine.records import Instance
from engine.types import Actor, InstanceRef
from housing.errors import KeyMissing
from housing.notes.errors import NoteNotFound, NoteOfSomebodyElse, NoteRemoved, NoteSettled
from housing.notes.models import CaseNote
from housing.notes.rules import (
    EDIT_PERIOD,
    clean,
    may_edit,
    may_remove,
    mentioned,
    mentions_anybody,
)
from housing.notes.views import Note, colleagues_of, demand_reader, note_of, place_of
from housing.notices.service import notify
from housing.subjects import subject_of
from housing.vault import Vault


def write(  # noqa: PLR0913  # the face of the room
    session: Session,
    *,
    instance_id: str,
    text: str,
    by: Actor,
    at: datetime,
    task_id: str | None = None,
    vault: Vault | None = None,
) -> Note:
    """Note something on a case and tell whom the text mentions; nothing of it is told to others.

    Args:
        session: of the unit of work.
        instance_id: the case.
        text: at most 2,000 characters; `@name` mentions a colleague.
        by: the author.
        at: the instant.
        task_id: the user task it is written at, if any.
        vault: seals notes of cases whose subject wants it.

    Raises:
        InstanceNotFound: there is no such case.
        NotesNotYours: the author may not read the notes of the case.
        NoteEmpty, NoteTooLong: the text cannot be kept.
        MentionRefused: somebody is mentioned who may not read it.
        KeyMissing: the case keeps notes sealed and there is no vault.
    """
    case = engine_queries.instance(instance_id, session)
    demand_reader(by, case)
    cleaned = clean(text)
    note = CaseNote(
        instance_id=instance_id,
        task_id=task_id,
        author_id=by.id,
        author_name=by.name,
        text="",
        sealed=None,
        written_at=at,
        mentions=list(_mentions(cleaned, case, session)),
    )
    session.add(note)
    session.flush()
    _put(note, cleaned, case, vault)
    session.flush()
    _tell(note.mentions, case, by=by, at=at, session=session)
    return note_of(note, vault=vault)


def edit(  # noqa: PLR0913  # the face of the room
    session: Session,
    note_id: int,
    text: str,
    *,
    case: Instance,
    by: Actor,
    at: datetime,
    vault: Vault | None = None,
) -> Note:
    """Change a note of one's own while it is fresh; who is mentioned anew is told.

    Raises:
        NotesNotYours, NoteEmpty, NoteTooLong, MentionRefused, KeyMissing: as `write`.
        NoteNotFound, NoteRemoved, NoteOfSomebodyElse: there is nothing of his to change.
        NoteSettled: it was written more than 15 minutes ago.
    """
    note = _find(note_id, case, by, session)
    if note.author_id != by.id:
        raise NoteOfSomebodyElse
    if not may_edit(note.author_id, note.written_at, by, at):
        raise NoteSettled(int(EDIT_PERIOD.total_seconds()) // 60)
    cleaned = clean(text)
    before = set(note.mentions)
    note.mentions = list(_mentions(cleaned, case, session))
    note.edited_at = at
    _put(note, cleaned, case, vault)
    session.flush()
    _tell(set(note.mentions) - before, case, by=by, at=at, session=session)
    return note_of(note, vault=vault)


def remove(session: Session, note_id: int, *, case: Instance, by: Actor, at: datetime) -> None:
    """Take the text out of a note; who wrote it and who removed it when stays.

    Raises:
        NotesNotYours, NoteNotFound, NoteRemoved: there is nothing to remove.
        NoteOfSomebodyElse: he is neither its author nor a section chief or administrator.
    """
    note = _find(note_id, case, by, session)
    if not may_remove(note.author_id, case.scope, by):
        raise NoteOfSomebodyElse
    note.text, note.sealed = "", None
    note.removed_at, note.removed_by_name = at, by.name
    session.flush()


def seal_anew(*, vault: Vault, session: Session, limit: int = 500) -> int:
    """Bring up to `limit` sealed notes under the newest key.

    Returns:
        How many were changed; 0 when all are.
    """
    is_newest = CaseNote.sealed.startswith(f"{vault.newest}:", autoescape=True)
    rows = select(CaseNote).where(CaseNote.sealed.is_not(None), ~is_newest)
    notes = session.scalars(rows.order_by(CaseNote.id).limit(limit)).all()
    for note in notes:
        opened = vault.open(note.sealed or "", place_of(note.id))
        note.sealed = vault.seal(opened, place_of(note.id))
    session.flush()
    return len(notes)


def _find(note_id: int, case: Instance, by: Actor, session: Session) -> CaseNote:
    demand_reader(by, case)
    note = session.get(CaseNote, note_id)
    if note is None or note.instance_id != case.id:
        raise NoteNotFound(note_id)
    if note.removed_at is not None:
        raise NoteRemoved
    return note


def _mentions(text: str, case: Instance, session: Session) -> tuple[str, ...]:
    if not mentions_anybody(text):
        return ()
    return mentioned(text, colleagues_of(case, session=session))


def _put(note: CaseNote, text: str, case: Instance, vault: Vault | None) -> None:
    if not subject_of(case.process_key).seals_notes:
        note.text = text
        return
    if vault is None:
        raise KeyMissing("-")
    note.sealed = vault.seal(text, place_of(note.id))


def _tell(
    ids: Collection[str], case: Instance, *, by: Actor, at: datetime, session: Session
) -> None:
    others = [each for each in ids if each != by.id]
    if not others:
        return
    notify(
        others,
        "note_mentions_you",
        {"name": by.name},
        instance=InstanceRef(id=case.id, business_key=case.business_key, scope=case.scope),
        session=session,
        clock=FrozenClock(at),
    )
