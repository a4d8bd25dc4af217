"""Read absences and who stands in for whom; see `standing` for how chains are resolved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.types import Actor
from housing.deputies import rules
from housing.deputies.models import Absence, AbsenceDeputy, AbsenceEvent
from housing.deputies.standing import open_tasks_of, standing_at
from housing.deputies.views import AbsenceView, views
from housing.people import queries as people
from housing.people.models import Membership
from housing.people.queries import AccountRef, AccountView


@dataclass(frozen=True, kw_only=True, slots=True)
class EventView:
    """What was done to an absence; `kind` as in `models.AbsenceEvent`."""

    at: datetime
    kind: str
    by_name: str
    details: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class StandIn:
    """Somebody for whom a person stands in now, until an instant."""

    absence_id: int
    person_id: str
    name: str
    until_at: datetime


def tasks_stood_in_for(session: Session, person_id: AccountRef, at: datetime) -> tuple[str, ...]:
    """List the ids of the open tasks that somebody does for absent colleagues: the view `deputy`.

    Those that an absent person holds, unless another deputy comes before this one; those a deputy
    before him may not do because of a conflict of interest; and unclaimed ones of groups whose own
    members are all away. Most pressing first is the caller's matter.
    """
    standing = standing_at(at, session=session)
    absent = standing.stood_in_for(str(person_id))
    if not absent:
        return ()
    tasks = open_tasks_of(absent, standing, session=session)
    standing.look_ahead(tasks)
    return tuple(each.id for each in tasks if standing.deputy_of(each) == str(person_id))


def absent_now(
    session: Session, person_ids: Iterable[AccountRef], at: datetime
) -> Mapping[str, AbsenceView]:
    """Read the running absences of some people, by the person's id; for team pages.

    Args:
        session: any.
        person_ids: accounts; those who are there are missing in the answer.
        at: the instant.
    """
    wanted = [int(each) for each in person_ids]
    found = views(
        session,
        at,
        Absence.person_id.in_(wanted),
        Absence.from_at <= at,
        Absence.until_at > at,
        Absence.cancelled_at.is_(None),
    )
    return {each.person_id: each for each in found}


def running(session: Session, at: datetime) -> Sequence[AbsenceView]:
    """List who is away at an instant, the first to come back first."""
    where = (Absence.from_at <= at, Absence.until_at > at, Absence.cancelled_at.is_(None))
    return sorted(views(session, at, *where), key=lambda each: (each.until_at, each.id))


def ahead(at: datetime, *, session: Session) -> Sequence[AbsenceView]:
    """List the absences that run at an instant or come after it, the first to begin first."""
    found = views(session, at, Absence.until_at > at, Absence.cancelled_at.is_(None))
    return sorted(found, key=lambda each: (each.from_at, each.id))


def stand_ins_of(session: Session, person_id: AccountRef, at: datetime) -> tuple[StandIn, ...]:
    """List for whom somebody stands in now and until when: the deputy's banner."""
    standing = standing_at(at, session=session)
    absent = standing.stood_in_for(str(person_id))
    away = absent_now(session, absent, at) if absent else {}
    return tuple(
        StandIn(absence_id=view.id, person_id=each, name=view.person_name, until_at=view.until_at)
        for each in absent
        if (view := away.get(each)) is not None
    )


def absences_of(
    person_ids: Iterable[AccountRef], at: datetime, *, session: Session
) -> Sequence[AbsenceView]:
    """List the absences of some people, the newest first."""
    wanted = [int(each) for each in person_ids]
    return views(session, at, Absence.person_id.in_(wanted)) if wanted else []


def named_in(person_id: AccountRef, at: datetime, *, session: Session) -> Sequence[AbsenceView]:
    """List the absences, running or planned, in whose pool somebody stands; the soonest first."""
    mine = select(AbsenceDeputy.absence_id).where(AbsenceDeputy.person_id == int(person_id))
    where = (Absence.id.in_(mine), Absence.until_at > at, Absence.cancelled_at.is_(None))
    return sorted(views(session, at, *where), key=lambda each: (each.from_at, each.id))


def events_of(absence_id: int, *, session: Session) -> tuple[EventView, ...]:
    """List what was done to an absence, oldest first."""
    rows = session.scalars(
        select(AbsenceEvent).where(AbsenceEvent.absence_id == absence_id).order_by(AbsenceEvent.id)
    )
    return tuple(
        EventView(at=row.at, kind=row.kind, by_name=row.by_name, details=row.details)
        for row in rows
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Somebody who could stand in.

    Attributes:
        lacks: groups of the absent person that he does not hold everywhere he should.
    """

    person_id: str
    name: str
    lacks: tuple[str, ...]


def candidates(person_id: AccountRef, *, session: Session) -> tuple[Candidate, ...]:
    """List who holds at least one role of a person, those who hold all of them first.

    Raises:
        AccountNotFound: there is no such person.
    """
    person = people.account(person_id, session=session)
    needed = rules.work_rights(person.memberships)
    found = {
        each.id: each
        for group, scope in needed
        for each in people.accounts_in(group, scope, session=session)
        if each.id != person.id
    }
    listed = [
        Candidate(
            person_id=str(each.id),
            name=each.name,
            lacks=tuple(
                sorted({group for group, _ in rules.missing_rights(needed, each.memberships, ())})
            ),
        )
        for each in found.values()
    ]
    return tuple(sorted(listed, key=lambda each: (len(each.lacks), each.name)))


def team_of(by: Actor, *, session: Session) -> tuple[AccountView, ...]:
    """List the staff whose absences somebody may enter, by name; himself and contractors not."""
    if not any(rules.leads(group) for group, _scope in by.groups):
        return ()
    outside = rules.WITHOUT_WORK | {"contractor"}
    ids = select(Membership.account_id).where(Membership.role.not_in(outside)).distinct()
    found = people.accounts(session.scalars(ids).all(), session=session)
    return tuple(
        sorted(
            (
                each
                for each in found
                if each.state == "active"
                and str(each.id) != by.id
                and rules.may_arrange(by, str(each.id), each.memberships)
            ),
            key=lambda each: each.name,
        )
    )
