"""List functions (DMN 1.5, 10.3.4.4) and `sort`."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from functools import cmp_to_key

from feel.arithmetic import calculate
from feel.builtins.conversions import whole
from feel.builtins.registry import Registry
from feel.comparison import all_of, any_of, equal, less
from feel.errors import FeelTypeError
from feel.run import Run
from feel.values import DECIMAL128, FeelFunction, YearMonthDuration

FUNCTIONS = Registry()

Items = list[object]


@FUNCTIONS.add("list contains(list: list, element: any)")
def list_contains(items: Items, element: object) -> bool:
    """Tell whether a list holds an equal item; null equals null."""
    return _holds(items, element)


def _holds(items: Iterable[object], element: object) -> bool:
    return any(equal(item, element) is True or (item is None and element is None) for item in items)


@FUNCTIONS.add("count(list: list)")
def count(items: Items) -> Decimal:
    """Count the items."""
    return Decimal(len(items))


def _extreme(items: Items, comes_first: Callable[[object, object], bool | None]) -> object:
    if not items:
        return None
    best = items[0]
    for item in items:
        if less(item, best) is None:
            raise FeelTypeError("The items cannot be ordered.")
        if comes_first(item, best):
            best = item
    return best


@FUNCTIONS.add("min(list: list)", "min(*items: any)")
def least(items: Items) -> object:
    """Give the least item; null of an empty list."""
    return _extreme(items, less)


@FUNCTIONS.add("max(list: list)", "max(*items: any)")
def greatest(items: Items) -> object:
    """Give the greatest item; null of an empty list."""
    return _extreme(items, lambda item, best: less(best, item))


def _numbers(items: Items) -> list[Decimal]:
    found = [item for item in items if isinstance(item, Decimal)]
    if len(found) != len(items):
        raise FeelTypeError("The items are not all numbers.")
    return found


@FUNCTIONS.add("sum(list: list)", "sum(*items: any)")
def total(items: Items) -> object:
    """Add numbers or durations; null of an empty list."""
    if not items:
        return None
    result = items[0]
    if not isinstance(result, (Decimal, timedelta, YearMonthDuration)):
        raise FeelTypeError("Only numbers and durations can be added up.")
    for item in items[1:]:
        if type(item) is not type(result):
            raise FeelTypeError("The items are not of one kind.")
        result = calculate("+", result, item)
    return result


@FUNCTIONS.add("product(list: list)", "product(*items: any)")
def product(items: Items) -> object:
    """Multiply numbers; null of an empty list."""
    result: object = Decimal(1)
    for item in _numbers(items):
        result = calculate("*", result, item)
    return result if items else None


@FUNCTIONS.add("mean(list: list)", "mean(*items: any)")
def mean(items: Items) -> object:
    """Take the average; null of an empty list."""
    return calculate("/", total(items), Decimal(len(items))) if items else None


@FUNCTIONS.add("median(list: list)", "median(*items: any)")
def median(items: Items) -> object:
    """Take the middle number, or the average of the two in the middle."""
    if not items:
        return None
    ordered = sorted(_numbers(items))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return calculate("/", DECIMAL128.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@FUNCTIONS.add("stddev(list: list)", "stddev(*items: any)")
def standard_deviation(items: Items) -> object:
    """Take the sample's standard deviation of at least two numbers."""
    values = _numbers(items)
    if len(values) < 2:
        raise FeelTypeError("A standard deviation needs at least two numbers.")
    average = DECIMAL128.divide(sum(values, Decimal()), Decimal(len(values)))
    squares = Decimal()
    for value in values:
        squares = DECIMAL128.add(squares, DECIMAL128.power(value - average, Decimal(2)))
    return DECIMAL128.sqrt(DECIMAL128.divide(squares, Decimal(len(values) - 1)))


@FUNCTIONS.add("mode(list: list)", "mode(*items: any)")
def mode(items: Items) -> Items:
    """List the numbers that occur most often, in ascending order."""
    counts: dict[Decimal, int] = {}
    for value in _numbers(items):
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values(), default=0)
    return [value for value in sorted(counts) if counts[value] == most]


def _boolean(item: object) -> bool | None:
    return item if isinstance(item, bool) else None


@FUNCTIONS.add("all(list: list)", "all(*items: any)")
def every(items: Items) -> bool | None:
    """Join by `and`; true of an empty list."""
    return all_of(_boolean(item) for item in items)


@FUNCTIONS.add("any(list: list)", "any(*items: any)")
def some(items: Items) -> bool | None:
    """Join by `or`; false of an empty list."""
    return any_of(_boolean(item) for item in items)


@FUNCTIONS.add("sublist(list: list, start position: number, length: number?)")
def sublist(items: Items, start: Decimal, length: Decimal | None = None) -> Items:
    """Cut a list; positions begin at 1, negative ones count from the end."""
    first = _position(items, start)
    rest = len(items) - first
    wanted = rest if length is None else whole(length)
    if not 0 <= wanted <= rest:
        raise FeelTypeError("The list is not so long.")
    return items[first : first + wanted]


def _position(items: Items, position: Decimal) -> int:
    place = whole(position)
    if place == 0 or abs(place) > len(items):
        raise FeelTypeError(f"The list has no position {place}.")
    return place - 1 if place > 0 else len(items) + place


@FUNCTIONS.add_with_run("append(list: list, *items: any)")
def append(run: Run, items: Items, *more: object) -> Items:
    """Put items at the end."""
    run.meter.spend(len(items) + len(more))
    return [*items, *more]


@FUNCTIONS.add_with_run("concatenate(*lists: list)")
def concatenate(run: Run, lists: list[Items]) -> Items:
    """Join lists one after the other."""
    run.meter.spend(sum(map(len, lists)))
    return [item for items in lists for item in items]


@FUNCTIONS.add("insert before(list: list, position: number, newItem: any)")
def insert_before(items: Items, position: Decimal, new: object) -> Items:
    """Put an item before the one at a position."""
    place = _position(items, position)
    return [*items[:place], new, *items[place:]]


@FUNCTIONS.add("remove(list: list, position: number)")
def remove(items: Items, position: Decimal) -> Items:
    """Leave out the item at a position."""
    place = _position(items, position)
    return items[:place] + items[place + 1 :]


@FUNCTIONS.add("list replace(list: list, position: number, newItem: any)")
def replace_at(items: Items, position: Decimal, new: object) -> Items:
    """Put another item at a position."""
    place = _position(items, position)
    return [*items[:place], new, *items[place + 1 :]]


@FUNCTIONS.add_with_run("list replace(list: list, match: function, newItem: any)")
def replace_matching(run: Run, items: Items, match: FeelFunction, new: object) -> Items:
    """Put another item wherever a function of item and new item is true."""
    replaced = []
    for item in items:
        outcome = run.call(match, [item, new])
        if not isinstance(outcome, bool):
            raise FeelTypeError("The function that matches gives true or false.")
        replaced.append(new if outcome else item)
    return replaced


@FUNCTIONS.add("reverse(list: list)")
def reverse(items: Items) -> Items:
    """Turn the order round."""
    return items[::-1]


@FUNCTIONS.add("index of(list: list, match: any)")
def index_of(items: Items, match: object) -> Items:
    """List the positions of equal items."""
    return [Decimal(place) for place, item in enumerate(items, 1) if _holds((item,), match)]


@FUNCTIONS.add_with_run("distinct values(list: list)")
def distinct_values(run: Run, items: Items) -> Items:
    """Leave out what equals an earlier item."""
    kept: Items = []
    for item in items:
        run.meter.spend(1 + len(kept) // 8)
        if not _holds(kept, item):
            kept.append(item)
    return kept


@FUNCTIONS.add_with_run("union(*lists: list)")
def union(run: Run, lists: list[Items]) -> Items:
    """Join lists and leave out what equals an earlier item."""
    return distinct_values(run, concatenate(run, lists))


@FUNCTIONS.add_with_run("flatten(list: list)")
def flatten(run: Run, items: Items) -> Items:
    """Take lists inside lists apart."""
    flat: Items = []
    for item in items:
        run.meter.spend()
        if isinstance(item, list):
            flat.extend(flatten(run, item))
        else:
            flat.append(item)
    return flat


@FUNCTIONS.add_with_run("sort(list: list, precedes: function)")
def sort(run: Run, items: Items, precedes: FeelFunction) -> Items:
    """Order a list by a function that tells whether one item precedes another."""

    def order(one: object, other: object) -> int:
        if run.call(precedes, [one, other]) is True:
            return -1
        return 1 if run.call(precedes, [other, one]) is True else 0

    return sorted(items, key=cmp_to_key(order))


@FUNCTIONS.add_with_run("sort(list: list)")
def sort_plainly(run: Run, items: Items) -> Items:
    """Order a list of values of one kind, least first."""

    def order(one: object, other: object) -> int:
        run.meter.spend()
        before = less(one, other)
        if before is None:
            raise FeelTypeError("The items cannot be ordered.")
        return -1 if before else int(bool(less(other, one)))

    return sorted(items, key=cmp_to_key(order))
