"""What can go wrong with letters."""

from dataclasses import dataclass

from engine.errors import Conflict, EngineError, Invalid, NotFound


@dataclass(eq=False)
class LetterNotFound(NotFound):
    """There is no letter %(letter_id)s."""

    letter_id: str


@dataclass(eq=False)
class TemplateUnknown(Invalid):
    """There is no letter template %(template)s."""

    template: str


@dataclass(eq=False)
class LetterFieldMissing(Invalid):
    """The letter %(template)s cannot be written: %(reason)s."""

    template: str
    reason: str


@dataclass(eq=False)
class AddresseeMissing(Invalid):
    """A letter goes to one person or to one contractor."""


@dataclass(eq=False)
class ChannelUnknown(Invalid):
    """Letters do not go by %(channel)s."""

    channel: str


@dataclass(eq=False)
class ProofUnknown(Invalid):
    """Service cannot be proven by %(kind)s."""

    kind: str


@dataclass(eq=False)
class LetterNotSent(Conflict):
    """This letter was not sent yet, so it cannot be served."""


@dataclass(eq=False)
class ProofInFuture(Invalid):
    """A letter cannot be served in the future."""


@dataclass(eq=False)
class ProofBeforeSending(Invalid):
    """A letter cannot be served before it was sent on %(sent_on)s."""

    sent_on: str


@dataclass(eq=False)
class PrintingFailed(EngineError):
    """The letter cannot be printed: %(reason)s."""

    reason: str


@dataclass(eq=False)
class PeriodTextInvalid(Invalid):
    """A letter cannot start the period %(text)s."""

    text: str
