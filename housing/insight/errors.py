"""Errors of insight and simulation; the docstring is the message."""

from dataclasses import dataclass

from engine.errors import Invalid


@dataclass(eq=False)
class DiagramUnreadable(Invalid):
    """The diagram of %(process_key)s cannot be read; correct it before simulating."""

    process_key: str
