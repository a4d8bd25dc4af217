"""Service levels in a simulation: they fall due, stand still, are met or missed."""

from collections.abc import Callable, Mapping
from typing import Protocol

from engine.simulation.figures import LevelFigures, Replication
from engine.simulation.model import NEVER, Level, Model
from engine.simulation.state import Case, Clock, Visit
from engine.simulation.working_time import WEEK_HOURS


class Hours(Protocol):
    """The run that the clocks belong to."""

    model: Model
    figures: Replication
    now: float
    begin: float

    @property
    def counts(self) -> bool:
        """Whether the warm-up is over."""
        ...

    def at(self, hour: float, action: Callable[..., None], *given: object) -> None:
        """Let something happen at an hour."""
        ...


class Clocks:
    """All service levels of a run."""

    def __init__(self, run: Hours) -> None:
        self._run = run
        levels = run.model.levels
        self._of_case = [each for each in levels if not each.begins_at]
        self._begun_by: dict[str, list[Level]] = {}
        self._ended_by: dict[str, list[Level]] = {}
        self._pauses: dict[str, list[Level]] = {}
        for level in levels:
            if level.begins_at:
                self._begun_by.setdefault(level.begins_at, []).append(level)
            for element in level.ends_at:
                self._ended_by.setdefault(element, []).append(level)
            for element in level.pauses:
                self._pauses.setdefault(element, []).append(level)

    def opened(self, case: Case) -> None:
        """Start the levels of a whole case."""
        for level in self._of_case:
            self._start(case, level)

    def closed(self, case: Case) -> None:
        """End what still runs: a level of the whole case is met, another one withdrawn."""
        for clock in case.clocks.values():
            if clock.is_open:
                self._end(clock, is_done=not clock.level.begins_at)

    def reached(self, case: Case, element: str) -> None:
        """Start and end the levels that run between elements."""
        for level in self._ended_by.get(element, ()):
            clock = case.clocks.get(level.id)
            if clock is not None and clock.is_open:
                self._end(clock, is_done=True)
        for level in self._begun_by.get(element, ()):
            if level.id not in case.clocks or not case.clocks[level.id].is_open:
                self._start(case, level)

    def begun(self, visit: Visit, due_by_boundary: Mapping[str, float]) -> tuple[Clock, ...]:
        """Start the levels of one activity."""
        found: list[Clock] = []
        for level in visit.node.levels:
            clock = Clock(level, self._due(level, due_by_boundary))
            self._run.at(clock.due, self._fall_due, clock)
            found.append(clock)
        return tuple(found)

    def ended(self, visit: Visit, *, is_done: bool) -> None:
        """End the levels of one activity; what is taken away in time does not count."""
        for clock in visit.clocks:
            if clock.is_open:
                self._end(clock, is_done=is_done)

    def paused(self, case: Case, element: str) -> None:
        """Stop the clocks that stand still while a case is in an element."""
        for level in self._pauses.get(element, ()):
            case.paused_by[level.id] = case.paused_by.get(level.id, 0) + 1
            clock = case.clocks.get(level.id)
            if clock is not None and clock.paused_since is None:
                clock.paused_since = self._run.now

    def resumed(self, case: Case, element: str) -> None:
        """Let clocks go on when the last element that stopped them is left."""
        for level in self._pauses.get(element, ()):
            case.paused_by[level.id] = max(case.paused_by.get(level.id, 0) - 1, 0)
            clock = case.clocks.get(level.id)
            if clock is None or clock.paused_since is None or case.paused_by[level.id]:
                continue
            clock.due += self._run.now - clock.paused_since
            clock.paused_since = None
            self._run.at(clock.due, self._fall_due, clock)

    def _start(self, case: Case, level: Level) -> None:
        clock = case.clocks[level.id] = Clock(level, self._due(level, {}))
        if case.paused_by.get(level.id):
            clock.paused_since = self._run.now
        self._run.at(clock.due, self._fall_due, clock)

    def _due(self, level: Level, due_by_boundary: Mapping[str, float]) -> float:
        if level.deadline is None:
            return due_by_boundary.get(level.timer, NEVER)
        return level.deadline.ends(self._run.now, self._run.model.calendar)

    def _fall_due(self, clock: Clock) -> None:
        is_moved = clock.due > self._run.now
        if not clock.is_open or clock.is_late or is_moved or clock.paused_since is not None:
            return
        clock.is_late = True
        if self._run.counts:
            self._figures(clock).late += 1
            week = int((self._run.now - self._run.begin) // WEEK_HOURS)
            self._run.figures.breaches[week] += 1

    def _end(self, clock: Clock, *, is_done: bool) -> None:
        clock.is_open = False
        if is_done and not clock.is_late and self._run.counts:
            self._figures(clock).in_time += 1

    def _figures(self, clock: Clock) -> LevelFigures:
        return self._run.figures.levels.setdefault(clock.level.id, LevelFigures())
