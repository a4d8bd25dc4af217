"""Service levels of a diagram: `anju:sla` of a process, phase or user task, read once at deploy."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.periods.computation import SaturdayEnd
from engine.sla_rules import (
    DEFAULT_LADDER,
    LADDERS,
    OWN_SCOPE,
    ClockRule,
    PauseRule,
    RungRule,
    start_kind_of,
    unit_of,
    with_warnings,
)
from engine.spiff.diagram import Node, find
from engine.spiff.vocabulary import SUB_PROCESSES, anju, camunda

PHASES = SUB_PROCESSES | {"callActivity"}
"""What lasts from the entry of a token to its exit, and so can be a phase with a clock."""

ATTRIBUTES = frozenset(
    {
        *("id", "name", "amount", "unit", "calendar", "start", "startKind", "proof", "rolling"),
        *("saturday", "warnings", "basis", "ladder", "timer", "fulfilled", "from", "to"),
    }
)
ROLLINGS = {"none": False, "statutory": True}
SATURDAYS: tuple[SaturdayEnd, ...] = ("MON_2359", "MON_1200")


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One `anju:sla` as it stands in the file, before it is understood."""

    xml: etree._Element

    def text(self, name: str, default: str = "") -> str:
        """Give an attribute, trimmed."""
        return str(self.xml.get(name, default)).strip()

    def optional(self, name: str) -> str | None:
        """Give an attribute, None if it is absent or empty."""
        return self.text(name) or None

    @property
    def warnings(self) -> list[str]:
        """When the doer is reminded, instead of the ladder's reminders."""
        return self.text("warnings").split()

    @property
    def rungs(self) -> list[etree._Element]:
        """The explicit rungs."""
        return find(self.xml, "./anju:rung")

    @property
    def pauses(self) -> list[etree._Element]:
        """What stops the clock."""
        return find(self.xml, "./anju:pause")


def written_clocks(xml: etree._Element) -> list[Written]:
    """List the service levels written at an element or process."""
    return [Written(xml=each) for each in find(xml, "./bpmn:extensionElements/anju:sla")]


def read_clocks(xml: etree._Element, element_id: str, name: str) -> tuple[ClockRule, ...]:
    """Read the clocks of an element or process that the linter has accepted."""
    return tuple(_rule(each, element_id, name) for each in written_clocks(xml))


def read_task_clocks(node: Node) -> tuple[ClockRule, ...]:
    """Read the clock of a user task; a due date with a ladder alone is one, too."""
    clocks = read_clocks(node.xml, node.id, node.name)
    ladder = node.xml.get(anju("ladder"))
    if clocks or ladder is None or node.xml.get(camunda("dueDate")) is None:
        return clocks
    named = LADDERS[ladder]
    rule = ClockRule(
        id=node.id, name=node.name, ladder=ladder, rungs=named.rungs, short_rungs=named.short
    )
    return (rule,)


def _rule(found: Written, element_id: str, name: str) -> ClockRule:
    ladder = found.text("ladder", DEFAULT_LADDER)
    rungs, short = _rungs(found, ladder)
    return ClockRule(
        id=found.text("id", element_id),
        name=found.text("name", name),
        amount=found.optional("amount"),
        unit=unit_of(found.text("unit")) or "calendar_days",
        calendar=found.text("calendar", OWN_SCOPE),
        start=found.optional("start"),
        start_kind=start_kind_of(found.text("startKind")) or "event",
        proof=found.text("proof"),
        is_rolling=ROLLINGS.get(found.text("rolling"), False),
        saturday_end="MON_1200" if found.text("saturday") == "MON_1200" else "MON_2359",
        basis=found.text("basis"),
        ladder="" if found.rungs else ladder,
        rungs=rungs,
        short_rungs=short,
        pauses=tuple(_pauses(found)),
        timer=found.optional("timer"),
        fulfilled=found.optional("fulfilled"),
        begins_at=found.optional("from"),
        ends_at=found.optional("to"),
    )


def _rungs(found: Written, ladder: str) -> tuple[tuple[RungRule, ...], tuple[RungRule, ...]]:
    if found.rungs:
        own = tuple(_rung(each) for each in found.rungs)
        known = {rung.at for rung in own}
        own = (*with_warnings((), [at for at in found.warnings if at not in known]), *own)
        return own, own
    named = LADDERS[ladder]
    return with_warnings(named.rungs, found.warnings), with_warnings(named.short, found.warnings)


def _rung(xml: etree._Element) -> RungRule:
    priority = xml.get("raisePriority")
    return RungRule(
        at=xml.get("at", ""),
        notify=tuple(xml.get("notify", "").split()),
        reassign=xml.get("reassign") or None,
        raise_priority=None if priority is None else int(priority),
    )


def _pauses(found: Written) -> Iterator[PauseRule]:
    for xml in found.pauses:
        yield PauseRule(
            element_id=xml.get("while") or None,
            condition=xml.get("when") or None,
            reason=xml.get("reason", ""),
        )
