"""Equality and order in three-valued logic: true, false or null."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from feel.budget import check_tree
from feel.distant import DistantDate
from feel.temporal import seconds_of
from feel.values import FeelRange, YearMonthDuration

_PLAIN = frozenset((Decimal, str, bool, date, timedelta, YearMonthDuration, DistantDate))


def equal(left: object, right: object) -> bool | None:
    """Tell whether two values are equal; null if their kinds cannot be compared.

    Raises:
        FeelBudgetExceeded: they are too large to be compared.
    """
    if isinstance(left, (list, dict)):
        check_tree(left)
    return _equal(left, right)


def _equal(left: object, right: object) -> bool | None:
    kind = type(left)
    if kind is type(right):
        return left == right if kind in _PLAIN else _equal_of_one_kind(left, right)
    if left is None or right is None:
        return False
    return None


def _equal_of_one_kind(left: object, right: object) -> bool | None:
    if isinstance(left, list) and isinstance(right, list):
        return _equal_lists(left, right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return _equal_contexts(left, right)
    if isinstance(left, FeelRange) and isinstance(right, FeelRange):
        return _equal_ranges(left, right)
    if isinstance(left, (time, datetime)) and isinstance(right, (time, datetime)):
        return _equal_moments(left, right)
    return left == right


def _equal_lists(left: list[object], right: list[object]) -> bool | None:
    if len(left) != len(right):
        return False
    return all_of(_equal(one, other) for one, other in zip(left, right, strict=True))


def _equal_contexts(left: Mapping[str, object], right: Mapping[str, object]) -> bool | None:
    if left.keys() != right.keys():
        return False
    return all_of(_equal(value, right[name]) for name, value in left.items())


def _equal_ranges(left: FeelRange, right: FeelRange) -> bool | None:
    if (left.low_included, left.high_included) != (right.low_included, right.high_included):
        return False
    return all_of((_equal(left.low, right.low), _equal(left.high, right.high)))


def _equal_moments(left: time | datetime, right: time | datetime) -> bool:
    if isinstance(left, time) and isinstance(right, time):
        if isinstance(left.tzinfo, ZoneInfo) or isinstance(right.tzinfo, ZoneInfo):
            return str(left.tzinfo) == str(right.tzinfo) and left == right
        return has_offset(left) == has_offset(right) and seconds_of(left) == seconds_of(right)
    return left == right


def has_offset(value: time | datetime) -> bool:
    """Tell whether a time knows where it is."""
    return value.tzinfo is not None


def all_of(results: Iterable[bool | None]) -> bool | None:
    """Join results by `and`: false wins, then null."""
    outcome: bool | None = True
    for result in results:
        if result is False:
            return False
        if result is None:
            outcome = None
    return outcome


def any_of(results: Iterable[bool | None]) -> bool | None:
    """Join results by `or`: true wins, then null."""
    outcome: bool | None = False
    for result in results:
        if result is True:
            return True
        if result is None:
            outcome = None
    return outcome


def less(left: object, right: object) -> bool | None:
    """Tell whether one value comes before another; null if they cannot be ordered."""
    before = _BEFORE.get(type(left))
    if before is None or type(left) is not type(right):
        return None
    return before(left, right)


def less_or_equal(left: object, right: object) -> bool | None:
    """Tell whether one value does not come after another; null if they cannot be ordered."""
    after = less(right, left)
    return None if after is None else not after


def _number_before(left: object, right: object) -> bool | None:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left < right
    return None


def _text_before(left: object, right: object) -> bool | None:
    return left < right if isinstance(left, str) and isinstance(right, str) else None


def _date_before(left: object, right: object) -> bool | None:
    return left < right if isinstance(left, date) and isinstance(right, date) else None


def _distant_before(left: object, right: object) -> bool | None:
    if isinstance(left, DistantDate) and isinstance(right, DistantDate):
        return left < right
    return None


def _instant_before(left: object, right: object) -> bool | None:
    if not isinstance(left, datetime) or not isinstance(right, datetime):
        return None
    return left < right if has_offset(left) == has_offset(right) else None


def _time_before(left: object, right: object) -> bool | None:
    if not isinstance(left, time) or not isinstance(right, time):
        return None
    if has_offset(left) != has_offset(right):
        return None
    return seconds_of(left) < seconds_of(right)


def _period_before(left: object, right: object) -> bool | None:
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left < right
    if isinstance(left, YearMonthDuration) and isinstance(right, YearMonthDuration):
        return left < right
    return None


_BEFORE: Mapping[type, Callable[[object, object], bool | None]] = {
    Decimal: _number_before,
    str: _text_before,
    date: _date_before,
    datetime: _instant_before,
    DistantDate: _distant_before,
    time: _time_before,
    timedelta: _period_before,
    YearMonthDuration: _period_before,
}


def compare(operator: str, left: object, right: object) -> bool | None:
    """Apply = != < <= > >=."""
    if operator in ("=", "!="):
        same = equal(left, right)
        return same if operator == "=" or same is None else not same
    if operator == "<":
        return less(left, right)
    if operator == ">":
        return less(right, left)
    return less_or_equal(left, right) if operator == "<=" else less_or_equal(right, left)


def contains(span: FeelRange, value: object) -> bool | None:
    """Tell whether a value lies in a range; null if it cannot be compared with the ends."""
    above: bool | None = True
    if span.low is not None:
        above = (less_or_equal if span.low_included else less)(span.low, value)
    below: bool | None = True
    if span.high is not None:
        below = (less_or_equal if span.high_included else less)(value, span.high)
    return all_of((above, below))
