"""What `anju:calendar` makes of a timer's duration: so many days, months or hours of a calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from engine.day_counting import PLAIN
from engine.periods.computation import Unit
from engine.periods.counting import STATUTORY_RULES, Rules
from engine.sentences import sentence
from engine.spiff.periods import Parts, parse_parts
from feel.values import YearMonthDuration


@dataclass(frozen=True, kw_only=True, slots=True)
class Length:
    """A period to be counted by a calendar."""

    amount: int
    unit: Unit
    rules: Rules


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counting:
    """How one kind of calendar counts.

    Attributes:
        parts: the parts of a duration it takes, one at a time, with the unit of each.
        rules: whether a last day off rolls.
        advice: what to write instead.
    """

    parts: Mapping[str, Unit]
    rules: Rules
    advice: str


_DAYS_OR_MONTHS: Mapping[str, Unit] = {"days": "calendar_days", "months": "months"}
_COUNTINGS: Mapping[str, _Counting] = {
    "calendar-days": _Counting(
        parts=_DAYS_OR_MONTHS,
        rules=PLAIN,
        advice=sentence("whole days or months, such as P7D or P3M"),
    ),
    "statutory": _Counting(
        parts=_DAYS_OR_MONTHS,
        rules=STATUTORY_RULES,
        advice=sentence("whole days or months, such as P10D or P1M"),
    ),
    "working-days": _Counting(
        parts={"days": "working_days"},
        rules=STATUTORY_RULES,
        advice=sentence("whole days, such as P3D"),
    ),
    "working-hours": _Counting(
        parts={"hours": "working_hours"},
        rules=STATUTORY_RULES,
        advice=sentence("whole hours, such as PT4H"),
    ),
}

CALENDARS = frozenset(_COUNTINGS)
"""What `anju:calendar` may name: how the days or hours of a deadline are counted.

calendar-days: days of the week, the end stays where it falls; statutory: 行政程序法 §48, the end
rolls off days off; working-days and working-hours: of the working calendar.
"""


def length_of(value: object, calendar: str) -> Length:
    """Read a duration as a period of a calendar.

    Args:
        value: ISO 8601 text, or a duration that FEEL computed.
        calendar: one of CALENDARS.

    Raises:
        ValueError: there is no such calendar, or it cannot count such a duration.
    """
    counting = _COUNTINGS.get(calendar)
    if counting is None:
        raise ValueError(
            sentence(
                "there is no calendar %(calendar)s; %(choices)s",
                calendar=repr(calendar),
                choices=_choices(),
            )
        )
    given = {name: number for name, number in _parts_of(value, counting).items() if number}
    if not given:  # a period of nothing ends where it starts
        given = {next(iter(counting.parts)): 0}
    (name, number), *others = given.items()
    if others or name not in counting.parts or number != int(number):
        written = (
            value if isinstance(value, str) else sentence("the duration %(value)s", value=value)
        )
        raise ValueError(
            sentence(
                "%(calendar)s cannot count %(written)s; write %(advice)s",
                calendar=calendar,
                written=written,
                advice=counting.advice,
            )
        )
    return Length(amount=int(number), unit=counting.parts[name], rules=counting.rules)


def _choices() -> str:
    return sentence("write one of %(choices)s", choices=", ".join(sorted(CALENDARS)))


def _parts_of(value: object, counting: _Counting) -> Parts:
    if isinstance(value, str):
        return parse_parts(value)
    if isinstance(value, YearMonthDuration):
        return {"months": value.months}
    if isinstance(value, timedelta):
        return _of_time(value, counting)
    raise ValueError(sentence("%(value)s is no duration such as P3D", value=repr(value)))


def _of_time(value: timedelta, counting: _Counting) -> Parts:
    """Split a duration of FEEL, in which 24 hours and a day are the same, as the calendar counts.

    Raises:
        ValueError: it is negative.
    """
    if value < timedelta():
        raise ValueError(sentence("a period cannot be negative"))
    if "hours" in counting.parts:
        return {"hours": value / timedelta(hours=1)}
    return {"days": value / timedelta(days=1)}
