"""+ - * / ** on numbers, strings, dates and durations (DMN 1.5, tables 53 to 55)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException, Overflow

from feel.distant import DistantDate, DistantDateTime
from feel.errors import FeelBudgetExceeded, FeelTypeError
from feel.temporal import (
    add_months,
    add_to_date,
    add_to_date_time,
    add_to_time,
    at_midnight,
    seconds_of,
)
from feel.values import DECIMAL128, YearMonthDuration, number

Operation = Callable[..., object]

_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)


def calculate(operator: str, left: object, right: object) -> object:
    """Apply an operator to two values.

    Raises:
        FeelTypeError: the operator does not take such values, or the result is no FEEL number.
        FeelBudgetExceeded: the power is beyond all FEEL numbers.
    """
    operation = _OPERATIONS.get((operator, type(left), type(right)))
    if operation is None:
        raise FeelTypeError(f"{kind(left)} {operator} {kind(right)} cannot be calculated.")
    try:
        return operation(left, right)
    except Overflow as error:
        if operator == "**":
            raise FeelBudgetExceeded("The power is too large a number.") from error
        raise FeelTypeError("The result is too large a number.") from error
    except DecimalException as error:
        raise FeelTypeError(f"This {operator} has no result.") from error
    except OverflowError as error:
        raise FeelTypeError("The result is too long a duration.") from error


def kind(value: object) -> str:
    """Name the kind of a value for a message."""
    return _KINDS.get(type(value), type(value).__name__)


def negate(value: object) -> object:
    """Change the sign of a number or duration.

    Raises:
        FeelTypeError: it is neither.
    """
    if isinstance(value, Decimal):
        return DECIMAL128.minus(value)
    if isinstance(value, timedelta):
        return -value
    if isinstance(value, YearMonthDuration):
        return YearMonthDuration(-value.months)
    raise FeelTypeError(f"{kind(value)} has no sign.")


def period(microseconds: Decimal) -> timedelta:
    """Make a duration of a number of microseconds, cut to whole ones."""
    return timedelta(microseconds=int(microseconds))


def microseconds_of(value: timedelta) -> Decimal:
    """Tell a duration in microseconds."""
    return Decimal(value // _MICROSECOND)


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if base == 0 and exponent == 0:
        return Decimal(1)
    return DECIMAL128.power(base, exponent)


def _between_dates(left: date, right: date) -> timedelta:
    start, end = at_midnight(right), at_midnight(left)
    if (start.tzinfo is None) != (end.tzinfo is None):
        raise FeelTypeError("One of the instants has no offset.")
    return end - start


def _between_times(left: time, right: time) -> timedelta:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise FeelTypeError("One of the times has no offset.")
    return seconds_of(left) - seconds_of(right)


def _scaled(value: timedelta, factor: Decimal) -> timedelta:
    return period(DECIMAL128.multiply(microseconds_of(value), factor))


def _parted(value: timedelta, parts: Decimal) -> timedelta:
    return period(DECIMAL128.divide(microseconds_of(value), parts))


def _ratio(left: timedelta, right: timedelta) -> Decimal:
    return DECIMAL128.divide(microseconds_of(left), microseconds_of(right))


def _months(value: YearMonthDuration, factor: Decimal) -> YearMonthDuration:
    return YearMonthDuration(int(DECIMAL128.multiply(number(value.months), factor)))


def _months_parted(value: YearMonthDuration, parts: Decimal) -> YearMonthDuration:
    return YearMonthDuration(int(DECIMAL128.divide(number(value.months), parts)))


_OPERATIONS: dict[tuple[str, type, type], Operation] = {
    ("+", Decimal, Decimal): DECIMAL128.add,
    ("-", Decimal, Decimal): DECIMAL128.subtract,
    ("*", Decimal, Decimal): DECIMAL128.multiply,
    ("/", Decimal, Decimal): DECIMAL128.divide,
    ("**", Decimal, Decimal): _power,
    ("+", str, str): lambda left, right: left + right,
    ("-", date, date): _between_dates,
    ("-", datetime, datetime): _between_dates,
    ("-", datetime, date): _between_dates,
    ("-", date, datetime): _between_dates,
    ("-", time, time): _between_times,
    ("+", timedelta, timedelta): lambda left, right: left + right,
    ("-", timedelta, timedelta): lambda left, right: left - right,
    ("*", timedelta, Decimal): _scaled,
    ("*", Decimal, timedelta): lambda left, right: _scaled(right, left),
    ("/", timedelta, Decimal): _parted,
    ("/", timedelta, timedelta): _ratio,
    ("+", YearMonthDuration, YearMonthDuration): lambda left, right: YearMonthDuration(
        left.months + right.months
    ),
    ("-", YearMonthDuration, YearMonthDuration): lambda left, right: YearMonthDuration(
        left.months - right.months
    ),
    ("*", YearMonthDuration, Decimal): _months,
    ("*", Decimal, YearMonthDuration): lambda left, right: _months(right, left),
    ("/", YearMonthDuration, Decimal): _months_parted,
    ("/", YearMonthDuration, YearMonthDuration): lambda left, right: DECIMAL128.divide(
        number(left.months), number(right.months)
    ),
}


def _moving(moment: type, length: type, move: Callable[..., object]) -> None:
    """Register moment + length, length + moment and moment - length."""
    _OPERATIONS["+", moment, length] = move
    _OPERATIONS["+", length, moment] = lambda left, right: move(right, left)
    _OPERATIONS["-", moment, length] = lambda left, right: move(left, negate(right))


_moving(date, timedelta, add_to_date)
_moving(datetime, timedelta, add_to_date_time)
_moving(time, timedelta, add_to_time)
_moving(date, YearMonthDuration, lambda day, length: add_months(day, length.months))
_moving(datetime, YearMonthDuration, lambda day, length: add_months(day, length.months))

_KINDS: Mapping[type, str] = {
    type(None): "null",
    Decimal: "number",
    str: "string",
    bool: "boolean",
    date: "date",
    datetime: "date and time",
    time: "time",
    timedelta: "days and time duration",
    YearMonthDuration: "years and months duration",
    list: "list",
    DistantDate: "date",
    DistantDateTime: "date and time",
    dict: "context",
}
