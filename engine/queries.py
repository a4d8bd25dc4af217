"""Read models for pages and reports: functions that take a session and change nothing.

Every list has an order, a limit and an index behind it. Names come from `engine.records`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from engine.definition_queries import definition as definition
from engine.definition_queries import definition_by_id as definition_by_id
from engine.definition_queries import definitions as definitions
from engine.definition_queries import process_model as process_model
from engine.definition_queries import processes as processes
from engine.definition_queries import resource as resource
from engine.errors import InstanceNotFound, UserTaskNotFound
from engine.records import ActiveElement as ActiveElement
from engine.records import AwaitedMessage as AwaitedMessage
from engine.records import HistoryEntry as HistoryEntry
from engine.records import Incident as Incident
from engine.records import Instance as Instance
from engine.records import Job as Job
from engine.records import Page as Page
from engine.records import QueueCounts as QueueCounts
from engine.records import TaskCounts as TaskCounts
from engine.records import UserTask as UserTask
from engine.tables import (
    history,
    incident,
    job,
    outbox,
    process_definition,
    process_instance,
    subscription,
    user_task,
)
from engine.types import CITY, Actor

PROCESS_COLUMNS = (
    process_definition.c.key.label("process_key"),
    process_definition.c.name.label("process_name"),
)
TASK_COLUMNS = (
    *(column for column in user_task.c if column.name != "computation"),
    process_instance.c.version,
    process_instance.c.status.label("instance_status"),
    process_instance.c.business_key,
    *PROCESS_COLUMNS,
)
_TASKS_OF_CASES = user_task.join(process_instance).join(process_definition)
_TASKS = select(*TASK_COLUMNS).select_from(_TASKS_OF_CASES)
_INSTANCES = select(
    *(c for c in process_instance.c if c.name != "state"),
    *PROCESS_COLUMNS,
    process_definition.c.version.label("process_version"),
).select_from(process_instance.join(process_definition))
_INCIDENTS = select(
    *incident.c,
    func.coalesce(process_instance.c.business_key, "").label("business_key"),
    func.coalesce(process_definition.c.key, "").label("process_key"),
    func.coalesce(process_definition.c.name, "").label("process_name"),
).select_from(incident.outerjoin(process_instance).outerjoin(process_definition))
_JOB_COLUMNS = tuple(job.c[name] for name in Job.__dataclass_fields__)
_OPEN = user_task.c.state == "open"
_RUNNING = process_instance.c.status.in_(("active", "suspended"))


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskFilter:
    """Which open user tasks to list, and which part of the list.

    Attributes:
        assigned_to: id of the account that claimed it.
        offered_to: unassigned and offered to one of this actor's groups.
        visible_to: assigned to this actor or offered to one of his groups.
        overdue_at: past their due date at this instant.
        completed_by: id of the account that completed it: ended tasks instead of open ones,
            newest first.
        scopes: only these scopes; empty means every scope.
        is_by_age: oldest first, instead of earliest due date first.
    """

    assigned_to: str | None = None
    offered_to: Actor | None = None
    visible_to: Actor | None = None
    completed_by: str | None = None
    candidate_group: str | None = None
    scopes: frozenset[str] = frozenset()
    overdue_at: datetime | None = None
    instance_id: str | None = None
    process_key: str | None = None
    element_id: str | None = None
    instance_ids: Sequence[str] | None = None
    is_by_age: bool = False
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceFilter:
    """Which process instances to list, newest first, and which part of the list."""

    process_key: str | None = None
    definition_id: str | None = None
    statuses: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    started_by: str | None = None
    business_keys: Sequence[str] | None = None
    ids: Sequence[str] | None = None
    process_keys: frozenset[str] = frozenset()
    offset: int = 0
    limit: int = 25


def task(task_id: str, session: Session) -> UserTask:
    """Read one user task in any state.

    Raises:
        UserTaskNotFound: there is none of this id.
    """
    row = session.execute(_TASKS.where(user_task.c.id == task_id)).mappings().first()
    if row is None:
        raise UserTaskNotFound(task_id)
    return as_user_task(row)


def tasks(task_ids: Collection[str], session: Session) -> tuple[UserTask, ...]:
    """Read user tasks in any state, in no order; unknown ids are left out."""
    rows = session.execute(_TASKS.where(user_task.c.id.in_(task_ids)))
    return tuple(as_user_task(row) for row in rows.mappings())


def open_tasks(wanted: TaskFilter, session: Session) -> Page[UserTask]:
    """List open user tasks (earliest due date first, then priority, then age), or ended ones."""
    rows, total = _page(_TASKS, _task_conditions(wanted), _task_order(wanted), wanted, session)
    tasks = tuple(as_user_task(row) for row in rows)
    return Page(rows=tasks, total=total, offset=wanted.offset, limit=wanted.limit)


def tasks_of(instance_id: str, session: Session) -> tuple[UserTask, ...]:
    """List all user tasks of an instance in any state, oldest first."""
    rows = session.execute(
        _TASKS.where(user_task.c.instance_id == instance_id).order_by(
            user_task.c.created_at, user_task.c.id
        )
    )
    return tuple(as_user_task(row) for row in rows.mappings())


def task_counts(actor: Actor, now: datetime, session: Session) -> TaskCounts:
    """Count what the actor has to do, for the navigation."""
    mine, team = user_task.c.assignee == actor.id, _offered_to(actor)
    row = session.execute(
        select(
            func.coalesce(func.sum(case((mine, 1), else_=0)), 0),
            func.coalesce(func.sum(case((team, 1), else_=0)), 0),
            func.coalesce(func.sum(case((user_task.c.due_at < now, 1), else_=0)), 0),
        )
        .select_from(user_task)
        .where(_OPEN, or_(mine, team))
    ).one()
    return TaskCounts(mine=int(row[0]), team=int(row[1]), overdue=int(row[2]))


def oldest_open_task(wanted: TaskFilter, session: Session) -> UserTask | None:
    """Read the open user task that has waited longest, or None when nothing waits."""
    rows = session.execute(
        _TASKS.where(*_task_conditions(wanted)).order_by(user_task.c.created_at).limit(1)
    )
    row = rows.mappings().first()
    return as_user_task(row) if row else None


def instance(instance_id: str, session: Session) -> Instance:
    """Read one process instance.

    Raises:
        InstanceNotFound: there is none of this id.
    """
    row = session.execute(_INSTANCES.where(process_instance.c.id == instance_id)).mappings().first()
    if row is None:
        raise InstanceNotFound(instance_id)
    return Instance(**row)


def scopes_of(instance_ids: Sequence[str], session: Session) -> Mapping[str, str]:
    """Map ids of instances to their scopes."""
    columns = select(process_instance.c.id, process_instance.c.scope)
    rows = session.execute(columns.where(process_instance.c.id.in_(instance_ids)))
    return {row.id: row.scope for row in rows}


def by_business_key(business_key: str, session: Session) -> Instance:
    """Read the newest process instance of a case number.

    Raises:
        InstanceNotFound: no case has this number.
    """
    rows = session.execute(
        _INSTANCES.where(process_instance.c.business_key == business_key)
        .order_by(process_instance.c.started_at.desc())
        .limit(1)
    )
    row = rows.mappings().first()
    if row is None:
        raise InstanceNotFound(business_key)
    return Instance(**row)


def instances(wanted: InstanceFilter, session: Session) -> Page[Instance]:
    """List process instances, newest first."""
    equal = {
        process_definition.c.key: wanted.process_key,
        process_instance.c.definition_id: wanted.definition_id,
        process_instance.c.started_by: wanted.started_by,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if wanted.statuses:
        conditions.append(process_instance.c.status.in_(wanted.statuses))
    if wanted.scopes:
        conditions.append(process_instance.c.scope.in_(wanted.scopes))
    if wanted.business_keys is not None:
        conditions.append(process_instance.c.business_key.in_(wanted.business_keys))
    if wanted.process_keys:
        conditions.append(process_definition.c.key.in_(wanted.process_keys))
    if wanted.ids is not None:
        conditions.append(process_instance.c.id.in_(wanted.ids))
    order = (process_instance.c.started_at.desc(), process_instance.c.id)
    rows, total = _page(_INSTANCES, conditions, order, wanted, session)
    found = tuple(Instance(**row) for row in rows)
    return Page(rows=found, total=total, offset=wanted.offset, limit=wanted.limit)


def history_of(instance_id: str, session: Session) -> tuple[HistoryEntry, ...]:
    """List the history of an instance in the order it happened."""
    rows = session.execute(
        select(history).where(history.c.instance_id == instance_id).order_by(history.c.id)
    )
    return tuple(HistoryEntry(**row) for row in rows.mappings())


def jobs_of(instance_id: str, session: Session) -> tuple[Job, ...]:
    """List the jobs of an instance in any state, by due date."""
    rows = session.execute(
        select(*_JOB_COLUMNS)
        .where(job.c.instance_id == instance_id)
        .order_by(job.c.due_at, job.c.id)
    )
    return tuple(Job(**row) for row in rows.mappings())


def incidents(
    session: Session, *, instance_id: str | None = None, is_open: bool = True, limit: int = 100
) -> tuple[Incident, ...]:
    """List incidents, newest first; those still open unless told otherwise."""
    found = _INCIDENTS.order_by(incident.c.created_at.desc(), incident.c.id).limit(limit)
    if instance_id is not None:
        found = found.where(incident.c.instance_id == instance_id)
    if is_open:
        found = found.where(incident.c.resolved_at.is_(None))
    return tuple(Incident(**row) for row in session.execute(found).mappings())


def active_elements(instance_id: str, session: Session) -> tuple[ActiveElement, ...]:
    """Tell where the tokens of an instance stand, by element id.

    Running timers, also those on the border of an activity, and awaited messages are listed with
    their own kind: a page shows user tasks, services and workers as tokens.
    """
    tasks = select(user_task.c.element_id, _literal("user_task"), user_task.c.due_at).where(
        user_task.c.instance_id == instance_id, _OPEN
    )
    jobs = select(job.c.element_id, job.c.kind.label("kind"), job.c.due_at).where(
        job.c.instance_id == instance_id, _is_token(job.c.kind, job.c.state)
    )
    awaited = select(
        subscription.c.element_id, subscription.c.kind.label("kind"), _no_instant()
    ).where(subscription.c.instance_id == instance_id)
    waiting = tasks.union_all(jobs, awaited).subquery()
    counted = (
        select(
            waiting.c.element_id,
            waiting.c.kind,
            func.count().label("tokens"),
            func.min(waiting.c.due_at, type_=user_task.c.due_at.type).label("due_at"),
        )
        .group_by(waiting.c.element_id, waiting.c.kind)
        .order_by(waiting.c.element_id)
    )
    return tuple(ActiveElement(**row) for row in session.execute(counted).mappings())


def awaited_messages(instance_id: str, session: Session) -> tuple[AwaitedMessage, ...]:
    """List the messages that an instance waits for now, each name once, by element."""
    first = func.min(subscription.c.element_id).label("element_id")
    rows = session.execute(
        select(subscription.c.name, first)
        .where(subscription.c.instance_id == instance_id, subscription.c.kind == "message")
        .group_by(subscription.c.name)
        .order_by(first, subscription.c.name)
    )
    return tuple(AwaitedMessage(**row) for row in rows.mappings())


def running_counts(definition_id: str, session: Session) -> Mapping[str, int]:
    """Count the tokens of running instances of one version, by element id.

    Counts user tasks, service tasks and outside workers; not timers and messages on borders.
    """
    tasks = (
        select(user_task.c.element_id)
        .join(process_instance)
        .where(process_instance.c.definition_id == definition_id, _RUNNING, _OPEN)
    )
    services = (
        select(job.c.element_id)
        .join(process_instance)
        .where(
            process_instance.c.definition_id == definition_id,
            _RUNNING,
            job.c.kind.in_(("service", "worker")),
            _is_token(job.c.kind, job.c.state),
        )
    )
    waiting = tasks.union_all(services).subquery()
    rows = session.execute(
        select(waiting.c.element_id, func.count()).group_by(waiting.c.element_id)
    )
    return {row[0]: row[1] for row in rows}


def next_due(session: Session) -> datetime | None:
    """Tell when the next pending job is due, or None when nothing is pending."""
    return session.scalar(
        select(job.c.due_at).where(job.c.state == "pending").order_by(job.c.due_at).limit(1)
    )


def queue_counts(now: datetime, session: Session) -> QueueCounts:
    """Count jobs, incidents and undelivered messages, for the operations page.

    Each count has an index of its own: what is done and delivered costs nothing here.
    """
    pending, is_unsent = job.c.state == "pending", outbox.c.sent_at.is_(None)
    is_open = incident.c.resolved_at.is_(None)
    messages = session.execute(
        select(
            func.count().filter(is_unsent, outbox.c.is_dead == false()),
            func.count().filter(outbox.c.is_dead),
        ).where(is_unsent)
    ).one()
    return QueueCounts(
        pending=_count(pending, session),
        overdue=_count(pending & (job.c.due_at < now), session),
        failed=_count(is_open & incident.c.job_id.is_not(None), session),
        open_incidents=_count(is_open, session),
        unsent_messages=messages[0],
        dead_messages=messages[1],
        oldest_due_at=next_due(session),
    )


def as_user_task(row: RowMapping) -> UserTask:
    """Make the read model from a row of TASK_COLUMNS."""
    return UserTask(**row)


def _count(condition: ColumnElement[bool], session: Session) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0


def _literal(kind: str) -> ColumnElement[str]:
    return literal(kind).label("kind")


def _no_instant() -> ColumnElement[datetime | None]:
    return cast(null(), user_task.c.due_at.type).label("due_at")


def _is_token(kind: ColumnElement[str], state: ColumnElement[str]) -> ColumnElement[bool]:
    """Rungs stand for no token; a failed service still waits where it stands."""
    return and_(
        kind != "rung",
        or_(
            state.in_(("pending", "waiting", "suspended")),
            and_(state == "failed", kind.in_(("service", "timer"))),
        ),
    )


def _offered_to(actor: Actor) -> ColumnElement[bool]:
    """Unassigned, and candidate group and scope match; the scope "city" covers every scope."""
    everywhere = [group for group, scope in actor.groups if scope == CITY]
    matches = [
        and_(user_task.c.candidate_group == group, user_task.c.scope == scope)
        for group, scope in sorted(actor.groups)
        if scope != CITY
    ]
    if everywhere:
        matches.append(user_task.c.candidate_group.in_(everywhere))
    return and_(user_task.c.assignee.is_(None), or_(false(), *matches))


def _task_conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    equal = {
        user_task.c.assignee: wanted.assigned_to,
        user_task.c.candidate_group: wanted.candidate_group,
        user_task.c.instance_id: wanted.instance_id,
        user_task.c.element_id: wanted.element_id,
        process_definition.c.key: wanted.process_key,
    }
    conditions = [
        _state_condition(wanted),
        *(column == value for column, value in equal.items() if value is not None),
    ]
    if wanted.offered_to is not None:
        conditions.append(_offered_to(wanted.offered_to))
    if wanted.visible_to is not None:
        mine = user_task.c.assignee == wanted.visible_to.id
        conditions.append(or_(mine, _offered_to(wanted.visible_to)))
    if wanted.scopes:
        conditions.append(user_task.c.scope.in_(wanted.scopes))
    if wanted.instance_ids is not None:
        conditions.append(user_task.c.instance_id.in_(wanted.instance_ids))
    if wanted.overdue_at is not None:
        conditions.append(user_task.c.due_at < wanted.overdue_at)
    return conditions


def _state_condition(wanted: TaskFilter) -> ColumnElement[bool]:
    if wanted.completed_by is None:
        return _OPEN
    return (user_task.c.state == "completed") & (user_task.c.ended_by == wanted.completed_by)


def _task_order(wanted: TaskFilter) -> tuple[ColumnElement[object], ...]:
    age = (user_task.c.created_at, user_task.c.id)
    if wanted.completed_by is not None:
        return (user_task.c.ended_at.desc(), user_task.c.id)
    if wanted.is_by_age:
        return age
    return (user_task.c.due_at.asc().nulls_last(), user_task.c.priority.desc(), *age)


def _page(
    rows: Select[Any],
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    wanted: TaskFilter | InstanceFilter,
    session: Session,
) -> tuple[Sequence[RowMapping], int]:
    """Read a part of a list and the size of the whole."""
    found = rows.where(*conditions)
    total = session.scalar(found.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    part = found.order_by(*order).offset(wanted.offset).limit(wanted.limit)
    return session.execute(part).mappings().all(), total
