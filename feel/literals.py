"""Values written as FEEL that reads back as the same values."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from feel.distant import DistantDate, DistantDateTime
from feel.values import YearMonthDuration, quoted, to_text


def to_literal(value: object) -> str:
    """Write a value as an expression; functions and what FEEL does not know become null."""
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    return "null"


def _call(name: str) -> Callable[[object], str]:
    return lambda value: f"{name}({quoted(to_text(value))})"


def _list(value: list[object]) -> str:
    return "[" + ", ".join(to_literal(item) for item in value) + "]"


def _context(value: Mapping[str, object]) -> str:
    entries = (f"{quoted(name)}: {to_literal(item)}" for name, item in value.items())
    return "{" + ", ".join(entries) + "}"


# The order matters: bool before numbers, datetime before date.
_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (str, quoted),
    (bool, to_text),
    ((Decimal, int), to_text),
    ((datetime, DistantDateTime), _call("date and time")),
    ((date, DistantDate), _call("date")),
    (time, _call("time")),
    ((timedelta, YearMonthDuration), _call("duration")),
    ((list, tuple), _list),
    (Mapping, _context),
)
