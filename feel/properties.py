"""What stands after a dot: entries of contexts and parts of dates, durations and ranges."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from feel.arithmetic import kind
from feel.distant import DistantDate, DistantDateTime
from feel.errors import FeelTypeError
from feel.values import FeelRange, YearMonthDuration

Part = Callable[..., object]


def property_of(value: object, name: str) -> object:
    """Give an entry of a context or a part of a value; of a list, that of each item.

    Raises:
        FeelTypeError: there is no such entry or part.
    """
    if isinstance(value, Mapping):
        if name not in value:
            raise FeelTypeError(f"The context has no entry {name!r}.")
        return value[name]
    if isinstance(value, list):
        return [_of_item(item, name) for item in value]
    part = _PARTS.get(type(value), {}).get(name)
    if part is None:
        raise FeelTypeError(f"{kind(value)} has no property {name!r}.")
    return part(value)


def _of_item(item: object, name: str) -> object:
    try:
        return property_of(item, name)
    except FeelTypeError:
        return None


def _whole(part: Callable[..., int]) -> Part:
    return lambda value: Decimal(part(value))


def _zone(value: time | datetime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


_DATE: Mapping[str, Part] = {
    "year": _whole(lambda value: value.year),
    "month": _whole(lambda value: value.month),
    "day": _whole(lambda value: value.day),
    "weekday": _whole(lambda value: value.isoweekday()),
}
_TIME: Mapping[str, Part] = {
    "hour": _whole(lambda value: value.hour),
    "minute": _whole(lambda value: value.minute),
    "second": _whole(lambda value: value.second),
    "time offset": lambda value: value.utcoffset(),
    "timezone": _zone,
}


def _signed(value: timedelta, part: Callable[[timedelta], int]) -> Decimal:
    size = Decimal(part(abs(value)))
    return -size if value < timedelta() and size else size


_PERIOD: Mapping[str, Part] = {
    "days": lambda value: _signed(value, lambda period: period.days),
    "hours": lambda value: _signed(value, lambda period: period.seconds // 3600),
    "minutes": lambda value: _signed(value, lambda period: period.seconds // 60 % 60),
    "seconds": lambda value: _signed(value, lambda period: period.seconds % 60),
}


def _years(value: YearMonthDuration) -> Decimal:
    return Decimal(int(value.months / 12))


_DISTANT: Mapping[str, Part] = {name: _DATE[name] for name in ("year", "month", "day")}


def _inside(attribute: str, part: Part) -> Part:
    return lambda value: part(getattr(value, attribute))


_PARTS: Mapping[type, Mapping[str, Part]] = {
    date: _DATE,
    datetime: {**_DATE, **_TIME},
    time: _TIME,
    DistantDate: _DISTANT,
    DistantDateTime: {
        **{name: _inside("date", part) for name, part in _DISTANT.items()},
        **{name: _inside("time", part) for name, part in _TIME.items()},
    },
    timedelta: _PERIOD,
    YearMonthDuration: {
        "years": _years,
        "months": lambda value: Decimal(value.months) - 12 * _years(value),
    },
    FeelRange: {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low is not None and value.low_included,
        "end included": lambda value: value.high is not None and value.high_included,
    },
}
