"""What can go wrong with notices."""

from dataclasses import dataclass

from engine.errors import Conflict, EngineError, Invalid, NotFound


@dataclass(eq=False)
class NoticeUnknown(EngineError):
    """There are no words for a notice of the kind %(kind)s."""

    kind: str


@dataclass(eq=False)
class NoticeNotFound(NotFound):
    """There is no such message."""


@dataclass(eq=False)
class ChannelUnknown(Invalid):
    """There is no channel %(channel)s."""

    channel: str


@dataclass(eq=False)
class TopicUnknown(Invalid):
    """There are no notices of the kind %(topic)s."""

    topic: str


@dataclass(eq=False)
class UrgentNeedsChannel(Invalid):
    """Urgent notices need at least one channel."""


@dataclass(eq=False)
class QuietHoursInvalid(Invalid):
    """Quiet hours need a beginning and an end, at most 12 hours apart."""


@dataclass(eq=False)
class NothingToRepeat(Conflict):
    """This message was delivered or is on its way; there is nothing to try again."""
