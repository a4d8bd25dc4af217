"""What can go wrong with the chaos suite itself."""

from dataclasses import dataclass

from engine.errors import EngineError


@dataclass(eq=False)
class Unavailable(EngineError):
    """This cannot be done here: %(reason)s."""

    reason: str
