"""Types: whether a value belongs to one, and how it is made to."""

from collections.abc import Mapping

from feel.arithmetic import kind
from feel.errors import FeelTypeError
from feel.kinds import TYPES, coerced, is_kind
from feel.nodes import TypeName
from feel.values import FeelFunction, FeelRange

Types = Mapping[str, TypeName]

_ALIASES = {
    "day and time duration": "days and time duration",
    "year and month duration": "years and months duration",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    # Modelers that also export for other engines write these.
    "integer": "number",
    "long": "number",
    "double": "number",
}
_DEPTH = 100


def is_known(name: str) -> bool:
    """Tell whether FEEL itself knows a type of this name."""
    return name == "Null" or _ALIASES.get(name, name) in TYPES


def resolve(wanted: TypeName, types: Types) -> TypeName:
    """Follow the names of a model to a type that FEEL knows.

    Raises:
        FeelTypeError: there is no such type.
    """
    for _ in range(_DEPTH):
        if wanted.parts:
            return wanted
        name = _ALIASES.get(wanted.name, wanted.name)
        if name == "Null" or name in TYPES:
            return TypeName(name)
        if name not in types:
            break
        wanted = types[name]
    raise FeelTypeError(f"There is no type {wanted.name!r}.")


def conforms(value: object, wanted: TypeName, types: Types) -> bool:
    """Tell whether a value is an instance of a type; null is one of `Null` only.

    Raises:
        FeelTypeError: there is no such type.
    """
    wanted = resolve(wanted, types)
    if wanted.name == "Null":
        return value is None
    if not is_kind(value, wanted.name):
        return False
    return not wanted.parts or _parts_conform(value, wanted, types)


def _fits(value: object, wanted: TypeName, types: Types) -> bool:
    return value is None or conforms(value, wanted, types)


def _parts_conform(value: object, wanted: TypeName, types: Types) -> bool:
    parts = dict(wanted.parts)
    if isinstance(value, list):
        return all(_fits(item, parts[""], types) for item in value)
    if isinstance(value, FeelRange):
        return _fits(value.low, parts[""], types) and _fits(value.high, parts[""], types)
    if isinstance(value, dict):
        return all(
            name in value and _fits(value[name], part, types) for name, part in parts.items()
        )
    return isinstance(value, FeelFunction) and _takes(value, wanted, types)


def _takes(function: FeelFunction, wanted: TypeName, types: Types) -> bool:
    """Tell whether a function takes arguments of the wanted types."""
    given = [part for name, part in wanted.parts if name != "->"]
    declared = function.types or (None,) * len(function.parameters)
    return len(given) == len(declared) and all(
        mine is None or resolve(mine, types).name in ("Any", resolve(theirs, types).name)
        for mine, theirs in zip(declared, given, strict=True)
    )


def coerce(value: object, wanted: TypeName, types: Types) -> object:
    """Make a value fit a declared type (DMN 1.5, 10.3.2.9.4); null fits all types.

    Raises:
        FeelTypeError: it does not fit, or there is no such type.
    """
    if value is None:
        return None
    wanted = resolve(wanted, types)
    if conforms(value, wanted, types):
        return value
    converted = coerced(value, wanted.name)
    if not conforms(converted, wanted, types):
        raise FeelTypeError(f"{kind(value)} does not fit the type {wanted.name}.")
    return converted
