"""A diagram as it is to be simulated, before numbers are put in: elements, ways, deadlines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.simulation.model import Deadline, NodeKind

LeftOut = Literal[
    "event_sub_process",
    "multiple",
    "call",
    "compensation",
    "start_from",
]
"""What a simulation treats more simply than the engine; a page says it in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """A deadline of the diagram.

    Attributes:
        deadline: None if the case itself sets it: it has to be measured or entered.
    """

    deadline: Deadline | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedBoundary:
    """An event at the edge of an activity.

    Attributes:
        timed: of a timer; None for a message, signal, condition or error.
        is_error: fires instead of completing.
        code: of an error; "" catches every one.
    """

    id: str
    name: str
    flows: tuple[str, ...]
    timed: Timed | None
    is_interrupting: bool
    is_error: bool
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLevel:
    """A service level as written."""

    id: str
    name: str
    timed: Timed | None
    timer: str
    begins_at: str
    ends_at: frozenset[str]
    pauses: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One element.

    Attributes:
        role: candidate group, or "lane:" and the name of the lane when a person is computed;
            "" for what nobody does.
        timed: of a catching timer.
        is_asked: it waits for something from outside, or for a process that it calls.
    """

    id: str
    name: str
    kind: NodeKind
    role: str = ""
    flows: tuple[str, ...] = ()
    incoming: tuple[str, ...] = ()
    scope: str = ""
    starts: tuple[str, ...] = ()
    timed: Timed | None = None
    is_asked: bool = False
    boundaries: tuple[PlannedBoundary, ...] = ()
    levels: tuple[PlannedLevel, ...] = ()
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One process of a diagram.

    Attributes:
        targets: sequence flow to the element it leads to.
        names: sequence flow to its name, "" if it has none.
        left_out: what is simplified, to the elements it is about.
    """

    key: str
    name: str
    elements: Mapping[str, Planned]
    targets: Mapping[str, str]
    names: Mapping[str, str]
    starts: tuple[str, ...]
    levels: tuple[PlannedLevel, ...]
    left_out: Mapping[LeftOut, tuple[str, ...]] = field(default_factory=dict)

    @property
    def work(self) -> tuple[Planned, ...]:
        """What people do, in the order of the diagram."""
        return tuple(each for each in self.elements.values() if each.kind == "work")

    @property
    def roles(self) -> tuple[str, ...]:
        """Who works, each once, in the order of the diagram."""
        return tuple(dict.fromkeys(each.role for each in self.work))

    @property
    def forks(self) -> tuple[Planned, ...]:
        """The gateways at which a case goes one way or another."""
        kinds = ("exclusive", "inclusive")
        found = (each for each in self.elements.values() if each.kind in kinds)
        return tuple(each for each in found if len(each.flows) > 1)

    @property
    def open_timers(self) -> Mapping[str, str]:
        """Timers whose deadline the case itself sets: element to its name."""
        waits = {e.id: e.name for e in self.elements.values() if e.timed and not e.timed.deadline}
        edges = {
            each.id: each.name
            for element in self.elements.values()
            for each in element.boundaries
            if each.timed and not each.timed.deadline
        }
        return {**waits, **edges}
