"""What can go wrong with dispatches; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotFound


@dataclass(eq=False)
class DispatchNotFound(NotFound):
    """There is no dispatch %(number)s."""

    number: str


class QuestionMissing(Invalid):
    """Write what the units are asked, in at most 2,000 characters."""


class UnitsMissing(Invalid):
    """Choose at least one unit, and the lead unit among those chosen."""


@dataclass(eq=False)
class DaysInvalid(Invalid):
    """Give each unit between 1 and %(most)d working days."""

    most: int


@dataclass(eq=False)
class CaseClosedToDispatch(Conflict):
    """Case %(number)s has ended, is suspended, or keeps its course to itself: nobody is asked."""

    number: str
