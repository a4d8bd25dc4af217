"""What can go wrong with an order for many tasks."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotFound


@dataclass(eq=False)
class BatchNotFound(NotFound):
    """There is no such order of yours, or it is no longer kept."""


class BatchEmpty(Invalid):
    """Choose at least one task."""


@dataclass(eq=False)
class BatchTooLarge(Invalid):
    """At most %(most)d tasks can be chosen at once; these are %(count)d. Narrow the view."""

    count: int
    most: int


class BatchVerbUnknown(Invalid):
    """Choose what to do with the tasks."""


class BatchReasonMissing(Invalid):
    """Give a reason; the colleague is told it, and it stands in the history of each case."""


class BatchAssigneeMissing(Invalid):
    """Choose the colleague who is to get the tasks."""


class BatchDayInvalid(Invalid):
    """Choose a day from today on, or none to end the follow-up."""


class BatchPriorityInvalid(Invalid):
    """The priority is a whole number from 0 to 100."""


class BatchTermsMissing(Conflict):
    """Say first what is to be done; then confirm."""


class NothingToUndo(Conflict):
    """Nothing of this order can be taken back."""
