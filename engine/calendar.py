"""The civil calendar: which day an instant belongs to, and when a day ends, in Asia/Taipei.

All functions are pure. A calendar day is a day of the week like any other; working days, which
need a versioned list of holidays, take that list as an argument when they come.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")
LAST_SECOND = time(23, 59, 59)


def local_date(instant: datetime) -> date:
    """Tell the calendar day of an aware instant in Asia/Taipei.

    Raises:
        ValueError: the instant is naive.
    """
    if instant.tzinfo is None:
        raise ValueError(f"naive datetime: {instant.isoformat()}")
    return instant.astimezone(TAIPEI).date()


def end_of_local_day(day: date) -> datetime:
    """Tell the last second of a day in Asia/Taipei, as an aware instant of that zone."""
    return datetime.combine(day, LAST_SECOND, tzinfo=TAIPEI)


def calendar_days_after(start: datetime | date, days: int) -> datetime:
    """Count calendar days onward; the day of the event does not count (Civil Code, art. 120).

    Args:
        start: an aware instant, or a day in Asia/Taipei.
        days: calendar days, 0 or more.

    Returns:
        23:59:59 Asia/Taipei of the last day, in UTC.

    Raises:
        ValueError: the instant is naive, or days is negative.
    """
    if days < 0:
        raise ValueError(f"negative period: {days} days")
    day = local_date(start) if isinstance(start, datetime) else start
    return end_of_local_day(day + timedelta(days=days)).astimezone(UTC)
