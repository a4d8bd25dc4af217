"""External tasks: service tasks that workers outside fetch, lock and complete.

A task is a job of kind worker in state waiting. A lock is a lease: whoever fetches it next after
its end takes it over. As in Camunda 7, a worker whose lease has ended may still report as long as
nobody has taken the task over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from engine import incidents, instances
from engine.clock import Clock
from engine.differences import Trigger
from engine.errors import (
    BusinessError,
    ExternalTaskNotFound,
    ExternalTaskNotLocked,
)
from engine.instances import SeenInstance
from engine.records import Job
from engine.spiff.execution import Execution
from engine.steps import Step
from engine.tables import job, process_definition, process_instance
from engine.types import Actor

StepOf = Callable[[SeenInstance, Trigger, Session], Step]
"""Makes a step of a locked instance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicRequest:
    """What a worker wants of one topic.

    Attributes:
        lock: how long a task is his.
        variables: names of the variables he wants; None for all.
        only_local: he wants the inputs of the task alone.
    """

    name: str
    lock: timedelta
    variables: frozenset[str] | None = None
    only_local: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalTask:
    """A service task that waits for a worker.

    Attributes:
        retries: left; None as long as nothing failed.
        variables: what the worker asked for; empty in a list.
    """

    id: str
    topic: str
    worker_id: str | None
    locked_until: datetime | None
    created_at: datetime
    available_at: datetime
    retries: int | None
    error: str | None
    priority: int
    element_id: str
    token_id: str
    instance_id: str
    business_key: str
    is_suspended: bool
    definition_id: str
    process_key: str
    process_version: int
    variables: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskFilter:
    """Which external tasks to list; None everywhere means all that wait or failed."""

    id: str | None = None
    topic: str | None = None
    worker_id: str | None = None
    instance_id: str | None = None
    process_key: str | None = None
    is_locked: bool | None = None
    has_retries: bool | None = None


_STANDS = and_(job.c.kind == "worker", job.c.state.in_(("waiting", "failed")))
_ROWS = job.join(process_instance).join(process_definition)
_TASKS = select(
    *(job.c[name] for name in ("id", "topic", "lock_owner", "lock_until", "original_due_at")),
    *(job.c[name] for name in ("due_at", "retries", "error", "priority", "element_id", "state")),
    *(job.c[name] for name in ("token_id", "instance_id")),
    *(process_instance.c[name] for name in ("business_key", "status", "definition_id")),
    process_definition.c.key.label("process_key"),
    process_definition.c.version.label("process_version"),
).select_from(_ROWS)
_FREE = and_(
    job.c.kind == "worker",
    job.c.state == "waiting",
    job.c.due_at <= bindparam("now"),
    or_(job.c.lock_until.is_(None), job.c.lock_until <= bindparam("now")),
    process_instance.c.status == "active",
)
_LOCK = (
    update(job)
    .where(job.c.id == bindparam("task_id"), job.c.state == "waiting")
    .values(lock_owner=bindparam("worker_id"), lock_until=bindparam("until"))
)
_OF_INSTANCE = select(job.c.instance_id).where(job.c.id == bindparam("task_id"), _STANDS)
_READ = select(*(job.c[name] for name in Job.__dataclass_fields__), job.c.lock_owner).where(
    job.c.id == bindparam("task_id"), _STANDS
)
_FAIL = (
    update(job)
    .where(job.c.id == bindparam("task_id"))
    .values(
        retries=bindparam("left"),
        error=bindparam("message"),
        due_at=bindparam("again_at"),
        state=bindparam("new_state"),
        lock_owner=null(),
        lock_until=null(),
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalTasks:
    """The verbs of outside workers; each works in the caller's transaction."""

    clock: Clock
    step_of: StepOf

    def fetch_and_lock(
        self,
        worker_id: str,
        topics: Sequence[TopicRequest],
        most: int,
        *,
        session: Session,
        by_priority: bool = False,
    ) -> tuple[ExternalTask, ...]:
        """Lock free tasks for a worker, those that have waited longest first.

        Args:
            worker_id: who fetches.
            topics: what he serves.
            most: how many tasks at most.
            session: the caller's unit of work.
            by_priority: higher priority first.
        """
        connection, now = session.connection(), self.clock.now()
        wanted = {topic.name: topic for topic in topics}
        first = (job.c.priority.desc(),) if by_priority else ()
        free = (
            _TASKS.where(_FREE, job.c.topic.in_(sorted(wanted)))
            .order_by(*first, job.c.due_at, job.c.id)
            .limit(most)
            .with_for_update(skip_locked=True, of=job)
        )
        rows = connection.execute(free, {"now": now}).mappings().all()
        for row in rows:
            until = now + wanted[row["topic"]].lock
            values = {"task_id": row["id"], "worker_id": worker_id, "until": until}
            connection.execute(_LOCK, values)
        return tuple(self._fetched(row, wanted[row["topic"]], worker_id, session) for row in rows)

    def has_free(self, topics: Sequence[str], session: Session) -> bool:
        """Tell whether a worker would get something; takes no lock."""
        free = _TASKS.where(_FREE, job.c.topic.in_(topics)).limit(1)
        return session.connection().execute(free, {"now": self.clock.now()}).first() is not None

    def complete(
        self, task_id: str, worker_id: str, variables: Mapping[str, object], *, session: Session
    ) -> None:
        """Complete a task; without output parameters every variable becomes one of the process.

        Raises:
            ExternalTaskNotFound: nothing of this id waits for a worker.
            ExternalTaskNotLocked: it is not this worker's.
            InstanceNotActive: its instance is suspended.
            VariableNotAllowed: a variable cannot be stored.
        """
        seen, task = self._lock(task_id, worker_id, session)
        finish = partial(_finish, token_id=task.token_id, outputs=variables)
        self._step(seen, task, worker_id, session).act(finish)

    def throw_error(
        self,
        task_id: str,
        worker_id: str,
        error: tuple[str, str],
        variables: Mapping[str, object],
        *,
        session: Session,
    ) -> None:
        """Raise a BPMN error at a task; one that nobody catches becomes an incident.

        Args:
            task_id: of the task.
            worker_id: who holds it.
            error: its code and its message.
            variables: what becomes variables of the process.
            session: the caller's unit of work.

        Raises:
            ExternalTaskNotFound, ExternalTaskNotLocked, InstanceNotActive: as `complete`.
        """
        code, message = error
        seen, task = self._lock(task_id, worker_id, session)
        step = self._step(seen, task, worker_id, session)
        try:
            with session.begin_nested():
                throw = partial(_throw, token_id=task.token_id, code=code, variables=variables)
                step.act(throw)
        except BusinessError:
            reason = f"BPMN error {code} was not caught: {message}"
            self._note_failure(task, (reason, 0, timedelta()), worker_id, session)

    def fail(
        self,
        task_id: str,
        worker_id: str,
        failure: tuple[str, int, timedelta],
        *,
        session: Session,
    ) -> None:
        """Give a task back after a failure; with no retry left it becomes an incident.

        Args:
            task_id: of the task.
            worker_id: who holds it.
            failure: what went wrong, retries left, how long to wait.
            session: the caller's unit of work.

        Raises:
            ExternalTaskNotFound, ExternalTaskNotLocked, InstanceNotActive: as `complete`.
        """
        _, task = self._lock(task_id, worker_id, session)
        self._note_failure(task, failure, worker_id, session)

    def extend(self, task_id: str, worker_id: str, lock: timedelta, *, session: Session) -> None:
        """Let a worker keep a task for longer, counted from now.

        Raises:
            ExternalTaskNotFound, ExternalTaskNotLocked, InstanceNotActive: as `complete`.
        """
        self._lock(task_id, worker_id, session)
        until = self.clock.now() + lock
        values = {"task_id": task_id, "worker_id": worker_id, "until": until}
        session.connection().execute(_LOCK, values)

    def unlock(self, task_id: str, *, session: Session) -> None:
        """Let any worker fetch a task again, at once.

        Raises:
            ExternalTaskNotFound: nothing of this id waits for a worker.
        """
        self._find(task_id, session.connection())
        values = {"task_id": task_id, "worker_id": None, "until": None}
        session.connection().execute(_LOCK, values)

    def listed(
        self, wanted: TaskFilter, page: tuple[int, int], session: Session
    ) -> tuple[ExternalTask, ...]:
        """List tasks that wait or failed, oldest first.

        Args:
            wanted: which.
            page: the first one, and how many at most.
            session: the caller's session; nothing is written.
        """
        found = _TASKS.where(*self._conditions(wanted)).order_by(job.c.due_at, job.c.id)
        rows = session.connection().execute(found.offset(page[0]).limit(page[1])).mappings()
        return tuple(_task(row, row["lock_owner"], row["lock_until"], {}) for row in rows)

    def count(self, wanted: TaskFilter, session: Session) -> int:
        """Count tasks that wait or failed."""
        counted = select(func.count()).select_from(_ROWS).where(*self._conditions(wanted))
        return session.connection().execute(counted).scalar() or 0

    def _conditions(self, wanted: TaskFilter) -> list[ColumnElement[bool]]:
        equal = {
            job.c.id: wanted.id,
            job.c.topic: wanted.topic,
            job.c.lock_owner: wanted.worker_id,
            job.c.instance_id: wanted.instance_id,
            process_definition.c.key: wanted.process_key,
        }
        found = [_STANDS, *(column == value for column, value in equal.items() if value)]
        if wanted.is_locked is not None:
            locked = job.c.lock_until > self.clock.now()
            found.append(locked if wanted.is_locked else or_(job.c.lock_until.is_(None), ~locked))
        if wanted.has_retries is not None:
            found.append(job.c.retries > 0 if wanted.has_retries else job.c.retries <= 0)
        return found

    def _fetched(
        self, row: RowMapping, topic: TopicRequest, worker_id: str, session: Session
    ) -> ExternalTask:
        seen = instances.read(row["instance_id"], session.connection())
        execution = self.step_of(seen, Trigger(by=_worker(worker_id)), session).restore()
        inputs = {wait.token_id: wait.inputs for wait in execution.services()}
        local = inputs.get(row["token_id"], {})
        values = local if topic.only_local else {**execution.variables_at(row["token_id"]), **local}
        if topic.variables is not None:
            values = {name: value for name, value in values.items() if name in topic.variables}
        return _task(row, worker_id, self.clock.now() + topic.lock, values)

    def _find(self, task_id: str, connection: Connection) -> str:
        instance_id = connection.execute(_OF_INSTANCE, {"task_id": task_id}).scalar()
        if instance_id is None:
            raise ExternalTaskNotFound(task_id)
        return str(instance_id)

    def _lock(self, task_id: str, worker_id: str, session: Session) -> tuple[SeenInstance, Job]:
        """Lock the instance, then look whether the task still is the worker's."""
        connection = session.connection()
        seen = instances.lock(self._find(task_id, connection), connection)
        row = connection.execute(_READ, {"task_id": task_id}).mappings().first()
        if row is None or row["state"] != "waiting":
            raise ExternalTaskNotFound(task_id)
        seen.ensure_active()
        if row["lock_owner"] != worker_id:
            raise ExternalTaskNotLocked(task_id, worker_id)
        return seen, Job(**{name: row[name] for name in Job.__dataclass_fields__})

    def _step(self, seen: SeenInstance, task: Job, worker_id: str, session: Session) -> Step:
        trigger = Trigger(by=_worker(worker_id), fired_token=task.token_id)
        return self.step_of(seen, trigger, session)

    def _note_failure(
        self, task: Job, failure: tuple[str, int, timedelta], worker_id: str, session: Session
    ) -> None:
        reason, retries, wait = failure
        connection, now = session.connection(), self.clock.now()
        left = max(retries, 0)
        values = {
            "task_id": task.id,
            "left": left,
            "message": reason,
            "again_at": now + wait,
            "new_state": "waiting" if left else "failed",
        }
        connection.execute(_FAIL, values)
        incidents.note_failure(task, (reason, left), _worker(worker_id), now, connection)


def _worker(worker_id: str) -> Actor:
    """Name an outside worker as who acts."""
    return Actor(id=f"worker:{worker_id}"[:64], name=worker_id[:100])


def _finish(execution: Execution, *, token_id: str, outputs: Mapping[str, object]) -> None:
    execution.finish_service(token_id, dict(outputs))


def _throw(execution: Execution, *, token_id: str, code: str, variables: Mapping[str, Any]) -> None:
    execution.throw_error(token_id, code, variables)


def _task(
    row: RowMapping, worker_id: str | None, until: datetime | None, values: Mapping[str, object]
) -> ExternalTask:
    return ExternalTask(
        id=row["id"],
        topic=row["topic"],
        worker_id=worker_id,
        locked_until=until,
        created_at=row["original_due_at"],
        available_at=row["due_at"],
        retries=None if row["error"] is None else row["retries"],
        error=row["error"],
        priority=row["priority"],
        element_id=row["element_id"],
        token_id=row["token_id"],
        instance_id=row["instance_id"],
        business_key=row["business_key"],
        is_suspended=row["status"] == "suspended",
        definition_id=row["definition_id"],
        process_key=row["process_key"],
        process_version=row["process_version"],
        variables=values,
    )
