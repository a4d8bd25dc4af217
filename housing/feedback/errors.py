"""What can go wrong with feedback."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid


@dataclass(eq=False)
class FeedbackClosed(Conflict):
    """This case takes no feedback now: it runs, ended long ago, or was answered for."""


@dataclass(eq=False)
class StarsMissing(Invalid):
    """Please choose one to five stars."""
