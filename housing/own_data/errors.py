"""What can go wrong with requests about one's own data."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


@dataclass(eq=False)
class DataRequestNotFound(NotFound):
    """There is no request %(number)s."""

    number: str


@dataclass(eq=False)
class DataExportNotFound(NotFound):
    """There is no such copy, or its seven days are over."""


@dataclass(eq=False)
class ExportOrdered(Conflict):
    """A copy is being made already, or was made today."""


@dataclass(eq=False)
class DataStillNeeded(Invalid):
    """A lease or an application is still running: its data are needed for it (PDPA, article 11)."""


@dataclass(eq=False)
class DataNotKept(Invalid):
    """We keep no such data of you yet: choose something else, and say below what is wrong."""


@dataclass(eq=False)
class ReasonNeeded(Invalid):
    """A refusal needs its reason and the article that allows it."""


@dataclass(eq=False)
class AlreadyExtended(Conflict):
    """The period was extended already; it can be extended once (PDPA, article 13)."""


@dataclass(eq=False)
class OwnRequest(NotAllowed):
    """Nobody decides on a request of his own."""
