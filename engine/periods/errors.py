"""What can go wrong when a period is counted."""

from dataclasses import dataclass

from engine.errors import Invalid


@dataclass(eq=False)
class NoWorkingTime(Invalid):
    """The calendar %(calendar_id)s has no working time for so long a period."""

    calendar_id: str


@dataclass(eq=False)
class PeriodInvalid(Invalid):
    """A period of %(amount)s cannot be counted."""

    amount: str
