"""Pure rules of places: scopes and warranties."""

from collections.abc import Iterable
from datetime import date

COMMUNITY_PREFIX = "community:"
CONTRACTOR_PREFIX = "contractor:"


def community_scope(code: str) -> str:
    """Name the scope of a community: "community:SW"."""
    return f"{COMMUNITY_PREFIX}{code}"


def contractor_scope(code: str) -> str:
    """Name the scope of a contractor: "contractor:WAR1"."""
    return f"{CONTRACTOR_PREFIX}{code}"


def code_of(scope: str) -> str:
    """Take the code out of a community's or contractor's scope."""
    return scope.partition(":")[2]


def is_covered(warranty_ends: Iterable[date | None], on: date) -> bool:
    """Tell whether any warranty still runs on a day; the last day counts."""
    return any(end is not None and on <= end for end in warranty_ends)
