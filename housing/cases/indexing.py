"""Keeps the words of cases: what a unit of work changed is read and cut anew at its end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, event, insert, inspect, select
from sqlalchemy.orm import Session

from engine import queries
from housing.announcements.models import Announcement
from housing.announcements.service import PROCESS as ANNOUNCEMENTS
from housing.applications.call_subject import PERIODIC
from housing.applications.models import CallRound, HousingApplication
from housing.applications.service import PROCESS as APPLICATIONS
from housing.care.models import CareCase, CareReport
from housing.care.reports import PROCESS as CARE_REPORTS
from housing.care.service import PROCESS as CARE
from housing.cases import words
from housing.cases.about import About, about
from housing.cases.models import CaseText, CaseWord
from housing.cases.rules import guard_of
from housing.dispatches.models import CaseDispatch
from housing.dispatches.service import PROCESS as DISPATCHES
from housing.leases.models import Lease
from housing.move_outs.models import MoveOutCase
from housing.move_outs.service import PROCESS as MOVE_OUTS
from housing.orm import Base
from housing.persons.models import Person
from housing.renewals.models import RenewalCase
from housing.renewals.operations import PROCESS as RENEWALS
from housing.repairs.models import RepairTicket
from housing.repairs.service import PROCESS as REPAIRS

BATCH = 500

_CHANGED = "cases_changed"
"""Where a session keeps what it changed: key of a process and row."""

CASES = (
    *(RepairTicket, HousingApplication, CallRound),
    *(MoveOutCase, RenewalCase, CareCase, CareReport),
    *(CaseDispatch, Announcement),
)
Case = (
    RepairTicket
    | HousingApplication
    | CallRound
    | MoveOutCase
    | RenewalCase
    | CareCase
    | CareReport
    | CaseDispatch
    | Announcement
)
PROCESSES: Mapping[type[Base], str] = {
    RepairTicket: REPAIRS,
    HousingApplication: APPLICATIONS,
    CallRound: PERIODIC,  # calls of both kinds are read alike
    MoveOutCase: MOVE_OUTS,
    RenewalCase: RENEWALS,
    CareCase: CARE,
    CareReport: CARE_REPORTS,
    CaseDispatch: DISPATCHES,
    Announcement: ANNOUNCEMENTS,
}
"""Whose cases a row is."""

WATCHED: Mapping[type[Base], frozenset[str]] = {
    RepairTicket: frozenset({"instance_id", "unit_code", "place", "text", "reporter_name"}),
    HousingApplication: frozenset({"instance_id", "person_id"}),
    CallRound: frozenset({"instance_id", "title"}),
    MoveOutCase: frozenset({"instance_id", "lease_id"}),
    RenewalCase: frozenset({"instance_id"}),
    CareCase: frozenset({"instance_id", "unit_code"}),
    CareReport: frozenset({"instance_id"}),
    CaseDispatch: frozenset({"instance_id", "question"}),
    Announcement: frozenset({"instance_id", "community", "title"}),
    Person: frozenset({"name"}),
    Lease: frozenset({"tenant_id"}),
}
"""Columns of which the words are made."""


class _Text(NamedTuple):
    """The columns of CaseText that are cut into words."""

    open_text: str
    guarded_text: str
    guard: str


def watch(session: Session) -> None:
    """Notice from now on what a session changes of the texts of cases."""
    session.info[_CHANGED] = []
    event.listen(session, "before_flush", _notice)


def _notice(session: Session, *_flush: object) -> None:
    changed: list[Base] = session.info[_CHANGED]
    changed += (each for each in session.new if type(each) in WATCHED)
    for each in session.dirty:
        names = WATCHED.get(type(each))
        if names:
            state = inspect(each)
            if any(state.attrs[name].history.has_changes() for name in names):
                changed.append(each)


def refresh(session: Session) -> None:
    """Cut the words of the cases that the session changed; call it before its commit."""
    session.flush()
    changed: list[Base] = session.info[_CHANGED]
    if changed:
        cases: dict[str, set[str]] = {}
        for process, instance_id in _cases_of(dict.fromkeys(changed), session):
            if instance_id is not None:
                cases.setdefault(process, set()).add(instance_id)
        write(cases, session)


def catch_up(model: type[Case], after: str, session: Session) -> tuple[str, ...]:
    """Cut the words of some cases that have none yet.

    Args:
        model: one of CASES.
        after: ids of cases up to this one are done; "" for none.
        session: the caller's unit of work.

    Returns:
        Their ids in order; none when all are done.
    """
    has_words = select(CaseText.instance_id).where(CaseText.instance_id == model.instance_id)
    missing = (
        select(model.instance_id)
        .where(model.instance_id > after, ~has_words.exists())
        .order_by(model.instance_id)
        .limit(BATCH)
    )
    found = tuple(each for each in session.scalars(missing) if each is not None)
    write({PROCESSES[model]: found}, session)
    return found


def forget(session: Session) -> None:
    """Throw all words away; `catch_up` makes them anew."""
    session.execute(delete(CaseWord))
    session.execute(delete(CaseText))


def _cases_of(changed: Iterable[Base], session: Session) -> Iterator[tuple[str, str | None]]:
    for each in changed:
        if isinstance(each, CASES):
            yield PROCESSES[type(each)], each.instance_id
        elif isinstance(each, Person):
            yield from _cases_of_person(each.id, session)
        elif isinstance(each, Lease):
            yield from _cases_of_leases([each.id], session)


def _cases_of_person(person_id: int, session: Session) -> Iterator[tuple[str, str | None]]:
    own = select(HousingApplication.instance_id).where(HousingApplication.person_id == person_id)
    for each in session.scalars(own):
        yield APPLICATIONS, each
    leases = session.scalars(select(Lease.id).where(Lease.tenant_id == person_id)).all()
    yield from _cases_of_leases(leases, session)


def _cases_of_leases(
    lease_ids: Sequence[int], session: Session
) -> Iterator[tuple[str, str | None]]:
    for process, model in ((MOVE_OUTS, MoveOutCase), (RENEWALS, RenewalCase)):
        ids = select(model.instance_id).where(model.lease_id.in_(lease_ids))
        for each in session.scalars(ids) if lease_ids else ():
            yield process, each


def write(cases: Mapping[str, Iterable[str]], session: Session) -> None:
    """Cut the words of cases, where their texts have changed.

    Args:
        cases: key of a process to ids of its cases.
        session: the caller's unit of work.
    """
    found = about({key: list(ids) for key, ids in cases.items()}, session)
    scopes = queries.scopes_of(list(found), session)
    kept = {
        each.instance_id: each
        for each in session.scalars(
            select(CaseText).where(CaseText.instance_id.in_(list(found))).with_for_update()
        )
    }
    texts: list[dict[str, str]] = []
    added: list[dict[str, str]] = []
    for case in found.values():
        text, old = _text_of(case, scopes.get(case.instance_id, "")), kept.get(case.instance_id)
        before, after = _rows_of(_parts(old) if old else None), _rows_of(text)
        if old is None:
            texts.append({"instance_id": case.instance_id, **text._asdict()})
        elif _parts(old) != text:
            old.open_text, old.guarded_text, old.guard = text
        _remove(case.instance_id, before - after, session)
        added += (_row(case.instance_id, word, guard) for word, guard in after - before)
    if texts:
        session.execute(insert(CaseText), texts)
    if added:
        session.execute(insert(CaseWord), sorted(added, key=_place))


def _text_of(case: About, scope: str) -> _Text:
    guard = guard_of(case.process, scope)
    return _Text(open_text=case.open_text, guarded_text=case.guarded_text, guard=guard)


def _parts(row: CaseText) -> _Text:
    return _Text(open_text=row.open_text, guarded_text=row.guarded_text, guard=row.guard)


def _rows_of(text: _Text | None) -> frozenset[tuple[str, str]]:
    """Pair the words of a text with who is found by them; what is open is not guarded as well."""
    if text is None:
        return frozenset()
    everybodys = words.words_of(text.open_text)
    readers = words.words_of(text.guarded_text) - everybodys
    return frozenset(
        {*((each, "") for each in everybodys), *((each, text.guard) for each in readers)}
    )


def _place(row: Mapping[str, str]) -> tuple[str, str, str]:
    """Order rows as their index does: writing them takes less."""
    return row["word"], row["instance_id"], row["guard"]


def _row(instance_id: str, word: str, guard: str) -> dict[str, str]:
    return {"word": word, "guard": guard, "instance_id": instance_id}


def _remove(instance_id: str, rows: Iterable[tuple[str, str]], session: Session) -> None:
    for word, guard in sorted(rows):
        session.execute(
            delete(CaseWord).where(
                CaseWord.word == word,
                CaseWord.instance_id == instance_id,
                CaseWord.guard == guard,
            )
        )
