"""A difference between two versions, and how two sets of facts are compared."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference between two versions of a file.

    Attributes:
        kind: what changed, in kebab-case: "added", "deadline", "role", "cell" ...
        file: the resource.
        element_id: id of the element, rule or field; "" for the file as a whole.
        element_name: its name, or "".
        element_type: tag of a BPMN or DMN element, type of a form field.
        field: which of several: name of an input, label of a column, time of a rung.
        before, after: values as they stand in the files, "" for none.
        notes: what a reader wants to know besides, by name; of an added step its role, form ...
    """

    kind: str
    file: str = ""
    element_id: str = ""
    element_name: str = ""
    element_type: str = ""
    field: str = ""
    before: str = ""
    after: str = ""
    notes: tuple[tuple[str, str], ...] = ()

    def note(self, name: str) -> str:
        """Give a note, "" for none."""
        return dict(self.notes).get(name, "")


@dataclass(frozen=True, slots=True)
class Fact:
    """A comparable value.

    Attributes:
        text: how it is shown.
        keys: what makes it the same: one key in common is enough; the text if empty.
    """

    text: str
    keys: frozenset[str] = frozenset()

    def equals(self, other: "Fact") -> bool:
        """Tell whether both mean the same."""
        return bool((self.keys or {self.text}) & (other.keys or {other.text}))


Facts = Mapping[tuple[str, str], Fact]
"""Facts of an element by kind and field."""

NOTHING = Fact("")


def different(before: Facts, after: Facts) -> Iterator[tuple[tuple[str, str], str, str]]:
    """Give kind and field with both values, for every fact that differs; new facts last."""
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key, NOTHING), after.get(key, NOTHING)
        if not old.equals(new):
            yield key, old.text, new.text


def moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Name the items that both lists hold and that stand at another place; the fewest possible.

    What stays is a longest rising subsequence, found by patience sorting.
    """
    places = {item: at for at, item in enumerate(before)}
    common = [item for item in after if item in places]
    tails: list[int] = []
    lengths: list[int] = []
    for item in common:
        length = bisect_left(tails, places[item])
        tails[length : length + 1] = [places[item]]
        lengths.append(length)
    wanted, kept = len(tails) - 1, set()
    for item, length in zip(reversed(common), reversed(lengths), strict=True):
        if length == wanted:
            kept.add(item)
            wanted -= 1
    return [item for item in common if item not in kept]
