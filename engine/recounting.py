"""Due dates that move because a calendar was published: found in portions, moved case by case.

Publishing writes one job of kind "calendar". Firing it looks through the running due dates in
portions and writes a job of kind "recount" for each instance some of whose due dates move; each of
those is a step of its own under the instance's lock, so a page never holds the locks of others.
Both may be delivered any number of times.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Label, RowMapping, Select, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from engine import calendars, definition_queries, deployments, jobs
from engine.calendar import TAIPEI
from engine.calendars import Change
from engine.clock import Clock
from engine.differences import Trigger
from engine.explanations import ElementNames
from engine.instances import SeenInstance
from engine.jobs import NewJob
from engine.periods.calendars import Calendar
from engine.periods.computation import Computation
from engine.periods.counting import recount
from engine.records import Job, StepResult
from engine.spiff.model import NewDue
from engine.spiff.timers import explanation_of
from engine.steps import Step
from engine.tables import job, process_instance, user_task
from engine.types import CITY, SYSTEM, Actor

PORTION = 200
"""Instances that one firing of a calendar's job looks at."""

MOST_SHOWN = 2_000
"""Running due dates a preview counts, earliest first."""

StepOf = Callable[[SeenInstance, Trigger, Session], Step]


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
class Moved:
    """A running due date that another calendar gives another instant.

    Attributes:
        after: as the other calendar counts it.
    """

    deadline: Counted
    after: Computation

    @property
    def is_earlier(self) -> bool:
        """Tell whether people would lose time."""
        return self.after.ends_at < self.deadline.due_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a change of a calendar would do to running due dates.

    Attributes:
        looked_at: due dates that were counted anew.
        total: running due dates from the first changed day on.
    """

    moved: tuple[Moved, ...]
    looked_at: int
    total: int


class Recounts:
    """Moves running due dates to where the calendar in force puts them.

    Args:
        clock: the business clock.
        step_of: makes the step of a locked instance.
    """

    def __init__(self, *, clock: Clock, step_of: StepOf) -> None:
        self._clock = clock
        self._step_of = step_of

    def spread(self, calendar_job: Job, session: Session) -> None:
        """Look through a portion of the instances and write a job for each that has to move."""
        payload, connection = calendar_job.payload, session.connection()
        now = self._clock.now()
        scope, since = str(payload["scope"]), datetime.fromisoformat(str(payload["since"]))
        portion = _instances(scope, since, str(payload.get("after", "")), connection)
        found = _counted(portion.keys(), since, connection)
        may_shorten = bool(payload["may_shorten"])
        moving = {each.deadline.instance_id for each in _moved(found, now, connection, may_shorten)}
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
        moves = self._moves(seen, connection, may_shorten=bool(payload["may_shorten"]))
        by = Actor(id=str(payload["by_id"]), name=str(payload["by_name"]))
        return self._move(seen, moves, Trigger(by=by, reason=str(payload["reason"])), session)

    def postpone(
        self, seen: SeenInstance, timer_job: Mapping[str, Any], session: Session
    ) -> StepResult | None:
        """Look again before a timer fires that a calendar counted: a typhoon day may have come.

        Returns:
            None when it is to fire; else it was moved.
        """
        if not _depends(timer_job["computation"]):
            return None
        moves = self._moves(seen, session.connection(), may_shorten=False)
        move = moves.get(str(timer_job["token_id"]))
        if move is None or move.due_at <= self._clock.now():
            return None
        return self._move(seen, moves, Trigger(by=SYSTEM), session)

    def _moves(
        self, seen: SeenInstance, connection: Connection, *, may_shorten: bool
    ) -> Mapping[str, NewDue]:
        found = _counted([seen.id], None, connection)
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
            "since": _first_instant(edition.change).isoformat(),
            "may_shorten": edition.may_shorten,
            "reason": edition.reason.strip(),
            "by_id": by.id,
            "by_name": by.name,
        },
        is_of_instance=False,
    )


def preview(scope: str, change: Change, now: datetime, session: Session) -> Preview:
    """Tell which running due dates a change of a calendar would move; nothing is stored."""
    since, connection = _first_instant(change), session.connection()
    rows = _rows(since).subquery()
    wanted = select(rows) if scope == CITY else select(rows).where(rows.c.scope == scope)
    shown = wanted.order_by(rows.c.due_at, rows.c.token_id).limit(MOST_SHOWN)
    found = _read(connection.execute(shown).mappings())
    total = connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    moved = [
        move
        for scope_of, group in _by_scope(found).items()
        for move in _compared(group, _calendar_after(scope, change, scope_of, now, session))
    ]
    moved.sort(key=lambda each: (each.deadline.due_at, each.deadline.kind))
    named = tuple(_named(moved, session))
    return Preview(moved=named, looked_at=min(total, MOST_SHOWN), total=total)


def _named(moved: Sequence[Moved], session: Session) -> Iterator[Moved]:
    """Give timers the names that their diagrams give them."""
    names: dict[str, ElementNames] = {}
    for each in moved:
        deadline = each.deadline
        if deadline.definition_id not in names:
            stored = definition_queries.definition_by_id(deadline.definition_id, session)
            process = deployments.compiled(stored.id, stored.content_hash, session.connection())
            names[stored.id] = ElementNames(process.definition)
        name = deadline.name or names[deadline.definition_id].name(deadline.element_id)
        yield replace(each, deadline=replace(deadline, name=name))


def _calendar_after(
    scope: str, change: Change, scope_of: str, now: datetime, session: Session
) -> Calendar:
    """Give the calendar of an instance's scope after a change of the city's or its own."""
    after = calendars.calendar_after(scope, change, now, session, seen_from=scope_of)
    return calendars.with_law_days(after, now)


def _first_instant(change: Change) -> datetime:
    """Tell the beginning of the first day that a change touches."""
    days = [*change.removed, *(day.on for day in change.put)]
    days += [date(year, 1, 1) for year in change.years]
    return datetime.combine(min(days), time(), tzinfo=TAIPEI)


def _instances(
    scope: str, since: datetime, after: str, connection: Connection
) -> Mapping[str, str]:
    """Give the next portion of instances with running due dates, with their status."""
    rows = _rows(since).subquery()
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


def _rows(since: datetime | None) -> Select[Any]:
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
    task_rows = task_rows.where(user_task.c.state == "open", user_task.c.computation.is_not(null()))
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


def _counted(
    instance_ids: Iterable[str], since: datetime | None, connection: Connection
) -> list[Counted]:
    """Read the running due dates of instances that a calendar counted."""
    rows = _rows(since).subquery()
    wanted = select(rows).where(rows.c.instance_id.in_(list(instance_ids)))
    return _read(connection.execute(wanted).mappings())


def _read(rows: Iterable[RowMapping]) -> list[Counted]:
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
        if _depends(row["computation"])
    ]


def _depends(explanation: Mapping[str, Any] | None) -> bool:
    """Tell whether a due date was counted by a calendar, which plain days are not."""
    return bool(explanation and explanation["how"] == "counted" and explanation["calendar_version"])


def _moved(
    found: Sequence[Counted], now: datetime, connection: Connection, may_shorten: bool
) -> list[Moved]:
    """Count due dates by the calendars in force and keep those that may move."""
    moved = [
        move
        for scope, group in _by_scope(found).items()
        for move in _compared(group, calendars.counting_calendar(scope, now, connection))
    ]
    return [each for each in moved if _may_move(each, now, may_shorten)]


def _may_move(move: Moved, now: datetime, may_shorten: bool) -> bool:
    """Nobody loses time unless the publisher said so, and never to an instant that has passed."""
    return not move.is_earlier or (may_shorten and move.after.ends_at > now)


def _by_scope(found: Sequence[Counted]) -> Mapping[str, list[Counted]]:
    groups: dict[str, list[Counted]] = {}
    for each in found:
        groups.setdefault(each.scope, []).append(each)
    return groups


def _compared(found: Sequence[Counted], calendar: Calendar) -> list[Moved]:
    """Count anew; a due date that somebody moved elsewhere meanwhile is left alone."""
    pairs = [
        (each, recount(each.computation, calendar))
        for each in found
        if each.computation.ends_at == each.due_at
    ]
    return [
        Moved(deadline=each, after=after) for each, after in pairs if after.ends_at != each.due_at
    ]


def _new_due(move: Moved) -> NewDue:
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
