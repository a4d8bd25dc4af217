"""Read models for looking after a process: figures by element, and its cases by what ails them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.records import Page
from engine.tables import incident, job, process_definition, process_instance, user_task

_OPEN = user_task.c.state == "open"
_RUNNING = process_instance.c.status.in_(("active", "suspended"))
_UNRESOLVED = incident.c.resolved_at.is_(None)
_WAITING_SERVICE = job.c.kind.in_(("service", "worker")) & job.c.state.in_(
    ("pending", "waiting", "suspended", "failed")
)
_OF_CASE = process_instance.c.id


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementFigures:
    """What stands at one element of a version.

    Attributes:
        tokens: user tasks and service tasks of running cases.
        overdue: user tasks past their due date.
        incidents: open ones.
        oldest: since when the longest waiting one is there; None if nothing waits.
    """

    element_id: str
    tokens: int
    overdue: int
    incidents: int
    oldest: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFilter:
    """Which cases of a process to list, newest first, and which part of the list.

    Attributes:
        statuses: active, suspended, completed, cancelled; empty means all.
        element_id: a token stands there.
        overdue_at: a user task is past its due date at this instant.
        has_incident: an incident is open.
        text: part of the case number; or the case is one of `instance_ids`.
        instance_ids: cases that a search elsewhere found for the same text.
    """

    process_key: str
    version: int | None = None
    statuses: frozenset[str] = frozenset()
    element_id: str | None = None
    overdue_at: datetime | None = None
    has_incident: bool = False
    text: str = ""
    instance_ids: Sequence[str] = ()
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """One case in the list.

    Attributes:
        standing: names of the user tasks and ids of the service tasks where its tokens are.
        due_at: the earliest due date among them.
        incidents: open ones.
    """

    id: str
    business_key: str
    process_version: int
    scope: str
    status: str
    started_at: datetime
    standing: tuple[str, ...]
    due_at: datetime | None
    incidents: int


def figures(definition_id: str, now: datetime, session: Session) -> Mapping[str, ElementFigures]:
    """Count what stands at each element of a version, by element id."""
    counted: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"tokens": 0, "overdue": 0, "incidents": 0, "oldest": None}
    )
    of_version = process_instance.c.definition_id == definition_id
    tasks = session.execute(
        select(
            user_task.c.element_id,
            func.count(),
            func.count().filter(user_task.c.due_at < now),
            func.min(user_task.c.created_at, type_=user_task.c.created_at.type),
        )
        .join(process_instance)
        .where(of_version, _RUNNING, _OPEN)
        .group_by(user_task.c.element_id)
    )
    for element_id, tokens, overdue, oldest in tasks:
        counted[element_id].update(tokens=tokens, overdue=overdue, oldest=oldest)
    services = session.execute(
        select(job.c.element_id, func.count())
        .join(process_instance)
        .where(of_version, _RUNNING, _WAITING_SERVICE)
        .group_by(job.c.element_id)
    )
    for element_id, tokens in services:
        counted[element_id]["tokens"] += tokens
    failed = session.execute(
        select(incident.c.element_id, func.count())
        .join(process_instance)
        .where(of_version, _UNRESOLVED)
        .group_by(incident.c.element_id)
    )
    for element_id, count in failed:
        counted[element_id]["incidents"] = count
    return {
        element_id: ElementFigures(element_id=element_id, **each)
        for element_id, each in counted.items()
    }


def cases(wanted: CaseFilter, session: Session) -> Page[CaseRow]:
    """List the cases of a process, newest first."""
    conditions = _conditions(wanted)
    source = process_instance.join(process_definition)
    total = session.scalar(select(func.count()).select_from(source).where(*conditions)) or 0
    rows = session.execute(
        select(
            *(process_instance.c[name] for name in _CASE_COLUMNS),
            process_definition.c.version.label("process_version"),
        )
        .select_from(source)
        .where(*conditions)
        .order_by(process_instance.c.started_at.desc(), process_instance.c.id)
        .offset(wanted.offset)
        .limit(wanted.limit)
    ).mappings()
    found = [dict(row) for row in rows]
    standing = _standing([str(row["id"]) for row in found], session)
    return Page(
        rows=tuple(CaseRow(**row, **standing[str(row["id"])]) for row in found),
        total=total,
        offset=wanted.offset,
        limit=wanted.limit,
    )


def case_ids(wanted: CaseFilter, session: Session, most: int) -> tuple[str, ...]:
    """List the ids of the cases of a filter, in the order of the list, at most so many."""
    query = (
        select(process_instance.c.id)
        .select_from(process_instance.join(process_definition))
        .where(*_conditions(wanted))
        .order_by(process_instance.c.started_at.desc(), process_instance.c.id)
        .limit(most)
    )
    return tuple(session.scalars(query))


_CASE_COLUMNS = ("id", "business_key", "scope", "status", "started_at")


def _conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [process_definition.c.key == wanted.process_key]
    if wanted.version is not None:
        found.append(process_definition.c.version == wanted.version)
    if wanted.statuses:
        found.append(process_instance.c.status.in_(wanted.statuses))
    if wanted.element_id is not None:
        found.append(_stands_at(wanted.element_id))
    if wanted.overdue_at is not None:
        is_late = (user_task.c.instance_id == _OF_CASE) & _OPEN
        found.append(exists().where(is_late & (user_task.c.due_at < wanted.overdue_at)))
    if wanted.has_incident:
        found.append(exists().where((incident.c.instance_id == _OF_CASE) & _UNRESOLVED))
    if wanted.text:
        is_named = process_instance.c.business_key.contains(wanted.text, autoescape=True)
        found.append(or_(is_named, _OF_CASE.in_(wanted.instance_ids)))
    return found


def _stands_at(element_id: str) -> ColumnElement[bool]:
    tasks = exists().where(
        (user_task.c.instance_id == _OF_CASE) & _OPEN & (user_task.c.element_id == element_id)
    )
    services = exists().where(
        (job.c.instance_id == _OF_CASE) & _WAITING_SERVICE & (job.c.element_id == element_id)
    )
    failed = exists().where(
        (incident.c.instance_id == _OF_CASE) & _UNRESOLVED & (incident.c.element_id == element_id)
    )
    return or_(tasks, services, failed)


def _standing(ids: Sequence[str], session: Session) -> Mapping[str, Mapping[str, Any]]:
    """Tell of each case where its tokens are, what is due first and how many incidents are open."""
    names: dict[str, list[str]] = {each: [] for each in ids}
    due: dict[str, datetime | None] = dict.fromkeys(ids)
    tasks = session.execute(
        select(user_task.c.instance_id, user_task.c.name, user_task.c.due_at)
        .where(user_task.c.instance_id.in_(ids), _OPEN)
        .order_by(user_task.c.created_at, user_task.c.id)
    )
    for instance_id, name, due_at in tasks:
        names[instance_id].append(name)
        known = due[instance_id]
        if due_at is not None and (known is None or due_at < known):
            due[instance_id] = due_at
    services = session.execute(
        select(job.c.instance_id, job.c.element_id).where(
            job.c.instance_id.in_(ids), _WAITING_SERVICE
        )
    )
    for instance_id, element_id in services:
        names[instance_id].append(element_id)
    failed: dict[str, int] = {
        row[0]: row[1]
        for row in session.execute(
            select(incident.c.instance_id, func.count())
            .where(incident.c.instance_id.in_(ids), _UNRESOLVED)
            .group_by(incident.c.instance_id)
        )
    }
    return {
        each: {
            "standing": tuple(dict.fromkeys(names[each])),
            "due_at": due[each],
            "incidents": failed.get(each, 0),
        }
        for each in ids
    }
