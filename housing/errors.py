"""What can go wrong in the wiring of the house."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid


@dataclass(eq=False)
class SettingsInvalid(Invalid):
    """The setting %(variable)s cannot be used: %(reason)s."""

    variable: str
    reason: str


@dataclass(eq=False)
class AlreadyRunning(Conflict):
    """Another Anju server already uses %(path)s; stop it first or set another ANJU_VAR."""

    path: str


@dataclass(eq=False)
class NoDemoCity(Conflict):
    """The database holds an office, not a demo city; it is not erased."""


@dataclass(eq=False)
class NotInDemoMode(Conflict):
    """This is only possible in demo mode."""


@dataclass(eq=False)
class ScenarioInvalid(Invalid):
    """The scenario %(scenario_id)s cannot be read: %(reason)s."""

    scenario_id: str
    reason: str


@dataclass(eq=False)
class ScenarioUnplayable(Invalid):
    """The scenario asks for what is not there: %(reason)s."""

    reason: str


@dataclass(eq=False)
class ScenarioTaskNotOpen(ScenarioUnplayable):
    """The step “%(element)s” is not open; open are: %(reason)s."""

    element: str = ""


@dataclass(eq=False)
class ScenarioJobFailed(ScenarioUnplayable):
    """At %(at)s the step “%(element)s” failed: %(reason)s."""

    element: str = ""
    at: str = ""


@dataclass(eq=False)
class ScenarioEndless(ScenarioUnplayable):
    """Time does not come to rest: a timer keeps making a new one."""

    reason: str = ""


@dataclass(eq=False)
class ScenarioOperationFailed(ScenarioUnplayable):
    """An operation failed: %(reason)s."""


@dataclass(eq=False)
class ScenarioFormRefused(Invalid):
    """The form %(form_id)s refuses these answers: %(problems)s."""

    form_id: str
    problems: str


@dataclass(eq=False)
class KeyMissing(Conflict):
    """The key %(key_id)s of the personal data is missing: put it back into the key file."""

    key_id: str


@dataclass(eq=False)
class SealBroken(Conflict):
    """A sealed value of %(table)s.%(column)s cannot be opened: it was changed or moved."""

    table: str
    column: str


class DatabaseNotEmpty(Conflict):
    """This database holds tables already; a benchmark wants an empty one, for it drops them."""
