"""The job queue as administrators see it: what is next, how late it is, what failed, by kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, select
from sqlalchemy.orm import Session

from engine.dispatches import Dispatch
from engine.records import Incident, Page
from engine.tables import incident, job, outbox, process_definition, process_instance

_PENDING = job.c.state == "pending"
_OPEN = incident.c.resolved_at.is_(None)
_DEAD = outbox.c.is_dead
_BUSINESS_KEY = func.coalesce(process_instance.c.business_key, "").label("business_key")
_PROCESS_KEY = func.coalesce(process_definition.c.key, "").label("process_key")
_PROCESS_NAME = func.coalesce(process_definition.c.name, "").label("process_name")
_CASE = (_BUSINESS_KEY, _PROCESS_KEY, _PROCESS_NAME)
_JOBS = (
    select(job.c.id, job.c.kind, job.c.element_id, job.c.due_at, job.c.retries, job.c.error, *_CASE)
    .select_from(job.outerjoin(process_instance).outerjoin(process_definition))
    .where(_PENDING)
)
_INCIDENTS = (
    select(*incident.c, *_CASE)
    .select_from(incident.outerjoin(process_instance).outerjoin(process_definition))
    .where(_OPEN)
)
_KINDS = (
    select(_PROCESS_KEY, _PROCESS_NAME, incident.c.element_id, func.count().label("count"))
    .select_from(incident.outerjoin(process_instance).outerjoin(process_definition))
    .where(_OPEN)
    .group_by(_PROCESS_KEY, _PROCESS_NAME, incident.c.element_id)
    .order_by(func.count().desc(), _PROCESS_KEY, incident.c.element_id)
)
_DISPATCHES = select(*(outbox.c[name] for name in Dispatch.__dataclass_fields__)).where(_DEAD)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedJob:
    """A job that waits for its time, or for a worker.

    Attributes:
        business_key: of its case; "" for a job of no case, and so are the process's key and name.
        error: of the last try, or None.
    """

    id: str
    kind: str
    element_id: str
    due_at: datetime
    retries: int
    error: str | None
    business_key: str
    process_key: str
    process_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentKind:
    """Open incidents of one step of one process; "" for work that belongs to no case."""

    process_key: str
    process_name: str
    element_id: str
    count: int


def lag(now: datetime, session: Session) -> timedelta:
    """Tell for how long the oldest due job has been waiting; nothing when none is due."""
    oldest = session.scalar(select(job.c.due_at).where(_PENDING).order_by(job.c.due_at).limit(1))
    return timedelta() if oldest is None else max(now - oldest, timedelta())


def jobs(session: Session, *, offset: int = 0, limit: int = 10) -> Page[QueuedJob]:
    """List pending jobs in the order they fall due."""
    rows, total = _part(_JOBS, (job.c.due_at, job.c.id), (offset, limit), session)
    found = tuple(QueuedJob(**row) for row in rows)
    return Page(rows=found, total=total, offset=offset, limit=limit)


def incidents(
    session: Session, *, kind: tuple[str, str] | None = None, offset: int = 0, limit: int = 20
) -> Page[Incident]:
    """List open incidents, newest first.

    Args:
        session: to read in.
        kind: keys of process and element; None for all.
        offset: incidents to leave out.
        limit: incidents at most.
    """
    wanted = _INCIDENTS if kind is None else _INCIDENTS.where(*_of_kind(kind))
    order = (incident.c.created_at.desc(), incident.c.id)
    rows, total = _part(wanted, order, (offset, limit), session)
    found = tuple(Incident(**row) for row in rows)
    return Page(rows=found, total=total, offset=offset, limit=limit)


def incident_kinds(session: Session) -> tuple[IncidentKind, ...]:
    """Count open incidents by process and step, the most frequent first."""
    return tuple(IncidentKind(**row) for row in session.execute(_KINDS).mappings())


def dead_messages(session: Session, *, offset: int = 0, limit: int = 20) -> Page[Dispatch]:
    """List messages that were given up, newest first."""
    rows, total = _part(_DISPATCHES, (outbox.c.id.desc(),), (offset, limit), session)
    found = tuple(Dispatch(**row) for row in rows)
    return Page(rows=found, total=total, offset=offset, limit=limit)


def _of_kind(kind: tuple[str, str]) -> tuple[ColumnElement[bool], ...]:
    process_key, element_id = kind
    is_process = (
        process_definition.c.key == process_key
        if process_key
        else process_definition.c.key.is_(None)
    )
    return is_process, incident.c.element_id == element_id


def _part(
    wanted: Select[Any],
    order: Sequence[ColumnElement[Any]],
    part: tuple[int, int],
    session: Session,
) -> tuple[Sequence[RowMapping], int]:
    """Read a part of a list and the size of the whole."""
    counted = wanted.with_only_columns(func.count(), maintain_column_froms=True)
    offset, limit = part
    rows = session.execute(wanted.order_by(*order).offset(offset).limit(limit)).mappings().all()
    return rows, session.scalar(counted) or 0
