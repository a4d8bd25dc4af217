"""Pure rules of moving out: numbers, rent of the leaving month, compensation, the settlement."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

REASONS = frozenset({"notice", "term", "termination", "death"})
HEIRS = frozenset({"spouse", "child", "parent", "grandchild", "grandparent"})
"""Who may take over after the tenant's death: spouse and direct relatives (出租辦法 §15)."""

FINDINGS = ("as_entry", "wear", "damage", "missing")
"""What an exit handover finds of an item, against the entry sheet."""

CHARGEABLE = frozenset({"damage", "missing"})
_ROC_OFFSET_YEARS = 1911


def republic_year(on: date) -> int:
    """Tell the year of the Republic."""
    return on.year - _ROC_OFFSET_YEARS


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
