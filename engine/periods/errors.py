"""What can go wrong when a period is counted."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with one line of a calendar file.

    Attributes:
        line: counted from 1; 0 is the whole file.
        code: bad_date, unknown_kind, no_name, twice, repeats, no_columns, no_days, no_text or
            too_many.
        text: the words found there, cut.
    """

    line: int
    code: str
    text: str = ""


@dataclass(eq=False)
class NoWorkingTime(Invalid):
    """The calendar %(calendar_id)s has no working time for so long a period."""

    calendar_id: str


@dataclass(eq=False)
class PeriodInvalid(Invalid):
    """A period of %(amount)s cannot be counted."""

    amount: str


@dataclass(eq=False)
class CalendarChanged(Conflict):
    """The calendar was changed meanwhile: it now has version %(current)d."""

    current: int


class ReasonMissing(Invalid):
    """Publishing a calendar needs a reason."""


class NothingToPublish(Invalid):
    """This would not change the calendar."""


@dataclass(eq=False)
class CalendarFileInvalid(Invalid):
    """The calendar file has %(count)d lines that cannot be read."""

    problems: tuple[LineProblem, ...]
    count: int = 0

    def __post_init__(self) -> None:
        """Count the problems for the sentence."""
        self.count = len(self.problems)
