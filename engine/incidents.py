"""Failures: which ones are tried again, which ones become incidents, and how one is repaired."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from engine import history, instances, jobs
from engine.errors import BusinessError, IncidentNotFound, JobFailed, LostRace
from engine.records import Job
from engine.spiff.model import Event
from engine.tables import incident
from engine.types import SYSTEM, Actor

Result = TypeVar("Result")

SQLITE_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL})
"""Primary codes of what passes by itself or by an administrator: contention, a full disk."""
POSTGRES_PASSING = ("40", "53", "55P03", "57P0", "58")
"""Beginnings of such SQLSTATEs: rollback, no room, no lock, shut down, input and output."""

_INSERT = insert(incident)
_READ = select(incident).where(
    incident.c.id == bindparam("incident_id"), incident.c.resolved_at.is_(None)
)
_RESOLVE = (
    update(incident)
    .where(incident.c.id == bindparam("incident_id"), incident.c.resolved_at.is_(None))
    .values(resolved_at=bindparam("at"), resolved_by=bindparam("by_id"))
)
_RESOLVE_ALL = (
    update(incident)
    .where(incident.c.instance_id == bindparam("of_instance"), incident.c.resolved_at.is_(None))
    .values(resolved_at=bindparam("at"), resolved_by=bindparam("by_id"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """An operation failed for a reason that is not the business's."""

    reason: str


class _TechnicalFailure(Exception):
    """An operation failed; its text says how."""


def attempt(act: Callable[[], Result]) -> Result | Failure:
    """Run an operation; a technical failure becomes a value.

    Raises:
        BusinessError: the business refused: the diagram decides.
        LostRace: somebody else was faster: the whole step is to be repeated.
    """
    try:
        with _told(_TechnicalFailure, passing=(BusinessError,)):
            return act()
    except _TechnicalFailure as failure:
        return Failure(reason=str(failure))


@contextmanager
def failing(job_id: str) -> Iterator[None]:
    """Say of every failure whether it uses up one of the job's retries.

    Raises:
        LostRace: a conflict; it never uses up a retry.
        JobFailed: anything else.
    """
    with _told(lambda reason: JobFailed(job_id, reason)):
        yield


@contextmanager
def _told(
    told: Callable[[str], Exception], passing: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Tell conflicts from failures: a conflict is a lost race, anything else is told by words."""
    untold: tuple[type[Exception], ...] = (LostRace, *passing)
    try:
        yield
    except untold:
        raise
    except Exception as error:  # the incident handler: an operation may fail in any way
        if _is_conflict(error):
            raise LostRace("") from error
        raise told(describe(error)) from error


def describe(error: BaseException) -> str:
    """Say what went wrong, with the kind of error, for an administrator."""
    return f"{type(error).__name__}: {error}"[:2000]


def record_failure(job_id: str, reason: str, now: datetime, connection: Connection) -> None:
    """Use up one retry of a job; open an incident when none is left.

    The caller's step was rolled back before; this is a short transaction of its own.
    """
    seen = jobs.read_pending(job_id, connection)
    if seen is None or not jobs.count_failure(seen, reason, now, connection):
        return
    left = seen.retries - 1
    note_failure(seen, (reason, left), SYSTEM, now, connection)


def note_failure(
    job: Job, failure: tuple[str, int], by: Actor, now: datetime, connection: Connection
) -> None:
    """Write a failure into the history; without retries left it becomes an incident.

    Args:
        job: what failed.
        failure: what went wrong, and retries left.
        by: who reports it.
        now: the instant.
        connection: of the caller's transaction.
    """
    reason, left = failure
    lines = [_line("service_failed", job, reason=reason, retries_left=left)]
    if left <= 0:
        open_incident(job, reason, now, connection)
        lines.append(_line("incident_opened", job, reason=reason))
    _write(job.instance_id, by, now, lines, connection)


def give_up(job: Job, reason: str, now: datetime, connection: Connection) -> None:
    """Open an incident for a job that never comes to an outcome, such as one that kills workers."""
    if jobs.fail(job.id, reason, connection):
        open_incident(job, reason, now, connection)
        line = _line("incident_opened", job, reason=reason)
        _write(job.instance_id, SYSTEM, now, [line], connection)


def open_incident(job: Job, reason: str, now: datetime, connection: Connection) -> None:
    """Write the row of an incident."""
    connection.execute(
        _INSERT,
        {
            "id": uuid4().hex,
            "instance_id": job.instance_id,
            "job_id": job.id,
            "element_id": job.element_id,
            "message": reason,
            "created_at": now,
        },
    )


def note_uncaught(
    instance_id: str, errors: Sequence[Event], now: datetime, connection: Connection
) -> None:
    """Open an incident for every BPMN error that the diagram did not catch."""
    rows = [
        {
            "id": uuid4().hex,
            "instance_id": instance_id,
            "job_id": None,
            "element_id": error.element_id,
            "message": f"BPMN error {error.details.get('code')} was not caught",
            "created_at": now,
        }
        for error in errors
    ]
    if rows:
        connection.execute(_INSERT, rows)


def retry(
    incident_id: str, by: Actor, now: datetime, connection: Connection, *, reason: str = ""
) -> None:
    """Put the job of an incident back into the queue and close the incident.

    The reason, where somebody gives one, stands in the history.

    Raises:
        IncidentNotFound: there is no open incident of this id.
        InstanceNotActive: its instance is suspended or has ended.
    """
    row = connection.execute(_READ, {"incident_id": incident_id}).mappings().first()
    if row is None:
        raise IncidentNotFound(incident_id)
    if row["instance_id"] is not None:
        instances.lock(row["instance_id"], connection).ensure_active()
    if row["job_id"] is not None:
        jobs.revive(row["job_id"], now, connection)
    connection.execute(_RESOLVE, {"incident_id": incident_id, "at": now, "by_id": by.id})
    details = {"reason": reason} if reason else {}
    line = history.Line(kind="incident_resolved", element_id=row["element_id"], details=details)
    _write(row["instance_id"], by, now, [line], connection)


def resolve_all(instance_id: str, by: Actor, now: datetime, connection: Connection) -> None:
    """Close every incident of an instance that has ended."""
    connection.execute(_RESOLVE_ALL, {"of_instance": instance_id, "at": now, "by_id": by.id})


def _is_conflict(error: Exception) -> bool:
    """Tell what is no fault of the job: lock, deadlock, stale row, no connection, a full disk."""
    if isinstance(error, StaleDataError):
        return True
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated or _is_passing(error.orig)
    )


def _is_passing(error: BaseException | None) -> bool:
    """Read the driver's own code: SQLite's primary result code, PostgreSQL's SQLSTATE."""
    sqlite_code = getattr(error, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return sqlite_code & 0xFF in SQLITE_PASSING
    state = getattr(error, "sqlstate", None) or ""
    return state.startswith(POSTGRES_PASSING)


def _line(kind: str, job: Job, **details: object) -> history.Line:
    return history.Line(
        kind=kind, element_id=job.element_id, details={**details, "job_kind": job.kind}
    )


def _write(
    instance_id: str | None,
    by: Actor,
    now: datetime,
    lines: list[history.Line],
    connection: Connection,
) -> None:
    """Append to the history of the instance, if the job belongs to one."""
    if instance_id is None:
        return
    version = instances.read_version(instance_id, connection)
    stamp = history.Stamp(instance_id=instance_id, step=version, at=now, by=by)
    history.write(connection, stamp, lines)
