"""Measuring backward: how much of a period lies between two points; the inverse of counting."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from engine.calendar import local_date
from engine.periods.calendars import Calendar
from engine.periods.computation import Computation, Pause
from engine.periods.counting import working_time

DAY = timedelta(days=1)


def working_days_between(
    start_on: date, end_on: date, calendar: Calendar, *, pauses: Sequence[Pause] = ()
) -> int:
    """Count the working days after a day, up to and with another; paused days do not count."""
    return sum(
        calendar.is_working_day(day) and not _is_paused(day, pauses)
        for day in _days_after(start_on, end_on)
    )


def calendar_days_between(start_on: date, end_on: date, *, pauses: Sequence[Pause] = ()) -> int:
    """Count the calendar days after a day, up to and with another; paused days do not count."""
    return sum(not _is_paused(day, pauses) for day in _days_after(start_on, end_on))


def working_time_between(
    start_at: datetime, end_at: datetime, calendar: Calendar, *, pauses: Sequence[Pause] = ()
) -> timedelta:
    """Measure the working time between two instants, pauses left out."""
    total, day = timedelta(), local_date(start_at)
    while day <= local_date(end_at):
        pieces = working_time(day, calendar, since=start_at, until=end_at, pauses=pauses)
        total += sum((end - begin for begin, end in pieces), timedelta())
        day += DAY
    return total


def remaining(period: Computation, now: datetime, calendar: Calendar) -> timedelta:
    """Measure what is left of a period at an instant, zero after its end.

    Returns:
        Working time of a period of working hours; else whole days (working days of a period of
        working days) after today, up to and with the last one.
    """
    if now >= period.ends_at:
        return timedelta()
    begin = max(now, period.start.instant)
    if period.unit == "working_hours":
        return working_time_between(begin, period.ends_at, calendar, pauses=period.pauses)
    today = local_date(begin)
    if period.unit == "working_days":
        count = working_days_between(today, period.ends_on, calendar, pauses=period.pauses)
        return timedelta(days=count)
    return timedelta(days=calendar_days_between(today, period.ends_on, pauses=period.pauses))


def _days_after(start_on: date, end_on: date) -> list[date]:
    return [start_on + DAY * number for number in range(1, (end_on - start_on).days + 1)]


def _is_paused(day: date, pauses: Sequence[Pause]) -> bool:
    return any(pause.covers(day) for pause in pauses)
