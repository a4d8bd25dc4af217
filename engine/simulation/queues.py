"""The queue that is known exactly: M/M/c, to check the simulation against."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial

from engine.simulation.chance import Exponential
from engine.simulation.joins import Joins
from engine.simulation.model import Model, Node, Role, Span
from engine.simulation.run import replicate

_STEP, _ROLE = "work", "people"
_MEAN_HANDLING_HOURS = 1.0

NEAR = 0.03
"""A simulated wait that differs by no more is right."""

CASES = ((1, 0.5), (1, 0.7), (2, 0.6), (3, 0.7), (5, 0.8))
"""Number of people and load of the queues that are checked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One queue, simulated and exact.

    Attributes:
        people: c of M/M/c.
        load: share of the people's time that arriving work needs, 0 to 1.
        simulated_wait, exact_wait: mean hours until work begins.
        simulated_busy: the measured share.
        customers: that were measured.
    """

    people: int
    load: float
    simulated_wait: float
    exact_wait: float
    simulated_busy: float
    customers: int

    @property
    def difference(self) -> float:
        """How far the simulated wait is off, as a share of the exact one."""
        return self.simulated_wait / self.exact_wait - 1.0


def erlang_c(people: int, load: float) -> float:
    """Tell how likely an arrival has to wait (Erlang C).

    Args:
        people: c, at least 1.
        load: arrivals times mean handling time over people; below 1.
    """
    offered = people * load
    top = offered**people / factorial(people) / (1.0 - load)
    return top / (sum(offered**k / factorial(k) for k in range(people)) + top)


def mean_wait(people: int, load: float) -> float:
    """Tell the exact mean wait of M/M/c in units of the mean handling time."""
    return erlang_c(people, load) / (people * (1.0 - load))


def single_queue(people: int, load: float) -> Model:
    """Build M/M/c: one step, handled in an hour on average, day and night."""
    nodes = (
        Node(id="begin", name="", kind="start", flows=("a",)),
        Node(
            id=_STEP,
            name="",
            kind="work",
            role=_ROLE,
            time=Exponential(_MEAN_HANDLING_HOURS),
            flows=("b",),
            incoming=("a",),
        ),
        Node(id="end", name="", kind="end", incoming=("b",)),
    )
    return Model(
        nodes={node.id: node for node in nodes},
        targets={"a": _STEP, "b": "end"},
        starts=("begin",),
        roles={_ROLE: Role(id=_ROLE, staff=people)},
        arrivals=Exponential(_MEAN_HANDLING_HOURS / (people * load)),
    )


def check(people: int, load: float, *, weeks: int, seed: int) -> Checked:
    """Simulate one queue and compare; the first quarter is thrown away as warm-up."""
    model = single_queue(people, load)
    span = Span(weeks=weeks, warm_up_weeks=weeks // 4, replications=1, seed=seed)
    figures = replicate(model, span, 0, joins=Joins(model))
    step = figures.steps[_STEP]
    return Checked(
        people=people,
        load=load,
        simulated_wait=step.wait_hours / step.taken,
        exact_wait=mean_wait(people, load) * _MEAN_HANDLING_HOURS,
        simulated_busy=figures.busy[_ROLE],
        customers=step.taken,
    )


def check_all(*, customers: int, seed: int) -> Iterator[Checked]:
    """Check every case with about so many arrivals each."""
    for people, load in CASES:
        weeks = max(int(customers / (people * load * 168)), 4)
        yield check(people, load, weeks=weeks, seed=seed)
