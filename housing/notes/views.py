"""What service and queries of notes share: a note as it is read, who may read and be mentioned."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.records import Instance
from engine.types import Actor
from housing.cases.about import readers_of, reads
from housing.notes.errors import NotesNotYours
from housing.notes.models import CaseNote
from housing.notes.rules import Colleague, colleagues
from housing.people import queries as people
from housing.vault import Place, Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A note of a colleague on a case.

    Attributes:
        task_id: the user task it was written at, if any.
        text: "" when it was removed.
        mentions: account ids of the mentioned.
        edited_at: when its author last changed it.
        removed_at: when its text was taken out; the note itself stays.
    """

    id: int
    instance_id: str
    task_id: str | None
    author_id: str
    author_name: str
    text: str
    written_at: datetime
    mentions: tuple[str, ...]
    edited_at: datetime | None = None
    removed_at: datetime | None = None
    removed_by_name: str = ""


def demand_reader(actor: Actor, case: Instance) -> None:
    """Refuse everybody who may not read the notes of a case: they are its staff's.

    Raises:
        NotesNotYours: he may not.
    """
    if not reads(actor, case.process_key, case.scope):
        raise NotesNotYours


def colleagues_of(case: Instance, *, session: Session) -> tuple[Colleague, ...]:
    """List who may be mentioned in the notes of a case: active accounts that may read them."""
    readers = readers_of(case.process_key)
    return colleagues(people.members_of(readers, case.scope, session=session))


def note_of(row: CaseNote, *, vault: Vault | None) -> Note:
    """Read a row, opening what is sealed."""
    text = row.text
    if row.sealed is not None and vault is not None:
        text = vault.open(row.sealed, place_of(row.id))
    return Note(
        id=row.id,
        instance_id=row.instance_id,
        task_id=row.task_id,
        author_id=row.author_id,
        author_name=row.author_name,
        text=text,
        written_at=row.written_at,
        mentions=tuple(row.mentions),
        edited_at=row.edited_at,
        removed_at=row.removed_at,
        removed_by_name=row.removed_by_name or "",
    )


def place_of(note_id: int) -> Place:
    """Tell where a note is sealed."""
    return Place(table=CaseNote.__tablename__, column="sealed", row=note_id)
