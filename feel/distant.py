"""Dates before the year 1 and after 9999, which Python's own cannot hold.

They can be written, read, compared and taken apart; there is no arithmetic on them.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import time

from feel.errors import FeelTypeError

MOST_YEARS = 999_999_999
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, order=True, slots=True)
class DistantDate:
    """A date of the Gregorian calendar, continued backwards and onwards."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class DistantDateTime:
    """A distant date with a time."""

    date: DistantDate
    time: time


def distant_date(year: int, month: int, day: int) -> DistantDate:
    """Make a distant date.

    Raises:
        FeelTypeError: there is no such date.
    """
    if not (abs(year) <= MOST_YEARS and 1 <= month <= 12):
        raise FeelTypeError("There is no such date.")
    last = _DAYS[month - 1] + (1 if month == 2 and isleap(year) else 0)
    if not 1 <= day <= last:
        raise FeelTypeError("There is no such date.")
    return DistantDate(year, month, day)
