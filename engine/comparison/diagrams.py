"""What differs between two BPMN files, as a reader of the diagram would say it.

Elements are the same if they have the same id; where a tool gave a new id, if type and name are
the same and unique. Arrows that only follow from a step that was added or removed are not told
again. How the file is written (prefixes, order of attributes, indentation) makes no difference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.comparison.changes import Change, Fact, different
from engine.comparison.levels import compare_levels
from engine.comparison.parts import ARROWS, Diagram, Part, read_diagram

_UNTOLD = frozenset({"dataObject"})
"""Parts that another part stands for."""


def compare_diagrams(before: bytes, after: bytes, *, file: str = "") -> list[Change]:
    """Compare two BPMN files.

    Args:
        before: the file in service.
        after: the file of the draft.
        file: name for the changes.

    Returns:
        Changes in the order of the new file, what was removed after that, the drawing last.

    Raises:
        ValueError: one of them is no XML.
    """
    return list(_Comparison(read_diagram(before), read_diagram(after), file).changes())


class _Comparison:
    """Compares one pair of diagrams."""

    def __init__(self, before: Diagram, after: Diagram, file: str) -> None:
        self._before = before
        self._after = after
        self._file = file
        self._same = _pairs(before, after)
        self._old = {new: old for old, new in self._same.items()}
        self._gone = {key for key in before.parts if key not in self._same}
        self._new = {key for key in after.parts if key not in self._old}
        self._rewired: set[str] = set()
        self._placed: set[str] = set()

    def changes(self) -> Iterator[Change]:
        """Give all changes."""
        for key, part in self._after.parts.items():
            if key in self._old:
                yield from self._compared(self._before.parts[self._old[key]], part)
            elif self._is_told(part, self._new):
                yield self._added(part)
        for key, part in self._before.parts.items():
            if key in self._gone and self._is_told(part, self._gone):
                yield self._removed(part)
        yield from self._drawing()

    def _is_told(self, part: Part, alike: set[str]) -> bool:
        """Leave out arrows that come or go with a step; one with a condition is told."""
        if part.type in _UNTOLD:
            return False
        follows = part.type in ARROWS and (part.source in alike or part.target in alike)
        return not follows or (alike is self._new and bool(part.text("condition")))

    def _added(self, part: Part) -> Change:
        return replace(
            self._change("added", part, self._after), notes=self._notes(part, self._after)
        )

    def _removed(self, part: Part) -> Change:
        return replace(
            self._change("removed", part, self._before), notes=self._notes(part, self._before)
        )

    def _change(self, kind: str, part: Part, diagram: Diagram) -> Change:
        host = part.text("attached")
        return Change(
            kind=kind,
            file=self._file,
            element_id=part.id,
            element_name=diagram.name(part.id) if part.type in ARROWS else part.name,
            element_type=part.type,
            notes=(("host", diagram.name(host)),) if host else (),
        )

    def _notes(self, part: Part, diagram: Diagram) -> tuple[tuple[str, str], ...]:
        """Tell what a reader wants to know of a step that comes or goes."""
        levels = [each.period for each in part.levels.values() if each.period]
        host = part.text("attached")
        found = {
            "lane": diagram.name(part.lane) if part.lane else "",
            "deadline": next(iter(levels), part.text("deadline")),
            "host": diagram.name(host) if host else "",
            "after": self._neighbours(part.id, diagram, is_before=True),
            "before": self._neighbours(part.id, diagram, is_before=False),
        }
        for kind in _TOLD_OF_NEW:
            found[kind] = part.text(kind)
        return tuple((name, text) for name, text in found.items() if text)

    def _neighbours(self, key: str, diagram: Diagram, *, is_before: bool) -> str:
        flows = (each for each in diagram.arrows() if each.type == "sequenceFlow")
        if is_before:
            ends = [flow.source for flow in flows if flow.target == key]
        else:
            ends = [flow.target for flow in flows if flow.source == key]
        return "、".join(diagram.name(end) for end in ends)

    def _compared(self, old: Part, new: Part) -> Iterator[Change]:
        base = self._change("", new, self._after)
        if old.id != new.id and new.type not in ARROWS:
            yield replace(base, kind="identity", before=old.id, after=new.id)
        if old.type != new.type:
            yield replace(base, kind="type", before=old.type, after=new.type)
        if old.name != new.name and not (new.type in ARROWS and old.type != new.type):
            yield replace(
                base, kind="renamed", element_name=old.name, before=old.name, after=new.name
            )
        yield from self._place(old, new, base)
        yield from self._facts(old, new, base)
        yield from compare_levels(old.levels, new.levels, base)

    def _place(self, old: Part, new: Part, base: Change) -> Iterator[Change]:
        if self._same.get(old.scope, old.scope) != new.scope and new.type not in ARROWS:
            self._placed.add(new.id)
            yield self._move(base, "scope", old.scope, new.scope)
        if self._same.get(old.lane, old.lane) != new.lane:
            self._placed.add(new.id)
            yield self._move(base, "lane", old.lane, new.lane)
        if new.type in ARROWS and self._is_rewired(old, new):
            self._rewired.add(new.id)
            if not self._follows(old, new):
                before, after = self._ends(old, self._before), self._ends(new, self._after)
                yield replace(base, kind="rewired", before=before, after=after)

    def _move(self, base: Change, kind: str, old: str, new: str) -> Change:
        before = self._before.name(old) if old else ""
        return replace(base, kind=kind, before=before, after=self._after.name(new) if new else "")

    def _ends(self, arrow: Part, diagram: Diagram) -> str:
        return f"{diagram.name(arrow.source)} → {diagram.name(arrow.target)}"

    def _is_rewired(self, old: Part, new: Part) -> bool:
        ends = (self._same.get(old.source, ""), self._same.get(old.target, ""))
        return ends != (new.source, new.target)

    def _follows(self, old: Part, new: Part) -> bool:
        """Tell whether an arrow only makes room for new steps, or closes the gap of old ones."""
        source, target = self._same.get(old.source), self._same.get(old.target)
        if source == new.source and new.target in self._new and target is not None:
            return target in _reached(new.target, self._after, self._new)
        if target == new.target and new.source in self._new and source is not None:
            return new.source in _reached(source, self._after, self._new)
        if source == new.source and target is None:
            return self._old.get(new.target) in _reached(old.target, self._before, self._gone)
        if target == new.target and source is None:
            start = self._old.get(new.source, "")
            return old.source in _reached(start, self._before, self._gone)
        return False

    def _facts(self, old: Part, new: Part, base: Change) -> Iterator[Change]:
        known = self._translated(old)
        for (kind, name), before, after in different(known, new.facts):
            if kind == "attached":
                self._placed.add(new.id)
                before, after = self._before.name(before), self._after.name(after)
            counted = kind == "deadline" and new.text("calendar")
            notes = (*base.notes, ("calendar", counted)) if counted else base.notes
            yield replace(base, kind=kind, field=name, before=before, after=after, notes=notes)

    def _translated(self, old: Part) -> Mapping[tuple[str, str], Fact]:
        """Give old facts; ids in them also by the new ids."""
        found = dict(old.facts)
        for key in (("attached", ""), ("default-flow", "")):
            if key in found:
                fact = found[key]
                keys = set(fact.keys or {fact.text})
                keys |= {self._same.get(each, each) for each in keys}
                keys |= {f"to {self._same.get(e[3:], e[3:])}" for e in keys if e.startswith("to ")}
                found[key] = Fact(fact.text, frozenset(keys))
        return found

    def _drawing(self) -> Iterator[Change]:
        """Tell once that elements stand elsewhere, if nothing else explains it."""
        count = sum(1 for old, new in self._same.items() if self._is_redrawn(old, new))
        if count:
            yield Change(kind="drawing", file=self._file, after=str(count))

    def _is_redrawn(self, old: str, new: str) -> bool:
        before, after = self._before.drawing.get(old), self._after.drawing.get(new)
        if before is None or after is None or before == after:
            return False
        part = self._after.parts[new]
        return not {new, part.source, part.target} & (self._placed | self._rewired | self._new)


def _pairs(before: Diagram, after: Diagram) -> dict[str, str]:
    """Give the new id of each old part that is still there."""
    same = {key: key for key in before.parts if key in after.parts}
    same |= dict(_by_name(before, after, same))
    free = {
        (arrow.type, arrow.source, arrow.target): arrow.id
        for arrow in after.arrows()
        if arrow.id not in same.values()
    }
    for arrow in before.arrows():
        if arrow.id not in same:
            ends = (arrow.type, same.get(arrow.source, ""), same.get(arrow.target, ""))
            if ends in free:
                same[arrow.id] = free.pop(ends)
    return same


def _by_name(before: Diagram, after: Diagram, same: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pair what lost its id: parts of one type and name, if there is one of each; processes."""
    old = _named(before, set(same))
    new = _named(after, set(same.values()))
    for title, keys in old.items():
        others = new.get(title, [])
        if len(keys) == len(others) == 1:
            yield keys[0], others[0]


def _named(diagram: Diagram, known: set[str]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for part in diagram.parts.values():
        name = "" if part.type == "process" else part.name
        if part.id not in known and part.type not in ARROWS and (name or part.type == "process"):
            found.setdefault((part.type, name), []).append(part.id)
    return found


def _reached(start: str, diagram: Diagram, through: set[str]) -> set[str]:
    """Name what arrows lead to from a part, going on only through some parts."""
    found: set[str] = set()
    stack = [start]
    while stack:
        here = stack.pop()
        for arrow in diagram.arrows():
            if arrow.source == here and arrow.target not in found:
                found.add(arrow.target)
                if arrow.target in through:
                    stack.append(arrow.target)
    return found


_TOLD_OF_NEW = (
    *("role", "assignee", "form", "topic", "decision", "called-process", "calendar"),
    *("trigger", "event-name", "condition", "repeat", "milestone", "documentation"),
)
