"""Due dates that move because a calendar was published: found in portions, moved case by case.

Publishing writes one job of kind "calendar". Firing it looks through the running due dates in
portions and writes a job of kind "recount" for each instance some of whose due dates move; each of
those is a step of its own under the instance's lock, so a page never holds the locks of others.
Both may be delivered any number of times.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, union_all
from sqlalchemy.orm import Session

from engine import calendars, jobs, sla_clocks
from engine.clock import Clock
from engine.counted import (
    IS_COUNTED,
    Counted,
    Recounted,
    by_scope,
    compared,
    counted_of,
    depends_on_calendar,
    running_rows,
)
from engine.differences import Trigger
from engine.instances import SeenInstance
from engine.jobs import NewJob
from engine.records import Job, StepResult
from engine.sla_orders import Deadlines, recounted
from engine.sla_tables import sla_clock
from engine.spiff.model import NewDue
from engine.spiff.timers import explanation_of
from engine.steps import StepOf
from engine.tables import process_instance
from engine.types import CITY, SYSTEM, Actor

PORTION = 200
"""Instances that one firing of a calendar's job looks at."""


class Recounts:
    """Moves running due dates to where the calendar in force puts them.

    Args:
        clock: the business clock.
        step_of: makes the step of a locked instance.
        deadlines: moves SLA clocks.
    """

    def __init__(self, *, clock: Clock, step_of: StepOf, deadlines: Deadlines) -> None:
        self._clock = clock
        self._step_of = step_of
        self._deadlines = deadlines

    def spread(self, calendar_job: Job, session: Session) -> None:
        """Look through a portion of the instances and write a job for each that has to move."""
        payload, connection = calendar_job.payload, session.connection()
        now = self._clock.now()
        scope, since = str(payload["scope"]), datetime.fromisoformat(str(payload["since"]))
        portion = _instances(scope, since, str(payload.get("after", "")), connection)
        found = counted_of(portion.keys(), since, connection)
        may_shorten = bool(payload["may_shorten"])
        moving = {each.deadline.instance_id for each in _moved(found, now, connection, may_shorten)}
        moving |= {each for each in portion if _has_moving_clock(each, now, connection)}
        for instance_id in sorted(moving):
            new = _recount_job(calendar_job, instance_id, portion[instance_id])
            jobs.insert_once(instance_id, [new], connection)
        if len(portion) == PORTION:
            jobs.insert_once(None, [_next_portion(calendar_job, max(portion))], connection)
        jobs.finish(calendar_job.id, connection)

    def recount(
        self, seen: SeenInstance, recount_job: Mapping[str, Any], session: Session
    ) -> StepResult | None:
        """Move the due dates of a locked instance; nothing happens when they stand right."""
        payload, connection = recount_job["payload"], session.connection()
        jobs.finish(str(recount_job["id"]), connection)
        may_shorten = bool(payload["may_shorten"])
        by = Actor(id=str(payload["by_id"]), name=str(payload["by_name"]))
        trigger = Trigger(by=by, reason=str(payload["reason"]))
        self._deadlines.recompute(seen, may_shorten=may_shorten, trigger=trigger, session=session)
        moves = self._moves(seen, connection, may_shorten=may_shorten)
        return self._move(seen, moves, trigger, session)

    def postpone(
        self, seen: SeenInstance, timer_job: Mapping[str, Any], session: Session
    ) -> StepResult | None:
        """Look again before a timer fires that a calendar counted: a typhoon day may have come.

        Returns:
            None when it is to fire; else it was moved.
        """
        if not depends_on_calendar(timer_job["computation"]):
            return None
        moves = self._moves(seen, session.connection(), may_shorten=False)
        move = moves.get(str(timer_job["token_id"]))
        if move is None or move.due_at <= self._clock.now():
            return None
        return self._move(seen, moves, Trigger(by=SYSTEM), session)

    def _moves(
        self, seen: SeenInstance, connection: Connection, *, may_shorten: bool
    ) -> Mapping[str, NewDue]:
        found = counted_of([seen.id], None, connection)
        moved = _moved(found, self._clock.now(), connection, may_shorten)
        return {each.deadline.token_id: _new_due(each) for each in moved}

    def _move(
        self,
        seen: SeenInstance,
        moves: Mapping[str, NewDue],
        trigger: Trigger,
        session: Session,
    ) -> StepResult | None:
        if not moves:
            return None
        step = self._step_of(seen, trigger, session)
        return step.act(lambda execution: execution.recount(moves))


def job_of(edition: calendars.Edition, version: int, by: Actor, now: datetime) -> NewJob:
    """Make the job that finds the due dates which a published calendar moves."""
    return NewJob(
        kind="calendar",
        element_id="",
        token_id="",
        due_at=now,
        idem=f"calendar:{edition.scope}:{version}",
        payload={
            "scope": edition.scope,
            "version": version,
            "since": edition.change.since.isoformat(),
            "may_shorten": edition.may_shorten,
            "reason": edition.reason.strip(),
            "by_id": by.id,
            "by_name": by.name,
        },
        is_of_instance=False,
    )


def _has_moving_clock(instance_id: str, now: datetime, connection: Connection) -> bool:
    return bool(recounted(sla_clocks.open_of(instance_id, connection), now, connection))


def _instances(
    scope: str, since: datetime, after: str, connection: Connection
) -> Mapping[str, str]:
    """Give the next portion of instances with running due dates, with their status."""
    counted_rows = running_rows(since).subquery()
    clock_rows = select(
        process_instance.c.id, process_instance.c.status, sla_clock.c.calendar
    ).select_from(sla_clock.join(process_instance))
    clock_rows = clock_rows.where(IS_COUNTED, sla_clock.c.due_at >= since)
    own_rows = select(counted_rows.c.instance_id, counted_rows.c.status, counted_rows.c.scope)
    rows = union_all(own_rows, clock_rows).subquery()
    query = (
        select(rows.c.instance_id, func.min(rows.c.status).label("status"))
        .where(rows.c.instance_id > after)
        .group_by(rows.c.instance_id)
        .order_by(rows.c.instance_id)
        .limit(PORTION)
    )
    if scope != CITY:
        query = query.where(rows.c.scope == scope)
    return {row.instance_id: row.status for row in connection.execute(query)}


def _moved(
    found: Sequence[Counted], now: datetime, connection: Connection, may_shorten: bool
) -> list[Recounted]:
    """Count due dates by the calendars in force and keep those that may move."""
    moved = [
        move
        for scope, group in by_scope(found).items()
        for move in compared(group, calendars.counting_calendar(scope, now, connection))
    ]
    return [each for each in moved if _may_move(each, now, may_shorten)]


def _may_move(move: Recounted, now: datetime, may_shorten: bool) -> bool:
    """Nobody loses time unless the publisher said so, and never to an instant that has passed."""
    is_earlier = move.after.ends_at < move.deadline.due_at
    return not is_earlier or (may_shorten and move.after.ends_at > now)


def _new_due(move: Recounted) -> NewDue:
    before = move.deadline.computation.calendar_version
    return NewDue(
        due_at=move.after.ends_at,
        explanation=explanation_of(move.after),
        versions=(before, move.after.calendar_version),
    )


def _recount_job(calendar_job: Job, instance_id: str, status: str) -> NewJob:
    payload = calendar_job.payload
    return NewJob(
        kind="recount",
        element_id="",
        token_id=instance_id,
        due_at=calendar_job.due_at,
        idem=f"recount:{instance_id}:{payload['scope']}:{payload['version']}",
        state="pending" if status == "active" else "suspended",
        payload=payload,
    )


def _next_portion(calendar_job: Job, last: str) -> NewJob:
    payload = calendar_job.payload
    return NewJob(
        kind="calendar",
        element_id="",
        token_id="",
        due_at=calendar_job.due_at,
        idem=f"calendar:{payload['scope']}:{payload['version']}:{last}",
        payload={**payload, "after": last},
        is_of_instance=False,
    )
