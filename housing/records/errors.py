"""What can go wrong with records; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import NotFound


@dataclass(eq=False)
class TaskHasNoForm(NotFound):
    """The task %(name)s has no form."""

    name: str
