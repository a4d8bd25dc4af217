"""What the history of a process holds, read for figures: cases, tasks, paths, service levels.

Nothing here names a person: who did a task is told by a number that means nothing outside of one
reading, so that hand-overs can be counted.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from engine.sla_tables import sla_clock
from engine.tables import history, process_definition, process_instance, user_task

PATH_KINDS = ("task_completed", "timer_fired", "message_received", "signal_received")
"""Lines of the history that make up the path of a case."""

_CASES = process_instance.join(process_definition)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """Which cases are looked at.

    Attributes:
        version: of the process; None for all.
        scope: a community such as "community:SW"; None for all.
        since, until: instants; what ended from the first on and before the second counts.
    """

    process_key: str
    version: int | None = None
    scope: str | None = None
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MinedCase:
    """One case, without its number."""

    id: str
    started_at: datetime
    ended_at: datetime | None
    end_event: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MinedTask:
    """One user task.

    Attributes:
        doer: a number for whoever completed it, worth nothing outside of this reading.
        claimed_at: None if nobody took it over before completing it.
        state: open, completed or cancelled.
    """

    case_id: str
    element_id: str
    lane: str
    state: str
    created_at: datetime
    claimed_at: datetime | None
    ended_at: datetime | None
    doer: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PathLine:
    """One thing that happened in a case, in the order of its history."""

    case_id: str
    kind: str
    element_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MinedClock:
    """One service level of a case that ended, or fell due unfulfilled.

    Attributes:
        state: met, met_late, breached, or another one of a clock that does not count.
        at: when it ended; when it fell due if it is open.
    """

    sla_id: str
    name: str
    element_id: str
    state: str
    at: datetime


def cases(chosen: Chosen, session: Session) -> tuple[MinedCase, ...]:
    """List all cases begun before the end of the period; they make the backlog."""
    rows = session.execute(
        select(
            process_instance.c.id,
            process_instance.c.started_at,
            process_instance.c.ended_at,
            process_instance.c.end_event,
        )
        .select_from(_CASES)
        .where(*of_choice(chosen), process_instance.c.started_at < chosen.until)
        .order_by(process_instance.c.started_at)
    )
    return tuple(
        MinedCase(id=row[0], started_at=row[1], ended_at=row[2], end_event=row[3] or "")
        for row in rows
    )


def tasks(chosen: Chosen, session: Session) -> tuple[MinedTask, ...]:
    """List the user tasks that ended in the period or are open, oldest first."""
    columns = (
        user_task.c.instance_id,
        user_task.c.element_id,
        user_task.c.lane,
        user_task.c.state,
        user_task.c.created_at,
        user_task.c.claimed_at,
        user_task.c.ended_at,
        user_task.c.ended_by,
    )
    is_chosen = or_(user_task.c.ended_at.is_(None), _within(user_task.c.ended_at, chosen))
    query = (
        select(*columns)
        .select_from(user_task.join(process_instance).join(process_definition))
        .where(*of_choice(chosen), is_chosen)
        .order_by(user_task.c.instance_id, user_task.c.ended_at, user_task.c.created_at)
    )
    doers: dict[str, int] = {}
    return tuple(
        MinedTask(
            case_id=row[0],
            element_id=row[1],
            lane=row[2],
            state=row[3],
            created_at=row[4],
            claimed_at=row[5],
            ended_at=row[6],
            doer=None if row[7] is None else doers.setdefault(row[7], len(doers)),
        )
        for row in session.execute(query)
    )


def paths(chosen: Chosen, session: Session) -> tuple[PathLine, ...]:
    """List what happened in the cases that ended in the period, case by case in order."""
    query = (
        select(history.c.instance_id, history.c.kind, history.c.element_id, history.c.at)
        .select_from(history.join(process_instance).join(process_definition))
        .where(*ended_cases(chosen), history.c.kind.in_(PATH_KINDS))
        .order_by(history.c.instance_id, history.c.id)
    )
    return tuple(
        PathLine(case_id=row[0], kind=row[1], element_id=row[2], at=row[3])
        for row in session.execute(query)
    )


def clocks(chosen: Chosen, session: Session) -> tuple[MinedClock, ...]:
    """List the service levels that ended or fell due in the period, oldest first."""
    at = func.coalesce(sla_clock.c.ended_at, sla_clock.c.due_at, type_=sla_clock.c.due_at.type)
    columns = (sla_clock.c.sla_id, sla_clock.c.name, sla_clock.c.element_id, sla_clock.c.state)
    is_settled = or_(sla_clock.c.ended_at.is_not(None), sla_clock.c.breached_at.is_not(None))
    query = (
        select(*columns, at)
        .select_from(sla_clock.join(process_instance).join(process_definition))
        .where(*of_choice(chosen), is_settled, _within(at, chosen))
        .order_by(at)
    )
    return tuple(
        MinedClock(sla_id=row[0], name=row[1], element_id=row[2], state=row[3], at=row[4])
        for row in session.execute(query)
    )


def first_started(process_key: str, session: Session) -> datetime | None:
    """Tell when the first case of a process began; None if there was none."""
    found: datetime | None = session.scalar(
        select(func.min(process_instance.c.started_at))
        .select_from(_CASES)
        .where(process_definition.c.key == process_key)
    )
    return found


def scopes(process_key: str, session: Session) -> tuple[str, ...]:
    """List the scopes that have cases of a process."""
    found = session.scalars(
        select(process_instance.c.scope)
        .select_from(_CASES)
        .where(process_definition.c.key == process_key)
        .distinct()
        .order_by(process_instance.c.scope)
    )
    return tuple(found)


def ended_cases(chosen: Chosen) -> tuple[ColumnElement[bool], ...]:
    """Write the choice as conditions on process_instance and process_definition."""
    return (*of_choice(chosen), _within(process_instance.c.ended_at, chosen))


def of_choice(chosen: Chosen) -> list[ColumnElement[bool]]:
    """Write process, version and community as conditions, whatever the period."""
    found: list[ColumnElement[bool]] = [process_definition.c.key == chosen.process_key]
    if chosen.version is not None:
        found.append(process_definition.c.version == chosen.version)
    if chosen.scope is not None:
        found.append(process_instance.c.scope == chosen.scope)
    return found


def _within(column: ColumnElement[datetime], chosen: Chosen) -> ColumnElement[bool]:
    return and_(column >= chosen.since, column < chosen.until)
