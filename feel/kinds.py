"""Kinds of values that parameters and types speak of."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from feel.distant import DistantDate, DistantDateTime
from feel.temporal import at_midnight
from feel.values import FeelFunction, FeelRange, YearMonthDuration


def _date(value: object) -> bool:
    return isinstance(value, (date, DistantDate)) and not isinstance(value, datetime)


def _of(*kinds: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kinds)


_CHECKS: Mapping[str, Callable[[object], bool]] = {
    "any": lambda _: True,
    "value": lambda value: value is not None,
    "Any": lambda value: value is not None,
    "number": _of(Decimal),
    "string": _of(str),
    "boolean": _of(bool),
    "date": _date,
    "time": _of(time),
    "date and time": _of(datetime, DistantDateTime),
    "distant date": _of(DistantDate),
    "distant date and time": _of(DistantDateTime),
    "day": _of(date),
    "moment": _of(date, time),
    "days and time duration": _of(timedelta),
    "years and months duration": _of(YearMonthDuration),
    "duration": _of(timedelta, YearMonthDuration),
    "list": _of(list),
    "context": _of(dict),
    "range": _of(FeelRange),
    "function": lambda value: isinstance(value, FeelFunction),
}

# The kinds that are also types of FEEL; "value" is Any.
TYPES = (
    frozenset(_CHECKS)
    - {"any", "day", "moment", "duration", "distant date"}
    - {"distant date and time"}
)


def is_kind(value: object, kind: str) -> bool:
    """Tell whether a value is of a kind."""
    return _CHECKS[kind](value)


def coerced(value: object, kind: str) -> object:
    """Convert as DMN 1.5, 10.3.2.9.4 allows: [x] to x, x to [x], a date to its midnight in UTC.

    Returns:
        The converted value, or the value itself if there is nothing to convert.
    """
    if kind == "list":
        return value if isinstance(value, list) or value is None else [value]
    if isinstance(value, list) and len(value) == 1 and is_kind(value[0], kind):
        return value[0]
    if kind == "date and time" and isinstance(value, date):
        return at_midnight(value)
    return value
