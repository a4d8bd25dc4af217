"""What can go wrong while one process instance is stepped."""

from dataclasses import dataclass, field

from engine.errors import Conflict, EngineError, Invalid, NotFound
from engine.spiff.model import Finding


@dataclass(eq=False)
class TokenNotFound(NotFound):
    """Nothing in this case waits as %(token_id)s."""

    token_id: str


@dataclass(eq=False)
class StartNotFound(NotFound):
    """The process %(key)s has no start event for this."""

    key: str


@dataclass(eq=False)
class ActivityNotStartable(NotFound):
    """The activity %(element_id)s cannot be started now."""

    element_id: str


@dataclass(eq=False)
class CallFailed(EngineError):
    """The call activity %(element_id)s cannot call: %(reason)s."""

    element_id: str
    reason: str


@dataclass(eq=False)
class StepTooLong(EngineError):
    """The process runs in circles without ever waiting, near %(element_id)s."""

    element_id: str


@dataclass(eq=False)
class LoopFailed(EngineError):
    """The multi-instance activity %(element_id)s cannot run: %(reason)s."""

    element_id: str
    reason: str


@dataclass(eq=False)
class MoveImpossible(Invalid):
    """A case cannot be moved to the step %(element_id)s."""

    element_id: str


@dataclass(eq=False)
class MigrationImpossible(Conflict):
    """This case cannot be moved to the other version: %(summary)s."""

    findings: tuple[Finding, ...]
    summary: str = field(init=False)

    def __post_init__(self) -> None:
        """Join the findings into one text."""
        self.summary = "; ".join(f"{each.element_id} {each.code}" for each in self.findings)


@dataclass(eq=False)
class UndoImpossible(Conflict):
    """This case cannot go back to its former version: it has moved on since, or it is too late."""

    instance_id: str


@dataclass(eq=False)
class MigrationNotFound(NotFound):
    """There is no such move of cases to another version."""

    batch_id: str


@dataclass(eq=False)
class VersionChanged(Conflict):
    """This case belongs to another version meanwhile."""

    instance_id: str
