"""What can go wrong with cases; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import NotAllowed


@dataclass(eq=False)
class CaseNotYours(NotAllowed):
    """You do not take part in this case."""

    instance_id: str
