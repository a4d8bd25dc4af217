"""The verbs of related cases: link, merge, take out again, follow the lead case to its end."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.clock import Clock
from engine.explanations import Deadline
from engine.process_engine import ProcessEngine
from engine.queries import InstanceFilter
from engine.records import Instance
from engine.types import SYSTEM, Actor, InstanceRef
from housing.case_links import rules, views
from housing.case_links.errors import (
    LinkKindUnknown,
    LinkNotFound,
    LinkPointless,
    MergeEmpty,
    MergeNotPossible,
    MergeReasonMissing,
    MergeTooLarge,
    NotMerged,
)
from housing.case_links.models import CaseLink, CaseMerge
from housing.dispatches.models import CaseDispatch
from housing.notices.service import notify
from housing.subjects import subject_of

ENDED = frozenset({"completed", "cancelled"})


def link(  # noqa: PLR0913  # the face of the room
    case: Instance, number: str, kind: str, *, by: Actor, session: Session, clock: Clock
) -> None:
    """Say that a case belongs to another one.

    Args:
        case: on which the actor works; the caller made sure.
        number: of the other case.
        kind: "duplicate" and "follows" are said of `case`.
        by: who says it.
        session: of the unit of work.
        clock: tells when.

    Raises:
        LinkKindUnknown, CaseToLinkNotFound: there is no such kind or case.
        LinkPointless: they are the same, or linked so already.
    """
    if kind not in rules.KINDS:
        raise LinkKindUnknown
    other = views.find_case(number, by, session=session)
    known = views.related(case, by, session=session)
    if other.id == case.id or any(
        each.other.id == other.id and each.kind == kind for each in known
    ):
        raise LinkPointless(other.business_key)
    row = CaseLink(
        case_id=case.id,
        other_id=other.id,
        kind=kind,
        made_by_name=by.name,
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()


def unlink(case: Instance, link_id: int, *, session: Session) -> None:
    """Take a link away; both cases stay as they are.

    Raises:
        LinkNotFound: this case has no such link.
    """
    row = session.get(CaseLink, link_id)
    if row is None or case.id not in (row.case_id, row.other_id):
        raise LinkNotFound(link_id)
    session.delete(row)
    session.flush()


def merge(  # noqa: PLR0913  # the face of the room
    lead: Instance,
    members: Sequence[Instance],
    reason: str,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> None:
    """Let a lead case decide for others: they rest until it ends, and their applicants are told.

    Their due dates go on running: nobody gets more time by a merger. The register of their subject
    counts the lead case only.

    Raises:
        MergeReasonMissing, MergeEmpty: something is not said.
        MergeTooLarge: there are more than one order may merge.
        MergeNotPossible: one of them cannot be merged; none is.
    """
    why = " ".join(reason.split())[: rules.LONGEST_REASON]
    if not why:
        raise MergeReasonMissing
    if not members:
        raise MergeEmpty
    if len(members) > rules.MOST_MEMBERS:
        raise MergeTooLarge(rules.MOST_MEMBERS)
    for member in sorted(members, key=lambda each: each.id):
        if code := views.obstacle(member, lead, by, session=session):
            raise MergeNotPossible(member.business_key, code)
        _put_to_rest(lead, member, why, by=by, engine=engine, session=session, clock=clock)
        tell(member, "case_merged", lead.business_key, session=session, clock=clock)


def take_out(  # noqa: PLR0913  # the face of the room
    member: Instance,
    reason: str,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> None:
    """Let a merged case go its own way again, as long as the lead case is open.

    Raises:
        LinksNotYours: the actor may not merge.
        MergeReasonMissing: no reason was given.
        NotMerged: it is not merged now.
    """
    views.demand_merger(by, [member])
    why = " ".join(reason.split())[: rules.LONGEST_REASON]
    if not why:
        raise MergeReasonMissing
    row = session.scalars(
        select(CaseMerge).where(CaseMerge.member_id == member.id, CaseMerge.state == "open")
    ).first()
    if row is None:
        raise NotMerged(member.business_key)
    _wake(row, member, why, by=by, engine=engine, session=session, clock=clock)


def open_merges(*, session: Session, clock: Clock) -> list[int]:
    """List the ids of open mergers that there is something to do about.

    Each is looked after in a transaction of its own: one whose lead or merged case has ended or
    goes on, and one with a near due date that nobody was warned of yet.
    """
    rows = session.scalars(
        select(CaseMerge).where(CaseMerge.state == "open").order_by(CaseMerge.id)
    ).all()
    ended = _with_status({each.lead_id for each in rows}, ENDED, session)
    awake = _with_status({each.member_id for each in rows}, ENDED | {"active"}, session)
    return [
        row.id
        for row in rows
        if row.lead_id in ended or row.member_id in awake or _near(row, session, clock)
    ]


def follow_lead(merge_id: int, *, engine: ProcessEngine, session: Session, clock: Clock) -> None:
    """Bring a merged case where its lead case is: end with it, or go on alone if it was withdrawn.

    One that an administrator let go on meanwhile goes on alone too. While the lead runs, its team
    is told once when a due date of the merged case comes near.
    """
    row = session.get(CaseMerge, merge_id)
    if row is None or row.state != "open":
        return
    lead = engine_queries.instance(row.lead_id, session)
    member = engine_queries.instance(row.member_id, session)
    why = lead.business_key
    if member.status in ENDED:
        _settle(row, "ended", SYSTEM, "", clock)
    elif member.status == "active" or _was_dropped(lead, session):
        _wake(row, member, why, by=SYSTEM, engine=engine, session=session, clock=clock)
    elif lead.status == "completed":
        engine.cancel(member.id, reason=why, by=SYSTEM, session=session)
        _settle(row, "ended", SYSTEM, why, clock)
        tell(member, "case_ended_with_lead", why, session=session, clock=clock)
    else:
        _warn(row, lead, member, session=session, clock=clock)


def open_dispatches(*, session: Session) -> list[str]:
    """List the processes of questions that nobody needs answered: their case has ended."""
    rows = session.scalars(
        select(CaseDispatch).where(CaseDispatch.state == "open").order_by(CaseDispatch.id)
    ).all()
    ended = _with_status({each.parent_id for each in rows}, ENDED, session)
    return [row.instance_id for row in rows if row.instance_id and row.parent_id in ended]


def drop_question(
    instance_id: str, *, engine: ProcessEngine, session: Session, clock: Clock
) -> None:
    """Withdraw a question whose case has ended."""
    row = session.scalars(select(CaseDispatch).where(CaseDispatch.instance_id == instance_id)).one()
    if engine_queries.instance(instance_id, session).status not in ENDED:
        engine.cancel(instance_id, reason=row.parent_number, by=SYSTEM, session=session)
    row.state, row.ended_at = "withdrawn", clock.now()


def tell(case: Instance, kind: str, lead: str, *, session: Session, clock: Clock) -> None:
    """Tell those who began a case what becomes of it, with the number of the lead case."""
    notify(
        [each.id for each in views.applicants(case.id, session=session)],
        kind,
        {"what": case.process_name, "lead": lead},
        instance=_ref(case),
        session=session,
        clock=clock,
    )


def _put_to_rest(  # noqa: PLR0913  # which case, into which, why, by whom
    lead: Instance,
    member: Instance,
    why: str,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> None:
    reason = f"{lead.business_key} · {why}"
    engine.suspend(member.id, reason=reason, by=by, session=session)
    row = CaseMerge(
        lead_id=lead.id,
        member_id=member.id,
        reason=why,
        merged_by_name=by.name,
        merged_at=clock.now(),
        state="open",
        former_state=_note_in_register(lead, member, session=session, clock=clock),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # somebody merged it at the same moment
        raise MergeNotPossible(member.business_key, "merged") from error


def _note_in_register(
    lead: Instance, member: Instance, *, session: Session, clock: Clock
) -> str | None:
    merging = subject_of(member.process_key).merging
    if merging is None:
        raise MergeNotPossible(member.business_key, "own_course")
    numbers = member.business_key, lead.business_key
    return merging.merge(*numbers, session=session, now=clock.now()) or None


def _wake(  # noqa: PLR0913  # which case, why, by whom
    row: CaseMerge,
    member: Instance,
    why: str,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> None:
    if member.status == "suspended":
        engine.resume(member.id, reason=why, by=by, session=session)
    merging = subject_of(member.process_key).merging
    if merging is not None and row.former_state is not None:
        number, state = member.business_key, row.former_state
        merging.part(number, state, session=session, now=clock.now())
    _settle(row, "undone", by, why, clock)
    tell(member, "case_goes_on_alone", "", session=session, clock=clock)


def _with_status(
    case_ids: Collection[str], statuses: Collection[str], session: Session
) -> frozenset[str]:
    """Find those of some cases that are in one of some states, in one statement."""
    wanted = InstanceFilter(
        ids=sorted(case_ids), statuses=frozenset(statuses), limit=max(len(case_ids), 1)
    )
    return frozenset(each.id for each in engine_queries.instances(wanted, session).rows)


def _was_dropped(lead: Instance, session: Session) -> bool:
    """Tell whether a lead case ended without a decision: its applicant's will binds nobody else."""
    merging = subject_of(lead.process_key).merging
    if lead.status != "completed" or merging is None:
        return lead.status == "cancelled"
    return merging.was_dropped(lead.business_key, session=session)


def _settle(row: CaseMerge, state: str, by: Actor, why: str, clock: Clock) -> None:
    row.state, row.settled_at = state, clock.now()
    row.settled_by_name, row.settled_reason = by.name, why


def _warn(
    row: CaseMerge, lead: Instance, member: Instance, *, session: Session, clock: Clock
) -> None:
    """Tell the team of the lead case once that a due date of a resting case comes near."""
    deadline = _near(row, session, clock)
    if deadline is None:
        return
    row.warned_at = clock.now()
    notify(
        sorted({each.id for each in views.team_of(lead, session=session)}),
        "merged_case_due",
        {"other": member.business_key, "until": deadline.due_at},
        instance=_ref(lead),
        session=session,
        clock=clock,
    )


def _near(row: CaseMerge, session: Session, clock: Clock) -> Deadline | None:
    """Find the next due date of a resting case when it is near and nobody was warned of it."""
    if row.warned_at is not None:
        return None
    member = engine_queries.instance(row.member_id, session)
    deadline = views.next_deadline(member, session=session)
    is_near = deadline is not None and deadline.due_at - clock.now() <= rules.WARNING
    return deadline if is_near else None


def _ref(case: Instance) -> InstanceRef:
    return InstanceRef(id=case.id, business_key=case.business_key, scope=case.scope)
