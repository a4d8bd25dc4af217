"""Start events of the newest versions: what a message, a signal or a timer begins.

A recurring start is one job, due at its next occasion; the job that fires plans the one after it.
A new version of a process goes on with the schedule of the version before, unless its timer reads
otherwise. Occasions that passed while nothing ran are made up for by one start.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, insert, select, update

from engine import calendars, jobs
from engine.day_counting import DayCounter
from engine.errors import DeploymentRefused, ExpressionFailed, Problem
from engine.history import Line
from engine.jobs import NewJob
from engine.records import ProcessDefinition
from engine.sentences import sentence
from engine.spiff.definition import Definition
from engine.spiff.periods import Period
from engine.spiff.timers import Reached, Schedule, Timer, plan
from engine.tables import job, process_definition, start_event
from engine.types import CITY
from feel.errors import FeelError
from feel.evaluator import evaluate

MOST_MISSED = 10_000
"""Occasions that are counted one by one; after more an endless cycle begins anew from now."""

_FORGET = delete(start_event).where(start_event.c.process_key == bindparam("of_key"))
_INSERT = insert(start_event)
_OF_KEY = select(process_definition.c.id).where(process_definition.c.key == bindparam("of_key"))
_SUPERSEDE = (
    update(job)
    .where(
        job.c.kind == "start",
        job.c.token_id.in_(_OF_KEY),
        job.c.token_id != bindparam("newest_id"),
        job.c.state.in_(("pending", "failed")),
    )
    .values(state="cancelled")
)
_IS_PLANNED = select(
    exists().where(and_(job.c.kind == "start", job.c.token_id == bindparam("newest_id")))
)
_STANDING = select(job.c.id, job.c.element_id, job.c.payload).where(
    job.c.kind == "start",
    job.c.token_id.in_(_OF_KEY),
    job.c.token_id != bindparam("newest_id"),
    job.c.state == "pending",
)
_HAND_OVER = (
    update(job)
    .where(job.c.id == bindparam("job_id"), job.c.state == "pending")
    .values(token_id=bindparam("newest_id"), payload=bindparam("new_payload"))
)


def replace(
    newest: ProcessDefinition, definition: Definition, now: datetime, connection: Connection
) -> None:
    """Let the newest version of a process be the one that is begun; may be called again.

    Raises:
        DeploymentRefused: a timer cannot be computed.
    """
    connection.execute(_FORGET, {"of_key": newest.key})
    by_kind = {"message": definition.message_starts, "signal": definition.signal_starts}
    rows = [
        {"process_key": newest.key, "element_id": element_id, "kind": kind, "name": name}
        for kind, starts in by_kind.items()
        for name, element_id in starts.items()
    ]
    if rows:
        connection.execute(_INSERT, rows)
    is_planned = connection.execute(_IS_PLANNED, {"newest_id": newest.id}).scalar()
    inherited = _inherit(newest, definition, connection)
    connection.execute(_SUPERSEDE, {"of_key": newest.key, "newest_id": newest.id})
    begun = [element_id for element_id in definition.timer_starts if element_id not in inherited]
    if begun and not is_planned:
        jobs.insert_once(None, _timer_jobs(newest, definition, begun, now, connection), connection)


def _inherit(
    newest: ProcessDefinition, definition: Definition, connection: Connection
) -> frozenset[str]:
    """Let schedules of older versions go on in the newest; return their start events."""
    values = {"of_key": newest.key, "newest_id": newest.id}
    connection.execute(_STANDING.with_for_update(), values)  # waits for a start that fires now
    inherited = set()
    for row in connection.execute(_STANDING, values).all():
        timer = definition.timer_starts.get(row.element_id)
        if timer is None or row.payload.get("timer") != _written(timer):
            continue
        payload = {**row.payload, "definition_id": newest.id}
        change = {"job_id": row.id, "newest_id": newest.id, "new_payload": payload}
        connection.execute(_HAND_OVER, change)
        inherited.add(row.element_id)
    return frozenset(inherited)


def following(
    fired: Mapping[str, Any], element_id: str, now: datetime
) -> tuple[NewJob | None, int]:
    """Plan the next start of a cycle after one that fired; occasions missed meanwhile are skipped.

    Args:
        fired: payload of the job that fired.
        element_id: the start event.
        now: the instant of firing.

    Returns:
        The job, or None when the cycle is over; and how many occasions were skipped.
    """
    coming, missed = _ahead(_schedule_of(fired).following(), now)
    return _job(fired, element_id, coming), missed


def planned_line(fired: Mapping[str, Any], element_id: str, missed: int) -> Line:
    """Say in the history of an instance by which schedule it began, and what was missed."""
    details = {"planned_at": fired["due_at"], "missed": missed}
    return Line(kind="start_planned", element_id=element_id, details=details)


def _written(timer: Timer) -> str:
    """Give a timer as its job keeps it, to be compared with that of a later version."""
    return f"{timer.type} {timer.text}"


def _timer_jobs(
    newest: ProcessDefinition,
    definition: Definition,
    element_ids: Sequence[str],
    now: datetime,
    connection: Connection,
) -> list[NewJob]:
    days = DayCounter(scope=CITY, read=lambda: calendars.counting_calendar(CITY, now, connection))
    found = []
    for element_id in element_ids:
        about = {
            "process_key": newest.key,
            "definition_id": newest.id,
            "timer": _written(definition.timer_starts[element_id]),
        }
        first, _ = _ahead(_plan(definition, element_id, now, days), now)
        found.append(_job(about, element_id, first))
    return [each for each in found if each is not None]


def _plan(definition: Definition, element_id: str, now: datetime, days: DayCounter) -> Schedule:
    def compute(text: str) -> object:
        return evaluate(text, {}, now=now, functions=days.functions)

    reached = Reached(element_id=element_id, now=now, evaluate=compute, days=days)
    try:
        return plan(definition.timer_starts[element_id], reached)
    except (FeelError, ExpressionFailed) as error:
        name = definition.elements[element_id].name
        advice = sentence(
            "Its timer cannot be computed when the process is deployed: %(error)s", error=error
        )
        problem = Problem(element_id=element_id, element_name=name, advice=advice)
        raise DeploymentRefused((problem,)) from error


def _ahead(schedule: Schedule | None, now: datetime) -> tuple[Schedule | None, int]:
    """Skip what lies in the past and count it; None when nothing is left."""
    for missed in range(MOST_MISSED):
        if schedule is None or schedule.due_at >= now:
            return schedule, missed
        last, schedule = schedule, schedule.following()
    if last.period is None or last.cycles_left is not None:
        return None, MOST_MISSED
    due_at, end = last.period.after(now), last.end
    if end is not None and due_at > end:
        return None, MOST_MISSED
    return Schedule(due_at=due_at, cycles_left=None, period=last.period, end=end), MOST_MISSED


def _job(about: Mapping[str, Any], element_id: str, schedule: Schedule | None) -> NewJob | None:
    if schedule is None:
        return None
    period, end = schedule.period, schedule.end
    return NewJob(
        kind="start",
        element_id=element_id,
        token_id=about["definition_id"],
        due_at=schedule.due_at,
        idem=f"start:{about['definition_id']}:{element_id[:60]}:{schedule.due_at.isoformat()}",
        payload={
            "process_key": about["process_key"],
            "definition_id": about["definition_id"],
            "due_at": schedule.due_at.isoformat(),
            "cycles_left": schedule.cycles_left,
            "period": None if period is None else period.as_list(),
            "timer": about.get("timer", ""),
            "end": None if end is None else end.isoformat(),
        },
        is_of_instance=False,
    )


def _schedule_of(payload: Mapping[str, Any]) -> Schedule:
    period, end = payload["period"], payload["end"]
    return Schedule(
        due_at=datetime.fromisoformat(payload["due_at"]),
        cycles_left=payload["cycles_left"],
        period=None if period is None else Period.from_list(period),
        end=None if end is None else datetime.fromisoformat(end),
    )
