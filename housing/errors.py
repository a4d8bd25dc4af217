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
class NotInDemoMode(Conflict):
    """This is only possible in demo mode."""
