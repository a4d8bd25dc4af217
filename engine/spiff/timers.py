"""When a timer is due: read at deploy, computed once when the timer is reached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.calendar import TAIPEI
from engine.day_counting import DayCounter
from engine.errors import ExpressionFailed
from engine.periods.computation import Computation, Start
from engine.periods.errors import NoWorkingTime, PeriodInvalid
from engine.sentences import sentence
from engine.spiff.calendar_timers import Length, length_of
from engine.spiff.periods import (
    Period,
    Repetition,
    as_instant,
    parse_instant,
    parse_period,
    parse_repetition,
)
from feel.values import YearMonthDuration

Evaluate = Callable[[str], object]
Explanation = Mapping[str, object]
"""JSON that tells how a due date came about; its keys stand in docs/timers.md."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """A timer as the diagram writes it.

    Attributes:
        type: timeDate, timeDuration or timeCycle; "" where the text itself must tell.
        text: ISO 8601, or FEEL after a leading "=".
        calendar: how the days or hours of a duration are counted, one of CALENDARS; "" counts
            exact time.
    """

    type: str
    text: str
    calendar: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """Where and when a timer is reached.

    Attributes:
        element_id: the timer's element, for errors.
        now: aware instant.
        evaluate: FEEL evaluator over the variables seen by the element.
        days: counts days and hours by the calendar of the instance's scope.
        explained: how an instant was computed by an earlier step, if it was.
    """

    element_id: str
    now: datetime
    evaluate: Evaluate
    days: DayCounter
    explained: Callable[[datetime], Explanation | None] = lambda _instant: None


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When a timer fires.

    Attributes:
        due_at: the next firing, aware, UTC.
        cycles_left: firings to come with this one; None if endless.
        period: from one planned firing to the next; None for a plain timer.
        end: nothing fires after it.
        explanation: how the next firing was computed; not kept with the token.
    """

    due_at: datetime
    cycles_left: int | None = 1
    period: Period | None = None
    end: datetime | None = None
    explanation: Explanation | None = None

    def following(self) -> "Schedule | None":
        """Give the schedule after one firing, counted from the planned instant, or None."""
        left = None if self.cycles_left is None else self.cycles_left - 1
        if self.period is None or left == 0:
            return None
        due_at = self.period.after(self.due_at)
        if self.end is not None and due_at > self.end:
            return None
        return Schedule(
            due_at=due_at,
            cycles_left=left,
            period=self.period,
            end=self.end,
            explanation=_told("cycle", due_at, start=self.due_at),
        )


def check_literal(timer: Timer) -> None:
    """Check the ISO text of a timer at deploy.

    Raises:
        ValueError: the text does not fit the kind of timer or its calendar.
    """
    if timer.calendar:
        check_calendar(timer)
        length_of(timer.text, timer.calendar)
    else:
        _parse(timer.type, timer.text)


def check_calendar(timer: Timer) -> None:
    """Refuse a calendar where there is nothing to count.

    Raises:
        ValueError: the timer is a cycle or an instant.
    """
    if timer.type == "timeCycle":
        raise ValueError(sentence("a cycle repeats by exact time; take the calendar away"))
    is_instant = timer.type in ("", "timeDate") and not timer.text.startswith(("P", "="))
    if timer.type == "timeDate" or is_instant:
        raise ValueError(sentence("a date needs no calendar; write a duration such as P3D"))


def plan(timer: Timer, reached: Reached) -> Schedule:
    """Compute when a timer that is reached now fires, and how that came about.

    Args:
        timer: as the diagram writes it.
        reached: where and when.

    Raises:
        ExpressionFailed: the value is no duration, no date and time and no such text, or its
            calendar cannot count it.
    """
    try:
        value = _value_of(timer, reached.evaluate)
        return _schedule(value, timer, reached)
    except (ValueError, OverflowError, PeriodInvalid, NoWorkingTime) as error:
        raise ExpressionFailed(reached.element_id, str(error)) from error


def explanation_of(computation: Computation) -> Explanation:
    """Give the explanation of a counted due date."""
    return {"how": "counted", **computation.as_json()}


def _value_of(timer: Timer, evaluate: Evaluate) -> object:
    if not timer.text.startswith("="):
        if timer.calendar:
            return length_of(timer.text, timer.calendar)
        return _parse(timer.type, timer.text)
    value = evaluate(timer.text[1:])
    is_cycle = timer.type == "timeCycle"
    if timer.calendar and not is_cycle and not isinstance(value, date):
        return length_of(value, timer.calendar)
    if isinstance(value, str):
        return _parse("timeCycle" if is_cycle else "", value)
    if is_cycle:
        raise ValueError(
            sentence("%(value)s is no ISO 8601 repetition such as R3/PT10H", value=repr(value))
        )
    return value


def _parse(kind: str, text: str) -> object:
    if kind == "timeCycle" or (kind == "" and text.startswith("R")):
        return parse_repetition(text)
    if kind == "timeDuration" or (kind == "" and text.startswith("P")):
        return parse_period(text)
    return parse_instant(text)


def _schedule(value: object, timer: Timer, reached: Reached) -> Schedule:
    now = reached.now
    match value:
        case Length():
            start = Start(at=now, kind="event")
            counted = reached.days.count(start, value.amount, value.unit, value.rules)
            return Schedule(due_at=counted.ends_at, explanation=explanation_of(counted))
        case Period():
            return _exact(value.after(now), timer, now)
        case YearMonthDuration():
            return _exact(Period(months=value.months).after(now), timer, now)
        case timedelta():
            return _exact(now + value, timer, now)
        case date():
            return _fixed(as_instant(value), reached)
        case Repetition():
            return _repeat(value, now)
        case _:
            raise ValueError(
                sentence("%(value)s is no duration and no date and time", value=repr(value))
            )


def _exact(due_at: datetime, timer: Timer, now: datetime) -> Schedule:
    is_text = not timer.text.startswith("=")
    written = {"duration": timer.text} if is_text else {}
    return Schedule(due_at=due_at, explanation=_told("exact", due_at, start=now) | written)


def _fixed(due_at: datetime, reached: Reached) -> Schedule:
    return Schedule(due_at=due_at, explanation=explain(due_at, reached.days, reached.explained))


def explain(
    instant: datetime,
    days: DayCounter,
    explained: Callable[[datetime], Explanation | None],
) -> Explanation:
    """Tell how an instant came about: counted in this step or an earlier one, else just given."""
    counted = days.computed.get(instant)
    if counted is not None:
        return explanation_of(counted)
    return explained(instant) or _told("fixed", instant)


def _repeat(value: Repetition, now: datetime) -> Schedule:
    first = value.start or value.period.after(now)
    return Schedule(
        due_at=first,
        cycles_left=value.count,
        period=value.period,
        end=value.end,
        explanation=_told("cycle", first, start=now),
    )


def _told(how: str, ends_at: datetime, start: datetime | None = None) -> dict[str, object]:
    begun = {} if start is None else {"start": start.astimezone(TAIPEI).isoformat()}
    return {"how": how, **begun, "ends_at": ends_at.astimezone(TAIPEI).isoformat()}
