"""What can go wrong on the way to an account."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotFound


@dataclass(eq=False)
class EnrolmentOver(NotFound):
    """This took too long or was done already. Please begin again."""


@dataclass(eq=False)
class TooManyCodes(Invalid):
    """Too many codes were asked for. Please wait an hour."""


@dataclass(eq=False)
class NameMissing(Invalid):
    """Write your name as on your identity card, without signs."""


@dataclass(eq=False)
class EmailMissing(Invalid):
    """Write your e-mail address."""


@dataclass(eq=False)
class ConsentMissing(Invalid):
    """Without your agreement we cannot open an account. You can also come to the counter."""


@dataclass(eq=False)
class ProofNotRight(Invalid):
    """Code, date of birth and digits do not fit together, or the letter is no longer good."""


@dataclass(eq=False)
class CheckMissing(Invalid):
    """Say in at least %(min_length)d characters how you checked who it is."""

    min_length: int


@dataclass(eq=False)
class ClaimNotFound(NotFound):
    """There is no such identity check."""


@dataclass(eq=False)
class ClaimDecided(Conflict):
    """This identity check was decided already."""


@dataclass(eq=False)
class PersonHasAccount(Conflict):
    """This person has an account already: issue a letter for it instead."""


@dataclass(eq=False)
class WorksHere(Conflict):
    """This account belongs to somebody who works here: its administrator gives a new password."""


@dataclass(eq=False)
class AccountClosed(Conflict):
    """The account of this person is closed: ask the administrator to open it again first."""


@dataclass(eq=False)
class PersonDead(Conflict):
    """This person has died: no account can be opened."""
