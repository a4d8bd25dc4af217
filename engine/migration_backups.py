"""What an instance was before it was carried over, as rows, and how it becomes that again."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, bindparam, delete, insert, select, update

from engine import instances, sla_carrying
from engine.instances import Outcome, SeenInstance
from engine.migration_tables import instance_backup
from engine.spiff.errors import UndoImpossible
from engine.tables import job, process_instance, subscription, user_task

KEPT_FOR = timedelta(days=30)

_STANDING = ("pending", "waiting", "failed", "suspended")
_JOB_FACTS = tuple(c.name for c in job.c if c.name not in {"lock_owner", "lock_until", "attempts"})
_NOT_KEPT = ("migration", "rung")
_HELD = ("assignee", "assignee_name", "claimed_at")
_SET_DEFINITION = (
    update(process_instance)
    .where(process_instance.c.id == bindparam("of_instance"))
    .values(definition_id=bindparam("new_definition"))
)


def set_definition(instance_id: str, definition_id: str, connection: Connection) -> None:
    """Let an instance belong to another version of its process."""
    values = {"of_instance": instance_id, "new_definition": definition_id}
    connection.execute(_SET_DEFINITION, values)


def keep(batch_id: str, seen: SeenInstance, now: datetime, connection: Connection) -> None:
    """Store what an instance is before it takes the next step.

    The job that carries it over is not kept: an undo must not bring it back.
    """
    connection.execute(
        insert(instance_backup),
        {
            "batch_id": batch_id,
            "instance_id": seen.id,
            "definition_id": seen.definition_id,
            "version_after": seen.version + 1,
            "state": seen.state,
            "end_event": seen.end_event,
            "rows": _rows_of(seen.id, connection),
            "created_at": now,
        },
    )


def restore(batch_id: str, seen: SeenInstance, now: datetime, connection: Connection) -> None:
    """Make a locked instance what it was before; drafts and claims of today stay.

    Raises:
        UndoImpossible: it has moved on since, or nothing is kept of it.
        LostRace: somebody wrote meanwhile.
    """
    kept = _read(batch_id, seen.id, connection)
    if kept is None or kept["version_after"] != seen.version or seen.status != "active":
        raise UndoImpossible(seen.id)
    outcome = Outcome(
        status="active", state=kept["state"], ended_at=None, end_event=kept["end_event"]
    )
    instances.store(seen, outcome, connection)
    set_definition(seen.id, kept["definition_id"], connection)
    _restore_tasks(seen.id, kept["rows"]["user_task"], connection)
    _restore_jobs(seen.id, kept["rows"]["job"], connection)
    sla_carrying.restore(seen.id, kept["rows"].get("sla_clock", ()), now, connection)
    connection.execute(delete(subscription).where(subscription.c.instance_id == seen.id))
    awaited = [_row(subscription, each) for each in kept["rows"]["subscription"]]
    if awaited:
        connection.execute(insert(subscription), awaited)
    _forget(batch_id, seen.id, connection)


def purge(now: datetime, connection: Connection) -> None:
    """Forget what is older than KEPT_FOR."""
    connection.execute(delete(instance_backup).where(instance_backup.c.created_at < now - KEPT_FOR))


def undoable(batch_id: str, connection: Connection) -> frozenset[str]:
    """Name the instances of a batch that stand where it left them."""
    rows = connection.execute(
        select(instance_backup.c.instance_id)
        .join(process_instance, process_instance.c.id == instance_backup.c.instance_id)
        .where(
            instance_backup.c.batch_id == batch_id,
            process_instance.c.version == instance_backup.c.version_after,
            process_instance.c.status == "active",
        )
    )
    return frozenset(row.instance_id for row in rows)


def _read(batch_id: str, instance_id: str, connection: Connection) -> RowMapping | None:
    return (
        connection.execute(
            select(instance_backup).where(
                instance_backup.c.batch_id == batch_id,
                instance_backup.c.instance_id == instance_id,
            )
        )
        .mappings()
        .first()
    )


def _forget(batch_id: str, instance_id: str, connection: Connection) -> None:
    connection.execute(
        delete(instance_backup).where(
            instance_backup.c.batch_id == batch_id,
            instance_backup.c.instance_id == instance_id,
        )
    )


def _rows_of(instance_id: str, connection: Connection) -> dict[str, list[dict[str, Any]]]:
    tasks = select(user_task).where(
        user_task.c.instance_id == instance_id, user_task.c.state == "open"
    )
    jobs = select(*(job.c[name] for name in _JOB_FACTS)).where(
        job.c.instance_id == instance_id,
        job.c.state.in_(_STANDING),
        job.c.kind.not_in(_NOT_KEPT),
    )
    awaited = select(subscription).where(subscription.c.instance_id == instance_id)
    found = {
        table.name: [_json(row) for row in connection.execute(statement).mappings()]
        for table, statement in ((user_task, tasks), (job, jobs), (subscription, awaited))
    }
    clocks = [_json(row) for row in sla_carrying.backup(instance_id, connection)]
    return {**found, "sla_clock": clocks}


def _restore_tasks(
    instance_id: str, kept: Iterable[Mapping[str, Any]], connection: Connection
) -> None:
    """Open what was open, close what the new version opened; who holds a task keeps it."""
    rows = [_row(user_task, each) for each in kept]
    ids = [row["id"] for row in rows]
    connection.execute(
        update(user_task)
        .where(
            user_task.c.instance_id == instance_id,
            user_task.c.state == "open",
            user_task.c.id.not_in(ids),
        )
        .values(state="cancelled")
    )
    still_open = user_task.c.id.in_(ids) & (user_task.c.state == "open")
    held = set(connection.scalars(select(user_task.c.id).where(still_open)))
    for row in rows:
        facts = {k: v for k, v in row.items() if k not in _HELD or row["id"] not in held}
        connection.execute(update(user_task).where(user_task.c.id == row["id"]).values(facts))


def _restore_jobs(
    instance_id: str, kept: Iterable[Mapping[str, Any]], connection: Connection
) -> None:
    """Let jobs stand again that stood; rungs are laid out anew with their clocks."""
    rows = {each["id"]: _row(job, each) for each in kept}
    connection.execute(
        update(job)
        .where(
            job.c.instance_id == instance_id,
            job.c.state.in_(_STANDING),
            job.c.id.not_in(list(rows)),
            job.c.kind.not_in(_NOT_KEPT),
        )
        .values(state="cancelled")
    )
    for job_id, row in rows.items():
        connection.execute(update(job).where(job.c.id == job_id).values(row))


def _json(row: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}


def _row(table: Table, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Read a kept row: instants are stored as text."""
    return {
        name: datetime.fromisoformat(value) if value and name.endswith("_at") else value
        for name, value in kept.items()
        if name in table.c
    }
