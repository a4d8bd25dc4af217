"""What a run of scenarios showed, as values that are kept as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

PASSED, FAILED, SET_ASIDE = "passed", "failed", "set_aside"


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """What is done in a step: kind, subject and login as in `housing.scenario_script.When`."""

    step: int
    kind: str
    subject: str
    login: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Obstacle:
    """Why an act could not be played.

    Attributes:
        act: None when the file itself cannot be read.
        error: name of the error's class.
        sentence: its English sentence with places for the fields, to be translated at the edge.
        fields: texts and numbers of the error.
    """

    act: Act | None
    error: str
    sentence: str
    fields: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """An expectation that does not hold; see `housing.scenario_checks.Mismatch`."""

    act: Act
    key: str
    name: str
    expected: object
    actual: object


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How one scenario went.

    Attributes:
        state: passed, failed or set_aside.
        reason: why it was set aside.
    """

    id: str
    title: str
    state: str
    reason: str = ""
    obstacle: Obstacle | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def can_adopt(self) -> bool:
        """Tell whether all its acts were played, so that its expectations can be recorded anew."""
        return self.state == FAILED and self.obstacle is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A sequence flow or an end event that no scenario came to."""

    id: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How all scenarios of a draft went."""

    outcomes: tuple[Outcome, ...]
    unwalked_flows: tuple[Part, ...]
    unreached_ends: tuple[Part, ...]
    flow_count: int
    end_count: int

    def count(self, state: str) -> int:
        """Count the scenarios that passed, failed or were set aside."""
        return sum(each.state == state for each in self.outcomes)

    @property
    def is_fit(self) -> bool:
        """Tell whether no scenario fails that nobody has set aside."""
        return not self.count(FAILED)

    def outcome(self, scenario_id: str) -> Outcome | None:
        """Find how one scenario went."""
        return next((each for each in self.outcomes if each.id == scenario_id), None)

    def as_json(self) -> dict[str, Any]:
        """Write the report as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Report":
        """Read a stored report."""
        return cls(
            outcomes=tuple(_outcome(each) for each in stored["outcomes"]),
            unwalked_flows=tuple(Part(**each) for each in stored["unwalked_flows"]),
            unreached_ends=tuple(Part(**each) for each in stored["unreached_ends"]),
            flow_count=stored["flow_count"],
            end_count=stored["end_count"],
        )


def _outcome(stored: Mapping[str, Any]) -> Outcome:
    obstacle = stored["obstacle"]
    return Outcome(
        id=stored["id"],
        title=stored["title"],
        state=stored["state"],
        reason=stored["reason"],
        obstacle=_obstacle(obstacle) if obstacle else None,
        differences=tuple(
            Difference(**{**each, "act": Act(**each["act"])}) for each in stored["differences"]
        ),
    )


def _obstacle(stored: Mapping[str, Any]) -> Obstacle:
    act = stored["act"]
    return Obstacle(**{**stored, "act": Act(**act) if act else None})
