"""Which day of its period a case was in on a calendar day: "day 12 of 20"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.calendar import local_date
from engine.periods.calendars import Calendar
from engine.sla_clocks import SlaClock

WORKING_UNITS = frozenset({"working_days", "working_hours"})
_RANKS = {"process": 0, "phase": 1, "task": 2}
_MOST_DAYS = 1500
"""Longer periods are not counted out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockDay:
    """A day as a clock counts it.

    Attributes:
        name: of the service level.
        number: 0 on the day it began, which does not count.
        is_working: whether working days are counted, not calendar days.
        is_paused: the clock stood still on that day.
    """

    name: str
    number: int
    total: int
    is_working: bool
    is_paused: bool


def day_of(clocks: Iterable[SlaClock], on: date, calendar: Calendar) -> ClockDay | None:
    """Tell which day of the case's period a day was.

    The clock of the whole case speaks, else that of a part of it, else that of a task: the one
    that was due first among those that ran on that day. None when none ran.
    """
    running = [each for each in clocks if not each.is_given and _runs_on(each, on)]
    clock = min(running, key=lambda each: (_RANKS.get(each.kind, 2), each.due_at), default=None)
    if clock is None or (local_date(clock.due_at) - local_date(clock.started_at)).days > _MOST_DAYS:
        return None
    is_working = str(clock.rule.get("unit")) in WORKING_UNITS
    begins, due = _begins_on(clock), local_date(clock.due_at)
    stops = [(local_date(each.begins_at), local_date(each.ends_at)) for each in clock.pauses]
    if clock.paused_since is not None:
        stops.append((local_date(clock.paused_since), date.max))

    def counted(last: date) -> int:
        days = (begins + timedelta(days=n) for n in range(1, (last - begins).days + 1))
        return sum(_counts(day, stops, calendar if is_working else None) for day in days)

    return ClockDay(
        name=clock.name,
        number=counted(on),
        total=counted(due) + _left(clock, stops, due, calendar if is_working else None),
        is_working=is_working,
        is_paused=any(first <= on < last for first, last in stops),
    )


def _left(
    clock: SlaClock, stops: Sequence[tuple[date, date]], due: date, calendar: Calendar | None
) -> int:
    """Count the days until the due date that an open pause hides; they are still owed."""
    if clock.paused_since is None:
        return 0
    first = local_date(clock.paused_since)
    days = (first + timedelta(days=n) for n in range((due - first).days + 1))
    return sum(_counts(day, stops[:-1], calendar) for day in days)


def _runs_on(clock: SlaClock, on: date) -> bool:
    ended = local_date(clock.ended_at) if clock.ended_at else date.max
    return _begins_on(clock) <= on <= ended


def _begins_on(clock: SlaClock) -> date:
    at = clock.terms.start.at
    return local_date(at) if isinstance(at, datetime) else at


def _counts(day: date, stops: Iterable[tuple[date, date]], calendar: Calendar | None) -> bool:
    is_stopped = any(first <= day < last for first, last in stops)
    return not is_stopped and (calendar is None or calendar.is_working_day(day))
