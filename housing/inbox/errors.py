"""What can go wrong with saved views; the docstring of a class, filled in, is its message."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


@dataclass(eq=False)
class SavedViewNotFound(NotFound):
    """There is no saved view %(view_id)s."""

    view_id: int


@dataclass(eq=False)
class SavedViewNotYours(NotAllowed):
    """Only leads and administrators change the views of a team."""


@dataclass(eq=False)
class SavedViewNameless(Invalid):
    """Please give the view a name of at most %(most)s characters."""

    most: int


@dataclass(eq=False)
class SavedViewNameTaken(Conflict):
    """There is a view of the name %(name)s already."""

    name: str


@dataclass(eq=False)
class SavedViewsTooMany(Invalid):
    """At most %(most)s views can be saved; please delete one first."""

    most: int
