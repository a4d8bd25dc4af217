"""What can go wrong with work in the background."""

from dataclasses import dataclass

from engine.errors import BusinessError, Conflict, NotFound


@dataclass(eq=False)
class BackgroundTaskNotFound(NotFound):
    """This work is not known, or no longer kept."""


@dataclass(eq=False)
class WorkerLost(BusinessError):
    """The process that did this work was lost twice. Order it again."""

    code: str = "worker_lost"


@dataclass(eq=False)
class WorkerEnded(BusinessError):
    """The process that did this work ended with code %(exit_code)d. Order it again."""

    code: str = "worker_ended"
    exit_code: int = 1


@dataclass(eq=False)
class BackgroundTaskStopped(Conflict):
    """This work was stopped, or another worker has taken it over."""
