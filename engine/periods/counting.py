"""Counting periods forward, each with its explanation.

The day of the event is never counted (行政程序法 §48 II, 民法 §120 II). Days and hours are those of
Asia/Taipei; results are instants in UTC. The functions know neither a clock nor a database.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from engine.calendar import TAIPEI, end_of_local_day, local_date
from engine.periods.calendars import NOON, SATURDAY, Calendar
from engine.periods.computation import (
    Computation,
    Pause,
    SaturdayEnd,
    SkippedDay,
    Start,
    Step,
    Unit,
)
from engine.periods.errors import NoWorkingTime, PeriodInvalid

STATUTORY = "行政程序法 §48"
PLAIN_DAYS = "民法 §120 II"
WORKING = "機關辦公日曆表；始日不計（行政程序法 §48 II）"
GRACE = "行政程序法 §49（郵遞期間扣除）"
RESTORATION = "行政程序法 §50"

DAY = timedelta(days=1)
LONGEST = timedelta(days=366 * 30)
"""A period that finds no end within thirty years has a calendar without working time."""

MOST = 10_000
"""Units of one period at most."""

RESTORATION_DAYS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """Settings of a counting rule.

    Attributes:
        saturday_end: how a last day on a Saturday rolls.
        is_rolling: whether a last day off rolls at all; statutory periods do, plain service
            levels do not.
    """

    saturday_end: SaturdayEnd = "MON_2359"
    is_rolling: bool = True


STATUTORY_RULES = Rules()


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """What is to be counted.

    Attributes:
        amount: in the unit, 0 or more; 0 ends where it starts.
        pauses: must have ended; they may overlap.
    """

    start: Start
    amount: int
    unit: Unit
    calendar: Calendar
    rules: Rules = STATUTORY_RULES
    pauses: Sequence[Pause] = ()


@dataclass(frozen=True, slots=True)
class _Course:
    """The days walked so far."""

    day: date
    skipped: tuple[SkippedDay, ...] = ()
    steps: tuple[Step, ...] = ()


def count(period: Period) -> Computation:
    """Count a period in its unit.

    Raises:
        PeriodInvalid: the amount is negative or too large.
        NoWorkingTime: the calendar has not so much working time within thirty years.
    """
    if not 0 <= period.amount <= MOST:
        raise PeriodInvalid(str(period.amount))
    return _COUNTING[period.unit](period)


def _calendar_days(period: Period) -> Computation:
    """Count calendar days from service; an end on a day off rolls (行政程序法 §48 II, IV)."""
    return _roll(period, _walk(period, period.amount, counts=lambda _day: True))


def _months(period: Period) -> Computation:
    """Count months from service; an end on a day off rolls (行政程序法 §48 III, IV).

    Paused days lengthen the period by their number.
    """
    start_on = period.start.on
    last = month_end(start_on, period.amount) if period.amount else start_on
    return _roll(period, _walk(period, (last - start_on).days, counts=lambda _day: True))


def month_end(served_on: date, count: int) -> date:
    """Tell the last day of a period of months, not rolled (行政程序法 §48 III).

    It is the day before the one that corresponds to the first counted day, or the month's last
    day where that one is missing.

    Raises:
        PeriodInvalid: the end lies beyond the year 9999.
    """
    start = served_on + DAY
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    if year > date.max.year:
        raise PeriodInvalid(str(count))
    last_of_month = monthrange(year, month + 1)[1]
    if start.day > last_of_month:
        return date(year, month + 1, last_of_month)
    return date(year, month + 1, start.day) - DAY


def _working_days(period: Period) -> Computation:
    """Count working days; a working day is a day, half days included, not 8 or 24 hours."""
    course = _walk(period, period.amount, counts=period.calendar.is_working_day)
    return _explain(period, course, ends_at=end_of_local_day(course.day), basis=WORKING)


def _working_hours(period: Period) -> Computation:
    """Count working hours from the very instant of the start."""
    left, ends_at, day = timedelta(hours=period.amount), period.start.instant, period.start.on
    skipped, steps = list[SkippedDay](), list[Step]()
    while left:
        _ensure_near(day, period.start.on, period.calendar)
        pieces = working_time(
            day, period.calendar, since=period.start.instant, pauses=period.pauses
        )
        used, ends_at = _use(pieces, left, ends_at)
        if used:
            minutes = int(used.total_seconds()) // 60
            steps.append(Step(code="hours_counted", on=day, amount=minutes))
        elif not period.calendar.is_working_day(day):
            skipped.append(_skipped(day, period.calendar))
        left -= used
        day += DAY
    course = _Course(local_date(ends_at), tuple(skipped), tuple(steps))
    return _explain(period, course, ends_at=ends_at, basis=WORKING)


def _use(
    pieces: Sequence[tuple[datetime, datetime]], most: timedelta, ends_at: datetime
) -> tuple[timedelta, datetime]:
    """Take at most so much of a day's working time; return what was taken and where it ended."""
    used = timedelta()
    for begin, end in pieces:
        part = min(end - begin, most - used)
        if part:
            used, ends_at = used + part, begin + part
    return used, ends_at


def working_time(
    day: date,
    calendar: Calendar,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    pauses: Sequence[Pause] = (),
) -> list[tuple[datetime, datetime]]:
    """List the working time of a day that is neither paused nor outside of two instants."""
    found = [
        (_instant(day, span.begins), _instant(day, span.ends)) for span in calendar.hours_on(day)
    ]
    if since is not None:
        found = [(max(begin, since), end) for begin, end in found]
    if until is not None:
        found = [(begin, min(end, until)) for begin, end in found]
    for pause in pauses:
        found = [piece for each in found for piece in _without(each, pause)]
    return [(begin, end) for begin, end in found if begin < end]


def postal_grace(period: Computation, days: int, calendar: Calendar) -> Computation:
    """Tell until when a paper posted on the last day may still come in (行政程序法 §49).

    Args:
        period: the answer's own period.
        days: working days after the end of the period; the office's setting, 5 by default.
        calendar: to count them with.

    Raises:
        PeriodInvalid: the amount is negative or too large.
    """
    end = Start(at=period.ends_on, kind="postmark", proof=period.start.proof)
    grace = count(Period(start=end, amount=days, unit="working_days", calendar=calendar))
    return replace(grace, basis=GRACE)


def restoration(missed: Computation, cause_ended: Start, calendar: Calendar) -> Computation:
    """Tell until when restoration (回復原狀) of a missed period may be asked for (§50).

    Ten days after the cause ended, or as many as the missed period had if those were fewer; never
    later than a year after the missed end.

    Args:
        missed: a period of calendar days or months.
        cause_ended: when the disaster or other cause without fault ended.
        calendar: to count with.
    """
    is_short = missed.unit != "months" and missed.amount < RESTORATION_DAYS
    days = missed.amount if is_short else RESTORATION_DAYS
    latest = end_of_local_day(month_end(missed.ends_on, 12)).astimezone(UTC)
    asked = count(Period(start=cause_ended, amount=days, unit="calendar_days", calendar=calendar))
    return replace(asked, basis=RESTORATION).limited_to(latest)


def _walk(period: Period, days: int, *, counts: Callable[[date], bool]) -> _Course:
    """Walk onward until as many days have counted as were asked for."""
    start_on = day = period.start.on
    skipped, left = list[SkippedDay](), days
    while left:
        day += DAY
        _ensure_near(day, start_on, period.calendar)
        if paused := _paused(day, period.pauses):
            skipped.append(paused)
        elif counts(day):
            left -= 1
        else:
            skipped.append(_skipped(day, period.calendar))
    return _Course(day, tuple(skipped), _steps(start_on, day, days, skipped))


def _steps(
    start_on: date, last: date, days: int, skipped: Sequence[SkippedDay]
) -> tuple[Step, ...]:
    steps = []
    if days:
        steps.append(Step(code="start_not_counted", on=start_on))
        steps.append(Step(code="counted", on=start_on + DAY, amount=days))
    if number := sum(each.kind == "paused" for each in skipped):
        steps.append(Step(code="paused", on=last, amount=number))
    return (*steps, Step(code="last_day", on=last))


def _roll(period: Period, course: _Course) -> Computation:
    """Move the end off Saturdays, Sundays, days off and paused days (行政程序法 §48 IV)."""
    if not period.rules.is_rolling:
        return _explain(period, course, ends_at=end_of_local_day(course.day), basis=PLAIN_DAYS)
    last = day = course.day
    skipped, steps = [*course.skipped], [*course.steps]
    while (paused := _paused(day, period.pauses)) or not period.calendar.may_end_on(day):
        skipped.append(paused or _skipped(day, period.calendar))
        day += DAY
        _ensure_near(day, last, period.calendar)
    if day != last:
        steps.append(Step(code="rolled", on=day, amount=(day - last).days))
    ends_at = end_of_local_day(day)
    if _is_noon(period.rules, last, day):
        steps.append(Step(code="saturday_noon", on=day))
        ends_at = _instant(day, NOON)
    rolled = _Course(day, tuple(skipped), tuple(steps))
    return _explain(period, rolled, ends_at=ends_at, basis=STATUTORY)


def _is_noon(rules: Rules, last: date, rolled: date) -> bool:
    is_monday_after = last.weekday() == SATURDAY and rolled == last + 2 * DAY
    return rules.saturday_end == "MON_1200" and is_monday_after


def _explain(period: Period, course: _Course, *, ends_at: datetime, basis: str) -> Computation:
    return Computation(
        start=period.start,
        amount=period.amount,
        unit=period.unit,
        ends_at=ends_at.astimezone(UTC),
        calendar_id=period.calendar.id,
        calendar_version=period.calendar.version,
        skipped=course.skipped,
        pauses=tuple(period.pauses),
        basis=basis,
        steps=(*course.steps, Step(code="end", on=course.day)),
        rule=period.rules.saturday_end if basis == STATUTORY else "",
        missing_years=() if basis == PLAIN_DAYS else _missing_years(period, course.day),
    )


def _missing_years(period: Period, last: date) -> tuple[int, ...]:
    """Tell which years of a period have no official calendar yet."""
    years = range(period.start.on.year, last.year + 1)
    return tuple(year for year in years if not period.calendar.has_year(year))


def _paused(day: date, pauses: Sequence[Pause]) -> SkippedDay | None:
    for pause in pauses:
        if pause.covers(day):
            return SkippedDay(on=day, kind="paused", name=pause.reason)
    return None


def _skipped(day: date, calendar: Calendar) -> SkippedDay:
    kind, name = calendar.why_off(day)
    return SkippedDay(on=day, kind=kind, name=name)


def _without(
    piece: tuple[datetime, datetime], pause: Pause
) -> tuple[tuple[datetime, datetime], ...]:
    begin, end = piece
    return (begin, min(end, pause.begins_at)), (max(begin, pause.ends_at), end)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=TAIPEI).astimezone(UTC)


def _ensure_near(day: date, start: date, calendar: Calendar) -> None:
    if day - start > LONGEST:
        raise NoWorkingTime(calendar.id)


def recount(computation: Computation, calendar: Calendar) -> Computation:
    """Count the same period anew by another version of the calendar.

    Raises:
        NoWorkingTime: the calendar has not so much working time within thirty years.
    """
    return count(
        Period(
            start=computation.start,
            amount=computation.amount,
            unit=computation.unit,
            calendar=calendar,
            rules=_rules_of(computation),
            pauses=computation.pauses,
        )
    )


def _rules_of(computation: Computation) -> Rules:
    saturday_end: SaturdayEnd = "MON_1200" if computation.rule == "MON_1200" else "MON_2359"
    return Rules(saturday_end=saturday_end, is_rolling=computation.basis != PLAIN_DAYS)


_COUNTING: Mapping[Unit, Callable[[Period], Computation]] = {
    "calendar_days": _calendar_days,
    "working_days": _working_days,
    "working_hours": _working_hours,
    "months": _months,
}
