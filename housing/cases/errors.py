"""What can go wrong with cases; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


@dataclass(eq=False)
class CaseNotYours(NotAllowed):
    """You do not take part in this case."""

    instance_id: str


@dataclass(eq=False)
class ActionUnknown(NotFound):
    """There is no such action in this case."""

    message: str


@dataclass(eq=False)
class ActionPast(Conflict):
    """This case has gone on meanwhile; this action is not possible now."""

    message: str


class HelpUnsaid(Invalid):
    """Say what your colleague is to do; it stands in the history of the case."""


@dataclass(eq=False)
class DelegateUnfit(Invalid):
    """Choose an active colleague of the same group who may see the case."""

    name: str


class ReasonMissing(Invalid):
    """Give a reason; your colleague is told it, and it stands in the history of the case."""
