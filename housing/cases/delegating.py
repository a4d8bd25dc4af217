"""Delegating a task to a colleague, and handing it back: rights, drafts, notices."""

from contextlib import suppress

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.clock import Clock
from engine.errors import TaskNotYours
from engine.process_engine import ProcessEngine
from engine.records import UserTask
from engine.types import Actor, InstanceRef
from housing.cases.errors import DelegateUnfit, HelpUnsaid
from housing.cases.queries import draft_of, may_see
from housing.cases.taking import LONGEST_REASON
from housing.deputies.conflicts import demand_unbiased
from housing.files.errors import FileNotYours
from housing.files.service import attach
from housing.notices.service import notify
from housing.people import queries as people
from housing.people.queries import AccountView
from housing.records.forms import form_of_task
from housing.records.rules import file_ids
from housing.records.service import save_draft


def colleagues_for(task: UserTask, *, by: Actor, session: Session) -> tuple[AccountView, ...]:
    """List to whom a task may be delegated: active members of its group who may see the case."""
    if task.candidate_group is None:
        return ()
    members = people.accounts_in(task.candidate_group, task.scope, session=session)
    case = engine_queries.instance(task.instance_id, session)
    return tuple(
        each
        for each in members
        if str(each.id) not in (task.assignee, by.id) and may_see(each.actor, case, session=session)
    )


def asked_for(task: UserTask, *, session: Session) -> str:
    """Give what the owner wrote when he delegated a task, or what came back with it; or ""."""
    if not task.delegation:
        return ""
    kind = "task_delegated" if task.delegation == "pending" else "task_returned"
    lines = engine_queries.history_of(task.instance_id, session)
    told = (
        str(line.details.get("reason") or "")
        for line in reversed(lines)
        if line.kind == kind and line.details.get("task_id") == task.id
    )
    return next(told, "")


def delegate(  # noqa: PLR0913  # the face of the room
    task_id: str,
    to: str,
    reason: str,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> UserTask:
    """Ask a colleague to work on a task and hand it back; the owner stays responsible.

    What the owner has typed so far goes along. Both are told.

    Args:
        task_id: of a task that the actor, or the person he acts for, holds.
        to: the account id of the delegate.
        reason: what is asked of him.
        by: who delegates.
        engine: runs the case.
        session: of the unit of work.
        clock: of the business.

    Raises:
        UserTaskNotFound: there is no such task.
        TaskNotYours, TaskDelegated, DelegateIsOwner, TaskAlreadyEnded: as `engine.delegate`.
        HelpUnsaid: no reason was given.
        DelegateUnfit: he does not belong to the task's group, or may not see the case.
        NotAllowed: he has a conflict of interest; the sentence names the rule.
    """
    task = engine_queries.task(task_id, session)
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise HelpUnsaid
    found = people.accounts([to], session=session)
    delegate = found[0] if found else None
    fit = {each.id for each in colleagues_for(task, by=by, session=session)}
    if delegate is None or (delegate.id not in fit and str(delegate.id) != task.assignee):
        raise DelegateUnfit(delegate.name if delegate else "")
    demand_unbiased(task, delegate.actor, session=session)
    given = engine.delegate(task_id, delegate.actor, reason=why, by=by, session=session)
    holder = Actor(id=task.assignee or "", name="")
    _carry_draft(task, holder, delegate.actor, session=session, clock=clock)
    _tell(given, "task_delegated", why, by=by, session=session, clock=clock)
    return given


def hand_back(  # noqa: PLR0913  # the face of the room
    task_id: str,
    note: str,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> UserTask:
    """Return a delegated task to its owner, with what was typed; the owner may call it back.

    Raises:
        UserTaskNotFound: there is no such task.
        TaskNotDelegated, TaskNotYours, TaskAlreadyEnded: as `engine.hand_back`.
    """
    task = engine_queries.task(task_id, session)
    if task.assignee not in by.identities and task.delegated_by not in by.identities:
        raise TaskNotYours(task.name)
    returned = engine.hand_back(task_id, note=note.strip()[:LONGEST_REASON], by=by, session=session)
    delegate = Actor(id=task.assignee or "", name="")
    owner = Actor(id=returned.assignee or "", name=returned.assignee_name or "")
    _carry_draft(task, delegate, owner, session=session, clock=clock)
    _tell(returned, "task_returned", note.strip(), by=by, session=session, clock=clock)
    return returned


def _carry_draft(
    task: UserTask, source: Actor, target: Actor, *, session: Session, clock: Clock
) -> None:
    """Let one go on where the other stopped: his draft, and its photos as papers of the case."""
    draft = draft_of(task.id, by=source, session=session)
    if draft is None or task.form_key is None:
        return
    photos = file_ids(form_of_task(task, session=session), draft.values)
    with suppress(FileNotYours):  # a draft is unchecked; its form will say what is wrong
        attach(photos, task.instance_id, by=source, session=session)
    save_draft(task.id, draft.values, by=target, session=session, clock=clock)


def _tell(  # noqa: PLR0913  # which task, of what, with what
    task: UserTask, kind: str, reason: str, *, by: Actor, session: Session, clock: Clock
) -> None:
    """Tell both sides: whoever has the task now, and its owner."""
    notify(
        sorted({task.assignee or "", task.delegated_by or ""}),
        kind,
        {
            "number": task.business_key,
            "what": task.name,
            "name": by.name,
            "owner": task.delegated_by_name,
            "reason": reason,
            "until": task.due_at,
        },
        instance=InstanceRef(id=task.instance_id, business_key=task.business_key, scope=task.scope),
        session=session,
        clock=clock,
    )
