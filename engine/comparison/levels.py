"""Service levels (`anju:sla`) of a diagram as facts, and what differs between two of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.comparison.changes import Change, Fact, Facts, different
from engine.comparison.reading import Element, attributes, children, local, words
from engine.spiff.vocabulary import ANJU, BPMN

_KINDS: Mapping[str, str] = {
    "calendar": "calendar",
    "basis": "basis",
    "ladder": "ladder",
    "start": "deadline-start",
    "rolling": "deadline-end",
    "fulfilled": "fulfilled",
    "timer": "level-timer",
    "warnings": "warnings",
}
_PERIOD = frozenset({"amount", "unit"})
_DEFAULT_UNIT = "calendar_days"


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """One service level.

    Attributes:
        rungs: who is told, by the time of the rung.
        pauses: the reason, by the step or condition that stops the clock.
    """

    name: str
    facts: Facts
    rungs: Mapping[str, str]
    pauses: Mapping[str, str]

    @property
    def period(self) -> str:
        """The amount with its unit, "" where a timer counts."""
        found = self.facts.get(("deadline", ""))
        return "" if found is None else found.text


def read_levels(element: Element) -> dict[str, Level]:
    """Read the service levels of an element by their id."""
    path = f"{{{BPMN}}}extensionElements/{{{ANJU}}}sla"
    owner = element.get("id", "")
    return {each.get("id") or owner: _level(each) for each in element.iterfind(path)}


def _level(element: Element) -> Level:
    inner = list(children(element))
    return Level(
        name=words(element.get("name")),
        facts=dict(_facts(element)),
        rungs={words(e.get("at")): _rung(e) for e in inner if local(e) == "rung"},
        pauses={
            words(e.get("while") or e.get("when")): words(e.get("reason"))
            for e in inner
            if local(e) == "pause"
        },
    )


def _facts(element: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
    if amount := words(element.get("amount")):
        yield ("deadline", ""), Fact(f"{amount} {element.get('unit') or _DEFAULT_UNIT}")
    for name, value in attributes(element):
        if name in _KINDS:
            yield (_KINDS[name], ""), Fact(words(value))
        elif name not in _PERIOD | {"id", "name"}:
            yield ("setting", name.rpartition("}")[2]), Fact(words(value))


def _rung(element: Element) -> str:
    """Say what a rung does: receivers, then what else it does by name."""
    told = " ".join(words(element.get("notify")).replace(",", " ").split())
    more = (f"{n}={words(v)}" for n, v in sorted(attributes(element)) if n not in {"at", "notify"})
    return " ".join(filter(None, (told, *more)))


def compare_levels(
    before: Mapping[str, Level], after: Mapping[str, Level], change: Change
) -> Iterator[Change]:
    """Compare the service levels of one element.

    Args:
        before: by id.
        after: by id.
        change: names the element; kind and values are filled in.
    """
    gone = [key for key in before if key not in after]
    new = [key for key in after if key not in before]
    renamed = dict(zip(new, gone, strict=True)) if len(new) == len(gone) == 1 else {}
    for key, level in after.items():
        old = renamed.get(key, key)
        if old not in before:
            yield _whole(change, "level-added", level)
            continue
        if old != key:
            yield replace(change, kind="level-identity", field=level.name, before=old, after=key)
        yield from _compare(before[old], level, change)
    for key in gone:
        if key not in renamed.values():
            yield _whole(change, "level-removed", before[key])


def _whole(change: Change, kind: str, level: Level) -> Change:
    notes = [("deadline", level.period), ("timer", _text(level, "level-timer"))]
    notes += [("calendar", _text(level, "calendar")), ("rungs", ", ".join(level.rungs))]
    notes += [*change.notes, ("level", level.name)]
    return replace(change, kind=kind, field=level.name, notes=tuple(n for n in notes if n[1]))


def _text(level: Level, kind: str) -> str:
    found = level.facts.get((kind, ""))
    return "" if found is None else found.text


def _compare(before: Level, after: Level, change: Change) -> Iterator[Change]:
    change = replace(change, notes=(*change.notes, ("level", after.name)))
    if before.name != after.name:
        yield replace(
            change, kind="level-renamed", field=after.name, before=before.name, after=after.name
        )
    for (kind, name), old, new in different(before.facts, after.facts):
        yield replace(change, kind=kind, field=name or after.name, before=old, after=new)
    yield from _rungs(before, after, change)
    yield from _pauses(before, after, change)


def _pauses(before: Level, after: Level, change: Change) -> Iterator[Change]:
    for place in dict.fromkeys((*before.pauses, *after.pauses)):
        old, new = before.pauses.get(place), after.pauses.get(place)
        if old == new:
            continue
        kind = "pause-added" if old is None else "pause-removed" if new is None else "pause-reason"
        shown = [place if reason == "" else reason or "" for reason in (old, new)]
        yield replace(change, kind=kind, field=place, before=shown[0], after=shown[1])


def _rungs(before: Level, after: Level, change: Change) -> Iterator[Change]:
    gone = {at: told for at, told in before.rungs.items() if at not in after.rungs}
    for at, told in after.rungs.items():
        if at in before.rungs:
            if before.rungs[at] != told:
                yield replace(change, kind="rung", field=at, before=before.rungs[at], after=told)
            continue
        earlier = next((old for old, same in gone.items() if same == told), None)
        if earlier is None:
            yield replace(change, kind="rung-added", field=at, before="", after=told)
        else:
            del gone[earlier]
            yield replace(change, kind="rung-time", field=told, before=earlier, after=at)
    for at, told in gone.items():
        yield replace(change, kind="rung-removed", field=at, before=told, after="")
