"""Deliberately broken engines: the chaos suite must notice each of them, or it is worthless.

Only worker processes of `scheduler.chaos` may import this; a contract of the linter holds it. What
is broken stays broken until the process ends.
"""

from collections.abc import Callable, Mapping
from types import ModuleType

from sqlalchemy import Connection, bindparam, select, update

from engine import instances, jobs
from engine.instances import Outcome, SeenInstance
from engine.tables import job, process_instance


def two_commits() -> None:
    """Commit the state of an instance before the rest of its step is written."""
    store = instances.store

    def store_and_commit(seen: SeenInstance, outcome: Outcome, connection: Connection) -> None:
        store(seen, outcome, connection)
        connection.exec_driver_sql("COMMIT")
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    _replace(instances, "store", store_and_commit)


def no_version_check() -> None:
    """Write a step whatever others wrote since the instance was seen."""
    unchecked = (
        update(process_instance)
        .where(process_instance.c.id == bindparam("seen_id"))
        .values(
            version=bindparam("seen_version") + 1,
            status=bindparam("status"),
            state=bindparam("state"),
            ended_at=bindparam("ended_at"),
            end_event=bindparam("end_event"),
        )
    )
    _replace(instances, "_STORE", unchecked)
    _replace(SeenInstance, "ensure_version", lambda _seen, _version: None)


def no_recheck() -> None:
    """Fire a job without looking, under its lock, whether it is still to be done."""
    locked = instances._locking(
        select(*instances._SEEN, *instances._labelled(job, "job_"))
        .select_from(instances._CASES.join(job, job.c.instance_id == process_instance.c.id))
        .where(job.c.id == bindparam("id")),
        job,
    )
    alone = (
        select(*jobs._COLUMNS)
        .where(job.c.id == bindparam("job_id"), job.c.instance_id.is_(None))
        .with_for_update()
    )
    _replace(instances, "_LOCK_WITH_JOB", locked)
    _replace(jobs, "_LOCK_ALONE", alone)


SABOTAGES: Mapping[str, Callable[[], None]] = {
    "two-commits": two_commits,
    "no-version": no_version_check,
    "no-recheck": no_recheck,
}
"""Name to what breaks the engine of this process."""


def _replace(owner: ModuleType | type, name: str, value: object) -> None:
    setattr(owner, name, value)
