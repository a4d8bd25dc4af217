"""Running due dates that a calendar counted: read, and counted anew by another one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Label,
    RowMapping,
    Select,
    and_,
    exists,
    literal,
    null,
    select,
    union_all,
)

from engine.periods.calendars import Calendar
from engine.periods.computation import Computation
from engine.periods.counting import recount
from engine.sla_tables import sla_clock
from engine.tables import job, process_instance, user_task

IS_COUNTED = and_(sla_clock.c.ended_at.is_(None), sla_clock.c.calendar.is_not(None))
"""An SLA clock that runs and that a calendar may move."""

_HAS_CLOCK = exists().where(  # such a task is moved with its clock
    IS_COUNTED, sla_clock.c.kind == "task", sla_clock.c.token_id == user_task.c.id
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """A running due date that was counted by a calendar.

    Attributes:
        kind: task or timer.
        name: of the user task; "" for a timer that nobody named yet.
    """

    instance_id: str
    definition_id: str
    business_key: str
    token_id: str
    kind: str
    element_id: str
    name: str
    scope: str
    due_at: datetime
    computation: Computation


@dataclass(frozen=True, kw_only=True, slots=True)
class Recounted:
    """A running due date that another calendar gives another instant.

    Attributes:
        after: as the other calendar counts it.
    """

    deadline: Counted
    after: Computation


def running_rows(since: datetime | None) -> Select[Any]:
    """Select the running due dates that something explains, of user tasks and timers."""
    task_rows = select(
        *_case_columns(),
        user_task.c.id.label("token_id"),
        _constant("task"),
        user_task.c.element_id,
        user_task.c.name,
        user_task.c.due_at,
        user_task.c.computation,
    ).select_from(user_task.join(process_instance))
    task_rows = task_rows.where(
        user_task.c.state == "open", user_task.c.computation.is_not(null()), ~_HAS_CLOCK
    )
    timer_rows = select(
        *_case_columns(),
        job.c.token_id,
        _constant("timer"),
        job.c.element_id,
        _constant("", "name"),
        job.c.due_at,
        job.c.computation,
    ).select_from(job.join(process_instance))
    timer_rows = timer_rows.where(
        job.c.kind == "timer",
        job.c.state.in_(("pending", "suspended")),
        job.c.computation.is_not(null()),
    )
    if since is not None:
        task_rows = task_rows.where(user_task.c.due_at >= since)
        timer_rows = timer_rows.where(job.c.due_at >= since)
    both = union_all(task_rows, timer_rows).subquery()
    return select(both).where(both.c.status.in_(("active", "suspended")))


def counted_of(
    instance_ids: Iterable[str], since: datetime | None, connection: Connection
) -> list[Counted]:
    """Read the running due dates of instances that a calendar counted."""
    rows = running_rows(since).subquery()
    wanted = select(rows).where(rows.c.instance_id.in_(list(instance_ids)))
    return read_counted(connection.execute(wanted).mappings())


def read_counted(rows: Iterable[RowMapping]) -> list[Counted]:
    """Read rows of `running_rows`, of those the ones that a calendar counted."""
    return [
        Counted(
            instance_id=row["instance_id"],
            definition_id=row["definition_id"],
            business_key=row["business_key"],
            token_id=row["token_id"],
            kind=row["kind"],
            element_id=row["element_id"],
            name=row["name"],
            scope=row["scope"],
            due_at=row["due_at"],
            computation=Computation.from_json(row["computation"]),
        )
        for row in rows
        if depends_on_calendar(row["computation"])
    ]


def depends_on_calendar(explanation: Mapping[str, Any] | None) -> bool:
    """Tell whether a due date was counted by a calendar, which plain days are not."""
    return bool(
        explanation and explanation.get("how") == "counted" and explanation["calendar_version"]
    )


def by_scope(found: Sequence[Counted]) -> Mapping[str, list[Counted]]:
    """Group due dates by the scope whose calendar counts them."""
    groups: dict[str, list[Counted]] = {}
    for each in found:
        groups.setdefault(each.scope, []).append(each)
    return groups


def compared(found: Sequence[Counted], calendar: Calendar) -> list[Recounted]:
    """Count anew; a due date that somebody moved elsewhere meanwhile is left alone."""
    pairs = [
        (each, recount(each.computation, calendar))
        for each in found
        if each.computation.ends_at == each.due_at
    ]
    return [
        Recounted(deadline=each, after=after)
        for each, after in pairs
        if after.ends_at != each.due_at
    ]


def _case_columns() -> tuple[Any, ...]:
    return (
        process_instance.c.id.label("instance_id"),
        process_instance.c.definition_id,
        process_instance.c.business_key,
        process_instance.c.scope,
        process_instance.c.status,
    )


def _constant(text: str, label: str = "kind") -> Label[str]:
    return literal(text).label(label)
