"""Measured times and counts, as a simulation takes them.

Work that was taken away before it was done would have taken longer: such times count as "at least
so long" (Kaplan and Meier), otherwise slow work would be forgotten and no deadline ever missed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.simulation.chance import Empirical
from engine.simulation.figures import quantile

_POINTS = 100
"""A measured distribution is kept as at most so many values."""

_LONGER = 1.5
"""What was never seen to end is taken to last so many times as long as it was watched."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """Measured times.

    Attributes:
        count: completed ones they come from.
        values: ascending; at most a hundred that stand for all; hours unless told otherwise.
    """

    count: int
    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The median."""
        return quantile(self.values, 0.5)

    @property
    def distribution(self) -> Empirical:
        """As a distribution to draw from."""
        return Empirical(self.values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """What history tells about a process.

    Attributes:
        since, until: what was looked at.
        arrived: cases begun in it.
        ended: cases that ended in it.
        gaps: hours between cases.
        cycle: hours day and night from beginning to end.
        handling: user task to working hours from taking over to completing.
        elapsed: user task to hours day and night from reaching to completing it.
        reached: element to how often it was reached, as far as history tells.
        flows: sequence flow behind a gateway to how often it was taken.
        fired: event to how often it came.
        delays: event to the hours until it came.
        periods: service level to its days, where the case sets them.
    """

    since: datetime
    until: datetime
    arrived: int = 0
    ended: int = 0
    gaps: Times | None = None
    cycle: Times | None = None
    handling: Mapping[str, Times] = field(default_factory=dict)
    elapsed: Mapping[str, Times] = field(default_factory=dict)
    reached: Mapping[str, int] = field(default_factory=dict)
    flows: Mapping[str, int] = field(default_factory=dict)
    fired: Mapping[str, int] = field(default_factory=dict)
    delays: Mapping[str, Times] = field(default_factory=dict)
    periods: Mapping[str, Times] = field(default_factory=dict)

    @property
    def per_week(self) -> float:
        """Cases begun a week."""
        weeks = (self.until - self.since) / timedelta(weeks=1)
        return self.arrived / weeks if weeks else 0.0


def times(done: Iterable[float], cut: Iterable[float] = ()) -> Times | None:
    """Put measured times together.

    Args:
        done: of what was completed.
        cut: after which other ones were taken away, not done yet.

    Returns:
        None if nothing was completed.
    """
    seen = sorted([*((hours, False) for hours in done), *((hours, True) for hours in cut)])
    count = sum(not is_cut for _, is_cut in seen)
    if not count:
        return None
    return Times(count=count, values=_points(_redistributed(seen)))


def _redistributed(seen: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Give the weight of each time that was cut to the longer ones, in equal parts."""
    weight, left = 1.0, len(seen)
    found: list[tuple[float, float]] = []
    for hours, is_cut in seen:
        left -= 1
        if not is_cut:
            found.append((hours, weight))
        elif left:
            weight += weight / left
        else:
            found.append((hours * _LONGER, weight))
    return found


def _points(weighted: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Choose values evenly from a weighted distribution in ascending order."""
    total = sum(weight for _, weight in weighted)
    is_even = weighted[0][1] == weighted[-1][1]
    count = min(len(weighted), _POINTS) if is_even else _POINTS
    found: list[float] = []
    position, reached = 0, weighted[0][1]
    for number in range(count):
        goal = (number + 0.5) / count * total
        while reached < goal and position < len(weighted) - 1:
            position += 1
            reached += weighted[position][1]
        found.append(round(weighted[position][0], 3))
    return tuple(found)
