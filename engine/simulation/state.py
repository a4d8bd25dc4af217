"""What exists while a simulation runs: cases, scopes, visits, clocks and queues."""

from collections import deque
from dataclasses import dataclass, field

from engine.simulation.model import Level, Node, Role


@dataclass(slots=True, eq=False)
class Case:
    """One case.

    Attributes:
        visits: element to how often it was reached.
        clocks: running service levels between elements, by id.
    """

    index: int
    begin: float
    visits: dict[str, int] = field(default_factory=dict)
    clocks: dict[str, "Clock"] = field(default_factory=dict)
    paused_by: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Scope:
    """The process or a sub-process of one case.

    Attributes:
        around: the visit of the sub-process; None for the process itself.
        moving: tokens on their way in this instant.
        visits: what is open.
        parked: join to flow to tokens that wait there.
    """

    case: Case
    around: "Visit | None"
    moving: int = 0
    visits: "dict[Visit, None]" = field(default_factory=dict)
    parked: dict[str, dict[str, int]] = field(default_factory=dict)
    is_alive: bool = True


@dataclass(slots=True, eq=False)
class Visit:
    """One token in an activity or a catching event.

    Attributes:
        taken: when somebody took it up; None as long as it waits in a queue.
    """

    node: Node
    scope: Scope
    number: int
    begin: float
    taken: float | None = None
    inner: Scope | None = None
    clocks: "tuple[Clock, ...]" = ()
    is_open: bool = True


@dataclass(slots=True, eq=False)
class Clock:
    """A running service level."""

    level: Level
    due: float
    paused_since: float | None = None
    is_open: bool = True
    is_late: bool = False


@dataclass(slots=True, eq=False)
class Pool:
    """The people of a role and what waits for them, first come first served.

    Attributes:
        free: people without work.
        working: what they work on, oldest first.
    """

    role: Role
    free: int
    working: dict[Visit, None] = field(default_factory=dict)
    queue: deque[tuple[Visit, float]] = field(default_factory=deque)
    busy_hours: float = 0.0
