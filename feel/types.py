"""Types: whether a value belongs to one, and how it is made to."""

from feel.errors import FeelTypeError
from feel.kinds import CHECKS, coerced, is_kind
from feel.nodes import TypeName
from feel.values import FeelFunction, FeelRange

_ALIASES = {
    "Any": "value",
    "day and time duration": "days and time duration",
    "year and month duration": "years and months duration",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


def conforms(value: object, wanted: TypeName) -> bool:
    """Tell whether a value is an instance of a type; null is one of `Null` only.

    Raises:
        FeelTypeError: there is no such type.
    """
    name = _ALIASES.get(wanted.name, wanted.name)
    if name == "Null":
        return value is None
    if name not in CHECKS:
        raise FeelTypeError(f"There is no type {wanted.name!r}.")
    return is_kind(value, name) and (not wanted.parts or _parts_conform(value, wanted))


def _fits(value: object, wanted: TypeName) -> bool:
    return value is None or conforms(value, wanted)


def _parts_conform(value: object, wanted: TypeName) -> bool:
    parts = dict(wanted.parts)
    if isinstance(value, list):
        return all(_fits(item, parts[""]) for item in value)
    if isinstance(value, FeelRange):
        return _fits(value.low, parts[""]) and _fits(value.high, parts[""])
    if isinstance(value, dict):
        return all(name in value and _fits(value[name], part) for name, part in parts.items())
    return isinstance(value, FeelFunction) and len(value.parameters) == len(parts) - 1


def coerce_to(value: object, wanted: TypeName) -> object:
    """Make a value fit a declared type; null if it does not fit.

    Names that FEEL does not define are taken as Any.
    """
    name = _ALIASES.get(wanted.name, wanted.name)
    if name not in CHECKS or value is None:
        return value
    converted = coerced(value, name)
    return converted if conforms(converted, wanted) else None
