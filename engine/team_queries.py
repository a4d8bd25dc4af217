"""Read what teams have to do and have done: load, arrivals, completions, kept and missed deadlines.

A team is a set of candidate groups within scopes. All is counted by the database; what comes back
is one row a person and step, a day, or a service level and month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from engine.inbox import Cut
from engine.local_days import local_day
from engine.queries import TASK_COLUMNS, as_user_task
from engine.records import UserTask
from engine.sla_tables import sla_clock
from engine.tables import process_definition, process_instance, user_task
from engine.types import CITY

Groups = frozenset[tuple[str, str]]
"""Candidate group and scope; the scope "city" covers every scope."""

UNCLAIMED = "unclaimed"
"""Stands for a holder: the tasks that nobody holds."""

_OPEN = user_task.c.state == literal_column("'open'")
_COMPLETED = user_task.c.state == literal_column("'completed'")


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """Open tasks of one step that one person holds.

    Attributes:
        holder: account id; None for those that nobody holds.
        overdue: of the open ones.
        due_soon: due from now until the end of the week.
        oldest_at: since when the oldest waits.
    """

    holder: str | None
    element_id: str
    step: str
    open: int
    overdue: int
    due_soon: int
    oldest_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCount:
    """How many of something there were on a day in Taipei."""

    on: date
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Completions:
    """Tasks that came on one day and were completed on another."""

    came_on: date
    ended_on: date
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockCount:
    """Clocks of one service level that ended in a month in one state.

    Attributes:
        month: such as 2026-03.
        state: met, met_late, breached (withdrawn after its due date) or waived.
        is_statutory: a law, clause or decision stands behind it.
    """

    process_key: str
    sla_id: str
    name: str
    process_name: str
    is_statutory: bool
    month: str
    state: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamTasks:
    """Which open tasks of teams are wanted; None leaves all.

    Attributes:
        holder: account id, or UNCLAIMED.
        due_from: due at this instant or later.
        due_before: due before this instant.
        created_before: waiting since before this instant.
    """

    groups: Groups
    holder: str | None = None
    element_id: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    created_before: datetime | None = None


def load(groups: Groups, now: datetime, week_end: datetime, session: Session) -> tuple[Load, ...]:
    """Count the open tasks of teams by group, step and holder."""
    late = user_task.c.due_at < now
    soon = and_(user_task.c.due_at >= now, user_task.c.due_at < week_end)
    by = (user_task.c.element_id, user_task.c.assignee)
    rows = session.execute(
        select(
            *by,
            func.min(user_task.c.name).label("step"),
            func.count().label("open"),
            func.count().filter(late).label("overdue"),
            func.count().filter(soon).label("due_soon"),
            func.min(user_task.c.created_at).label("oldest_at"),
        )
        .where(_OPEN, _of(groups))
        .group_by(*by)
    )
    return tuple(
        Load(
            holder=row.assignee,
            element_id=row.element_id,
            step=row.step,
            open=row.open,
            overdue=row.overdue,
            due_soon=row.due_soon,
            oldest_at=row.oldest_at,
        )
        for row in rows
    )


def tasks(wanted: TeamTasks, cut: Cut, session: Session) -> tuple[UserTask, ...]:
    """List open tasks of teams, the earliest due date first, those without one last."""
    order = (user_task.c.due_at.asc().nulls_last(), user_task.c.created_at, user_task.c.id)
    return _tasks(wanted, order, cut, session)


def oldest_unclaimed(groups: Groups, limit: int, session: Session) -> tuple[UserTask, ...]:
    """List the tasks that have waited longest for somebody to take them."""
    wanted = TeamTasks(groups=groups, holder=UNCLAIMED)
    return _tasks(wanted, (user_task.c.created_at, user_task.c.id), Cut(limit=limit), session)


def count(wanted: TeamTasks, session: Session) -> int:
    """Count open tasks of teams."""
    return session.scalar(select(func.count()).where(*_conditions(wanted))) or 0


def came_in(groups: Groups, bounds: Sequence[datetime], session: Session) -> tuple[int, ...]:
    """Count the tasks that came between successive instants, whatever became of them.

    Args:
        groups: whose.
        bounds: in their order; each period ends before the next one begins.
        session: any.
    """
    periods = [
        select(literal(at).label("at"), func.count().label("number")).where(
            user_task.c.created_at >= since, user_task.c.created_at < until, _of(groups)
        )
        for at, (since, until) in enumerate(pairwise(bounds))
    ]
    found = {row.at: row.number for row in session.execute(union_all(*periods))}
    return tuple(found[at] for at in range(len(periods)))


def went_late(
    groups: Groups, since: datetime, now: datetime, session: Session
) -> tuple[DayCount, ...]:
    """Count by due day the tasks that were not completed when they fell due."""
    fell = select(local_day(user_task.c.due_at).label("day")).where(
        user_task.c.due_at >= since, user_task.c.due_at < now, _of(groups)
    )
    after_all = fell.where(
        _COMPLETED, user_task.c.ended_at >= since, user_task.c.ended_at > user_task.c.due_at
    )
    both = union_all(fell.where(_OPEN), after_all).subquery()  # each half has an index of its own
    rows = session.execute(
        select(both.c.day, func.count().label("number")).group_by(both.c.day).order_by(both.c.day)
    )
    return tuple(DayCount(on=date.fromisoformat(row.day), count=row.number) for row in rows)


def completed(groups: Groups, since: datetime, session: Session) -> tuple[Completions, ...]:
    """Count the tasks completed since an instant by the days of their coming and end."""
    days = (
        local_day(user_task.c.created_at).label("came_on"),
        local_day(user_task.c.ended_at).label("ended_on"),
    )
    done = select(*days).where(_COMPLETED, user_task.c.ended_at >= since, _of(groups)).subquery()
    rows = session.execute(
        select(done.c.came_on, done.c.ended_on, func.count().label("number")).group_by(
            done.c.came_on, done.c.ended_on
        )
    )
    return tuple(
        Completions(
            came_on=date.fromisoformat(row.came_on),
            ended_on=date.fromisoformat(row.ended_on),
            count=row.number,
        )
        for row in rows
    )


def ended_clocks(
    groups: Groups, case_scopes: frozenset[str], since: datetime, session: Session
) -> tuple[ClockCount, ...]:
    """Count the clocks that ended since an instant by service level, month and state.

    Args:
        groups: whose user tasks the clocks are of.
        case_scopes: scopes whose clocks of whole cases and phases count too.
        since: the first instant.
        session: any.
    """
    ended = (
        select(
            sla_clock.c.sla_id,
            sla_clock.c.name,
            process_definition.c.key.label("process_key"),
            process_definition.c.name.label("process_name"),
            (sla_clock.c.basis != "").label("is_statutory"),
            func.substr(local_day(sla_clock.c.ended_at), 1, 7).label("month"),
            sla_clock.c.state,
        )
        .select_from(sla_clock.join(process_instance).join(process_definition))
        .where(
            sla_clock.c.ended_at >= since,
            sla_clock.c.state.in_(("met", "met_late", "breached", "waived")),
            _clocks_of(groups, case_scopes),
        )
        .subquery()
    )
    by = (ended.c.process_key, ended.c.sla_id, ended.c.is_statutory, ended.c.month, ended.c.state)
    rows = session.execute(
        select(
            *by,
            func.max(ended.c.name).label("name"),
            func.max(ended.c.process_name).label("process_name"),
            func.count().label("number"),
        ).group_by(*by)
    )
    return tuple(
        ClockCount(
            process_key=row.process_key,
            sla_id=row.sla_id,
            name=row.name,
            process_name=row.process_name,
            is_statutory=bool(row.is_statutory),
            month=row.month,
            state=row.state,
            count=row.number,
        )
        for row in rows
    )


def count_breaches(
    groups: Groups,
    case_scopes: frozenset[str],
    between: tuple[datetime, datetime],
    session: Session,
) -> int:
    """Count the clocks whose due date passed between two instants without their end."""
    since, until = between
    query = select(func.count()).where(
        or_(sla_clock.c.ended_at.is_(None), sla_clock.c.ended_at >= since),
        sla_clock.c.breached_at >= since,
        sla_clock.c.breached_at < until,
        _clocks_of(groups, case_scopes),
    )
    return session.scalar(query) or 0


def _tasks(
    wanted: TeamTasks, order: Sequence[ColumnElement[Any]], cut: Cut, session: Session
) -> tuple[UserTask, ...]:
    narrow = (
        select(user_task.c.id)
        .where(*_conditions(wanted))
        .order_by(*order)
        .offset(cut.offset)
        .limit(cut.limit)
        .subquery()
    )
    rows = session.execute(
        select(*TASK_COLUMNS)
        .select_from(user_task.join(process_instance).join(process_definition))
        .where(user_task.c.id.in_(select(narrow.c.id)))
        .order_by(*order)
    )
    return tuple(as_user_task(row) for row in rows.mappings())


def _conditions(wanted: TeamTasks) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_OPEN, _of(wanted.groups)]
    if wanted.holder == UNCLAIMED:
        found.append(user_task.c.assignee.is_(None))
    elif wanted.holder is not None:
        found.append(user_task.c.assignee == wanted.holder)
    if wanted.element_id is not None:
        found.append(user_task.c.element_id == wanted.element_id)
    if wanted.due_from is not None:
        found.append(user_task.c.due_at >= wanted.due_from)
    if wanted.due_before is not None:
        found.append(user_task.c.due_at < wanted.due_before)
    if wanted.created_before is not None:
        found.append(user_task.c.created_at < wanted.created_before)
    return found


def _of(groups: Groups) -> ColumnElement[bool]:
    return _within(groups, user_task.c.candidate_group, user_task.c.scope)


def _clocks_of(groups: Groups, case_scopes: frozenset[str]) -> ColumnElement[bool]:
    of_tasks = _within(groups, sla_clock.c.candidate_group, sla_clock.c.scope)
    of_cases = sla_clock.c.candidate_group.is_(None)
    if CITY in case_scopes:
        return or_(of_tasks, of_cases)
    return or_(of_tasks, and_(of_cases, sla_clock.c.scope.in_(sorted(case_scopes))))


def _within(
    groups: Groups, group_column: ColumnElement[Any], scope_column: ColumnElement[Any]
) -> ColumnElement[bool]:
    everywhere = sorted(group for group, scope in groups if scope == CITY)
    scopes: dict[str, list[str]] = {}
    for group, scope in sorted(groups):
        if group not in everywhere:
            scopes.setdefault(group, []).append(scope)
    parts = [and_(group_column == group, scope_column.in_(each)) for group, each in scopes.items()]
    if everywhere:
        parts.append(group_column.in_(everywhere))
    return or_(false(), *parts)
