"""Days as people in Taiwan write them: 民國 113/01/16 and ISO 2024-01-16 are both understood."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")
ROC_YEAR_OFFSET = 1911
FIRST_GREGORIAN_YEAR = 1000
"""Years below are read as ROC years, years from here on as Gregorian."""

_DAY = re.compile(
    r"(?:民國|ROC)?\s*(\d{2,4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?",
    re.ASCII,
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


def republic_year(day: date) -> int:
    """Tell the year of the Republic (民國) that a day lies in."""
    return day.year - ROC_YEAR_OFFSET


def parse_day(text: str) -> date | None:
    """Read a calendar day; ROC year = Gregorian year - 1911.

    Returns:
        The day, or None when the text names no existing day.
    """
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    if year < FIRST_GREGORIAN_YEAR:
        year += ROC_YEAR_OFFSET
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """Read a time of day, `HH:MM` or `HH:MM:SS`; None when it is none."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def parse_instant(text: str) -> datetime | None:
    """Read day and time of Taipei (`113/01/16 14:30`, `2024-01-16T14:30`, or ISO with an offset).

    Returns:
        An aware instant in Asia/Taipei, or None.
    """
    text = text.strip()
    if (aware := _aware(text)) is not None:
        return aware
    day_text, separator, time_text = text.replace("T", " ").rpartition(" ")
    if not separator:
        return None
    day, moment = parse_day(day_text), parse_time(time_text)
    if day is None or moment is None:
        return None
    return datetime.combine(day, moment, TAIPEI)


def _aware(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant.astimezone(TAIPEI) if instant.tzinfo else None
