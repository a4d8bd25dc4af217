"""What service and queries of notes share: a note as it is read, who may read and be mentioned."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import Instance
from engine.types import CITY, Actor
from housing.cases.rules import STAFF_ROLES, is_staff
from housing.notes.errors import NotesNotYours
from housing.notes.models import CaseNote
from housing.notes.rules import Colleague, colleagues
from housing.people import queries as people
from housing.people.models import Membership
from housing.subjects import subject_of
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


def is_reader(actor: Actor, case: Instance) -> bool:
    """Tell whether somebody may read the notes of a case: its staff, and nobody else."""
    return is_staff(actor, case.scope, _readers(case))


def demand_reader(actor: Actor, case: Instance) -> None:
    """Refuse everybody who may not read the notes of a case.

    Raises:
        NotesNotYours: he may not.
    """
    if not is_reader(actor, case):
        raise NotesNotYours


def colleagues_of(case: Instance, *, session: Session) -> tuple[Colleague, ...]:
    """List who may be mentioned in the notes of a case: active accounts that may read them."""
    ids = select(Membership.account_id).where(
        Membership.role.in_(_readers(case)), Membership.scope.in_({case.scope, CITY})
    )
    found = people.accounts(session.scalars(ids.distinct()), session=session)
    return colleagues(
        (str(each.id), each.name, each.login) for each in found if each.state == "active"
    )


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


def _readers(case: Instance) -> frozenset[str]:
    readers = subject_of(case.process_key).readers
    return STAFF_ROLES if readers is None else readers
