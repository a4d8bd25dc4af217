"""What can go wrong with people's data."""

from dataclasses import dataclass

from engine.errors import Invalid, NotFound


@dataclass(eq=False)
class PersonNotFound(NotFound):
    """There is no person %(person_id)s."""

    person_id: str


@dataclass(eq=False)
class HouseholdNotFound(NotFound):
    """There is no household %(household_id)s."""

    household_id: str


@dataclass(eq=False)
class NationalIdInvalid(Invalid):
    """This is no valid national id or residence permit number."""


@dataclass(eq=False)
class NationalIdOwnerless(Invalid):
    """Test numbers, whose second character is 0, are accepted in demo mode only."""


@dataclass(eq=False)
class BirthDateInvalid(Invalid):
    """This is no date of birth: write 081/05/20 or 1992-05-20."""


@dataclass(eq=False)
class PurposeMissing(Invalid):
    """Say in at least %(min_length)d characters why you need the number."""

    min_length: int


@dataclass(eq=False)
class DeathInFuture(Invalid):
    """The day of death %(died_on)s lies in the future."""

    died_on: str
