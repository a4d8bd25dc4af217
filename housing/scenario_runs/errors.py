"""What can go wrong with runs of scenarios."""

from dataclasses import dataclass

from engine.errors import Conflict, NotFound


@dataclass(eq=False)
class ScenarioRunNotFound(NotFound):
    """There is no such run of scenarios."""


@dataclass(eq=False)
class ScenariosNotRun(Conflict):
    """The scenarios were not run with this content; run the scenarios first."""


@dataclass(eq=False)
class ScenariosStillRunning(Conflict):
    """The scenarios are running; wait for the result."""


@dataclass(eq=False)
class ScenariosFailed(Conflict):
    """%(count)d scenarios fail: correct the draft, adopt what they show now, or set them aside."""

    count: int
