"""Days and hours counted for one step: the FEEL functions of diagrams, and what explains a result.

The calendar is that of the instance's scope as it stands at the step. It is read when something
first needs it, so a step that counts no working days asks the database nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

from engine.calendar import local_date
from engine.periods.calendars import Calendar
from engine.periods.computation import START_KINDS, Computation, Start, StartKind, Unit
from engine.periods.counting import STATUTORY_RULES, Period, Rules, count
from engine.periods.errors import NoWorkingTime, PeriodInvalid
from engine.periods.measuring import working_days_between
from feel.values import FeelFunction, number

PLAIN = Rules(is_rolling=False)
"""Service levels in calendar days end on the counted day, whatever day that is."""

DAY = timedelta(days=1)
LONGEST = timedelta(days=366 * 30)
"""Days between two days are counted over at most so long a time."""

_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "calendar days after": ("start", "n"),
    "working days after": ("start", "n"),
    "working hours after": ("start", "n"),
    "statutory days after": ("served", "n"),
    "statutory months after": ("served", "n"),
    "is working day": ("date",),
    "next working day": ("date",),
    "working days between": ("a", "b"),
}
"""FEEL functions the engine adds, with their parameters; every day is one of Asia/Taipei."""

DAY_FUNCTIONS = frozenset(_PARAMETERS)
"""Their names, which hold spaces: a FEEL parser must know them."""


@dataclass(kw_only=True, slots=True)
class DayCounter:
    """Counts periods by one calendar and remembers what it computed.

    Attributes:
        scope: whose calendar: "city" or "community:<code>".
        read: reads that calendar; called at most once.
        computed: every due date counted so far, by its instant.
    """

    scope: str
    read: Callable[[], Calendar]
    computed: dict[datetime, Computation] = field(default_factory=dict)
    _calendar: Calendar | None = None
    _functions: Mapping[str, FeelFunction] = field(default_factory=dict)

    @property
    def calendar(self) -> Calendar:
        """The calendar, read once."""
        if self._calendar is None:
            self._calendar = self.read()
        return self._calendar

    @property
    def functions(self) -> Mapping[str, FeelFunction]:
        """The FEEL functions, bound to this counter; wrong arguments give null."""
        if not self._functions:
            invokes = _invokes(self)
            self._functions = {
                name: FeelFunction(parameters, invokes[name])
                for name, parameters in _PARAMETERS.items()
            }
        return self._functions

    def count(self, start: Start, amount: int, unit: Unit, rules: Rules) -> Computation:
        """Count a period and remember the result.

        Raises:
            PeriodInvalid: the amount is negative or too large.
            NoWorkingTime: the calendar has not so much working time within thirty years.
        """
        # plain calendar days need no calendar, so none is read for them
        calendar = Calendar(id=self.scope, version="") if rules is PLAIN else self.calendar
        found = count(Period(start=start, amount=amount, unit=unit, calendar=calendar, rules=rules))
        self.computed[found.ends_at] = found
        return found


def _invokes(counter: DayCounter) -> Mapping[str, Callable[..., object]]:
    return {
        "calendar days after": partial(_after, counter, "calendar_days", PLAIN),
        "working days after": partial(_after, counter, "working_days", STATUTORY_RULES),
        "working hours after": partial(_after, counter, "working_hours", STATUTORY_RULES),
        "statutory days after": partial(_served, counter, "calendar_days"),
        "statutory months after": partial(_served, counter, "months"),
        "is working day": partial(_is_working_day, counter),
        "next working day": partial(_next_working_day, counter),
        "working days between": partial(_between, counter),
    }


def _after(
    counter: DayCounter, unit: Unit, rules: Rules, start: object, amount: object
) -> datetime | None:
    at = _point(start)
    return None if at is None else _end(counter, Start(at=at, kind="event"), amount, unit, rules)


def _served(counter: DayCounter, unit: Unit, served: object, amount: object) -> datetime | None:
    start = _service(served)
    return None if start is None else _end(counter, start, amount, unit, STATUTORY_RULES)


def _end(
    counter: DayCounter, start: Start, amount: object, unit: Unit, rules: Rules
) -> datetime | None:
    number = _whole(amount)
    if number is None:
        return None
    try:
        return counter.count(start, number, unit, rules).ends_at
    except (PeriodInvalid, NoWorkingTime, OverflowError):
        return None


def _is_working_day(counter: DayCounter, given: object) -> bool | None:
    on = _day(given)
    return None if on is None else counter.calendar.is_working_day(on)


def _next_working_day(counter: DayCounter, given: object) -> date | None:
    on = _day(given)
    if on is None:
        return None
    try:
        start = Start(at=on, kind="event")
        found = count(Period(start=start, amount=1, unit="working_days", calendar=counter.calendar))
    except (NoWorkingTime, OverflowError):
        return None
    return found.ends_on


def _between(counter: DayCounter, start: object, end: object) -> Decimal | None:
    """Count the working days after one day, up to and with another; backward it is negative."""
    first, last = _day(start), _day(end)
    if first is None or last is None or abs(last - first) > LONGEST:
        return None
    if last < first:
        return number(-working_days_between(last, first, counter.calendar))
    return number(working_days_between(first, last, counter.calendar))


def _service(value: object) -> Start | None:
    """Read a moment of service: an instant, a day, or a context with `at`, `proof` and `kind`."""
    if not isinstance(value, Mapping):
        at = _point(value)
        return None if at is None else Start(at=at, kind="service")
    at, proof, kind = _point(value.get("at")), value.get("proof") or "", _kind(value.get("kind"))
    if at is None or kind is None or not isinstance(proof, str):
        return None
    return Start(at=at, kind=kind, proof=proof)


def _kind(value: object) -> StartKind | None:
    wanted = "service" if value is None else value
    return next((kind for kind in START_KINDS if kind == wanted), None)


def _point(value: object) -> datetime | date | None:
    """Read an aware instant or a day; a naive one is taken as its day in Taipei."""
    if not isinstance(value, datetime):
        return value if isinstance(value, date) else None
    try:
        return value.date() if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:  # at the edges of the years 1 and 9999
        return None


def _day(value: object) -> date | None:
    point = _point(value)
    try:
        return local_date(point) if isinstance(point, datetime) else point
    except OverflowError:
        return None


def _whole(value: object) -> int | None:
    """Read a whole number from 0; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value < 0:
        return None
    return int(value) if value == int(value) else None
