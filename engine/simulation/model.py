"""What is simulated: the elements of a process with their times, shares, roles and deadlines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.simulation.chance import Distribution, Fixed
from engine.simulation.working_time import DAY_HOURS, WorkingTime

NodeKind = Literal[
    "start",
    "pass",  # done at once: automatic steps, throwing events, exclusive joins
    "work",  # a person does it
    "wait",  # a catching event or receive task
    "exclusive",
    "parallel",
    "inclusive",
    "event",  # event-based gateway
    "part",  # sub-process
    "end",
    "terminate",
    "error",
]
Unit = Literal["calendar_days", "working_days", "working_hours", "months", "hours"]

AT_ONCE = Fixed(0.0)
NEVER = float("inf")
MONTH_DAYS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """A period counted as the diagram says; days end with the day.

    Attributes:
        amount: in the unit; a month counts as 30 days here.
        is_rolling: an end on a day off moves to the next working day.
    """

    amount: float
    unit: Unit = "calendar_days"
    is_rolling: bool = False

    def ends(self, begin: float, calendar: WorkingTime) -> float:
        """Tell the hour at which a period ends that began at an hour."""
        if self.unit == "hours":
            return begin + self.amount
        if self.unit == "working_hours":
            return calendar.after(begin, self.amount)
        day, amount = int(begin // DAY_HOURS), int(self.amount)
        if self.unit == "working_days":
            return (calendar.working_day_after(day, amount) + 1) * DAY_HOURS
        last = day + amount * (MONTH_DAYS if self.unit == "months" else 1)
        if self.is_rolling and not calendar.is_working_day(last):
            last = calendar.working_day_after(last, 1)
        return (last + 1) * DAY_HOURS


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """Something that may happen from outside: a message, a signal.

    Attributes:
        share: how often it happens at all, 0 to 1.
        delay: when it happens, how long after it began to be awaited, in hours day and night.
    """

    share: float = 1.0
    delay: Distribution = AT_ONCE


SURELY = Occurrence()


@dataclass(frozen=True, kw_only=True, slots=True)
class Boundary:
    """An event at the edge of an activity.

    Attributes:
        trigger: when it fires; None for an error that ends the activity.
        error_share: how often the activity ends with this error, 0 to 1.
    """

    id: str
    flows: tuple[str, ...]
    trigger: Deadline | Occurrence | None
    is_interrupting: bool = True
    error_share: float = 0.0
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """A service level.

    Attributes:
        deadline: None if the event `timer` at the edge of the same activity ends the period.
        begins_at, ends_at: elements that begin and end the period; empty for one activity.
        pauses: elements during which it stands still.
    """

    id: str
    name: str
    deadline: Deadline | None = None
    timer: str = ""
    begins_at: str = ""
    ends_at: frozenset[str] = frozenset()
    pauses: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One element.

    Attributes:
        role: who does it, a key of `Model.roles`; "" for nobody.
        time: of work: working hours of a role with staff, else hours until it is done.
        trigger: of a wait: what it waits for.
        flows: ids of outgoing sequence flows, in order.
        shares: of a gateway: flow to how often it is taken; of an exclusive one they add up to 1.
        scope: id of the sub-process around it, "" for the process itself.
        starts: of a sub-process: the elements it begins with.
    """

    id: str
    name: str
    kind: NodeKind
    role: str = ""
    time: Distribution = AT_ONCE
    trigger: Deadline | Occurrence = SURELY
    flows: tuple[str, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)
    incoming: tuple[str, ...] = ()
    scope: str = ""
    starts: tuple[str, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    levels: tuple[Level, ...] = ()
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """Who works.

    Attributes:
        staff: people; None means that everybody has time at once: work takes as long as it takes,
            day and night, as with residents and contractors.
        share: of the working time that goes to this process, above 0 up to 1.
        hours: when they work.
    """

    id: str
    staff: int | None
    share: float = 1.0
    hours: WorkingTime = field(default_factory=WorkingTime.always)


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A process that can be simulated.

    Attributes:
        starts: elements a case begins with.
        targets: sequence flow to the element it leads to.
        levels: service levels between elements of the process.
        calendar: that deadlines are counted with.
    """

    nodes: Mapping[str, Node]
    targets: Mapping[str, str]
    starts: tuple[str, ...]
    roles: Mapping[str, Role]
    arrivals: Distribution
    levels: tuple[Level, ...] = ()
    calendar: WorkingTime = field(default_factory=WorkingTime.always)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """How long is simulated, and how often.

    Attributes:
        weeks: that count.
        warm_up_weeks: simulated before them, so that the house is not empty; they do not count.
        replications: runs, each with other chance.
        most_visits: of one element in one case; a case that goes round more often is given up.
    """

    weeks: int = 12
    warm_up_weeks: int = 8
    replications: int = 50
    seed: int = 1
    most_visits: int = 60
