"""What can go wrong with a repair; a class's docstring is its message."""

from dataclasses import dataclass
from datetime import date

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


@dataclass(eq=False)
class TicketNotFound(NotFound):
    """There is no repair ticket %(ticket)s."""

    ticket: str


@dataclass(eq=False)
class OrderNotFound(NotFound):
    """There is no repair order %(order_id)d."""

    order_id: int


@dataclass(eq=False)
class LedgerEntryNotFound(NotFound):
    """There is no ledger entry %(entry_id)d."""

    entry_id: int


@dataclass(eq=False)
class NoContractorFor(Conflict):
    """Community %(community)s has no contractor for class %(repair_class)s."""

    community: str
    repair_class: str


@dataclass(eq=False)
class StageNotReachable(Conflict):
    """A ticket in stage %(stage)s cannot move to stage %(wanted)s."""

    stage: str
    wanted: str


@dataclass(eq=False)
class BalanceBelowZero(Invalid):
    """More than the %(charged_twd)s TWD charged would be recovered."""

    charged_twd: int


@dataclass(eq=False)
class QuoteNotFromTable(Invalid):
    """The unit price of %(item)s is %(price_twd)d TWD in the table of consumables."""

    item: str
    price_twd: int


@dataclass(eq=False)
class QuoteSumDiffers(Invalid):
    """The lines of the quote add up to %(lines_twd)d TWD, not to %(amount_twd)d TWD."""

    lines_twd: int
    amount_twd: int


@dataclass(eq=False)
class DuplicateOfItself(Invalid):
    """Ticket %(number)s cannot be merged into itself or into a ticket that has ended."""

    number: str


@dataclass(eq=False)
class NotYourReport(NotAllowed):
    """Only the reporter of ticket %(number)s or the property manager may do this."""

    number: str


@dataclass(eq=False)
class NotYourUnit(NotAllowed):
    """You may report repairs only at home, in its community or in the one you manage."""


@dataclass(eq=False)
class NotYourOrder(NotAllowed):
    """Order %(order_id)d was given to another contractor."""

    order_id: int


@dataclass(eq=False)
class ExtensionNotLater(Invalid):
    """The order is due on %(due_on)s already; ask for a later day."""

    due_on: str


@dataclass(eq=False)
class ConsumableNotFound(NotFound):
    """The table of consumables has no item %(item)s."""

    item: str


@dataclass(eq=False)
class PriceInvalid(Invalid):
    """A price is a whole number of NT$ from 1 to %(highest_twd)d."""

    highest_twd: int


@dataclass(eq=False)
class PriceInPast(Invalid):
    """A new price begins today (%(today)s) or later."""

    today: str


@dataclass(eq=False)
class PriceReasonMissing(Invalid):
    """Say why the price changes."""


@dataclass(eq=False)
class IncidentNotFound(NotFound):
    """There is no mass incident %(incident)s."""

    incident: str


@dataclass(eq=False)
class IncidentNotPossible(Conflict):
    """Ticket %(number)s has ended or was merged; a mass incident needs one that goes on."""

    number: str


@dataclass(eq=False)
class IncidentEnded(Conflict):
    """The mass incident of ticket %(number)s is over."""

    number: str


@dataclass(eq=False)
class IncidentTextMissing(Invalid):
    """Write what people are to be told, at most %(longest)d characters."""

    longest: int


@dataclass(eq=False, kw_only=True)
class PeriodEndsBeforeItBegins(Invalid):
    """The period ends on %(last_on)s, before it begins on %(first_on)s."""

    first_on: date
    last_on: date
