"""Read a diagram for the simulation, from its XML, also one that nobody deployed.

What cannot be simulated as the engine runs it is named in `Plan.left_out`, never dropped silently.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from engine.errors import DefinitionNotFound
from engine.simulation.model import Deadline, NodeKind, Unit
from engine.simulation.plan import (
    LeftOut,
    Plan,
    Planned,
    PlannedBoundary,
    PlannedLevel,
    Timed,
)

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_ANJU = "{https://anju.example.org/schema/1.0}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

_PARTS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_KINDS: Mapping[str, NodeKind] = {
    "startEvent": "start",
    "userTask": "work",
    "manualTask": "work",
    "receiveTask": "wait",
    "intermediateCatchEvent": "wait",
    "callActivity": "wait",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
    "complexGateway": "inclusive",
    "eventBasedGateway": "event",
    "endEvent": "end",
    "task": "pass",
    "serviceTask": "pass",
    "sendTask": "pass",
    "scriptTask": "pass",
    "businessRuleTask": "pass",
    "intermediateThrowEvent": "pass",
    "subProcess": "part",
    "transaction": "part",
    "adHocSubProcess": "part",
}

_COUNTED = re.compile(
    r"(?P<unit>calendar days|working days|working hours|statutory days|statutory months)"
    r" after\((?P<start>.+),\s*(?P<amount>\d+)\)"
)
_ISO = re.compile(
    r"P(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?"
)
_FROM_NOW = re.compile(r'now\(\) \+ duration\("(?P<length>[^"]+)"\)')
_UNITS: Mapping[str, tuple[Unit, bool]] = {
    "calendar days": ("calendar_days", False),
    "working days": ("working_days", False),
    "working hours": ("working_hours", False),
    "statutory days": ("calendar_days", True),
    "statutory months": ("months", True),
}
_LEVEL_UNITS: Mapping[str, Unit] = {
    "calendar_days": "calendar_days",
    "working_days": "working_days",
    "working_hours": "working_hours",
    "months": "months",
}
_DAY_HOURS, _WEEK_HOURS, _MONTH_HOURS, _HOUR_MINUTES = 24, 168, 720, 60


def read_plan(files: Mapping[str, bytes], process_key: str) -> Plan:
    """Read one process of a package.

    Args:
        files: of the package by name; only diagrams are looked at.
        process_key: id of the process.

    Raises:
        DefinitionNotFound: no diagram holds a process of this id that could be read.
    """
    for name, content in sorted(files.items()):
        if name.endswith(".bpmn"):
            process = _find(content, process_key)
            if process is not None:
                return _Reader(process).plan()
    raise DefinitionNotFound(process_key)


def read_timer(text: str) -> Deadline | None:
    """Read a deadline as diagrams write it; None if the case sets it."""
    expression = text.removeprefix("=").strip()
    if counted := _COUNTED.fullmatch(expression):
        if int(counted["amount"]) == 0 and counted["start"] != "now()":
            return None  # a day that the case holds
        unit, is_rolling = _UNITS[counted["unit"]]
        return Deadline(amount=int(counted["amount"]), unit=unit, is_rolling=is_rolling)
    if exact := _FROM_NOW.fullmatch(expression):
        expression = exact["length"]
    found = _ISO.fullmatch(expression)
    if found is None or not any(found.groups()):
        return None
    amounts = {name: int(value or 0) for name, value in found.groupdict().items()}
    hours = amounts["months"] * _MONTH_HOURS + amounts["weeks"] * _WEEK_HOURS
    hours += amounts["days"] * _DAY_HOURS + amounts["hours"]
    return Deadline(amount=hours + amounts["minutes"] / _HOUR_MINUTES, unit="hours")


def _find(content: bytes, process_key: str) -> etree._Element | None:
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError:
        return None
    for process in root.iter(f"{_BPMN}process"):
        if process.get("id") == process_key:
            return process
    return None


class _Reader:
    """Reads one process."""

    def __init__(self, process: etree._Element) -> None:
        self._process = process
        self._lanes = {
            (reference.text or "").strip(): _name(lane)
            for lane in process.iter(f"{_BPMN}lane")
            for reference in lane.iterfind(f"{_BPMN}flowNodeRef")
        }
        self._flows = [flow for flow in self._inside("sequenceFlow") if not self._is_aside(flow)]
        self._errors = {
            each.get("id", ""): each.get("errorCode", "")
            for each in process.getroottree().getroot().iter(f"{_BPMN}error")
        }
        self._left_out: dict[LeftOut, list[str]] = {}

    def plan(self) -> Plan:
        """Read everything."""
        self._note_asides()
        elements = {each.id: each for each in self._elements()}
        targets = {flow.get("id", ""): flow.get("targetRef", "") for flow in self._flows}
        links = self._links()
        targets = {flow: target for flow, target in targets.items() if target in elements}
        targets |= links
        return Plan(
            key=self._process.get("id", ""),
            name=_name(self._process),
            elements={name: _with_known_flows(each, targets) for name, each in elements.items()},
            targets=targets,
            names={flow.get("id", ""): _name(flow) for flow in self._flows},
            starts=self._starts(self._process),
            levels=tuple(_level(each) for each in _written_levels(self._process)),
            left_out={kind: tuple(found) for kind, found in self._left_out.items()},
        )

    def _inside(self, kind: str) -> Iterator[etree._Element]:
        return self._process.iter(f"{_BPMN}{kind}")

    def _is_aside(self, node: etree._Element) -> bool:
        """Tell whether a node stands inside an event sub-process."""
        return any(each.get("triggeredByEvent") == "true" for each in node.iterancestors())

    def _note_asides(self) -> None:
        for node in self._inside("subProcess"):
            if node.get("triggeredByEvent") == "true" and not self._is_aside(node):
                self._note("event_sub_process", node)
        if len(self._starts_of(self._process)) > 1:
            self._note("start_from", self._starts_of(self._process)[0])

    def _note(self, kind: LeftOut, node: etree._Element) -> None:
        self._left_out.setdefault(kind, []).append(_name(node) or node.get("id", ""))

    def _elements(self) -> Iterator[Planned]:
        for node in self._process.iter(etree.Element):
            is_own = node.get("triggeredByEvent") != "true" and not self._is_aside(node)
            if _tag(node) in _KINDS and is_own:
                yield self._element(node)

    def _element(self, node: etree._Element) -> Planned:
        tag, kind = _tag(node), self._kind(node)
        self._note_simple(node, tag)
        return Planned(
            id=node.get("id", ""),
            name=_name(node),
            kind=kind,
            role=self._role(node) if kind == "work" else "",
            flows=self._outgoing(node),
            incoming=tuple(
                flow.get("id", "")
                for flow in self._flows
                if flow.get("targetRef") == node.get("id")
            ),
            scope=self._scope(node),
            starts=self._starts(node) if kind == "part" else (),
            timed=_timed(node) if kind == "wait" else None,
            is_asked=kind == "wait" and _timed(node) is None,
            boundaries=tuple(self._boundaries(node)),
            levels=tuple(_level(each) for each in _written_levels(node)),
            code=self._code(node),
        )

    def _kind(self, node: etree._Element) -> NodeKind:
        tag = _tag(node)
        if tag == "endEvent":
            if node.find(f"{_BPMN}terminateEventDefinition") is not None:
                return "terminate"
            return "end" if node.find(f"{_BPMN}errorEventDefinition") is None else "error"
        if tag == "intermediateCatchEvent" and node.find(f"{_BPMN}linkEventDefinition") is not None:
            return "pass"
        return _KINDS[tag]

    def _note_simple(self, node: etree._Element, tag: str) -> None:
        if tag == "callActivity":
            self._note("call", node)
        if node.find(f"{_BPMN}multiInstanceLoopCharacteristics") is not None:
            self._note("multiple", node)
        if node.find(f"{_BPMN}compensateEventDefinition") is not None:
            self._note("compensation", node)

    def _role(self, node: etree._Element) -> str:
        group = node.get(f"{_CAMUNDA}candidateGroups", "")
        if group and not group.startswith("="):
            return group.split(",")[0].strip()
        around: etree._Element | None = node
        while around is not None:
            if around.get("id") in self._lanes:
                return f"lane:{self._lanes[around.get('id', '')]}"
            around = around.getparent()
        return "lane:"

    def _outgoing(self, node: etree._Element) -> tuple[str, ...]:
        own = node.get("id")
        found = [flow.get("id", "") for flow in self._flows if flow.get("sourceRef") == own]
        link = node.find(f"{_BPMN}linkEventDefinition")
        if _tag(node) == "intermediateThrowEvent" and link is not None:
            found.append(f"link:{own}")
        return tuple(found)

    def _links(self) -> Mapping[str, str]:
        """Lead each throwing link to the catching one of the same name."""
        catching = {
            link.get("name", ""): event.get("id", "")
            for event in self._inside("intermediateCatchEvent")
            for link in event.iterfind(f"{_BPMN}linkEventDefinition")
        }
        return {
            f"link:{event.get('id')}": catching[link.get("name", "")]
            for event in self._inside("intermediateThrowEvent")
            for link in event.iterfind(f"{_BPMN}linkEventDefinition")
            if link.get("name", "") in catching
        }

    def _scope(self, node: etree._Element) -> str:
        parent = node.getparent()
        return parent.get("id", "") if parent is not None and _tag(parent) in _PARTS else ""

    def _starts_of(self, around: etree._Element) -> list[etree._Element]:
        return list(around.iterfind(f"{_BPMN}startEvent"))

    def _starts(self, around: etree._Element) -> tuple[str, ...]:
        """Name what a scope begins with: one start event, else all that nothing leads to."""
        starts = self._starts_of(around)
        plain = [each for each in starts if not _definitions(each)]
        if starts:
            return ((plain or starts)[0].get("id", ""),)
        targets = {flow.get("targetRef") for flow in self._flows}
        return tuple(
            node.get("id", "")
            for node in around.iterchildren(etree.Element)
            if _tag(node) in _KINDS
            and node.get("id") not in targets
            and node.get("triggeredByEvent") != "true"
        )

    def _boundaries(self, node: etree._Element) -> Iterator[PlannedBoundary]:
        for each in self._inside("boundaryEvent"):
            if each.get("attachedToRef") != node.get("id"):
                continue
            if each.find(f"{_BPMN}compensateEventDefinition") is not None:
                self._note("compensation", each)
                continue
            is_error = each.find(f"{_BPMN}errorEventDefinition") is not None
            yield PlannedBoundary(
                id=each.get("id", ""),
                name=_name(each),
                flows=self._outgoing(each),
                timed=_timed(each),
                is_interrupting=each.get("cancelActivity", "true") != "false",
                is_error=is_error,
                code=self._code(each),
            )

    def _code(self, node: etree._Element) -> str:
        found = node.find(f"{_BPMN}errorEventDefinition")
        return "" if found is None else self._errors.get(found.get("errorRef", ""), "")


def _with_known_flows(element: Planned, targets: Mapping[str, str]) -> Planned:
    """Leave out flows that lead nowhere: a draft may be half done."""
    if all(flow in targets for flow in element.flows):
        return element
    fields = {name: getattr(element, name) for name in Planned.__dataclass_fields__}
    fields["flows"] = tuple(flow for flow in element.flows if flow in targets)
    return Planned(**fields)


def _written_levels(node: etree._Element) -> Iterable[etree._Element]:
    return node.iterfind(f"{_BPMN}extensionElements/{_ANJU}sla")


def _level(written: etree._Element) -> PlannedLevel:
    amount, timer = written.get("amount", ""), written.get("timer", "")
    unit = _LEVEL_UNITS.get(written.get("unit", "calendar_days"), "calendar_days")
    is_rolling = written.get("rolling") == "statutory"
    is_set = bool(written.get("start")) or not amount.isdecimal()
    deadline = None if is_set else Deadline(amount=int(amount), unit=unit, is_rolling=is_rolling)
    return PlannedLevel(
        id=written.get("id", ""),
        name=written.get("name", ""),
        timed=None if timer else Timed(deadline=deadline),
        timer=timer,
        begins_at=written.get("from", ""),
        ends_at=frozenset(written.get("to", "").split()),
        pauses=frozenset(
            each.get("while", "") for each in written.iterfind(f"{_ANJU}pause") if each.get("while")
        ),
    )


def _timed(event: etree._Element) -> Timed | None:
    """Read the timer of an event; None if it has none."""
    timer = event.find(f"{_BPMN}timerEventDefinition")
    if timer is None:
        return None
    texts = [timer.findtext(f"{_BPMN}{kind}") for kind in ("timeDate", "timeDuration")]
    return Timed(deadline=next((read_timer(text.strip()) for text in texts if text), None))


def _definitions(event: etree._Element) -> list[etree._Element]:
    return [each for each in event if _tag(each).endswith("EventDefinition")]


def _tag(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _name(node: etree._Element) -> str:
    return " ".join(node.get("name", "").split())
