"""What can go wrong with a move-out; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


@dataclass(eq=False)
class MoveOutNotFound(NotFound):
    """There is no move-out %(number)s."""

    number: str


@dataclass(eq=False)
class NotYourLease(NotAllowed):
    """You are not the tenant of this home."""


@dataclass(eq=False)
class MoveOutRunning(Conflict):
    """The lease %(lease)s is being ended already, in case %(number)s."""

    lease: str
    number: str


@dataclass(eq=False)
class CannotWithdraw(Conflict):
    """Only a notice of the tenant can be taken back, and only until the home is offered."""


@dataclass(eq=False)
class SheetNotFinished(Invalid):
    """Complete the handover sheet first: items, meters, keys and signatures."""


@dataclass(eq=False)
class SamePersonChecks(NotAllowed):
    """The settlement must be checked by somebody else than who drew it up."""


@dataclass(eq=False)
class HeirNotEntitled(Invalid):
    """Only a spouse or a direct relative on the lease who lives in the home may take it over."""


@dataclass(eq=False)
class InquiryNotOpen(Conflict):
    """The bank has answered this inquiry already, or there is none."""


@dataclass(eq=False)
class AccountMissing(NotFound):
    """This move-out names no account for the refund."""

    number: str


@dataclass(eq=False)
class ItemIncomplete(Invalid):
    """Choose what was found; damage needs a photo and a price, a dispute a reason."""

    part: str


@dataclass(eq=False)
class ItemNameMissing(Invalid):
    """Name the item in 1 to %(longest)d characters."""

    longest: int


@dataclass(eq=False)
class TooManyItems(Conflict):
    """At most %(most)d items can be added to a sheet."""

    most: int


@dataclass(eq=False)
class NoHandoverNow(Conflict):
    """The exit handover of this case is not open now."""
