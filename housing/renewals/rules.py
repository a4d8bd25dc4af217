"""Pure rules of renewal: when to invite, until when to apply, the next term."""

from datetime import date, timedelta

from housing.leases.rules import TERM_YEARS, end_of_term

INVITED_BEFORE = timedelta(days=120)
APPLIED_BEFORE = timedelta(days=30)
"""內政部興辦社會住宅出租辦法 §11: at least 30 days before the end of the term."""


def apply_until(end_on: date) -> date:
    """Tell the last day on which a renewal may be applied for."""
    return end_on - APPLIED_BEFORE


def next_term(end_on: date, max_years: int | None) -> tuple[date, date]:
    """Tell first and last day of the term that follows."""
    start_on = end_on + timedelta(days=1)
    return start_on, end_of_term(start_on, min(TERM_YEARS, max_years or TERM_YEARS))
