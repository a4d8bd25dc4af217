"""What can go wrong with the demo city."""

from dataclasses import dataclass

from engine.errors import Conflict, EngineError, Invalid


@dataclass(eq=False)
class CityNotEmpty(Conflict):
    """The database already holds accounts; load the demo city into an empty one or with --reset."""


@dataclass(eq=False)
class ClockOnlyMovesForward(Invalid):
    """The demo clock only moves forward, by at most %(most_days)d days at once."""

    most_days: int


@dataclass(eq=False)
class NoDeadlineAhead(Conflict):
    """No case has a deadline ahead."""


@dataclass(eq=False)
class StoryBroken(EngineError):
    """The demo story %(story)s does not fit the process: %(reason)s."""

    story: str
    reason: str
