"""Dates, times and durations from their ISO 8601 text, and calendar arithmetic on them."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feel.distant import DistantDate, DistantDateTime, distant_date
from feel.errors import FeelTypeError
from feel.values import YearMonthDuration

_DATE = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?P<zone>[zZ]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+\-/]+)?"
)
_DATE_ONLY = re.compile(_DATE)
_TIME_ONLY = re.compile(_TIME)
_DATE_TIME = re.compile(f"{_DATE}T{_TIME}")
_MONTHS = re.compile(r"(-)?P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?")
_PERIOD = re.compile(
    r"(-)?P(?=[0-9T])(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]*))?S)?)?"
)
_MAX_OFFSET = timedelta(hours=18)


def parse_date(text: str) -> date | DistantDate:
    """Read `2026-03-02`.

    Raises:
        FeelTypeError: it is no date.
    """
    match = _DATE_ONLY.fullmatch(text)
    if match is None:
        raise FeelTypeError(f'"{text}" is not a date.')
    return _make_date(match)


def _make_date(match: re.Match[str]) -> date | DistantDate:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    if not date.min.year <= year <= date.max.year:
        return distant_date(year, month, day)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise FeelTypeError(f'"{match.string}" is not a date.') from error


def parse_time(text: str) -> time:
    """Read `10:30:00`, `10:30:00.5`, `10:30:00+08:00`, `10:30:00@Asia/Taipei`.

    Raises:
        FeelTypeError: it is no time.
    """
    match = _TIME_ONLY.fullmatch(text)
    if match is None:
        raise FeelTypeError(f'"{text}" is not a time.')
    return _make_time(match)


def _make_time(match: re.Match[str]) -> time:
    try:
        return time(
            int(match["hour"]),
            int(match["minute"]),
            int(match["second"]),
            int((match["fraction"] or "0")[:6].ljust(6, "0")),
            parse_zone(match["zone"]),
        )
    except ValueError as error:
        raise FeelTypeError(f'"{match.string}" is not a time.') from error


@lru_cache(maxsize=512)
def parse_zone(text: str | None) -> tzinfo | None:
    """Read `Z`, `+08:00` or `@Asia/Taipei`.

    Raises:
        FeelTypeError: there is no such zone, or the offset is beyond 18 hours.
    """
    if not text:
        return None
    if text in "zZ":
        return UTC
    if text.startswith("@"):
        return _named_zone(text[1:])
    hours, minutes, *rest = (int(part) for part in text[1:].split(":"))
    offset = timedelta(hours=hours, minutes=minutes, seconds=sum(rest))
    if offset > _MAX_OFFSET or minutes > 59:
        raise FeelTypeError(f'"{text}" is not an offset.')
    return timezone(-offset if text[0] == "-" else offset)


def _named_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise FeelTypeError(f'There is no time zone "{name}".') from error


def parse_date_time(text: str) -> datetime | DistantDateTime:
    """Read a date, or a date and time joined by `T`; a date alone is its midnight.

    Raises:
        FeelTypeError: it is neither.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return join(parse_date(text), time())
    if match["hour"] == "24":
        return _end_of_day(match)
    return join(_make_date(match), _make_time(match))


def join(day: date | DistantDate, moment: time) -> datetime | DistantDateTime:
    """Put a date and a time together."""
    if isinstance(day, DistantDate):
        return DistantDateTime(day, moment)
    return datetime.combine(day, moment)


def _end_of_day(match: re.Match[str]) -> datetime:
    """Read 24:00:00, which is the next day's midnight."""
    if (match["minute"], match["second"], match["fraction"]) != ("00", "00", None):
        raise FeelTypeError(f'"{match.string}" is not a date and time.')
    today = _make_date(match)
    if isinstance(today, DistantDate):
        raise FeelTypeError(f'"{match.string}" is not a date and time.')
    day = add_to_date(today, timedelta(days=1))
    return datetime.combine(day, time(tzinfo=parse_zone(match["zone"])))


def parse_duration(text: str) -> timedelta | YearMonthDuration:
    """Read `P1Y2M` or `P1DT2H3M4.5S`, with or without a sign.

    Raises:
        FeelTypeError: it is no duration, or mixes months and days.
    """
    if match := _MONTHS.fullmatch(text):
        sign, years, months = match.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return YearMonthDuration(-total if sign else total)
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise FeelTypeError(f'"{text}" is not a duration.')
    return _make_period(match)


def _make_period(match: re.Match[str]) -> timedelta:
    sign, days, hours, minutes, seconds, fraction = match.groups()
    try:
        period = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=int((fraction or "")[:6].ljust(6, "0")),
        )
    except (OverflowError, ValueError) as error:
        raise FeelTypeError(f'"{match.string}" is too long a duration.') from error
    return -period if sign else period


def parse_temporal(text: str) -> object:
    """Read the text of an `@"..."` literal: date, time, date and time or duration.

    Raises:
        FeelTypeError: it is none of these.
    """
    bare = text.lstrip("-")
    if bare.startswith("P"):
        return parse_duration(text)
    if "T" in text.split("@")[0]:
        return parse_date_time(text)
    if ":" in text:
        return parse_time(text)
    return parse_date(text)


def add_months(day: date, months: int) -> date:
    """Move a date (or date and time) by whole months, to the month's last day at most.

    Raises:
        FeelTypeError: that is outside the calendar.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise FeelTypeError("The date is outside the calendar.")
    last = monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def add_to_date(day: date, period: timedelta) -> date:
    """Move a date by a period; hours count from its midnight.

    Raises:
        FeelTypeError: that is outside the calendar.
    """
    try:
        return (datetime.combine(day, time()) + period).date()
    except OverflowError as error:
        raise FeelTypeError("The date is outside the calendar.") from error


def add_to_date_time(moment: datetime, period: timedelta) -> datetime:
    """Move an instant by a period; in a zone with summer time hours count as they pass.

    Raises:
        FeelTypeError: that is outside the calendar.
    """
    try:
        if isinstance(moment.tzinfo, ZoneInfo):
            return (moment.astimezone(UTC) + period).astimezone(moment.tzinfo)
        return moment + period
    except OverflowError as error:
        raise FeelTypeError("The date is outside the calendar.") from error


def add_to_time(moment: time, period: timedelta) -> time:
    """Move a time by a period, round the clock."""
    base = datetime.combine(date(2000, 1, 2), moment.replace(tzinfo=None))
    within = timedelta(seconds=period.seconds, microseconds=period.microseconds)
    return (base + within).time().replace(tzinfo=moment.tzinfo)


def at_midnight(value: date) -> datetime:
    """Turn a date into the instant it begins, in UTC; an instant stays."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(tzinfo=UTC))


def seconds_of(value: time) -> timedelta:
    """Tell the time since midnight, in UTC if the time has an offset."""
    since = timedelta(
        hours=value.hour,
        minutes=value.minute,
        seconds=value.second,
        microseconds=value.microsecond,
    )
    return since - (value.utcoffset() or timedelta())
