"""FEEL for people at a terminal: evaluate one expression and tell what went wrong, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from engine import calendars
from engine.calendar import TAIPEI
from engine.clock import Clock
from engine.day_counting import DayCounter
from engine.errors import EngineError
from engine.types import CITY
from feel.errors import FeelError
from feel.evaluator import examine
from feel.values import YearMonthDuration, quoted, to_text
from feel.zones import in_zone


class ExpressionInvalid(EngineError):
    """An expression cannot be read, or asks for more than its budget.

    Attributes:
        reason: one sentence.
        line: in the expression, from 1; 0 if the place is not known.
        column: in that line, from 1; 0 if the place is not known.
    """

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column

    def __str__(self) -> str:
        """Say the sentence."""
        return self.reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What an expression gives.

    Attributes:
        text: the value as FEEL writes it.
        problems: why some part became null, one sentence each.
    """

    text: str
    problems: tuple[str, ...]


def written(value: object) -> str:
    """Write a value as FEEL, so that `evaluate_value` reads it again."""
    match value:
        case str():
            return quoted(value)
        case Mapping():
            entries = ", ".join(f"{quoted(str(k))}: {written(v)}" for k, v in value.items())
            return f"{{{entries}}}"
        case list() | tuple():
            return f"[{', '.join(written(each) for each in value)}]"
        case date() | time() | timedelta() | YearMonthDuration():
            return f"@{quoted(to_text(value))}"
        case _:
            return to_text(value)


def evaluate_value(literal: str, clock: Clock) -> object:
    """Read a value that is written as FEEL, such as `12`, `"text"` or `date("2026-03-02")`.

    Raises:
        ExpressionInvalid: it is not FEEL, names something unknown, or uses up its budget.
    """
    try:
        outcome = examine(literal, {}, now=clock.now().astimezone(TAIPEI))
    except FeelError as error:
        raise ExpressionInvalid(error.message, error.line, error.column) from error
    if outcome.problems:
        raise ExpressionInvalid(outcome.problems[0], 0, 0)
    return outcome.value


def evaluate_text(expression: str, variables: Mapping[str, object], clock: Clock) -> Answer:
    """Evaluate FEEL, with or without the leading `=`, with the functions that diagrams have.

    Working days are those of the calendar that ships with Anju.

    Args:
        expression: the text.
        variables: values by name.
        clock: tells the instant of `now()` and `today()`.

    Raises:
        ExpressionInvalid: it is not FEEL, or uses up its budget.
    """
    now = clock.now().astimezone(TAIPEI)
    days = DayCounter(scope=CITY, read=lambda: calendars.shipped_calendar(now))
    try:
        outcome = examine(
            expression.removeprefix("="),
            in_zone(variables, TAIPEI),
            now=now,
            functions=days.functions,
        )
    except FeelError as error:
        shift = 1 if expression.startswith("=") and error.line == 1 else 0
        raise ExpressionInvalid(error.message, error.line, error.column + shift) from error
    value = outcome.value
    text = quoted(value) if isinstance(value, str) else to_text(value)
    return Answer(text=text, problems=outcome.problems)
