"""Start events of the newest versions: what a message, a signal or a timer begins."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, insert, select, update

from engine import calendars, jobs
from engine.day_counting import DayCounter
from engine.errors import DeploymentRefused, ExpressionFailed, Problem
from engine.jobs import NewJob
from engine.records import ProcessDefinition
from engine.spiff.definition import Definition
from engine.spiff.periods import Period
from engine.spiff.timers import Reached, Schedule, plan
from engine.tables import job, process_definition, start_event
from engine.types import CITY
from feel.errors import FeelError
from feel.evaluator import evaluate

MOST_MISSED = 10_000
"""Occasions of a cycle that are counted over when they all lie in the past."""

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
    connection.execute(_SUPERSEDE, {"of_key": newest.key, "newest_id": newest.id})
    if (
        definition.timer_starts
        and not connection.execute(_IS_PLANNED, {"newest_id": newest.id}).scalar()
    ):
        jobs.insert_once(None, _timer_jobs(newest, definition, now, connection), connection)


def following(fired: Mapping[str, Any], element_id: str, now: datetime) -> NewJob | None:
    """Plan the next start of a cycle after one that fired; occasions missed meanwhile are skipped.

    Args:
        fired: payload of the job that fired.
        element_id: the start event.
        now: the instant of firing.
    """
    coming = _schedule_of(fired).following()
    return _job(fired, element_id, _ahead(coming, now)) if coming is not None else None


def _timer_jobs(
    newest: ProcessDefinition, definition: Definition, now: datetime, connection: Connection
) -> list[NewJob]:
    days = DayCounter(scope=CITY, read=lambda: calendars.counting_calendar(CITY, now, connection))
    about = {"process_key": newest.key, "definition_id": newest.id}
    found = [
        _job(about, element_id, _ahead(_plan(definition, element_id, now, days), now))
        for element_id in definition.timer_starts
    ]
    return [each for each in found if each is not None]


def _plan(definition: Definition, element_id: str, now: datetime, days: DayCounter) -> Schedule:
    def compute(text: str) -> object:
        return evaluate(text, {}, now=now, functions=days.functions)

    reached = Reached(element_id=element_id, now=now, evaluate=compute, days=days)
    try:
        return plan(definition.timer_starts[element_id], reached)
    except (FeelError, ExpressionFailed) as error:
        name = definition.elements[element_id].name
        advice = f"Its timer cannot be computed when the process is deployed: {error}"
        problem = Problem(element_id=element_id, element_name=name, advice=advice)
        raise DeploymentRefused((problem,)) from error


def _ahead(schedule: Schedule, now: datetime) -> Schedule | None:
    """Skip what lies in the past; None when nothing is left."""
    ahead: Schedule | None = schedule
    for _ in range(MOST_MISSED):
        if ahead is None or ahead.due_at >= now:
            return ahead
        ahead = ahead.following()
    return None


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
            "period": None if period is None else [period.months, period.seconds],
            "end": None if end is None else end.isoformat(),
        },
        is_of_instance=False,
    )


def _schedule_of(payload: Mapping[str, Any]) -> Schedule:
    period, end = payload["period"], payload["end"]
    return Schedule(
        due_at=datetime.fromisoformat(payload["due_at"]),
        cycles_left=payload["cycles_left"],
        period=None if period is None else Period(months=period[0], seconds=float(period[1])),
        end=None if end is None else datetime.fromisoformat(end),
    )
