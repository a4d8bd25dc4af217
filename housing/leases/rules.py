"""Pure rules of leases: terms, years used, what is owed."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

TERM_YEARS = 3  # 內政部興辦社會住宅出租辦法 §11
END_REASONS = frozenset({"term", "notice", "termination", "death", "renewed"})
DEPOSIT_KINDS = frozenset({"paid", "carried_over", "carried_on", "withheld", "refunded", "seized"})
_RAISES = frozenset({"paid", "carried_over"})
CHARGE_KINDS = frozenset(
    {"rent", "management", "utilities", "repair", "disposal", "compensation", "other"}
)


def lease_number(year: int, serial: int) -> str:
    """Write a lease's number: L115-000001."""
    return f"L{year}-{serial:06}"


def end_of_term(start_on: date, years: int = TERM_YEARS) -> date:
    """Tell the last day of a term: start and whole years, less a day."""
    last_day = monthrange(start_on.year + years, start_on.month)[1]
    same_day = start_on.replace(year=start_on.year + years, day=min(start_on.day, last_day))
    return same_day - timedelta(days=1)


def months_between(start_on: date, until_on: date) -> int:
    """Count the full months from a first day to a last day, both included."""
    after = until_on + timedelta(days=1)
    months = (after.year - start_on.year) * 12 + after.month - start_on.month
    return max(0, months - (1 if after.day < start_on.day else 0))


def years_used(used_since: date, months_before: int, until_on: date) -> Decimal:
    """Tell the years in social housing up to a day, that day included, in steps of a month."""
    months = months_between(used_since, until_on) + months_before
    return (Decimal(months) / 12).quantize(Decimal("0.01"))


def signed_amount(kind: str, amount_twd: int) -> int:
    """Give a deposit movement its sign: paid and carried over raise, all others lower."""
    return amount_twd if kind in _RAISES else -amount_twd


def overdue(entries: Iterable[tuple[date, int]], on: date) -> int:
    """Sum what is owed and overdue on a day, less all that was paid up to it; never negative.

    Args:
        entries: (due day, amount); payments are negative and carry the day they came.
        on: a charge is overdue from the day after its due day.
    """
    total = sum(
        amount for due_on, amount in entries if (due_on < on if amount > 0 else due_on <= on)
    )
    return max(0, total)
