"""Pure rules of places: scopes, warranties, states of a home, its vacancy, telephones."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from housing.places.errors import PhoneInvalid, UnitStateNotReachable

COMMUNITY_PREFIX = "community:"
CONTRACTOR_PREFIX = "contractor:"
M2_A_PING = Decimal("3.3058")
ROOM_TYPES = ("1BR", "2BR", "3BR", "co_living", "shop")
CONDITIONS = frozenset({"good", "worn", "defect", "missing"})

PHONE_KEEPERS = frozenset({"officer", "section_chief", "property_manager_lead", "administrator"})
"""Roles that change the number of a community's office, where they are held."""

LONGEST_PHONE = 32
_PHONE = re.compile(r"\+?[0-9(][0-9 ()-]{1,24}(#[0-9]{1,6})?")
_DIGITS = range(3, 16)  # a short number such as 1999, up to an international one (ITU-T E.164)

UNIT_TRANSITIONS: Mapping[str, frozenset[str]] = {
    "vacant": frozenset({"preparing", "ready", "offered", "leased"}),
    "preparing": frozenset({"ready", "vacant"}),
    "ready": frozenset({"offered", "leased", "preparing"}),
    "offered": frozenset({"leased", "ready"}),
    "leased": frozenset({"notice_given", "vacant"}),
    "notice_given": frozenset({"leased", "vacant"}),
}
"""State of a home to the states that may follow: let, notice given, handed back and empty, being
prepared for the next household, ready, offered to somebody. `leased` to `vacant` is an end without
notice; `notice_given` to `leased` a notice taken back, or heirs who take over."""

EMPTY_STATES = frozenset({"vacant", "preparing", "ready", "offered"})
"""States in which nobody lives in a home: their days are vacancy days."""


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


def ensure_reachable(state: str, wanted: str) -> None:
    """Accept a change of a home's state.

    Raises:
        UnitStateNotReachable: there is no way from the one to the other.
    """
    if wanted not in UNIT_TRANSITIONS.get(state, frozenset()):
        raise UnitStateNotReachable(state, wanted)


def vacancy_days(changes: Iterable[tuple[date, str]], until: date) -> int:
    """Count the days on which a home stood empty.

    Args:
        changes: (day, state from that day on), oldest first.
        until: first day that is not counted.
    """
    steps = [*changes, (until, "")]
    periods = [
        (start, end)
        for (start, state), (end, _) in pairwise(steps)
        if state in EMPTY_STATES and end > start
    ]
    return sum(((min(end, until) - start) // timedelta(days=1) for start, end in periods), start=0)


def to_ping(area_m2: Decimal) -> Decimal:
    """Convert square metres to 坪, two decimals."""
    return (area_m2 / M2_A_PING).quantize(Decimal("0.01"))


def read_phone(text: str) -> str | None:
    """Read a telephone number as somebody typed it; None for an empty one.

    Raises:
        PhoneInvalid: nobody could call it.
    """
    phone = " ".join(text.split())
    if not phone:
        return None
    digits = sum(each.isdigit() for each in phone.partition("#")[0])
    if not _PHONE.fullmatch(phone) or digits not in _DIGITS:
        raise PhoneInvalid
    return phone
