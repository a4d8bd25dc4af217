"""Process instances: lock the row, read what a step needs, write the step's outcome."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Label,
    RowMapping,
    Select,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from engine.errors import InstanceNotActive, InstanceNotFound, LostRace, UserTaskNotFound
from engine.tables import job, process_definition, process_instance, user_task
from engine.types import Actor, InstanceRef


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenInstance:
    """A locked instance as this step saw it.

    Attributes:
        version: seen under the lock; writing it anew proves that nobody wrote in between.
        state: the execution's stored state.
    """

    id: str
    definition_id: str
    content_hash: str
    process_key: str
    process_name: str
    business_key: str
    scope: str
    status: str
    version: int
    state: bytes
    end_event: str | None

    @property
    def ref(self) -> InstanceRef:
        """What an operation may know of the instance."""
        return InstanceRef(id=self.id, business_key=self.business_key, scope=self.scope)

    @property
    def ended_for_good(self) -> bool:
        """Tell whether the instance is completed or cancelled."""
        return self.status in {"completed", "cancelled"}

    def ensure_active(self) -> None:
        """Refuse to act in an instance that is suspended or has ended.

        Raises:
            InstanceNotActive: its status is another than active.
        """
        if self.status != "active":
            raise InstanceNotActive(self.status)

    def ensure_suspended(self) -> None:
        """Refuse to resume what is not suspended.

        Raises:
            InstanceNotActive: its status is another than suspended.
        """
        if self.status != "suspended":
            raise InstanceNotActive(self.status)

    def ensure_running(self) -> None:
        """Refuse to act in an instance that has ended.

        Raises:
            InstanceNotActive: it is completed or cancelled.
        """
        if self.status not in {"active", "suspended"}:
            raise InstanceNotActive(self.status)

    def ensure_version(self, version: int | None) -> None:
        """Refuse input that was made for an older version.

        Raises:
            LostRace: a step was taken since.
        """
        if version is not None and version != self.version:
            raise LostRace(self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a step writes into the instance row."""

    status: str
    state: bytes
    ended_at: datetime | None
    end_event: str | None


_SEEN: tuple[Column[Any] | Label[Any], ...] = (
    *(process_instance.c[name] for name in ("id", "definition_id", "business_key", "scope")),
    *(process_instance.c[name] for name in ("status", "version", "state", "end_event")),
    process_definition.c.content_hash,
    process_definition.c.key.label("process_key"),
    process_definition.c.name.label("process_name"),
)
_SEEN_NAMES = tuple(SeenInstance.__dataclass_fields__)


def _labelled(table: Table, prefix: str) -> tuple[Label[Any], ...]:
    return tuple(column.label(f"{prefix}{column.name}") for column in table.c)


def _locking(statement: Select[Any], *tables: Table) -> Select[Any]:
    """Lock the instance first, then the rest.

    FOR NO KEY UPDATE, because a claim writes history, whose foreign key takes FOR KEY SHARE on the
    instance: with FOR UPDATE the two would wait for each other.
    """
    return statement.with_for_update(key_share=True, of=(process_instance, *tables))


_CASES = process_instance.join(process_definition)
_READ = select(*_SEEN).select_from(_CASES).where(process_instance.c.id == bindparam("id"))
_LOCK = _locking(_READ)
_LOCK_WITH_TASK = _locking(
    select(*_SEEN, *_labelled(user_task, "task_"))
    .select_from(_CASES.join(user_task, user_task.c.instance_id == process_instance.c.id))
    .where(user_task.c.id == bindparam("id")),
    user_task,
)
_LOCK_WITH_JOB = _locking(
    select(*_SEEN, *_labelled(job, "job_"))
    .select_from(_CASES.join(job, job.c.instance_id == process_instance.c.id))
    .where(job.c.id == bindparam("id"), job.c.state == "pending", job.c.due_at <= bindparam("now")),
    job,
)
_VERSION = select(process_instance.c.version).where(process_instance.c.id == bindparam("id"))
_INSERT = insert(process_instance)
_STORE = (
    update(process_instance)
    .where(
        process_instance.c.id == bindparam("seen_id"),
        process_instance.c.version == bindparam("seen_version"),
    )
    .values(
        version=bindparam("seen_version") + 1,
        status=bindparam("status"),
        state=bindparam("state"),
        ended_at=bindparam("ended_at"),
        end_event=bindparam("end_event"),
    )
)
_SET_STATUS = (
    update(process_instance)
    .where(
        process_instance.c.id == bindparam("seen_id"),
        process_instance.c.version == bindparam("seen_version"),
    )
    .values(version=bindparam("seen_version") + 1, status=bindparam("status"))
)


def lock(instance_id: str, connection: Connection) -> SeenInstance:
    """Lock an instance.

    Raises:
        InstanceNotFound: there is none of this id.
    """
    row = connection.execute(_LOCK, {"id": instance_id}).mappings().first()
    if row is None:
        raise InstanceNotFound(instance_id)
    return _seen(row)


def read(instance_id: str, connection: Connection) -> SeenInstance:
    """Read an instance without locking it.

    Raises:
        InstanceNotFound: there is none of this id.
    """
    row = connection.execute(_READ, {"id": instance_id}).mappings().first()
    if row is None:
        raise InstanceNotFound(instance_id)
    return _seen(row)


def lock_with_task(task_id: str, connection: Connection) -> tuple[SeenInstance, dict[str, Any]]:
    """Lock a user task and its instance.

    Returns:
        The instance and the task's row, by column name.

    Raises:
        UserTaskNotFound: there is none of this id.
    """
    row = connection.execute(_LOCK_WITH_TASK, {"id": task_id}).mappings().first()
    if row is None:
        raise UserTaskNotFound(task_id)
    return _seen(row), _part(row, user_task, "task_")


def lock_with_job(
    job_id: str, now: datetime, connection: Connection
) -> tuple[SeenInstance, dict[str, Any]] | None:
    """Lock a pending job that is due, and its instance.

    Returns:
        The instance and the job's row, by column name; None when the job is done, cancelled or
        postponed meanwhile.
    """
    row = connection.execute(_LOCK_WITH_JOB, {"id": job_id, "now": now}).mappings().first()
    return None if row is None else (_seen(row), _part(row, job, "job_"))


def insert_new(seen: SeenInstance, by: Actor, at: datetime, connection: Connection) -> None:
    """Write the row of an instance that is about to take its first step."""
    connection.execute(
        _INSERT,
        {
            "id": seen.id,
            "definition_id": seen.definition_id,
            "business_key": seen.business_key,
            "scope": seen.scope,
            "status": seen.status,
            "version": seen.version,
            "state": seen.state,
            "started_at": at,
            "started_by": by.id,
        },
    )


def store(seen: SeenInstance, outcome: Outcome, connection: Connection) -> None:
    """Write the outcome of a step and count the version up.

    Raises:
        LostRace: somebody wrote since the instance was seen.
    """
    written = connection.execute(
        _STORE,
        {
            "seen_id": seen.id,
            "seen_version": seen.version,
            "status": outcome.status,
            "state": outcome.state,
            "ended_at": outcome.ended_at,
            "end_event": outcome.end_event,
        },
    )
    if written.rowcount != 1:
        raise LostRace(seen.id)


def set_status(seen: SeenInstance, status: str, connection: Connection) -> None:
    """Suspend or resume: change the status alone.

    Raises:
        LostRace: somebody wrote since the instance was seen.
    """
    written = connection.execute(
        _SET_STATUS, {"seen_id": seen.id, "seen_version": seen.version, "status": status}
    )
    if written.rowcount != 1:
        raise LostRace(seen.id)


def read_version(instance_id: str, connection: Connection) -> int:
    """Read an instance's version without locking it; 0 when there is none."""
    return connection.execute(_VERSION, {"id": instance_id}).scalar() or 0


def _seen(row: RowMapping) -> SeenInstance:
    return SeenInstance(**{name: row[name] for name in _SEEN_NAMES})


def _part(row: RowMapping, table: Table, prefix: str) -> dict[str, Any]:
    return {column.name: row[f"{prefix}{column.name}"] for column in table.c}
