"""What a subject adds to the page of its cases: templates, and what they show."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from engine.records import Instance
from housing.cases.rules import Viewer


@dataclass(frozen=True, kw_only=True, slots=True)
class Templates:
    """Where a subject's parts stand on the case page; "" leaves the plain page as it is.

    They see the case page as `page` and the part as `part`.

    Attributes:
        head: title and facts in short, instead of the plain ones.
        now: under "what happens next": milestones, actions.
        end: how the case ended, instead of the plain sentence.
        facts: cards beside the timeline.
    """

    head: str = ""
    now: str = ""
    end: str = ""
    facts: str = ""


class Part(Protocol):
    """What a subject adds."""

    @property
    def templates(self) -> Templates:
        """Tell where it stands."""
        ...

    @property
    def title(self) -> str:
        """Tell in a few words what the case is about, for pages of its tasks."""
        ...


ReadPart = Callable[[Instance, Viewer, Collection[str]], Part]
"""Reads a part: of which case, for whom, with the kinds of what the case waits for now."""
