"""What can go wrong with announcements."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotFound


@dataclass(eq=False)
class AnnouncementNotFound(NotFound):
    """There is no announcement %(number)s."""

    number: str


@dataclass(eq=False)
class AnnouncementEnded(Conflict):
    """Announcement %(number)s is not in force, so it cannot be changed."""

    number: str


@dataclass(eq=False)
class ScopeNotYours(Invalid):
    """You may address only the communities that you work for."""


@dataclass(eq=False)
class ScopeIncomplete(Invalid):
    """Please say whom this is for: a community, and a building, floor or homes of it."""


@dataclass(eq=False)
class UnitUnknown(Invalid):
    """The community has no home %(code)s."""

    code: str


@dataclass(eq=False)
class NobodyAddressed(Invalid):
    """Nobody would receive this; please choose other people."""


@dataclass(eq=False)
class EndMissing(Invalid):
    """An emergency and an outage need an end."""


@dataclass(eq=False)
class EndTooEarly(Invalid):
    """The end must lie after the start and in the future."""


@dataclass(eq=False)
class OfficeOnly(Invalid):
    """Only the housing office may publish for everybody or ask for acknowledgement."""
