"""What can go wrong with a call or an application; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


@dataclass(eq=False)
class ApplicationNotFound(NotFound):
    """There is no application %(number)s."""

    number: str


@dataclass(eq=False)
class RoundNotFound(NotFound):
    """There is no call %(number)s."""

    number: str


@dataclass(eq=False)
class RoundNotOpen(Conflict):
    """Call %(number)s takes no applications now."""

    number: str


@dataclass(eq=False)
class SiteNotInRound(Invalid):
    """Site %(site)s does not belong to this call, or is named twice."""

    site: str


@dataclass(eq=False)
class RoomTypeNotOffered(Invalid):
    """This call offers no homes of room type %(room_type)s at the sites chosen."""

    room_type: str


@dataclass(eq=False)
class NamedTwice(Invalid):
    """The same person is named twice in the application."""


@dataclass(eq=False)
class NotYourApplication(NotAllowed):
    """Application %(number)s belongs to somebody else."""

    number: str


@dataclass(eq=False)
class FourEyes(NotAllowed):
    """Application %(number)s was reviewed by you; somebody else does the second check."""

    number: str


@dataclass(eq=False)
class DefectsLeftOut(Invalid):
    """One notice lists all defects: %(count)d of them are missing in yours."""

    count: int


@dataclass(eq=False)
class NothingChanged(Invalid):
    """Nothing in application %(number)s would change."""

    number: str


@dataclass(eq=False)
class ContactOfAnother(Conflict):
    """The applicant of %(number)s has another account; the office changes his contact data."""

    number: str


@dataclass(eq=False)
class ConsentNotGiven(Conflict):
    """This consent of application %(number)s is not given, or cannot be taken back alone."""

    number: str


@dataclass(eq=False)
class PostmarkMissing(Invalid):
    """A paper application needs the day of its postmark or of its handing in, today or earlier."""


@dataclass(eq=False)
class NothingToRestore(Invalid):
    """Application %(number)s missed no supplement period that could be restored."""

    number: str


@dataclass(eq=False)
class RestorationTooLate(Invalid):
    """Restoration is asked for within %(days)d days after the cause ended, and within a year."""

    days: int


@dataclass(eq=False)
class ExtensionNotAllowed(Conflict):
    """The supplement of application %(number)s cannot be extended, or was extended before."""

    number: str


@dataclass(eq=False)
class ReviewsOpen(Conflict):
    """%(count)d applications of this call are still under review."""

    count: int


@dataclass(eq=False)
class DrawNotAwaited(Conflict):
    """Call %(number)s waits for no draw: its list is not frozen, or the draw was recorded."""

    number: str


@dataclass(eq=False)
class DrawRanksInvalid(Invalid):
    """The ranks do not fit the list at “%(place)s”: each entry has one, from 1 in its pool."""

    place: str


@dataclass(eq=False)
class HomesUnfilled(Conflict):
    """%(count)d homes of this call are free and drawn applications for them are undecided."""

    count: int


@dataclass(eq=False)
class ObjectionsOpen(Conflict):
    """%(count)d objections to the list are not decided."""

    count: int


@dataclass(eq=False)
class ObjectionClosed(Conflict):
    """The list of call %(number)s takes no objections now."""

    number: str


@dataclass(eq=False)
class RoundDatesInvalid(Invalid):
    """The intake must end after it begins, and begin in the future."""


@dataclass(eq=False)
class RoundUnitsMissing(Invalid):
    """Name at least one site with homes; each site, room type and class once."""


@dataclass(eq=False)
class ListNotPublished(NotFound):
    """Call %(number)s has no published list yet."""

    number: str


@dataclass(eq=False)
class TransferUsed(Conflict):
    """This transfer from MyData was used before or is unknown; consent again to fetch anew."""
