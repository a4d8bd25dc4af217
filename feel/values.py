"""The values of FEEL and their text form.

Numbers are `Decimal` (34 digits), strings `str`, Booleans `bool`, dates `date`, times `time`, dates
with times `datetime` (naive or with an offset or zone), days and time durations `timedelta`, lists
`list`, contexts `dict`, null `None`; what Python lacks is defined here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from zoneinfo import ZoneInfo

from feel.distant import DistantDate, DistantDateTime
from feel.errors import FeelTypeError
from feel.nodes import TypeName

DayTimeDuration = timedelta

# 10 ** 6144 has 20,410 bits.
_MOST_BITS = 20_400

# IEEE 754-2008 Decimal128, as DMN 1.5, 10.3.2.3.1 asks.
DECIMAL128 = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


@dataclass(frozen=True, order=True, slots=True)
class YearMonthDuration:
    """A duration in whole months.

    Attributes:
        months: may be negative.
    """

    months: int


@dataclass(frozen=True, slots=True)
class FeelRange:
    """All values between two ends.

    Attributes:
        low: the lower end; None if there is none.
        high: the upper end; None if there is none.
        low_included: whether the lower end itself belongs to it.
        high_included: whether the upper end itself belongs to it.
    """

    low: object
    high: object
    low_included: bool = True
    high_included: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class FeelFunction:
    """A function made by an expression or given by the host.

    Attributes:
        parameters: their names, in order.
        invoke: takes the arguments in that order and gives the result.
        types: types of the parameters, where declared.
        result: declared type of the result.
    """

    parameters: tuple[str, ...]
    invoke: Callable[..., object]
    types: tuple[TypeName | None, ...] = ()
    result: TypeName | None = None


def number(value: int | str | float) -> Decimal:
    """Make a FEEL number, rounded to 34 digits.

    Raises:
        FeelTypeError: it is beyond all FEEL numbers.
    """
    try:
        return DECIMAL128.create_decimal(repr(value) if isinstance(value, float) else value)
    except DecimalException as error:
        raise FeelTypeError("The number is too large.") from error


def to_value(value: object) -> object:
    """Turn a value of the host into one of FEEL: int and float to number, tuple to list.

    Values of kinds that FEEL does not know pass unchanged.
    """
    convert = _CONVERSIONS.get(type(value))
    return value if convert is None else convert(value)


def _number_of(value: object) -> object:
    """Turn an int into a number; null if it is beyond all FEEL numbers."""
    if not isinstance(value, int):
        return value
    return number(value) if value.bit_length() < _MOST_BITS else None


def _float(value: object) -> object:
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return number(value)
    return None


def _list(value: object) -> object:
    return [to_value(item) for item in value] if isinstance(value, (list, tuple)) else value


def _context(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {name: to_value(item) for name, item in value.items()}


_CONVERSIONS: Mapping[type, Callable[[object], object]] = {
    int: _number_of,
    float: _float,
    list: _list,
    tuple: _list,
    dict: _context,
}


def to_text(value: object) -> str:
    """Write a value in its FEEL string form; a string is itself, null is "null"."""
    if isinstance(value, str):
        return value
    return _literal(value)


def _literal(value: object) -> str:
    """Write a value as it stands inside a list or a context."""
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    return str(value)


def quoted(text: str) -> str:
    """Write a string as a FEEL literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _number_text(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def zone_text(zone: tzinfo | None, offset: timedelta | None) -> str:
    """Write a zone as `@Name`, an offset as `Z` or `+08:00`, none as nothing."""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    if offset is None:
        return ""
    seconds = int(offset.total_seconds())
    if seconds == 0:
        return "Z"
    minutes, rest = divmod(abs(seconds), 60)
    sign = "-" if seconds < 0 else "+"
    tail = f":{rest:02}" if rest else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}{tail}"


def _time_text(value: time | datetime) -> str:
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    if value.microsecond:
        text += f".{value.microsecond:06}".rstrip("0")
    return text + zone_text(value.tzinfo, value.utcoffset())


def _date_text(value: date | DistantDate) -> str:
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def _datetime_text(value: datetime) -> str:
    return f"{_date_text(value)}T{_time_text(value)}"


def _duration_text(value: timedelta) -> str:
    sign = "-" if value < timedelta() else ""
    value = abs(value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
    clock = "".join(f"{amount}{unit}" for amount, unit in ((hours, "H"), (minutes, "M")) if amount)
    if seconds or fraction:
        clock += f"{seconds}{fraction}S"
    days = f"{value.days}D" if value.days else ""
    return sign + "P" + days + ("T" + clock if clock else "") if days or clock else "PT0S"


def _months_text(value: YearMonthDuration) -> str:
    years, months = divmod(abs(value.months), 12)
    if not value.months:
        return "P0M"
    sign = "-" if value.months < 0 else ""
    return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")


def _range_text(value: FeelRange) -> str:
    if value.low is None:
        return ("<=" if value.high_included else "<") + _literal(value.high)
    if value.high is None:
        return (">=" if value.low_included else ">") + _literal(value.low)
    low, high = _literal(value.low), _literal(value.high)
    return f"{'[' if value.low_included else '('}{low}..{high}{']' if value.high_included else ')'}"


def _context_text(value: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"{_key(name)}: {_literal(item)}" for name, item in value.items()) + "}"


def _key(name: str) -> str:
    return name if name and not set(name) & set('"{}:,\n') else quoted(name)


# The order matters: bool before numbers, datetime before date.
_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (str, quoted),
    (type(None), lambda _: "null"),
    (bool, lambda value: "true" if value else "false"),
    (Decimal, _number_text),
    (int, str),
    (datetime, _datetime_text),
    ((date, DistantDate), _date_text),
    (DistantDateTime, lambda value: f"{_date_text(value.date)}T{_time_text(value.time)}"),
    (time, _time_text),
    (timedelta, _duration_text),
    (YearMonthDuration, _months_text),
    (list, lambda value: "[" + ", ".join(_literal(item) for item in value) + "]"),
    (Mapping, _context_text),
    (FeelRange, _range_text),
    (FeelFunction, lambda value: f"function({', '.join(value.parameters)})"),
)
