"""A process as its file draws it: nodes, flows and scopes, free of SpiffWorkflow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.vocabulary import DRAWING, FLOW_NODES, NAMESPACES, SUB_PROCESSES, anju, bpmn

_REFERENCES = {
    "message": "messageRef",
    "signal": "signalRef",
    "error": "errorRef",
    "escalation": "escalationRef",
}


_KINDS = (
    *("message", "signal", "error", "escalation", "timer"),
    *("conditional", "link", "terminate", "compensate", "cancel"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """The event definition of an event or receive task.

    Attributes:
        kind: "none", "timer", "message", "signal", "error", "escalation", "conditional", "link",
            "terminate", "compensate", "cancel", "multiple" or "reference".
        name: name of the message, signal or link; code of the error or escalation, None for any.
        timer_type: timeDate, timeDuration or timeCycle; "" if the timer has none.
        text: the timer's or the condition's text.
        calendar: of a timer, how its duration is counted; "" for exact time.
        is_known: False if the reference leads nowhere.
    """

    kind: str
    name: str | None = None
    timer_type: str = ""
    text: str = ""
    calendar: str = ""
    is_known: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """A sequence flow; its condition is trimmed, None if it has none."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None
    language: str | None
    scope: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A task, gateway, event or sub-process.

    Attributes:
        type: the tag, such as "userTask".
        lane: name of the innermost lane.
        scope: id of the process or sub-process that directly holds it.
        attached_to: for a boundary event, the id of its activity.
        default: id of its default flow.
        trigger: its event definition; kind "none" for everything that is no event.
    """

    id: str
    type: str
    name: str
    lane: str | None
    documentation: str | None
    scope: str
    attached_to: str | None
    default: str | None
    trigger: Trigger
    xml: etree._Element

    @property
    def is_instantiating(self) -> bool:
        """Tell whether it starts a process although it is no start event."""
        return self.xml.get("instantiate") == "true"

    @property
    def is_for_compensation(self) -> bool:
        """Tell whether it only runs to undo another activity."""
        return self.xml.get("isForCompensation") == "true"

    @property
    def is_event_sub_process(self) -> bool:
        """Tell whether it is a sub-process started by an event."""
        return self.type in SUB_PROCESSES and self.xml.get("triggeredByEvent") == "true"


@dataclass(kw_only=True, slots=True)
class Diagram:
    """One process of a file.

    Attributes:
        key: id of the process.
        nodes: flow nodes of all levels by id, in the order of the file.
        flows: sequence flows of all levels by id.
        scopes: the process and its sub-processes.
        outgoing: flows by source, in the order of the source's outgoing elements.
        incoming: flows by target.
        definitions: event definitions of the whole file by id, those without one by their path.
        data: names of the variables that data objects, stores, properties, data inputs and outputs
            of the whole file stand for, by id.
        stores: ids of the references to data stores.
        problems: what was wrong already while reading.
    """

    key: str
    name: str
    xml: etree._Element
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)
    outgoing: dict[str, list[Flow]] = field(default_factory=dict)
    incoming: dict[str, list[Flow]] = field(default_factory=dict)
    definitions: dict[str, Trigger] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    stores: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def inside(self, scope: str) -> list[Node]:
        """List the nodes directly within a process or sub-process."""
        return [node for node in self.nodes.values() if node.scope == scope]

    def boundaries(self, activity_id: str) -> list[Node]:
        """List the boundary events of an activity, in the order of the file."""
        nodes = [node for node in self.nodes.values() if node.attached_to == activity_id]
        return [node for node in nodes if node.trigger.kind != "compensate"]

    def handler(self, boundary: Node) -> Node | None:
        """Find the compensation handler that an association joins to a boundary event."""
        for xml in self.xml.iter(bpmn("association")):
            ends = [xml.get(name, "").rpartition(":")[2] for name in ("sourceRef", "targetRef")]
            if boundary.id in ends:
                other = self.nodes.get(ends[1 - ends.index(boundary.id)])
                if other is not None and other.is_for_compensation:
                    return other
        return None

    def is_event_driven(self, scope: str) -> bool:
        """Tell whether a scope is an event sub-process."""
        return scope in self.nodes and self.nodes[scope].is_event_sub_process

    def starts(self, scope: str) -> list[Node]:
        """List where a scope begins: its start events, else its nodes without incoming flow."""
        nodes = self.inside(scope)
        events = [node for node in nodes if node.type == "startEvent"]
        if not events:
            return [node for node in nodes if self._may_begin(node)]
        return [*events, *(node for node in nodes if node.is_instantiating)]

    def instantiating(self, node: Node) -> list[Node]:
        """List the events and tasks whose message or signal starts the process at a node."""
        if node.type != "eventBasedGateway":
            return [node]
        return [self.nodes[flow.target] for flow in self.outgoing.get(node.id, [])]

    def link_target(self, node: Node) -> Node | None:
        """Find the catching link event that a throwing one jumps to."""
        for other in self.inside(node.scope):
            is_catch = other.type == "intermediateCatchEvent" and other.trigger.kind == "link"
            if is_catch and other.trigger.name == node.trigger.name:
                return other
        return None

    def _may_begin(self, node: Node) -> bool:
        return not (
            self.incoming.get(node.id)
            or node.type == "boundaryEvent"
            or node.is_event_sub_process
            or node.trigger.kind == "link"
            or node.xml.get("isForCompensation") == "true"
        )


def tag_of(xml: etree._Element) -> str:
    """Give the tag without its namespace."""
    return etree.QName(xml).localname


def is_bpmn(xml: etree._Element) -> bool:
    """Tell whether the element belongs to the BPMN namespace."""
    return etree.QName(xml).namespace == NAMESPACES["bpmn"]


def find(xml: etree._Element, path: str) -> list[etree._Element]:
    """Find elements by a path with the prefixes bpmn:, camunda: and anju:."""
    return xml.findall(path, NAMESPACES)


def text_of(xml: etree._Element, path: str) -> str | None:
    """Give the trimmed text of the first element at a path, None if absent or empty."""
    text = (xml.findtext(path, None, NAMESPACES) or "").strip()
    return text or None


def processes(root: etree._Element) -> list[etree._Element]:
    """List the processes of a file, the executable ones first."""
    found = find(root, "./bpmn:process")
    return sorted(found, key=lambda process: process.get("isExecutable") != "true")


def read_diagram(process: etree._Element) -> Diagram:
    """Read one process with all its sub-processes."""
    key = process.get("id", "")
    root = process.getroottree().getroot()
    stores = frozenset(xml.get("id", "") for xml in root.iter(bpmn("dataStoreReference")))
    diagram = Diagram(
        key=key, name=process.get("name") or key, xml=process, data=_data(root), stores=stores
    )
    reader = _Reader(diagram, root)
    reader.read_definitions(root)
    for scope in _scopes(process):
        diagram.scopes.append(scope.get("id", ""))
        for child in scope:
            reader.read(child, scope.get("id", ""))
    reader.connect()
    return diagram


def _scopes(process: etree._Element) -> Iterator[etree._Element]:
    yield process
    tags = [bpmn(tag) for tag in SUB_PROCESSES]
    yield from process.iterdescendants(*tags)


class _Reader:
    def __init__(self, diagram: Diagram, root: etree._Element) -> None:
        self._diagram = diagram
        definitions = [child for child in root if tag_of(child).endswith("EventDefinition")]
        self._roots = {child.get("id", ""): child for child in definitions}
        self._names = {kind: _named(root, kind) for kind in _REFERENCES}
        self._lanes = _lanes(diagram.xml)

    def read(self, xml: etree._Element, scope: str) -> None:
        if not is_bpmn(xml):
            return
        tag, element_id = tag_of(xml), xml.get("id", "")
        known = element_id in self._diagram.nodes or element_id in self._diagram.flows
        if tag in FLOW_NODES or tag == "sequenceFlow":
            if not element_id or known or element_id == self._diagram.key:
                self._report(xml, "Its id is missing or used twice. Give each element its own id.")
            elif tag == "sequenceFlow":
                self._diagram.flows[element_id] = _flow(xml, scope)
            else:
                self._diagram.nodes[element_id] = self._node(xml, scope)
        elif tag not in DRAWING and tag not in _ACTIVITY_PARTS:
            self._report(xml, sentence("The element %(tag)s is not supported. Remove it.", tag=tag))

    def read_definitions(self, root: etree._Element) -> None:
        """Read the event definitions of the file, wherever they stand."""
        tree = root.getroottree()
        for xml in root.iter(*[bpmn(f"{kind}EventDefinition") for kind in _KINDS]):
            key = xml.get("id") or tree.getpath(xml)
            self._diagram.definitions[key] = self._definition(xml)

    def connect(self) -> None:
        """Sort the flows by source and target; report those that hang in the air."""
        diagram = self._diagram
        for flow in list(diagram.flows.values()):
            ends = diagram.nodes.get(flow.source), diagram.nodes.get(flow.target)
            if ends[0] is None or ends[1] is None or ends[0].scope != ends[1].scope:
                del diagram.flows[flow.id]
                advice = "The flow does not join two elements of one level. Draw it again."
                self._problem(flow.id, flow.name, advice)
        for flow in diagram.flows.values():
            diagram.outgoing.setdefault(flow.source, []).append(flow)
            diagram.incoming.setdefault(flow.target, []).append(flow)
        for source, flows in diagram.outgoing.items():
            order = [child.text for child in find(diagram.nodes[source].xml, "./bpmn:outgoing")]
            rank = {(text or "").strip(): i for i, text in enumerate(order)}
            flows.sort(key=lambda flow: rank.get(flow.id, len(rank)))

    def _node(self, xml: etree._Element, scope: str) -> Node:
        return Node(
            id=xml.get("id", ""),
            type=tag_of(xml),
            name=" ".join((xml.get("name") or "").split()),
            lane=self._lanes.get(xml.get("id", "")),
            documentation=text_of(xml, "./bpmn:documentation"),
            scope=scope,
            attached_to=xml.get("attachedToRef"),
            default=xml.get("default"),
            trigger=self._trigger(xml),
            xml=xml,
        )

    def _trigger(self, xml: etree._Element) -> Trigger:
        definitions = [child for child in xml if tag_of(child).endswith("EventDefinition")]
        if tag_of(xml) in {"receiveTask", "sendTask"} and xml.get("messageRef"):
            return self._reference("message", xml)
        references = find(xml, "./bpmn:eventDefinitionRef")
        found = [self._roots.get((r.text or "").strip().rpartition(":")[2]) for r in references]
        if None in found:
            return Trigger(kind="reference", is_known=False)
        definitions += [definition for definition in found if definition is not None]
        if len(definitions) != 1:
            return Trigger(kind="multiple" if definitions else "none")
        return self._definition(definitions[0])

    def _definition(self, xml: etree._Element) -> Trigger:
        kind = tag_of(xml).removesuffix("EventDefinition")
        if kind in _REFERENCES:
            return self._reference(kind, xml)
        return _plain_trigger(kind, xml)

    def _reference(self, kind: str, xml: etree._Element) -> Trigger:
        reference = xml.get(_REFERENCES[kind])
        if reference is None:
            return Trigger(kind=kind, is_known=kind in {"error", "escalation"})
        target = reference.rpartition(":")[2]
        name = self._names[kind].get(target)
        return Trigger(kind=kind, name=name, is_known=target in self._names[kind])

    def _report(self, xml: etree._Element, advice: str) -> None:
        self._problem(xml.get("id", ""), xml.get("name", ""), advice)

    def _problem(self, element_id: str, name: str, advice: str) -> None:
        problem = Problem(element_id=element_id, element_name=name, advice=advice)
        self._diagram.problems.append(problem)


_DATA_REFERENCES = {"dataObjectReference": "dataObjectRef", "dataStoreReference": "dataStoreRef"}
_DATA = [
    bpmn(tag)
    for tag in (
        *("dataObject", "dataObjectReference", "dataStore", "dataStoreReference"),
        *("property", "dataInput", "dataOutput"),
    )
]

_ACTIVITY_PARTS = frozenset(
    {
        "completionCondition",
        "dataInputAssociation",
        "dataOutputAssociation",
        "ioSpecification",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "potentialOwner",
        "humanPerformer",
    }
)
"""Children of a sub-process that belong to it as an activity; the linter looks at them."""


def _plain_trigger(kind: str, xml: etree._Element) -> Trigger:
    if kind == "timer":
        cron = xml.get(anju("cron"))
        if cron is not None:
            return Trigger(kind=kind, timer_type="timeCycle", text=cron.strip() or "0")
        for part in ("timeDate", "timeDuration", "timeCycle"):
            text = text_of(xml, f"./bpmn:{part}")
            if text is not None:
                calendar = _calendar_of(xml, part)
                return Trigger(kind=kind, timer_type=part, text=text, calendar=calendar)
    if kind == "link":
        return Trigger(kind=kind, name=xml.get("name"))
    if kind == "compensate":
        activity = (xml.get("activityRef") or "").rpartition(":")[2] or None
        return Trigger(kind=kind, name=activity, text=xml.get("waitForCompletion", "true"))
    return Trigger(kind=kind, text=text_of(xml, "./bpmn:condition") or "")


def _calendar_of(timer: etree._Element, part: str) -> str:
    """Give the calendar that a timer or its duration names."""
    name = anju("calendar")
    inner = next((child.get(name) for child in find(timer, f"./bpmn:{part}")), None)
    return inner or timer.get(name) or ""


def _flow(xml: etree._Element, scope: str) -> Flow:
    condition = xml.find("./bpmn:conditionExpression", NAMESPACES)
    return Flow(
        id=xml.get("id", ""),
        name=" ".join((xml.get("name") or "").split()),
        source=xml.get("sourceRef", ""),
        target=xml.get("targetRef", ""),
        condition=None if condition is None else (condition.text or "").strip() or None,
        language=None if condition is None else condition.get("language"),
        scope=scope,
    )


def _named(root: etree._Element, kind: str) -> Mapping[str, str | None]:
    attribute = {"error": "errorCode", "escalation": "escalationCode"}.get(kind, "name")
    found = find(root, f"./bpmn:{kind}")
    return {xml.get("id", ""): xml.get(attribute) for xml in found}


def _data(root: etree._Element) -> Mapping[str, str]:
    """Name what holds data; all references to one data object or store are one variable.

    It has its own name, else that of its first named reference, else its id.
    """
    names = {xml.get("id", ""): _label(xml) for xml in root.iter(*_DATA) if xml.get("id")}
    targets = {
        xml.get("id", ""): xml.get(attribute, "").rpartition(":")[2]
        for tag, attribute in _DATA_REFERENCES.items()
        for xml in root.iter(bpmn(tag))
    }
    for key, target in targets.items():
        if target in names:
            names[target] = names[target] or names[key]
    found = {key: name or key for key, name in names.items()}
    return found | {key: found[target] for key, target in targets.items() if target in found}


def _label(xml: etree._Element) -> str:
    return " ".join((xml.get("name") or "").split())


def _lanes(process: etree._Element) -> Mapping[str, str]:
    """Map flow nodes to the name of their innermost lane: deeper lanes come later and win."""
    lane_by_node: dict[str, tuple[int, str]] = {}
    for lane in process.iterdescendants(bpmn("lane")):
        depth = sum(1 for _ in lane.iterancestors())
        for reference in find(lane, "./bpmn:flowNodeRef"):
            node_id = (reference.text or "").strip()
            if lane_by_node.get(node_id, (0, ""))[0] < depth:
                lane_by_node[node_id] = (depth, lane.get("name") or "")
    names = {node_id: name for node_id, (_, name) in lane_by_node.items()}
    for sub_process in process.iterdescendants(*[bpmn(tag) for tag in SUB_PROCESSES]):
        _inherit_lane(sub_process, names)
    return names


def _inherit_lane(sub_process: etree._Element, names: dict[str, str]) -> None:
    lane = names.get(sub_process.get("id", ""))
    if lane is None:
        return
    for child in sub_process:
        names.setdefault(child.get("id", ""), lane)
