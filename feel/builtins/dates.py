"""Date and time functions (DMN 1.5, 10.3.4.8, and 10.3.4.6 for the calendar)."""

from datetime import date, datetime
from decimal import Decimal

from feel.builtins.registry import Registry
from feel.run import Run

FUNCTIONS = Registry()

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@FUNCTIONS.add_with_run("now()")
def now(run: Run) -> datetime:
    """Give the instant of this evaluation."""
    return run.now


@FUNCTIONS.add_with_run("today()")
def today(run: Run) -> date:
    """Give the date of this evaluation, in the zone of its instant."""
    return run.now.date()


@FUNCTIONS.add("day of year(date: day)")
def day_of_year(day: date) -> Decimal:
    """Count the days from 1 January, which is 1."""
    return Decimal(day.timetuple().tm_yday)


@FUNCTIONS.add("day of week(date: day)")
def day_of_week(day: date) -> str:
    """Name the day in English."""
    return _DAYS[day.weekday()]


@FUNCTIONS.add("month of year(date: day)")
def month_of_year(day: date) -> str:
    """Name the month in English."""
    return _MONTHS[day.month - 1]


@FUNCTIONS.add("week of year(date: day)")
def week_of_year(day: date) -> Decimal:
    """Count the week as ISO 8601 does."""
    return Decimal(day.isocalendar().week)
