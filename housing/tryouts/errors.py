"""What can go wrong with trying a draft."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotFound


@dataclass(eq=False)
class TryoutNotFound(NotFound):
    """This trial has ended; begin a new one."""


@dataclass(eq=False)
class TryoutTooLong(Invalid):
    """A trial has at most %(count)d steps; save it, or take some back."""

    count: int


@dataclass(eq=False)
class NothingToTakeBack(Conflict):
    """There is no step to take back."""


@dataclass(eq=False)
class NothingIsDue(Conflict):
    """Nothing is waiting for its time."""


@dataclass(eq=False)
class ScenarioNameInvalid(Invalid):
    """A scenario is named with small letters, digits and hyphens, at most 60 characters."""


@dataclass(eq=False)
class ScenarioNameTaken(Conflict):
    """There is a scenario of this name already: %(name)s."""

    name: str


@dataclass(eq=False)
class ScenarioSentenceMissing(Invalid):
    """Please say in one sentence what the scenario shows."""
