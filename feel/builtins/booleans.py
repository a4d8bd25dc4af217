"""Boolean functions (DMN 1.5, 10.3.4.2) and `is`."""

from datetime import datetime, time

from feel.builtins.registry import Registry
from feel.comparison import equal
from feel.values import zone_text

FUNCTIONS = Registry()


@FUNCTIONS.add("not(negand: any)")
def negation(negand: object) -> bool | None:
    """Turn true into false and false into true; all else is null."""
    return not negand if isinstance(negand, bool) else None


@FUNCTIONS.add("is(value1: any?, value2: any?)")
def same(left: object = None, right: object = None) -> bool:
    """Tell whether two values are the same: of one kind, with the same parts and zone."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (time, datetime)) and isinstance(right, (time, datetime)):
        return _parts(left) == _parts(right)
    return equal(left, right) is True


def _parts(value: time | datetime) -> tuple[object, ...]:
    return value.replace(tzinfo=None), zone_text(value.tzinfo, value.utcoffset())
