"""Instants as the people of a place see them."""

from collections.abc import Mapping
from datetime import datetime, tzinfo


def in_zone(variables: Mapping[str, object], zone: tzinfo) -> dict[str, object]:
    """Turn the aware instants of variables to a zone, so that `date(due_at)` is the day there."""
    return {
        name: value.astimezone(zone) if isinstance(value, datetime) and value.tzinfo else value
        for name, value in variables.items()
    }
