"""Variables as Camunda 7 writes them over REST, {"value": ..., "type": ...}, to and from FEEL."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from engine.db import to_json
from engine.errors import VariableNotAllowed
from feel.values import to_text

_LARGEST_INTEGER = 2**31 - 1
_LARGEST_LONG = 2**63 - 1
_WHOLE = frozenset({"integer", "short", "long"})
_BROKEN = (ValueError, TypeError, KeyError, InvalidOperation, OverflowError)


def to_typed(values: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Write variables for a client.

    Numbers become Integer, Long or Double, instants Date, lists and contexts Json (text), null
    Null; days, times and durations become String in their ISO form.
    """
    return {name: _typed(value) for name, value in values.items()}


def from_typed(values: object) -> dict[str, object]:
    """Read the variables of a client; without a type the JSON value speaks for itself.

    Raises:
        VariableNotAllowed: a value does not fit its type, or the type cannot be read.
    """
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise VariableNotAllowed("variables")
    return {str(name): _read(str(name), entry) for name, entry in values.items()}


def _typed(value: object) -> dict[str, object]:
    kind, written = _written(value)
    return {"value": written, "type": kind, "valueInfo": {}}


def _written(value: object) -> tuple[str, object]:
    match value:
        case None | bool():
            return "Null" if value is None else "Boolean", value
        case int() | Decimal():
            return _number(Decimal(value))
        case datetime() if value.tzinfo is not None:
            return "Date", _camunda_date(value)
        case str():
            return "String", value
        case list() | Mapping():
            return "Json", to_json(value)
        case _:
            return "String", to_text(value)


def _number(value: Decimal) -> tuple[str, object]:
    if value != value.to_integral_value() or abs(value) > _LARGEST_LONG:
        return "Double", float(value)
    return ("Integer" if abs(value) <= _LARGEST_INTEGER else "Long"), int(value)


def _camunda_date(value: datetime) -> str:
    """Write yyyy-MM-dd'T'HH:mm:ss.SSSZ."""
    text = value.isoformat(timespec="milliseconds")
    return f"{text[:-3]}{text[-2:]}"


def _read(name: str, entry: object) -> object:
    if not isinstance(entry, Mapping):
        raise VariableNotAllowed(name)
    try:
        return _value(entry)
    except _BROKEN as error:
        raise VariableNotAllowed(name) from error


def _value(entry: Mapping[str, Any]) -> object:
    value, kind = entry.get("value"), str(entry.get("type") or "").lower()
    if value is None or kind == "null":
        return None
    if kind in _WHOLE:
        return _whole(value)
    if kind in {"double", "float", "number"}:
        return Decimal(str(value))
    if kind == "date":
        return _instant(value)
    if kind in {"json", "object"}:
        return orjson.loads(value) if isinstance(value, str) else value
    expected = {"": object, "boolean": bool, "string": str}[kind]
    if not isinstance(value, expected):
        raise TypeError(kind)
    return value


def _whole(value: object) -> int:
    number = Decimal(str(value))
    if number != number.to_integral_value() or isinstance(value, bool):
        raise ValueError(value)
    return int(number)


def _instant(value: object) -> datetime:
    found = datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        raise ValueError(value)
    return found
