"""What can go wrong with care; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Invalid, NotAllowed, NotFound


@dataclass(eq=False)
class CareCaseNotFound(NotFound):
    """There is no care case %(number)s."""

    number: str


@dataclass(eq=False)
class CareReportNotFound(NotFound):
    """There is no monthly work report %(number)s."""

    number: str


@dataclass(eq=False)
class CareNotYours(NotAllowed):
    """You cannot report a care signal for this home."""


@dataclass(eq=False)
class HomeMissing(Invalid):
    """Please say which home the signal is about."""


@dataclass(eq=False)
class PurposeUnknown(Invalid):
    """Please say for what purpose you open this record."""


@dataclass(eq=False)
class VisitTooLate(Invalid):
    """At this level the next visit must be within %(days)d days."""

    days: int


@dataclass(eq=False)
class LevelTooLow(Invalid):
    """BSRS-5 is %(score)d points or suicide is on the person's mind: choose the level high."""

    score: int


@dataclass(eq=False)
class FigureNeedsReason(Invalid):
    """A figure differs from the records; please write the reason."""
