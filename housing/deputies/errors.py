"""What can go wrong with absences and deputies; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


@dataclass(eq=False)
class AbsenceNotFound(NotFound):
    """There is no absence %(absence_id)s."""

    absence_id: str


class AbsenceNotYours(NotAllowed):
    """Only the person, the chief or an administrator may enter or change this absence."""


class PeriodInvalid(Invalid):
    """The absence must end after it begins, and not before now."""


class PeriodTooLong(Invalid):
    """An absence lasts a year at most; enter a longer one in parts."""


class ReasonUnknown(Invalid):
    """Choose why the person is away."""


class NoteTooLong(Invalid):
    """The note has more than 300 characters."""


class NotAWorker(Invalid):
    """This person has no role of the office, so there is nothing to stand in for."""


@dataclass(eq=False)
class AbsenceOverlaps(Conflict):
    """%(name)s is already entered as away from %(from_on)s to %(until_on)s; change that absence."""

    name: str
    from_on: str
    until_on: str


class AbsenceBegan(Conflict):
    """The absence has begun: its beginning stays; enter the return instead of cancelling it."""


class AbsenceOver(Conflict):
    """The absence is over or was cancelled; nothing can be changed any more."""


class DeputyMissing(Invalid):
    """Choose a deputy, the first one first."""


@dataclass(eq=False)
class DeputyUnfit(Invalid):
    """%(name)s cannot be a deputy here: choose an active colleague, each only once."""

    name: str


@dataclass(eq=False)
class DeputyLacksRight(Invalid):
    """%(name)s lacks the role “%(role)s” in the whole city; narrow the work or choose another."""

    name: str
    role: str


@dataclass(eq=False)
class DeputyLacksRightThere(Invalid):
    """%(name)s lacks the role “%(role)s” in %(place)s; narrow the work or choose another."""

    name: str
    role: str
    place: str


@dataclass(eq=False)
class DeputyCycle(Invalid):
    """The deputies would lead in a circle: %(way)s. Choose somebody else."""

    way: str


class DeputyIsParty(NotAllowed):
    """You or your household are a party of this case (Administrative Procedure Act, art. 32)."""


@dataclass(eq=False)
class NotFirstDeputy(NotAllowed):
    """%(deputy_name)s stands in first for %(absent_name)s and does this task."""

    deputy_name: str
    absent_name: str
