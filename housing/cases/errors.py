"""What can go wrong with cases; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import NotAllowed, NotFound


@dataclass(eq=False)
class CaseNotYours(NotAllowed):
    """You do not take part in this case."""

    instance_id: str


@dataclass(eq=False)
class DraftNotFound(NotFound):
    """There is no draft of this form."""

    key: str


@dataclass(eq=False)
class TaskHasNoForm(NotFound):
    """The task %(name)s has no form."""

    name: str
