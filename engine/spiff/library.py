"""Where a running instance finds the processes that it calls, and finds them again later."""

from collections.abc import Mapping
from typing import Any, Protocol, cast

from engine.spiff.calls import Called

_PART = "#"


class Compiled(Protocol):
    """What a running instance needs of a compiled definition."""

    @property
    def key(self) -> str:
        """Id of the process."""
        ...

    @property
    def ref(self) -> str:
        """What the engine calls this version."""
        ...

    @property
    def specs(self) -> Mapping[str, Any]:
        """What SpiffWorkflow runs, by id of the process or sub-process."""
        ...

    @property
    def relatives(self) -> Mapping[str, "Compiled"]:
        """What its call activities may call in its own file, by key."""
        ...


class Shelf(Protocol):
    """What a host adds if it keeps more than one definition."""

    def find_called(self, called: Called) -> Compiled | None:
        """Find the newest version of a process, or the one that is named; None without any."""
        ...

    def pinned(self, ref: str) -> Compiled | None:
        """Find the definition that an instance once called, by its reference."""
        ...

    def decide_in(
        self, ref: str, decision_id: str, variables: Mapping[str, object], element_id: str
    ) -> object:
        """Evaluate a decision of a called process."""
        ...


class Library:
    """The definitions that one instance uses: its own, those of its file, those of the host."""

    def __init__(self, definition: Compiled, host: object) -> None:
        self.own_ref = definition.ref
        # asking a runtime-checkable protocol costs more than the whole look-up
        self.shelf = cast("Shelf", host) if hasattr(host, "find_called") else None
        self._known: dict[str, Compiled] = {definition.ref: definition}

    def find(self, called: Called, caller_ref: str) -> Compiled | None:
        """Find what is called now by an element of a definition."""
        relative = self.pinned(caller_ref).relatives.get(called.key)
        is_own = called.binding == "deployment" or (called.binding is None and relative is not None)
        found = None if is_own or self.shelf is None else self.shelf.find_called(called)
        if found is None and called.binding != "version":
            found = relative
        if found is not None:
            self._known[found.ref] = found
        return found

    def pinned(self, ref: str) -> Compiled:
        """Find a definition again.

        Raises:
            KeyError: it is gone.
        """
        if ref not in self._known:
            self._known[ref] = self._fetch(ref)
        return self._known[ref]

    def _fetch(self, ref: str) -> Compiled:
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
