"""What can go wrong with related cases; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


class LinksNotYours(NotAllowed):
    """Only officers and section chiefs of all these cases may merge them."""


@dataclass(eq=False)
class LinkNotFound(NotFound):
    """There is no link %(link_id)d of this case."""

    link_id: int


@dataclass(eq=False)
class LinkPointless(Invalid):
    """Case %(number)s is this case itself, or linked to it in this way already."""

    number: str


class LinkKindUnknown(Invalid):
    """Choose how the cases belong together."""


@dataclass(eq=False)
class CaseToLinkNotFound(Invalid):
    """There is no case %(number)s that you may open."""

    number: str


class MergeReasonMissing(Invalid):
    """Give a reason; it stands in the history of each case."""


class MergeEmpty(Invalid):
    """Choose at least one case that is merged into the lead case."""


@dataclass(eq=False)
class MergeTooLarge(Invalid):
    """Merge at most %(most)d cases at a time."""

    most: int


@dataclass(eq=False)
class MergeNotPossible(Conflict):
    """Case %(number)s cannot be merged: %(obstacle)s."""

    number: str
    obstacle: str


@dataclass(eq=False)
class NotMerged(Conflict):
    """Case %(number)s is not merged into another one now."""

    number: str
