"""Figures of a process from what `engine.mining` read: pure, in working hours of one calendar.

Each figure says from how many cases it comes. A cell that stands for fewer than FEW cases is left
out of lists of paths and hand-overs: it might point to one person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise

from engine.calendar import TAIPEI, local_date
from engine.mining import MinedCase, MinedClock, MinedTask, PathLine
from engine.periods.calendars import Calendar
from engine.simulation.figures import quantile
from engine.simulation.working_time import WorkingTime

FEW = 5
"""Fewer cases than these are not shown by themselves."""

THIN = 20
"""Fewer cases than these say little: a page warns."""

DAY_WORKING_HOURS = 8.0
HEATS = 4
"""Levels of heat above none."""

_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=7)

Step = tuple[str, str]
"""Kind of a line of the history and element."""


class Measure:
    """Measures working hours between instants.

    Attributes:
        version: of the calendar.

    Args:
        calendar: of the office.
        first, last: days that lie around everything measured.
    """

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        self.version = calendar.version
        self._zero = datetime.combine(first, time(), tzinfo=TAIPEI)
        self._line = WorkingTime.of(calendar, first, (last - first).days + 1)

    def hours(self, begin: datetime, end: datetime) -> float:
        """Tell the working hours between two instants."""
        return self._line.between((begin - self._zero) / _HOUR, (end - self._zero) / _HOUR)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """Values in short.

    Attributes:
        count: how many there are.
        low, middle, high: one of ten lies below the first, half below the second, nine of ten
            below the third.
    """

    count: int
    low: float
    middle: float
    high: float
    total: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """Cases of one week from Monday on; backlog at its end."""

    monday: date
    arrived: int
    ended: int
    backlog: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StepTimes:
    """How long one user task takes, in working hours.

    Attributes:
        waiting: until somebody took it over; None if nobody did so before completing it.
        working: from then on.
        whole: from its creation to its completion.
        cancelled: taken away by a deadline, a message or the end of the case.
        heat: 0 to 4, by the share of all hours that cases spent in this step.
    """

    element_id: str
    lane: str
    waiting: Spread | None
    working: Spread | None
    whole: Spread | None
    completed: int
    cancelled: int
    open: int
    share: float
    heat: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """One path that cases took.

    Attributes:
        steps: in order; the last one is the end.
        share: of all ended cases, 0 to 1.
        middle_days: median working days; None of a variant that is put together of rare ones.
    """

    steps: tuple[Step, ...]
    cases: int
    share: float
    middle_days: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Variants:
    """The paths of the ended cases.

    Attributes:
        shown: the most frequent ones.
        rest_cases, rest_kinds: cases and paths beyond those.
    """

    shown: tuple[Variant, ...]
    cases: int
    kinds: int
    rest_cases: int
    rest_kinds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rework:
    """A step that cases came to more than once.

    Attributes:
        cases: that completed it at all.
        repeated: of these more than once.
        rounds: completions beyond the first, of all cases.
    """

    element_id: str
    cases: int
    repeated: int
    rounds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOver:
    """Work that went from one person to another, by lane.

    Attributes:
        middle_hours: median working hours between the two completions.
    """

    source: str
    target: str
    count: int
    middle_hours: float


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOvers:
    """All hand-overs.

    Attributes:
        a_case: mean number a case that had a task done.
        hidden: hand-overs of pairs that are too few to be shown.
    """

    pairs: tuple[HandOver, ...]
    total: int
    a_case: float
    cases: int
    hidden: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelMonth:
    """How the clocks of one service level ended in a month, or in all of them (month "")."""

    sla_id: str
    name: str
    element_id: str
    month: str
    met: int
    met_late: int
    breached: int

    @property
    def total(self) -> int:
        """All that count."""
        return self.met + self.met_late + self.breached

    @property
    def share(self) -> float | None:
        """The share that was met in time, 0 to 1."""
        return self.met / self.total if self.total else None


def spread(values: Iterable[float]) -> Spread | None:
    """Put values in short; None if there are none."""
    ordered = sorted(values)
    if not ordered:
        return None
    low, middle, high = (quantile(ordered, share) for share in (0.1, 0.5, 0.9))
    return Spread(count=len(ordered), low=low, middle=middle, high=high, total=sum(ordered))


def weeks(cases: Sequence[MinedCase], since: datetime, until: datetime) -> tuple[Week, ...]:
    """Count what arrived, ended and was left, week by week from Monday to Sunday."""
    monday = _monday(local_date(since))
    last = local_date(until - timedelta(seconds=1))
    arrived = Counter(_monday(local_date(case.started_at)) for case in cases)
    ended = Counter(_monday(local_date(case.ended_at)) for case in cases if case.ended_at)
    backlog = sum(count for day, count in arrived.items() if day < monday)
    backlog -= sum(count for day, count in ended.items() if day < monday)
    found: list[Week] = []
    while monday <= last:
        backlog += arrived[monday] - ended[monday]
        found.append(
            Week(monday=monday, arrived=arrived[monday], ended=ended[monday], backlog=backlog)
        )
        monday += _WEEK
    return tuple(found)


def ended_within(
    cases: Iterable[MinedCase], since: datetime, until: datetime
) -> tuple[MinedCase, ...]:
    """List the cases that ended in a period."""
    return tuple(c for c in cases if c.ended_at is not None and since <= c.ended_at < until)


def cycle_days(ended: Iterable[MinedCase], measure: Measure) -> Spread | None:
    """Measure how long cases took, in working days of eight hours."""
    return spread(
        measure.hours(case.started_at, case.ended_at) / DAY_WORKING_HOURS
        for case in ended
        if case.ended_at is not None
    )


def step_times(tasks: Sequence[MinedTask], measure: Measure) -> tuple[StepTimes, ...]:
    """Measure every user task, the one that took most hours in all first."""
    by_element: dict[str, list[MinedTask]] = defaultdict(list)
    for task in tasks:
        by_element[task.element_id].append(task)
    wholes = {
        element: spread(
            measure.hours(each.created_at, each.ended_at)
            for each in found
            if each.state == "completed" and each.ended_at is not None
        )
        for element, found in by_element.items()
    }
    hours = {element: whole.total if whole else 0.0 for element, whole in wholes.items()}
    every, most = sum(hours.values()), max(hours.values(), default=0.0)
    steps = [
        _step(
            found,
            wholes[element],
            measure,
            share=hours[element] / every if every else 0.0,
            heat=round(HEATS * hours[element] / most) if most else 0,
        )
        for element, found in by_element.items()
    ]
    return tuple(sorted(steps, key=lambda step: (-step.share, step.element_id)))


def _step(
    found: Sequence[MinedTask],
    whole: Spread | None,
    measure: Measure,
    *,
    share: float,
    heat: int,
) -> StepTimes:
    taken = [each for each in found if each.claimed_at and each.state == "completed"]
    states = Counter(each.state for each in found)
    return StepTimes(
        element_id=found[-1].element_id,
        lane=found[-1].lane,
        waiting=spread(measure.hours(t.created_at, t.claimed_at) for t in taken if t.claimed_at),
        working=spread(
            measure.hours(t.claimed_at, t.ended_at) for t in taken if t.claimed_at and t.ended_at
        ),
        whole=whole,
        completed=states["completed"],
        cancelled=states["cancelled"],
        open=states["open"],
        share=share,
        heat=heat,
    )


def variants(
    ended: Sequence[MinedCase], lines: Iterable[PathLine], measure: Measure, *, shown: int
) -> Variants:
    """Count the paths of ended cases, the most frequent first."""
    by_case = {
        case_id: tuple((line.kind, line.element_id) for line in group)
        for case_id, group in groupby(lines, key=lambda line: line.case_id)
    }
    members: dict[tuple[Step, ...], list[MinedCase]] = defaultdict(list)
    for case in ended:
        members[(*by_case.get(case.id, ()), ("end", case.end_event))].append(case)
    ordered = sorted(members.items(), key=lambda each: (-len(each[1]), each[0]))
    frequent = [each for each in ordered[:shown] if len(each[1]) >= FEW]
    rest = ordered[len(frequent) :]
    return Variants(
        shown=tuple(_variant(steps, each, len(ended), measure) for steps, each in frequent),
        cases=len(ended),
        kinds=len(members),
        rest_cases=sum(len(each) for _, each in rest),
        rest_kinds=len(rest),
    )


def _variant(
    steps: tuple[Step, ...], cases: Sequence[MinedCase], all_cases: int, measure: Measure
) -> Variant:
    times = cycle_days(cases, measure)
    return Variant(
        steps=steps,
        cases=len(cases),
        share=len(cases) / all_cases,
        middle_days=times.middle if times else None,
    )


def rework(lines: Iterable[PathLine]) -> tuple[Rework, ...]:
    """List the user tasks that cases completed more than once, the most frequent first."""
    done = Counter(
        (line.case_id, line.element_id) for line in lines if line.kind == "task_completed"
    )
    by_element: dict[str, list[int]] = defaultdict(list)
    for (_case, element), count in done.items():
        by_element[element].append(count)
    found = [
        Rework(
            element_id=element,
            cases=len(counts),
            repeated=sum(count > 1 for count in counts),
            rounds=sum(counts) - len(counts),
        )
        for element, counts in by_element.items()
    ]
    repeated = [each for each in found if each.repeated]
    return tuple(sorted(repeated, key=lambda each: (-each.rounds, each.element_id)))


def first_time_right(ended: Sequence[MinedCase], lines: Iterable[PathLine]) -> float | None:
    """Tell the share of ended cases that completed no user task twice; None without cases."""
    if not ended:
        return None
    done = Counter(
        (line.case_id, line.element_id) for line in lines if line.kind == "task_completed"
    )
    again = {case for (case, _element), count in done.items() if count > 1}
    return sum(case.id not in again for case in ended) / len(ended)


def hand_overs(tasks: Sequence[MinedTask], measure: Measure) -> HandOvers:
    """Count how often the next task of a case was done by another person, by lane."""
    done = [task for task in tasks if task.state == "completed" and task.ended_at is not None]
    hours: dict[tuple[str, str], list[float]] = defaultdict(list)
    cases = 0
    for _case, group in groupby(done, key=lambda task: task.case_id):
        cases += 1
        for one, other in pairwise(group):
            if one.doer != other.doer and one.ended_at and other.ended_at:
                hours[one.lane, other.lane].append(measure.hours(one.ended_at, other.ended_at))
    total = sum(len(each) for each in hours.values())
    pairs = [
        HandOver(source=source, target=target, count=len(each), middle_hours=_middle(each))
        for (source, target), each in hours.items()
        if len(each) >= FEW
    ]
    return HandOvers(
        pairs=tuple(sorted(pairs, key=lambda pair: (-pair.count, pair.source, pair.target))),
        total=total,
        a_case=total / cases if cases else 0.0,
        cases=cases,
        hidden=total - sum(pair.count for pair in pairs),
    )


def levels(clocks: Iterable[MinedClock]) -> tuple[LevelMonth, ...]:
    """Count service levels by month, and over all months (month "")."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    known: dict[str, MinedClock] = {}
    for clock in clocks:
        state = clock.state if clock.state in ("met", "met_late") else "breached"
        if clock.state in ("cancelled", "waived"):
            continue
        known[clock.sla_id] = clock
        for month in ("", f"{local_date(clock.at):%Y-%m}"):
            counts[clock.sla_id, month][state] += 1
    return tuple(
        _level(known[sla_id], month, found) for (sla_id, month), found in sorted(counts.items())
    )


def _level(clock: MinedClock, month: str, found: Mapping[str, int]) -> LevelMonth:
    return LevelMonth(
        sla_id=clock.sla_id,
        name=clock.name,
        element_id=clock.element_id,
        month=month,
        met=found["met"],
        met_late=found["met_late"],
        breached=found["breached"],
    )


def _middle(values: Sequence[float]) -> float:
    return quantile(sorted(values), 0.5)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
