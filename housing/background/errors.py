"""What can go wrong with work in the background."""

from dataclasses import dataclass

from engine.errors import Conflict, NotFound


@dataclass(eq=False)
class BackgroundTaskNotFound(NotFound):
    """This work is not known, or no longer kept."""


@dataclass(eq=False)
class BackgroundTaskStopped(Conflict):
    """This work was stopped, or another worker has taken it over."""
