"""What can go wrong with leases."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotFound


@dataclass(eq=False)
class LeaseNotFound(NotFound):
    """There is no lease %(lease_id)s."""

    lease_id: str


@dataclass(eq=False)
class UnitIsLet(Conflict):
    """This home is let until %(until_on)s; it cannot be let a second time."""

    until_on: str


@dataclass(eq=False)
class LeaseEnded(Conflict):
    """The lease %(number)s has ended."""

    number: str


@dataclass(eq=False)
class LeasePeriodInvalid(Invalid):
    """A lease ends after it begins."""


@dataclass(eq=False)
class AmountInvalid(Invalid):
    """An amount is a whole number of dollars above zero."""


@dataclass(eq=False)
class NotOnTheLease(Conflict):
    """Only a person registered on the lease may take it over."""
