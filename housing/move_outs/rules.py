"""Pure rules of moving out: numbers, rent of the leaving month, compensation, the settlement."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from datetime import date

REASONS = frozenset({"notice", "term", "termination", "death"})
HEIRS = frozenset({"spouse", "child", "parent", "grandchild", "grandparent"})
"""Who may take over after the tenant's death: spouse and direct relatives (出租辦法 §15)."""

FINDINGS = ("as_entry", "wear", "damage", "missing")
"""What an exit handover finds of an item, against the entry sheet."""

CHARGEABLE = frozenset({"damage", "missing"})


def move_out_number(year: int, serial: int) -> str:
    """Write a case's number: X115-000001."""
    return f"X{year}-{serial:06}"


def rent_of_last_month(rent_twd: int, rent_until: date) -> int:
    """Tell the rent of the month in which the tenant leaves, in whole dollars.

    A part month counts whole when `rent_until` is its last day (出租辦法 §12), else by days.
    """
    days = monthrange(rent_until.year, rent_until.month)[1]
    return round(rent_twd * rent_until.day / days)


def compensation(rent_twd: int, after: date, until: date) -> int:
    """Tell what staying on costs, day by day from the day after the lease's end (民法 §179)."""
    days = max(0, (until - after).days)
    return round(rent_twd * days / 30)


def refund(deposit_twd: int, lines: Iterable[int]) -> int:
    """Tell what is refunded; below zero the tenant owes it."""
    return deposit_twd - sum(lines)


CONDITIONS_OF_FINDINGS: Mapping[str, str] = {
    "wear": "worn",
    "damage": "defect",
    "missing": "missing",
}
"""A finding at the exit to the condition of the item; as at entry keeps the entry's."""

METERS = ("water", "electric", "gas")
NEEDED_METERS = frozenset({"water", "electric"})
KEY_KINDS = ("key", "fob", "remote", "card")
SIGNERS = ("tenant", "property_manager")
MIN_REASON = 5
"""Characters of a reason: of a dispute, or of a refusal to sign."""

_DAYS_A_YEAR = 365.25


def age_years(moved_in_on: date, today: date) -> int:
    """Tell the whole years that something was used since the household moved in."""
    return int(max(0, (today - moved_in_on).days) / _DAYS_A_YEAR)


def problems_of_item(details: Mapping[str, object], photos: Collection[str]) -> list[str]:
    """Tell what is missing in what was found of an item: codes in the order of the form.

    Codes: finding, photo (damage needs one), price, reason (of a dispute).
    """
    finding = details.get("finding")
    if finding not in FINDINGS:
        return ["finding"]
    if finding not in CHARGEABLE:
        return []
    found = ["photo"] if finding == "damage" and not photos else []
    if not isinstance(details.get("price_twd"), int):
        found.append("price")
    reason = str(details.get("dispute_reason") or "").strip()
    if details.get("is_disputed") and len(reason) < MIN_REASON:
        found.append("reason")
    return found


def is_signed(signature: Mapping[str, object] | None) -> bool:
    """Tell whether somebody drew or typed a signature, or his refusal was noted with a reason."""
    if signature is None:
        return False
    reason = str(signature.get("refused_because") or "").strip()
    is_given = bool(signature.get("file_id") or str(signature.get("typed") or "").strip())
    return is_given or len(reason) >= MIN_REASON
