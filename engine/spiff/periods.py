"""ISO 8601 periods, instants and repetitions, counted by the office's calendar."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.sentences import sentence
from engine.spiff.crons import after_cron, check_cron, looks_like_cron

OFFICE_ZONE = ZoneInfo("Asia/Taipei")
"""Zone of texts without an offset, and of the calendar in which months are counted."""

_PERIOD = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)
_LONGEST_TEXT = 64

Parts = Mapping[str, float]
"""Parts of a duration by name: months, days, hours, minutes, seconds; those that are given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A span of time: whole months by the calendar, then seconds; or to the next cron instant.

    Attributes:
        months: calendar months, at least 0.
        seconds: at least 0.
        cron: five fields, or "" for months and seconds.
    """

    months: int = 0
    seconds: float = 0
    cron: str = ""

    @classmethod
    def from_list(cls, stored: Sequence[object]) -> "Period":
        """Read what `as_list` wrote."""
        months, seconds, *cron = stored
        return cls(
            months=int(str(months)), seconds=float(str(seconds)), cron=str(cron[0]) if cron else ""
        )

    def as_list(self) -> list[object]:
        """Give it as JSON has it."""
        return [self.months, self.seconds, *([self.cron] if self.cron else [])]

    def after(self, instant: datetime) -> datetime:
        """Give the instant one period later, in UTC; the day is cut to the length of the month.

        Raises:
            ValueError: the result lies beyond year 9999.
        """
        if self.cron:
            return after_cron(self.cron, instant)
        local = instant.astimezone(OFFICE_ZONE)
        year, month = divmod(local.year * 12 + local.month - 1 + self.months, 12)
        try:
            day = min(local.day, monthrange(year, month + 1)[1])
            moved = local.replace(year=year, month=month + 1, day=day)
            return moved.astimezone(UTC) + timedelta(seconds=self.seconds)
        except (OverflowError, ValueError) as error:
            raise ValueError(sentence("the period ends after year 9999")) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Repetition:
    """An ISO 8601 repeating interval.

    Attributes:
        count: number of firings, None if endless.
        start: instant of the first firing, None if one period after entry.
        end: instant after which nothing fires any more.
    """

    count: int | None
    period: Period
    start: datetime | None = None
    end: datetime | None = None


def parse_period(text: str) -> Period:
    """Read a duration such as P2D, PT10H, P1Y2M or P2W.

    Raises:
        ValueError: the text is no ISO 8601 duration; negative ones are refused.
    """
    number = parse_parts(text)
    minutes = number.get("minutes", 0) + 60 * number.get("hours", 0)
    seconds = number.get("seconds", 0) + 60 * minutes + 86400 * number.get("days", 0)
    return Period(months=int(number.get("months", 0)), seconds=seconds)


def parse_parts(text: str) -> Parts:
    """Read the parts of a duration; years count as months, weeks as days.

    Raises:
        ValueError: the text is no ISO 8601 duration; negative ones are refused.
    """
    match = _PERIOD.fullmatch(_bounded(text))
    found = {} if match is None else {k: v for k, v in match.groupdict().items() if v is not None}
    if not found or text.strip().endswith("T"):
        raise ValueError(
            sentence("%(text)s is no ISO 8601 duration such as P2D or PT10H", text=repr(text))
        )
    number = {k: float(v.replace(",", ".")) for k, v in found.items()}
    for larger, smaller, factor in (("years", "months", 12), ("weeks", "days", 7)):
        if larger in number:
            number[smaller] = number.get(smaller, 0) + factor * number.pop(larger)
    return number


def parse_instant(text: str) -> datetime:
    """Read a date or date and time; without an offset it is the office's local time.

    Raises:
        ValueError: the text is no ISO 8601 date and time.
    """
    try:
        value = datetime.fromisoformat(_bounded(text))
    except ValueError as error:
        example = "2026-12-01T10:00:00+08:00"
        raise ValueError(
            sentence(
                "%(text)s is no ISO 8601 date and time such as %(example)s",
                text=repr(text),
                example=example,
            )
        ) from error
    return as_instant(value)


def parse_repetition(text: str) -> Repetition:
    """Read a cycle such as R3/PT10H, R/PT1H, R3/<start>/PT10H or R3/PT10H/<end>, or a cron text.

    Raises:
        ValueError: the text is no repeating interval of some length.
    """
    if looks_like_cron(_bounded(text)):
        check_cron(text)
        return Repetition(count=None, period=Period(cron=" ".join(text.split())))
    head, _, rest = _bounded(text).partition("/")
    parts = rest.split("/")
    if not re.fullmatch(r"R\d{0,9}", head, re.ASCII) or len(parts) > 2:
        raise ValueError(
            sentence(
                "%(text)s is no ISO 8601 repetition such as R3/PT10H and no cron text",
                text=repr(text),
            )
        )
    count = int(head[1:]) if head[1:] else None
    start = parse_instant(parts[0]) if len(parts) == 2 and not _is_period(parts[0]) else None
    period = parse_period(parts[1] if start else parts[0])
    end = parse_instant(parts[1]) if len(parts) == 2 and start is None else None
    if count == 0 or period == Period():
        raise ValueError(sentence("%(text)s never fires", text=repr(text)))
    return Repetition(count=count, period=period, start=start, end=end)


def as_instant(value: date | datetime) -> datetime:
    """Turn a date or date and time into an instant in UTC; local means Asia/Taipei."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    local = value.replace(tzinfo=OFFICE_ZONE) if value.tzinfo is None else value
    return local.astimezone(UTC)


def _is_period(text: str) -> bool:
    return text.strip().startswith("P")


def _bounded(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise ValueError(sentence("the text is too long for an ISO 8601 time"))
    return text.strip()
