"""What can go wrong when a plain case is begun."""

from dataclasses import dataclass

from engine.errors import NotAllowed, NotFound


@dataclass(eq=False)
class ProcessNotStartable(NotFound):
    """Cases of the process %(key)s do not begin on a page."""

    key: str


@dataclass(eq=False)
class PlaceNotYours(NotAllowed):
    """You may begin cases only for the places that you work for."""
