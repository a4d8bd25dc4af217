"""What can go wrong with a renewal; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Invalid


@dataclass(eq=False)
class SecondSupplement(Invalid):
    """Papers were asked for once already; decide now."""


@dataclass(eq=False)
class TermTooLong(Invalid):
    """The new term may last until %(latest_on)s at most."""

    latest_on: str
