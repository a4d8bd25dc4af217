"""When a timer is due: read at deploy, computed once when the timer is reached."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.errors import ExpressionFailed
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """A timer as the diagram writes it.

    Attributes:
        type: timeDate, timeDuration or timeCycle; "" where the text itself must tell.
        text: ISO 8601, or FEEL after a leading "=".
    """

    type: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When a timer fires.

    Attributes:
        due_at: the next firing, aware, UTC.
        cycles_left: firings to come with this one; None if endless.
        period: from one planned firing to the next; None for a plain timer.
        end: nothing fires after it.
    """

    due_at: datetime
    cycles_left: int | None = 1
    period: Period | None = None
    end: datetime | None = None

    def following(self) -> "Schedule | None":
        """Give the schedule after one firing, counted from the planned instant, or None."""
        left = None if self.cycles_left is None else self.cycles_left - 1
        if self.period is None or left == 0:
            return None
        due_at = self.period.after(self.due_at)
        if self.end is not None and due_at > self.end:
            return None
        return Schedule(due_at=due_at, cycles_left=left, period=self.period, end=self.end)


def check_literal(timer: Timer) -> None:
    """Check the ISO text of a timer at deploy.

    Raises:
        ValueError: the text does not fit the kind of timer.
    """
    _parse(timer.type, timer.text)


def plan(timer: Timer, now: datetime, evaluate: Evaluate, element_id: str) -> Schedule:
    """Compute when a timer that is reached now fires.

    Args:
        timer: as the diagram writes it.
        now: aware instant.
        element_id: the timer's element, for the error.
        evaluate: FEEL evaluator over the variables seen by the element.

    Raises:
        ExpressionFailed: the value is no duration, no date and time and no such text.
    """
    try:
        return _schedule(_value_of(timer, evaluate), now)
    except (ValueError, OverflowError) as error:
        raise ExpressionFailed(element_id, str(error)) from error


def _value_of(timer: Timer, evaluate: Evaluate) -> object:
    if not timer.text.startswith("="):
        return _parse(timer.type, timer.text)
    value = evaluate(timer.text[1:])
    is_cycle = timer.type == "timeCycle"
    if isinstance(value, str):
        return _parse("timeCycle" if is_cycle else "", value)
    if is_cycle:
        raise ValueError(f"{value!r} is no ISO 8601 repetition such as R3/PT10H")
    return value


def _parse(kind: str, text: str) -> object:
    if kind == "timeCycle" or (kind == "" and text.startswith("R")):
        return parse_repetition(text)
    if kind == "timeDuration" or (kind == "" and text.startswith("P")):
        return parse_period(text)
    return parse_instant(text)


def _schedule(value: object, now: datetime) -> Schedule:
    match value:
        case Period():
            return Schedule(due_at=value.after(now))
        case YearMonthDuration():
            return Schedule(due_at=Period(months=value.months).after(now))
        case timedelta():
            return Schedule(due_at=now + value)
        case date():
            return Schedule(due_at=as_instant(value))
        case Repetition():
            return _repeat(value, now)
        case _:
            raise ValueError(f"{value!r} is no duration and no date and time")


def _repeat(value: Repetition, now: datetime) -> Schedule:
    first = value.start or value.period.after(now)
    return Schedule(due_at=first, cycles_left=value.count, period=value.period, end=value.end)
