"""Read cases: who may look, what happened, which step of the diagram stands where."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import definition_queries, explanations
from engine import queries as engine_queries
from engine.explanations import MOVES, Deadline
from engine.process_engine import ProcessEngine
from engine.records import HistoryEntry, Instance, ProcessElement, UserTask
from engine.types import Actor
from housing.cases.about import reads
from housing.cases.errors import CaseNotYours
from housing.cases.rules import (
    HIDDEN_KINDS,
    RESIDENT_KINDS,
    Node,
    Viewer,
    entered,
    holding,
    may_read,
    parties_of,
    reachable,
    ways,
)
from housing.notices.queries import notices_of_case
from housing.people.queries import names_of
from housing.records.models import CaseParty, FormSubmission, TaskDraft
from housing.subjects import SUBJECTS, business_context


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A form somebody is still writing: raw values as typed."""

    values: Mapping[str, object]
    saved_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """A form that was handed in.

    Attributes:
        task_id: the completed user task; None at the start of a case or with a message.
        values: field name to JSON value; photos are ids of stored files.
    """

    id: int
    task_id: str | None
    element_id: str
    element_name: str
    form_key: str
    values: Mapping[str, object]
    account_id: str
    account_name: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineEntry:
    """One line of a case's timeline; its words stand in `webapp/labels.py`.

    Attributes:
        kind: a kind of `engine.history`, or "form_submitted" (start or message), "notice_sent".
        element_name: of the diagram, or "".
        details: facts of the kind: `until`, `from`, `reason`, `topic`; of a notice `channel`,
            `recipient`, `subject`.
        form: what was handed in with it, if the viewer may read it.
        is_visible_to_resident: not a matter of the office alone.
        stood_in_for: name of the person a deputy acted for, or "".
        batch_id: of the bulk order that did it, for staff; None when it was done by itself.
    """

    at: datetime
    kind: str
    actor_id: str
    actor_name: str
    element_id: str
    element_name: str
    details: Mapping[str, object]
    form: Submitted | None
    is_visible_to_resident: bool
    stood_in_for: str = ""
    batch_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseStep:
    """One element of the diagram as a case stands to it.

    Attributes:
        status: done, now, future, or skipped (the case cannot come there any more).
        who: name of who did it; of an open task the assignee, else "".
        at: when it was done, or became due to be done.
        times: how often it was done.
    """

    element: ProcessElement
    status: str
    who: str
    at: datetime | None
    due_at: datetime | None
    original_due_at: datetime | None
    times: int


def viewer_of(actor: Actor, case: Instance, *, session: Session) -> Viewer:
    """Tell how an actor stands to a case.

    Raises:
        CaseNotYours: he does not take part in it.
    """
    if reads(actor, case.process_key, case.scope):
        return Viewer(account_id=actor.id, relation="staff")
    relation = session.scalars(
        select(CaseParty.relation)
        .where(CaseParty.instance_id == case.id, CaseParty.party.in_(parties_of(actor)))
        .order_by(CaseParty.party)
        .limit(1)
    ).first()
    if relation is None:
        raise CaseNotYours(case.id)
    return Viewer(account_id=actor.id, relation=relation)


def may_see(actor: Actor, case: Instance, *, session: Session) -> bool:
    """Tell whether an actor may open a case: parties, staff of its community, the office."""
    try:
        viewer_of(actor, case, session=session)
    except CaseNotYours:
        return False
    return True


def guarded_scopes(actor: Actor) -> Mapping[str, frozenset[str]]:
    """Name the scopes in which an actor reads the cases of processes with readers of their own.

    Returns:
        Scopes by the key of each such process; none where he reads nothing of it.
    """
    return {
        key: frozenset(scope for role, scope in actor.groups if role in subject.readers)
        for key, subject in SUBJECTS.items()
        if subject.readers is not None
    }


def cases_of(actor: Actor, *, session: Session) -> list[str]:
    """List the ids of the instances in which an actor is a party, newest last."""
    parties = select(CaseParty.instance_id).where(CaseParty.party.in_(parties_of(actor)))
    return list(session.scalars(parties.distinct()))


def form_context(
    task: UserTask, *, engine: ProcessEngine, session: Session, now: datetime
) -> Mapping[str, object]:
    """Give what the expressions of a task's form may name: variables, then the business's facts."""
    variables = engine.task_context(task.id, session)
    return {**variables, **business_context(task, session=session, now=now)}


def draft_of(key: str, *, by: Actor, session: Session) -> Draft | None:
    """Read a person's draft; None when there is none.

    Args:
        key: the user task's id, or "start:<process key>".
        by: whose draft; a deputy without one begins with that of the absent person.
        session: any.
    """
    draft = session.get(TaskDraft, (key, by.id))
    if draft is None and by.on_behalf_of is not None:
        draft = session.get(TaskDraft, (key, by.on_behalf_of))
    return None if draft is None else Draft(values=draft.values, saved_at=draft.saved_at)


def submissions_of(instance_id: str, *, session: Session) -> list[Submitted]:
    """List the forms handed in to a case, oldest first."""
    rows = session.scalars(
        select(FormSubmission)
        .where(FormSubmission.instance_id == instance_id)
        .order_by(FormSubmission.id)
    )
    return [
        Submitted(
            id=row.id,
            task_id=row.task_id,
            element_id=row.element_id,
            element_name=row.element_name,
            form_key=row.form_key,
            values=row.values,
            account_id=row.account_id,
            account_name=row.account_name,
            at=row.at,
        )
        for row in rows
    ]


def timeline(instance_id: str, viewer: Viewer, *, session: Session) -> list[TimelineEntry]:
    """Tell what happened in a case, oldest first: history, forms and notices in one list.

    Staff see everything; all others see what concerns residents, and their own forms and notices.
    """
    forms = submissions_of(instance_id, session=session)
    by_task = {form.task_id: form for form in forms if form.task_id is not None}
    history = engine_queries.history_of(instance_id, session)
    absent = names_of({h.on_behalf_of for h in history if h.on_behalf_of}, session=session)
    told = [line for line in told_once(history) if _is_told(line)]
    entries = [
        *(_history_entry(line, by_task, viewer, absent) for line in told),
        *(_form_entry(form, viewer) for form in forms if form.task_id is None),
        *_notice_entries(instance_id, session),
    ]
    entries.sort(key=lambda entry: entry.at)
    return [entry for entry in entries if _is_for(entry, viewer)]


def steps_of(instance_id: str, *, session: Session) -> list[CaseStep]:
    """List the elements of a case's diagram with their status: the picture's equal in words."""
    case = engine_queries.instance(instance_id, session)
    deployed = definition_queries.definition_by_id(case.definition_id, session)
    model = definition_queries.process_model(deployed, session)
    lines = _done_by_element(engine_queries.history_of(instance_id, session))
    tasks = {each.element_id: each for each in engine_queries.tasks_of(instance_id, session)}
    tokens = {each.element_id for each in engine_queries.active_elements(instance_id, session)}
    nodes = [
        Node(id=each.id, type=each.type, scope=each.scope, attached_to=each.attached_to)
        for each in model.elements
    ]
    active = holding(tokens, nodes)
    done = entered(lines.keys(), nodes)
    flows = ways(nodes, ((flow.source, flow.target) for flow in model.flows))
    ahead = reachable(active, flows)
    names = names_of({task.assignee for task in tasks.values() if task.assignee}, session=session)
    return [
        _step(
            element,
            lines=lines.get(element.id, []),
            task=tasks.get(element.id),
            status=_status(element.id, done=done, active=active, ahead=ahead),
            names=names,
        )
        for element in model.elements
    ]


def deadlines_for(instance_id: str, viewer: Viewer, *, session: Session) -> tuple[Deadline, ...]:
    """List the due dates of a case with how they were computed, running ones first.

    How fast the office was is its own business, and so are its targets that no law sets: people
    outside it see what else is running.
    """
    found = explanations.deadlines_of(instance_id, session)
    return found if viewer.is_staff else tuple(each for each in found if _is_told_outside(each))


def _is_told_outside(deadline: Deadline) -> bool:
    return deadline.is_running and (deadline.kind != "clock" or deadline.is_statutory)


def told_once(history: Sequence[HistoryEntry]) -> Iterator[HistoryEntry]:
    """Tell a move of a task and of its own timer once: by the line of the task, which has a name.

    Args:
        history: in order.
    """
    named = {_move(line) for line in history if line.kind in MOVES and line.element_name}
    for line in history:
        if line.kind not in MOVES or line.element_name or _move(line) not in named:
            yield line


def _move(line: HistoryEntry) -> tuple[int, str, object]:
    return line.step, line.kind, line.details.get("new")


def _is_told(line: HistoryEntry) -> bool:
    return line.kind not in HIDDEN_KINDS


def _history_entry(
    line: HistoryEntry,
    by_task: Mapping[str, Submitted],
    viewer: Viewer,
    absent: Mapping[str, str],
) -> TimelineEntry:
    token = str(line.details.get("token_id") or line.details.get("task_id") or "")
    form = by_task.get(token) if line.kind == "task_completed" else None
    return TimelineEntry(
        at=line.at,
        kind=line.kind,
        actor_id=line.actor_id,
        actor_name=line.actor_name,
        element_id=line.element_id,
        element_name=line.element_name,
        details=line.details,
        form=_readable(form, viewer),
        is_visible_to_resident=line.kind in RESIDENT_KINDS,
        batch_id=line.batch_id if viewer.is_staff else None,
        stood_in_for=absent.get(line.on_behalf_of or "", ""),
    )


def _form_entry(form: Submitted, viewer: Viewer) -> TimelineEntry:
    return TimelineEntry(
        at=form.at,
        kind="form_submitted",
        actor_id=form.account_id,
        actor_name=form.account_name,
        element_id=form.element_id,
        element_name=form.element_name,
        details={"form_key": form.form_key},
        form=_readable(form, viewer),
        is_visible_to_resident=True,
    )


def _notice_entries(instance_id: str, session: Session) -> Iterable[TimelineEntry]:
    notices = notices_of_case(instance_id, session=session)
    names = names_of({notice.recipient for notice in notices}, session=session)
    for notice in notices:
        if notice.sent_at is None:
            continue
        yield TimelineEntry(
            at=notice.sent_at,
            kind="notice_sent",
            actor_id=notice.recipient,
            actor_name=names.get(notice.recipient, ""),
            element_id="",
            element_name="",
            details={"subject": notice.subject, "channel": notice.ways[0].channel},
            form=None,
            is_visible_to_resident=False,
        )


def _readable(form: Submitted | None, viewer: Viewer) -> Submitted | None:
    if form is None or not may_read(viewer, form_key=form.form_key, author_id=form.account_id):
        return None
    return form


def _is_for(entry: TimelineEntry, viewer: Viewer) -> bool:
    is_own = entry.actor_id == viewer.account_id
    return viewer.is_staff or entry.is_visible_to_resident or is_own


_DONE_KINDS = frozenset(
    {
        "task_completed",
        "service_done",
        "script_done",
        "decision_made",
        "timer_fired",
        "message_received",
        "gateway_passed",
        "end_reached",
        "ended",
        "started",
    }
)


def _done_by_element(history: Iterable[HistoryEntry]) -> dict[str, list[HistoryEntry]]:
    done: dict[str, list[HistoryEntry]] = {}
    for line in history:
        if line.kind in _DONE_KINDS:
            done.setdefault(line.element_id, []).append(line)
    return done


def _status(
    element_id: str,
    *,
    done: Collection[str],
    active: Collection[str],
    ahead: frozenset[str],
) -> str:
    if element_id in active:
        return "now"
    if element_id in done:
        return "done"
    return "future" if element_id in ahead else "skipped"


def _step(
    element: ProcessElement,
    *,
    lines: list[HistoryEntry],
    task: UserTask | None,
    status: str,
    names: Mapping[str, str],
) -> CaseStep:
    last = lines[-1] if lines else None
    is_open = status == "now" and task is not None and task.state == "open"
    who = names.get(task.assignee or "", "") if is_open and task else ""
    return CaseStep(
        element=element,
        status=status,
        who=who or (last.actor_name if last else ""),
        at=last.at if last else None,
        due_at=task.due_at if task else None,
        original_due_at=task.original_due_at if task else None,
        times=len(lines),
    )
