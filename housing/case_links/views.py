"""Read related cases: what service and pages share."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import explanations
from engine import queries as engine_queries
from engine.errors import InstanceNotFound
from engine.explanations import Deadline
from engine.records import Instance
from engine.types import Actor
from housing.case_links import rules
from housing.case_links.errors import CaseToLinkNotFound, LinksNotYours
from housing.case_links.models import CaseLink, CaseMerge
from housing.cases.queries import may_see
from housing.cases.rules import is_staff
from housing.people import queries as people
from housing.people.queries import AccountView
from housing.records.models import CaseParty
from housing.subjects import subject_of

APPLICANTS = ("reporter",)
"""Relations of the people who began a case."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Related:
    """Another case that belongs to this one.

    Attributes:
        is_from_here: whether the link was said from this case: it is the duplicate, it follows.
        may_open: whether the reader may open the other case.
    """

    id: int
    other: Instance
    kind: str
    is_from_here: bool
    may_open: bool
    made_by_name: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """A case that is, or was, merged.

    Attributes:
        other: seen from the lead the merged case, seen from that the lead.
        deadline: the earliest due date of the merged case that goes on running.
    """

    id: int
    other: Instance
    reason: str
    by_name: str
    at: datetime
    state: str
    settled_at: datetime | None
    settled_by_name: str
    settled_reason: str
    deadline: Deadline | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What merging would do with one case.

    Attributes:
        obstacle: a code of `rules.obstacle`, also "forbidden", "own_course" and "secret"; "" when
            it can be.
        tasks: open user tasks that would rest.
        deadline: its earliest running due date, which would go on running.
        applicants: accounts that would be told.
    """

    case: Instance
    obstacle: str
    tasks: int
    deadline: Deadline | None
    applicants: tuple[AccountView, ...]


def find_case(number: str, by: Actor, *, session: Session) -> Instance:
    """Find a case by its number among those an actor may open.

    Raises:
        CaseToLinkNotFound: there is none, or it is no business of his; the same for both.
    """
    try:
        case = engine_queries.by_business_key(number.strip().upper(), session)
    except InstanceNotFound as error:
        raise CaseToLinkNotFound(number) from error
    if not may_see(by, case, session=session):
        raise CaseToLinkNotFound(number)
    return case


def related(case: Instance, by: Actor, *, session: Session) -> tuple[Related, ...]:
    """List the cases linked with a case, oldest link first."""
    rows = session.scalars(
        select(CaseLink)
        .where(or_(CaseLink.case_id == case.id, CaseLink.other_id == case.id))
        .order_by(CaseLink.id)
    )
    return tuple(_related(row, case, by, session) for row in rows)


def members_of(lead_id: str, *, session: Session) -> tuple[Merged, ...]:
    """List the cases that are or were merged into a lead case."""
    rows = session.scalars(
        select(CaseMerge).where(CaseMerge.lead_id == lead_id).order_by(CaseMerge.id)
    )
    return tuple(_merged(row, row.member_id, session) for row in rows)


def lead_of(member_id: str, *, session: Session) -> Merged | None:
    """Find the merger that holds a case or that it ended with; None when it goes its own way."""
    row = session.scalars(
        select(CaseMerge)
        .where(CaseMerge.member_id == member_id, CaseMerge.state != "undone")
        .order_by(CaseMerge.id.desc())
    ).first()
    return None if row is None else _merged(row, row.lead_id, session)


def leads_of(instance_ids: Collection[str], *, session: Session) -> Mapping[str, Instance]:
    """Map each case that rests in a lead case, or ended with it, to that lead case."""
    rows = session.scalars(
        select(CaseMerge).where(
            CaseMerge.member_id.in_(list(instance_ids)), CaseMerge.state != "undone"
        )
    )
    return {row.member_id: engine_queries.instance(row.lead_id, session) for row in rows}


def candidate(case: Instance, lead: Instance, by: Actor, *, session: Session) -> Candidate:
    """Tell what merging a case into a lead case would do."""
    tasks = engine_queries.open_tasks(engine_queries.TaskFilter(instance_id=case.id), session)
    return Candidate(
        case=case,
        obstacle=obstacle(case, lead, by, session=session),
        tasks=tasks.total,
        deadline=next_deadline(case, session=session),
        applicants=tuple(applicants(case.id, session=session)),
    )


def obstacle(case: Instance, lead: Instance, by: Actor, *, session: Session) -> str:
    """Tell why a case cannot be merged into a lead case by somebody; "" when it can."""
    subject = subject_of(case.process_key)
    if subject.seals_notes:
        return "secret"
    if subject.merging is None:
        return "own_course"
    if not may_merge(by, case) or not may_merge(by, lead):
        return "forbidden"
    ids = {case.id, lead.id}
    open_ones = session.execute(
        select(CaseMerge.lead_id, CaseMerge.member_id).where(
            CaseMerge.state == "open",
            or_(CaseMerge.lead_id.in_(ids), CaseMerge.member_id.in_(ids)),
        )
    ).all()
    return rules.obstacle(
        case,
        lead,
        merged={row.member_id for row in open_ones},
        leading={row.lead_id for row in open_ones},
    )


def may_merge(by: Actor, case: Instance) -> bool:
    """Tell whether somebody may merge a case."""
    return any(by.belongs_to(role, case.scope) for role in rules.MERGERS)


def may_lead(by: Actor, case: Instance) -> bool:
    """Tell whether somebody may merge other cases of its kind into a case."""
    return subject_of(case.process_key).merging is not None and may_merge(by, case)


def demand_merger(by: Actor, cases: Collection[Instance]) -> None:
    """Refuse who may not merge these cases.

    Raises:
        LinksNotYours: he may not merge one of them.
    """
    if not all(may_merge(by, each) for each in cases):
        raise LinksNotYours


def applicants(instance_id: str, *, session: Session) -> list[AccountView]:
    """List the accounts of those who began a case; who has none is not among them."""
    parties = session.scalars(
        select(CaseParty.party).where(
            CaseParty.instance_id == instance_id, CaseParty.relation.in_(APPLICANTS)
        )
    )
    ids = [each.removeprefix("account:") for each in parties if each.startswith("account:")]
    return people.accounts(ids, session=session)


def next_deadline(case: Instance, *, session: Session) -> Deadline | None:
    """Find the earliest due date of a case that is running; None when it has none."""
    found = explanations.deadlines_of(case.id, session)
    return min((each for each in found if each.is_running), key=lambda d: d.due_at, default=None)


def team_of(case: Instance, *, session: Session) -> list[AccountView]:
    """List who works on a case now: the assignees of its open tasks, else their groups.

    A case without an open task is the officers'.
    """
    asked = engine_queries.TaskFilter(instance_id=case.id)
    found: list[AccountView] = []
    for task in engine_queries.open_tasks(asked, session).rows:
        if task.assignee:
            found += people.accounts([task.assignee], session=session)
        elif task.candidate_group:
            found += people.accounts_in(task.candidate_group, task.scope, session=session)
    staff = [each for each in found if is_staff(each.actor, case.scope)]
    return staff or people.accounts_in("officer", case.scope, session=session)


def _related(row: CaseLink, case: Instance, by: Actor, session: Session) -> Related:
    is_from_here = row.case_id == case.id
    other = engine_queries.instance(row.other_id if is_from_here else row.case_id, session)
    return Related(
        id=row.id,
        other=other,
        kind=row.kind,
        is_from_here=is_from_here,
        may_open=may_see(by, other, session=session),
        made_by_name=row.made_by_name,
        made_at=row.made_at,
    )


def _merged(row: CaseMerge, other_id: str, session: Session) -> Merged:
    other = engine_queries.instance(other_id, session)
    return Merged(
        id=row.id,
        other=other,
        reason=row.reason,
        by_name=row.merged_by_name,
        at=row.merged_at,
        state=row.state,
        settled_at=row.settled_at,
        settled_by_name=row.settled_by_name or "",
        settled_reason=row.settled_reason or "",
        deadline=next_deadline(other, session=session) if row.state == "open" else None,
    )
