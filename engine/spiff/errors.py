"""What can go wrong while one process instance is stepped."""

from dataclasses import dataclass

from engine.errors import EngineError, NotFound


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
