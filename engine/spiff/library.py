"""Where a running instance finds the processes that it calls, and finds them again later."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from engine.spiff.calls import Called

if TYPE_CHECKING:
    from engine.spiff.definition import Definition

_PART = "#"


@runtime_checkable
class Shelf(Protocol):
    """What a host adds if it keeps more than one definition."""

    def find_called(self, called: Called) -> "Definition | None":
        """Find the newest version of a process, or the one that is named; None without any."""
        ...

    def pinned(self, ref: str) -> "Definition | None":
        """Find the definition that an instance once called, by its reference."""
        ...

    def decide_in(
        self, ref: str, decision_id: str, variables: Mapping[str, object], element_id: str
    ) -> object:
        """Evaluate a decision of a called process."""
        ...


class Library:
    """The definitions that one instance uses: its own, those of its file, those of the host."""

    def __init__(self, definition: "Definition", host: object) -> None:
        self.own_ref = definition.ref
        self.shelf = host if isinstance(host, Shelf) else None
        self._known = {definition.ref: definition}

    def find(self, called: Called, caller_ref: str) -> "Definition | None":
        """Find what is called now by an element of a definition."""
        relative = self.pinned(caller_ref).relatives.get(called.key)
        is_own = called.binding == "deployment" or (called.binding is None and relative is not None)
        found = None if is_own or self.shelf is None else self.shelf.find_called(called)
        if found is None and called.binding != "version":
            found = relative
        if found is not None:
            self._known[found.ref] = found
        return found

    def pinned(self, ref: str) -> "Definition":
        """Find a definition again.

        Raises:
            KeyError: it is gone.
        """
        if ref not in self._known:
            self._known[ref] = self._fetch(ref)
        return self._known[ref]

    def _fetch(self, ref: str) -> "Definition":
        base, part, key = ref.partition(_PART)
        if part:
            return self.pinned(base).relatives[key]
        found = None if self.shelf is None else self.shelf.pinned(ref)
        if found is None:
            raise KeyError(ref)
        return found


def ref_within(ref: str, key: str) -> str:
    """Name a process that stands in the file of another one and is called by it."""
    return f"{ref.partition(_PART)[0]}{_PART}{key}"
