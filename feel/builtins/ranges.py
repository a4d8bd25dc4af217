"""Range functions: how points and ranges lie to each other (DMN 1.5, table 78)."""

from feel.builtins.registry import Registry
from feel.comparison import equal, less
from feel.errors import FeelTypeError
from feel.values import FeelRange

FUNCTIONS = Registry()


def _less(left: object, right: object) -> bool:
    outcome = less(left, right)
    if outcome is None:
        raise FeelTypeError("The ends of the ranges cannot be compared.")
    return outcome


def _equal(left: object, right: object) -> bool:
    return not _less(left, right) and not _less(right, left)


def _span(value: object) -> FeelRange:
    """Take a point as the range that holds it alone."""
    if isinstance(value, FeelRange):
        return value
    return FeelRange(value, value)


@FUNCTIONS.add(
    "before(range: range, point: value)",
    "before(range1: range, range2: range)",
    "before(point1: value, point2: value)",
    "before(point: value, range: value)",
)
def before(left: object, right: object) -> bool:
    """Tell whether all of the first lies before all of the second."""
    one, other = _span(left), _span(right)
    if _less(one.high, other.low):
        return True
    return _equal(one.high, other.low) and not (one.high_included and other.low_included)


@FUNCTIONS.add(
    "after(point: value, range: range)",
    "after(range1: range, range2: range)",
    "after(point1: value, point2: value)",
    "after(range: value, point: value)",
)
def after(left: object, right: object) -> bool:
    """Tell whether all of the first lies after all of the second."""
    return before(right, left)


@FUNCTIONS.add("meets(range1: range, range2: range)")
def meets(one: FeelRange, other: FeelRange) -> bool:
    """Tell whether the first ends at the point with which the second begins."""
    return one.high_included and other.low_included and _equal(one.high, other.low)


@FUNCTIONS.add("met by(range1: range, range2: range)")
def met_by(one: FeelRange, other: FeelRange) -> bool:
    """Tell whether the second meets the first."""
    return meets(other, one)


@FUNCTIONS.add("overlaps(range1: range, range2: range)")
def overlaps(one: FeelRange, other: FeelRange) -> bool:
    """Tell whether two ranges share a point."""
    return not before(one, other) and not before(other, one)


def _low_before(one: FeelRange, other: FeelRange) -> bool:
    if _less(one.low, other.low):
        return True
    return _equal(one.low, other.low) and one.low_included and not other.low_included


def _high_before(one: FeelRange, other: FeelRange) -> bool:
    if _less(one.high, other.high):
        return True
    return _equal(one.high, other.high) and not one.high_included and other.high_included


@FUNCTIONS.add("overlaps before(range1: range, range2: range)")
def overlaps_before(one: FeelRange, other: FeelRange) -> bool:
    """Tell whether the first begins before the second and ends inside it."""
    return _low_before(one, other) and overlaps(one, other) and not _high_before(other, one)


@FUNCTIONS.add("overlaps after(range1: range, range2: range)")
def overlaps_after(one: FeelRange, other: FeelRange) -> bool:
    """Tell whether the second overlaps before the first."""
    return overlaps_before(other, one)


@FUNCTIONS.add("finishes(point: value, range: range)", "finishes(range1: range, range2: range)")
def finishes(left: object, other: FeelRange) -> bool:
    """Tell whether both end at the same point and the first begins no earlier."""
    one = _span(left)
    same_end = one.high_included == other.high_included and _equal(one.high, other.high)
    return same_end and not _low_before(one, other)


@FUNCTIONS.add(
    "finished by(range: range, point: value)", "finished by(range1: range, range2: range)"
)
def finished_by(one: FeelRange, right: object) -> bool:
    """Tell whether the second finishes the first."""
    return finishes(right, one)


@FUNCTIONS.add("includes(range: range, point: value)", "includes(range1: range, range2: range)")
def includes(one: FeelRange, right: object) -> bool:
    """Tell whether all of the second lies inside the first."""
    other = _span(right)
    return not _low_before(other, one) and not _high_before(one, other)


@FUNCTIONS.add("during(point: value, range: range)", "during(range1: range, range2: range)")
def during(left: object, other: FeelRange) -> bool:
    """Tell whether the second includes the first."""
    return includes(other, left)


@FUNCTIONS.add("starts(point: value, range: range)", "starts(range1: range, range2: range)")
def starts(left: object, other: FeelRange) -> bool:
    """Tell whether both begin at the same point and the first ends no later."""
    one = _span(left)
    same_start = one.low_included == other.low_included and _equal(one.low, other.low)
    return same_start and not _high_before(other, one)


@FUNCTIONS.add("started by(range: range, point: value)", "started by(range1: range, range2: range)")
def started_by(one: FeelRange, right: object) -> bool:
    """Tell whether the second starts the first."""
    return starts(right, one)


@FUNCTIONS.add("coincides(point1: value, point2: value)", "coincides(range1: value, range2: value)")
def coincides(left: object, right: object) -> bool | None:
    """Tell whether both are the same."""
    if isinstance(left, FeelRange) and isinstance(right, FeelRange):
        return equal(left, right)
    return _equal(left, right)
