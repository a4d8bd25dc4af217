"""The door for process variables: only values that can be stored pass, as copies of their own."""

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.errors import VariableNotAllowed
from feel.values import YearMonthDuration

_LARGEST_INT = 2**63 - 1
_DEEPEST = 64
_PLAIN = (bool, Decimal, date, time, datetime, timedelta, YearMonthDuration)


def check_variables(values: Mapping[str, object]) -> dict[str, object]:
    """Copy variables deeply into the form in which they are stored.

    Floats become decimals, tuples lists, whole numbers beyond 64 bits decimals.

    Raises:
        VariableNotAllowed: a name begins with "$", or a value has a type that cannot be stored.
    """
    return {_key(name, name): check_value(value, name) for name, value in values.items()}


def check_value(value: object, name: str, depth: int = 0) -> object:
    """Copy one value deeply; name is the variable's, for the error.

    Raises:
        VariableNotAllowed: it cannot be stored.
    """
    if depth > _DEEPEST:
        raise VariableNotAllowed(name)
    match value:
        case None:
            return None
        case Mapping():
            return {_key(k, name): check_value(v, name, depth + 1) for k, v in value.items()}
        case list() | tuple():
            return [check_value(item, name, depth + 1) for item in value]
        case _:
            return _scalar(value, name)


def _scalar(value: object, name: str) -> object:
    if isinstance(value, _PLAIN):
        return _finite(value, name) if isinstance(value, Decimal) else value
    if isinstance(value, str):
        return _text(value, name)
    if isinstance(value, int):
        return int(value) if abs(value) <= _LARGEST_INT else Decimal(value)
    if isinstance(value, float) and math.isfinite(value):
        return Decimal(repr(value))
    raise VariableNotAllowed(name)


def _finite(value: Decimal, name: str) -> Decimal:
    if not value.is_finite():
        raise VariableNotAllowed(name)
    return value


def _text(value: str, name: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise VariableNotAllowed(name) from error
    return str(value)


def _key(key: object, name: str) -> str:
    if not isinstance(key, str) or key.startswith("$"):
        raise VariableNotAllowed(str(name))
    return _text(key, str(name))
