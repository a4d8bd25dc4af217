"""What somebody assumes for a simulation, beside what history tells; JSON in, JSON out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from engine.simulation.measured import Inputs
from engine.simulation.plan import Plan

Mode = Literal["staff", "elapsed"]
"""People who take one case after the other; or times as they were, whoever did it."""

Arrivals = Literal["random", "history"]

MEASURED_ENOUGH = 20
"""From so many completed steps on, history is better than an estimate."""

WEEK_WORKING_HOURS = 40.0
USUAL_SHARE_HOURS = 20.0
"""Working hours a week that a person is taken to give to one process, until somebody says so."""

OUTSIDE = frozenset({"resident", "applicant", "contractor"})
"""Roles that the office does not staff."""

MOST_REPLICATIONS, LEAST_REPLICATIONS = 200, 30
MOST_STAFF = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleGiven:
    """How a role works.

    Attributes:
        staff: people; only in mode staff.
        hours_a_week: working hours that each gives to this process; only in mode staff.
    """

    mode: Mode
    staff: int = 1
    hours_a_week: float = USUAL_SHARE_HOURS

    @property
    def share(self) -> float:
        """The share of the working time."""
        return min(self.hours_a_week / WEEK_WORKING_HOURS, 1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumptions:
    """Everything that is entered; what is absent comes from history, else it is guessed.

    Attributes:
        per_week: cases begun a week; None as in history.
        arrivals: random (Poisson: each hour alike), or history (the gaps between cases as they
            were, in any order).
        roles: role to how it works.
        hours: user task to mean hours, of work or elapsed as its role says.
        days: timer that the case sets to days, in the version in service.
        new_days: the same in the draft.
        shares: sequence flow behind a gateway to its share, 0 to 1.
        spread: how entered times vary: 0 not at all, 0.5 usual, 1 widely.
    """

    weeks: int = 12
    warm_up_weeks: int = 8
    replications: int = 50
    seed: int = 1
    per_week: float | None = None
    arrivals: Arrivals = "random"
    roles: Mapping[str, RoleGiven] = field(default_factory=dict)
    hours: Mapping[str, float] = field(default_factory=dict)
    days: Mapping[str, float] = field(default_factory=dict)
    new_days: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    spread: float = 0.5

    def as_json(self) -> dict[str, Any]:
        """Write it as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Assumptions":
        """Read what `as_json` wrote."""
        roles = {name: RoleGiven(**each) for name, each in given.get("roles", {}).items()}
        return cls(**{**given, "roles": roles})


def propose(
    plan: Plan, inputs: Inputs, people_by_role: Mapping[str, int]
) -> Mapping[str, RoleGiven]:
    """Propose how each role of a diagram works.

    People outside of the office take as long as they took. So does a role whose steps were often
    completed but never taken over first: history tells their time, not their work. All others are
    staff, with the accounts of the role.
    """
    return {role: _proposed(role, plan, inputs, people_by_role.get(role, 1)) for role in plan.roles}


def _proposed(role: str, plan: Plan, inputs: Inputs, people: int) -> RoleGiven:
    steps = [each.id for each in plan.work if each.role == role]
    handled = sum(inputs.handling[step].count for step in steps if step in inputs.handling)
    elapsed = sum(inputs.elapsed[step].count for step in steps if step in inputs.elapsed)
    is_outside = role in OUTSIDE or role.startswith("lane:")
    is_unknown = handled < MEASURED_ENOUGH <= elapsed
    mode: Mode = "elapsed" if is_outside or is_unknown else "staff"
    return RoleGiven(mode=mode, staff=max(people, 1))
