"""Pure rules of dispatches: which units there are, and what makes a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from housing.dispatches.errors import DaysInvalid, QuestionMissing, UnitsMissing

UNITS = (
    "officer",
    "section_chief",
    "property_manager",
    "property_manager_lead",
    "finance",
    "ethics_office",
)
"""Candidate groups that may be asked: those whose members may open any case of their scope."""

ALL, ANY = "all", "any"
COMPLETIONS = (ALL, ANY)
"""When the question is answered: by all units, or by the first."""

LONGEST_QUESTION = 2000
MOST_DAYS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A unit that is asked.

    Attributes:
        group: candidate group.
        days: working days until its answer is due.
        is_lead: it sums the answers up.
    """

    group: str
    days: int
    is_lead: bool

    def to_json(self) -> dict[str, object]:
        """Write it as process data and the table hold it."""
        return {"group": self.group, "days": self.days, "is_lead": self.is_lead}


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked of whom.

    Attributes:
        units: in the order of UNITS, the lead unit last: it hears the others first.
    """

    text: str
    units: tuple[Unit, ...]
    completion: str

    @property
    def lead(self) -> Unit:
        """The unit that sums up."""
        return self.units[-1]


def question(text: str, days_by_group: Mapping[str, int], lead: str, completion: str) -> Question:
    """Make a question of what somebody entered.

    Raises:
        QuestionMissing: it has no text or too much of it.
        UnitsMissing: no unit is chosen, or the lead unit is not among them.
        DaysInvalid: a unit has no day, or too many.
    """
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned or len(cleaned) > LONGEST_QUESTION:
        raise QuestionMissing
    chosen = [group for group in UNITS if group in days_by_group]
    if lead not in chosen or len(chosen) != len(days_by_group):
        raise UnitsMissing
    if any(not 1 <= days_by_group[group] <= MOST_DAYS for group in chosen):
        raise DaysInvalid(MOST_DAYS)
    units = [
        Unit(group=group, days=days_by_group[group], is_lead=group == lead) for group in chosen
    ]
    return Question(
        text=cleaned,
        units=tuple(sorted(units, key=lambda each: each.is_lead)),
        completion=completion if completion in COMPLETIONS else ALL,
    )


def unit_from_json(row: Mapping[str, object]) -> Unit:
    """Read a unit as `Unit.to_json` wrote it."""
    return Unit(group=str(row["group"]), days=int(str(row["days"])), is_lead=row["is_lead"] is True)


def dispatch_number(republic_year: int, serial: int) -> str:
    """Write the number of a dispatch, such as D115-000001."""
    return f"D{republic_year}-{serial:06}"


def lead_group(units: Sequence[Mapping[str, object]]) -> str:
    """Name the group of the lead unit."""
    return next(str(each["group"]) for each in units if each["is_lead"])
