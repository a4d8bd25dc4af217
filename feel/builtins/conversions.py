"""Conversion functions (DMN 1.5, 10.3.4.1)."""

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal

from feel.budget import check_tree
from feel.builtins.registry import Registry
from feel.distant import DistantDate, DistantDateTime, distant_date
from feel.errors import FeelSyntaxError, FeelTypeError
from feel.run import Run
from feel.temporal import (
    join,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    parse_zone,
)
from feel.values import FeelRange, YearMonthDuration, number, to_text

FUNCTIONS = Registry()

_CHARACTERS_A_STEP = 50

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")

_STRING = r'"(?:[^"\\]|\\.)*"'
_END = rf"\s*(?:-?[0-9.]+|@?{_STRING}|(?:date|time|date and time|duration)\({_STRING}\))\s*"
_RANGE = re.compile(rf"\s*[\[\](]{_END}\.\.{_END}[\[\])]\s*")

FUNCTIONS.add("date(from: string)")(parse_date)
FUNCTIONS.add("time(from: string)")(parse_time)
FUNCTIONS.add("date and time(from: string)")(parse_date_time)
FUNCTIONS.add("duration(from: string)")(parse_duration)


def whole(value: Decimal) -> int:
    """Take a number as an index or a part of a date; fractions are refused.

    Raises:
        FeelTypeError: it is not a whole number of a size that could be meant.
    """
    if value != value.to_integral_value() or abs(value) > 10**12:
        raise FeelTypeError(f"{to_text(value)} is not a whole number of usable size.")
    return int(value)


@FUNCTIONS.add("date(from: day)")
def date_of(value: date) -> date:
    """Take the date of a date and time."""
    return value.date() if isinstance(value, datetime) else value


@FUNCTIONS.add("date(from: distant date)")
def distant_date_stays(value: DistantDate) -> DistantDate:
    """Give a date beyond the years 1 to 9999 unchanged."""
    return value


@FUNCTIONS.add("date(from: distant date and time)")
def distant_date_of(value: DistantDateTime) -> DistantDate:
    """Take the date of a date and time beyond the years 1 to 9999."""
    return value.date


@FUNCTIONS.add("time(from: distant date and time)")
def distant_time_of(value: DistantDateTime) -> time:
    """Take the time of a date and time beyond the years 1 to 9999."""
    return value.time


@FUNCTIONS.add("date and time(from: distant date and time)")
def distant_instant_stays(value: DistantDateTime) -> DistantDateTime:
    """Give an instant beyond the years 1 to 9999 unchanged."""
    return value


@FUNCTIONS.add("date and time(date: distant date, time: time)")
def join_distant(day: DistantDate, moment: time) -> DistantDateTime:
    """Put a date beyond the years 1 to 9999 and a time together."""
    return DistantDateTime(day, moment)


@FUNCTIONS.add("date(year: number, month: number, day: number)")
def make_date(year: Decimal, month: Decimal, day: Decimal) -> date | DistantDate:
    """Make a date of its parts."""
    if not date.min.year <= year <= date.max.year:
        return distant_date(whole(year), whole(month), whole(day))
    try:
        return date(whole(year), whole(month), whole(day))
    except (ValueError, OverflowError) as error:
        raise FeelTypeError("There is no such date.") from error


@FUNCTIONS.add("time(from: moment)")
def time_of(value: date | time) -> time:
    """Take the time of a date and time; a date alone begins at midnight UTC."""
    if isinstance(value, time):
        return value
    if isinstance(value, datetime):
        return value.timetz()
    return time(tzinfo=parse_zone("Z"))


@FUNCTIONS.add(
    "time(hour: number, minute: number, second: number, offset: days and time duration?)"
)
def make_time(
    hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None
) -> time:
    """Make a time of its parts; the second may have a fraction."""
    seconds = int(second)
    try:
        return time(
            whole(hour), whole(minute), seconds, int((second - seconds) * 1_000_000), _zone(offset)
        )
    except (ValueError, OverflowError) as error:
        raise FeelTypeError("There is no such time.") from error


def _zone(offset: timedelta | None) -> tzinfo | None:
    if offset is None:
        return None
    return timezone(offset) if offset else parse_zone("Z")


@FUNCTIONS.add("date and time(from: day)")
def instant_of(value: date) -> datetime:
    """Take a date as its midnight."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


@FUNCTIONS.add("date and time(date: day, time: time)")
def join_date_and_time(day: date, moment: time) -> datetime:
    """Put a date and a time together; the zone is that of the time."""
    return datetime.combine(date_of(day), moment)


@FUNCTIONS.add("date and time(date: date and time, timezone: string)")
def in_zone(moment: datetime, zone: str) -> datetime:
    """Tell the same instant in another zone."""
    if moment.tzinfo is None:
        raise FeelTypeError("The instant has no offset.")
    return moment.astimezone(parse_zone("@" + zone))


@FUNCTIONS.add(
    "date and time(year: number, month: number, day: number, hour: number, minute: number,"
    " second: number)",
    "date and time(year: number, month: number, day: number, hour: number, minute: number,"
    " second: number, offset: days and time duration?)",
    "date and time(year: number, month: number, day: number, hour: number, minute: number,"
    " second: number, timezone: string)",
)
def make_date_and_time(*parts: object) -> datetime | DistantDateTime:
    """Make an instant of its parts; the last may be an offset or the name of a zone."""
    year, month, day, hour, minute, second, *zone = parts
    moment = make_time(_number(hour), _number(minute), _number(second))
    return join(
        make_date(_number(year), _number(month), _number(day)),
        moment.replace(tzinfo=_any_zone(zone[0] if zone else None)),
    )


def _number(value: object) -> Decimal:
    if not isinstance(value, Decimal):
        raise FeelTypeError("The parts of a date and time are numbers.")
    return value


def _any_zone(value: object) -> tzinfo | None:
    if isinstance(value, str):
        return parse_zone("@" + value)
    return _zone(value) if isinstance(value, timedelta) else None


@FUNCTIONS.add(
    "number(from: string, grouping separator: string?, decimal separator: string?)",
)
def to_number(text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    """Read a number with separators; grouping is a space, comma or dot, the point comma or dot."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        raise FeelTypeError("These are not separators of a number.")
    if grouping is not None and grouping == point:
        raise FeelTypeError("The two separators are the same.")
    if grouping:
        text = text.replace(grouping, "")
    if point:
        text = text.replace(point, ".")
    if not _NUMBER.fullmatch(text):
        raise FeelTypeError(f'"{text}" is not a number.')
    return number(text)


@FUNCTIONS.add("number(from: number)")
def number_stays(value: Decimal) -> Decimal:
    """Give a number unchanged."""
    return value


@FUNCTIONS.add_with_run("string(from: any)")
def to_string(run: Run, value: object) -> str | None:
    """Write a value as text; null stays null."""
    if value is None:
        return None
    check_tree(value)
    text = to_text(value)
    run.meter.check_size(len(text))
    run.meter.spend(len(text) // _CHARACTERS_A_STEP)
    return text


@FUNCTIONS.add("years and months duration(from: day, to: day)")
def months_between(start: date, end: date) -> YearMonthDuration:
    """Count whole months from one date to another."""
    start, end = date_of(start), date_of(end)
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return YearMonthDuration(months)


@FUNCTIONS.add_with_run("range(from: string)")
def to_range(run: Run, text: str) -> FeelRange:
    """Read a range whose ends are literals, such as `[1..3]`."""
    if run.read is None or not _RANGE.fullmatch(text):
        raise FeelTypeError(f'"{text}" is not a range.')
    try:
        value = run.read(text)
    except FeelSyntaxError as error:
        raise FeelTypeError(f'"{text}" is not a range.') from error
    if not isinstance(value, FeelRange) or value.low is None or value.high is None:
        raise FeelTypeError(f'"{text}" is not a range.')
    return value
