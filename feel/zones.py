"""Instants as the people of a place see them."""

from collections.abc import Mapping
from datetime import datetime, tzinfo


def in_zone(variables: Mapping[str, object], zone: tzinfo) -> dict[str, object]:
    """Turn the aware instants of variables to a zone, so that `date(due_at)` is the day there.

    Those within contexts and lists too.
    """
    return {name: _turned(value, zone) for name, value in variables.items()}


def _turned(value: object, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone) if value.tzinfo else value
    if isinstance(value, dict):
        return {name: _turned(each, zone) for name, each in value.items()}
    if isinstance(value, list):
        return [_turned(each, zone) for each in value]
    return value
