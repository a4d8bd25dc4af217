"""The queue that is known exactly: M/M/c, to check the simulation against."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import factorial, sqrt
from statistics import mean, stdev

from engine.simulation.chance import Exponential
from engine.simulation.joins import Joins
from engine.simulation.model import Model, Node, Role, Span
from engine.simulation.run import replicate
from engine.simulation.working_time import WEEK_HOURS

_STEP, _ROLE = "work", "people"
_MEAN_HANDLING_HOURS = 1.0
_TWO_SIDED_95 = 2.03
"""Of Student's t with 37 degrees of freedom: forty runs, two controls."""

RUNS = 40
"""Independent runs of each queue."""

NEAR = 0.03
"""A simulated wait that differs by no more is right."""

CASES = ((1, 0.5), (1, 0.7), (2, 0.6), (3, 0.7), (5, 0.7))
"""Number of people and load of the queues that are checked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One queue, simulated and exact.

    Attributes:
        people: c of M/M/c.
        load: share of the people's time that arriving work needs, 0 to 1.
        simulated_wait, exact_wait: mean hours until work begins.
        margin: hours by which the simulated wait may be off by chance alone, 95 times of 100.
        simulated_busy: the measured share.
        customers: that were measured.
    """

    people: int
    load: float
    simulated_wait: float
    exact_wait: float
    margin: float
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
    """Simulate one queue in many independent runs and compare.

    How many came and how long their work was in a run is chance whose mean is known. What the waits
    owe to it is taken out by linear regression over the runs (control variates), without which
    ten times as many customers would be needed.

    Args:
        people: c of M/M/c.
        load: below 1.
        weeks: that count, in all runs together.
        seed: of the chance.
    """
    model = single_queue(people, load)
    part = max(weeks // RUNS, 4)
    span = Span(weeks=part, warm_up_weeks=max(part // 4, 2), replications=RUNS, seed=seed)
    runs = [replicate(model, span, run, joins=Joins(model)) for run in range(RUNS)]
    waits = [run.steps[_STEP].wait_hours / run.steps[_STEP].taken for run in runs]
    hours = part * WEEK_HOURS
    came = [run.arrived / (hours * people * load) - 1.0 for run in runs]
    worked = [
        run.busy[_ROLE] * people * hours / run.steps[_STEP].done - _MEAN_HANDLING_HOURS
        for run in runs
    ]
    rest = _controlled(waits, came, worked)
    return Checked(
        people=people,
        load=load,
        simulated_wait=mean(rest),
        exact_wait=mean_wait(people, load) * _MEAN_HANDLING_HOURS,
        margin=_TWO_SIDED_95 * stdev(rest) / sqrt(RUNS),
        simulated_busy=mean(run.busy[_ROLE] for run in runs),
        customers=sum(run.steps[_STEP].taken for run in runs),
    )


def _controlled(
    values: Sequence[float], one: Sequence[float], other: Sequence[float]
) -> list[float]:
    """Take out of values what two controls explain linearly; the mean of both is known to be 0."""
    a, b, c = _covariance(one, one), _covariance(one, other), _covariance(other, other)
    d, e = _covariance(one, values), _covariance(other, values)
    whole = a * c - b * b
    by_one, by_other = (c * d - b * e) / whole, (a * e - b * d) / whole
    rows = zip(values, one, other, strict=True)
    return [value - by_one * x - by_other * y for value, x, y in rows]


def _covariance(one: Sequence[float], other: Sequence[float]) -> float:
    x, y = mean(one), mean(other)
    return sum((a - x) * (b - y) for a, b in zip(one, other, strict=True))


def check_all(*, customers: int, seed: int) -> Iterator[Checked]:
    """Check every case with about so many arrivals each."""
    for people, load in CASES:
        weeks = max(int(customers / (people * load * WEEK_HOURS)), 4)
        yield check(people, load, weeks=weeks, seed=seed)
