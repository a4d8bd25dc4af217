"""A working calendar as a value: when the office works, which days differ and why.

Sources: 行政程序法 §48 (holidays at the end of a period); 紀念日及節日實施條例 and the yearly
政府行政機關辦公日曆表 (days off, make-up working days); 天然災害停止上班及上課作業辦法 (typhoon
days).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

DayKind = Literal["holiday", "typhoon", "closure", "half", "make_up"]
"""What makes a day differ: the first three are off, a half day works fewer hours."""

KINDS: tuple[DayKind, ...] = ("holiday", "typhoon", "closure", "half", "make_up")

SATURDAY, SUNDAY = 5, 6
NOON = time(12)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Span:
    """Working time of one day, from the first instant to before the last, in Asia/Taipei."""

    begins: time
    ends: time


OFFICE_HOURS = (Span(begins=time(8), ends=NOON), Span(begins=time(13), ends=time(17)))
MORNING = OFFICE_HOURS[:1]
OFFICE_WEEK: Mapping[int, tuple[Span, ...]] = dict.fromkeys(range(5), OFFICE_HOURS)
"""Monday (0) to Friday, 8 hours each; a weekday that is absent is off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday.

    Attributes:
        name: what people call it, such as 春節.
        source: who says so: a law, an announcement, the entering officer.
        hours: working time of a make-up or half day; empty stands for the usual hours of a
            make-up day and for the morning of a half day.
    """

    on: date
    kind: DayKind
    name: str
    source: str
    hours: tuple[Span, ...] = ()

    @property
    def is_off(self) -> bool:
        """Tell whether nobody works on it."""
        return self.kind in ("holiday", "typhoon", "closure")


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """One version of a working calendar.

    Attributes:
        id: whose it is: "city" or "community:<code>".
        version: as shown beside every due date, such as "city:3".
        weekly: working time by weekday, 0 is Monday; an absent weekday is off.
        days: the days that differ.
        years: the years whose official calendar has been entered.
    """

    id: str
    version: str
    weekly: Mapping[int, tuple[Span, ...]] = field(default_factory=lambda: OFFICE_WEEK)
    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Tell whether the office works on a day, a half day included."""
        special = self.days.get(day)
        return not special.is_off if special else bool(self.weekly.get(day.weekday()))

    def hours_on(self, day: date) -> tuple[Span, ...]:
        """List the working time of a day, in order."""
        special = self.days.get(day)
        if special is None:
            return tuple(self.weekly.get(day.weekday(), ()))
        if special.is_off:
            return ()
        if special.hours:
            return special.hours
        return MORNING if special.kind == "half" else OFFICE_HOURS

    def may_end_on(self, day: date) -> bool:
        """Tell whether a statutory period may end on a day (行政程序法 §48 IV).

        A Saturday never is one, a make-up working day neither: the default that favours the
        citizen. A half day without an afternoon is treated like a Saturday for the same reason.
        """
        if day.weekday() in (SATURDAY, SUNDAY) or not self.is_working_day(day):
            return False
        return self.hours_on(day)[-1].ends > NOON

    def why_off(self, day: date) -> tuple[str, str]:
        """Name the kind and the name of a day that was passed over; weekdays have no name."""
        special = self.days.get(day)
        if special is not None:
            return special.kind, special.name
        return {SATURDAY: "saturday", SUNDAY: "sunday"}.get(day.weekday(), "weekly_off"), ""

    def has_year(self, year: int) -> bool:
        """Tell whether the official calendar of a year has been entered."""
        return year in self.years
