"""Build the specs that SpiffWorkflow runs from a diagram.

The parser of SpiffWorkflow 3.2.0 stops at the first thing it does not know, follows flows by
recursion (a long chain of tasks exceeds Python's stack) and drops what it cannot read, so the
specs are built from our own reading of the file.
"""

from collections.abc import Callable, Mapping
from functools import partial

from lxml import etree

from engine.sla_rules import ClockRule
from engine.spiff.activities import Loop, LoopRule, MultiInstance, StandardLoop, SubProcess
from engine.spiff.ad_hoc import AdHocRule, AdHocSubProcess
from engine.spiff.behaviors import ALL, read_behavior
from engine.spiff.call_activities import CallActivity
from engine.spiff.calls import read_call
from engine.spiff.clocks import PHASES, read_clocks, read_task_clocks
from engine.spiff.complex_gateways import ComplexGateway
from engine.spiff.data import give_out, handed_over, read_data, take_in
from engine.spiff.diagram import Diagram, Flow, Node, find, text_of
from engine.spiff.event_sub_processes import LISTENER, EventSubProcess, EventSubProcessStart
from engine.spiff.events import (
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    EventGateway,
    ReceiveTask,
    StartEvent,
    ThrowEvent,
)
from engine.spiff.expressions import (
    expression_of,
    read_mappings,
    read_properties,
    read_script,
    script_lines,
)
from engine.spiff.gateways import (
    ExclusiveGateway,
    InclusiveGateway,
    Joining,
    ParallelGateway,
)
from engine.spiff.model import Element
from engine.spiff.nodes import Activity, BoundarySplit, FlowNode, PassThrough, Way
from engine.spiff.quantities import Gathering, quantity_of
from engine.spiff.reopening import Reopened
from engine.spiff.tasks import (
    Assignment,
    BusinessRuleTask,
    ScriptTask,
    ServiceTask,
    UserTask,
)
from engine.spiff.vocabulary import ACTIVITIES, SUB_PROCESSES, anju, camunda
from engine.spiff.workflows import ProcessSpec

_GATHERING = " #gathering"

Maker = Callable[[ProcessSpec, str, Node, Element], FlowNode]


def build(diagram: Diagram) -> dict[str, ProcessSpec]:
    """Build the spec of each scope of a diagram that the linter has accepted."""
    elements = elements_of(diagram)
    return {scope: _Builder(diagram, elements, scope).build() for scope in diagram.scopes}


def elements_of(diagram: Diagram) -> dict[str, Element]:
    """Describe all flow nodes of a diagram, and the process itself under its key."""
    process = Element(
        id=diagram.key,
        name=diagram.name,
        type="process",
        lane=None,
        documentation=text_of(diagram.xml, "./bpmn:documentation"),
        scope="",
        properties=read_properties(diagram.xml),
        clocks=read_clocks(diagram.xml, diagram.key, diagram.name),
    )
    return {diagram.key: process} | {node.id: _element(node) for node in diagram.nodes.values()}


def read_assignment(node: Node) -> Assignment:
    """Read who shall do a user task and until when."""
    return Assignment(
        assignee=node.xml.get(camunda("assignee")),
        candidate_group=node.xml.get(camunda("candidateGroups")),
        scope=node.xml.get(anju("scope")),
        priority=node.xml.get(camunda("priority")),
        due=node.xml.get(camunda("dueDate")),
        form_key=node.xml.get(camunda("formKey")),
        ladder=node.xml.get(anju("ladder")),
        calendar=node.xml.get(anju("calendar"), ""),
    )


def read_loop(node: Node, diagram: Diagram | None = None) -> LoopRule | None:
    """Read the loop marker of an activity; its behaviour only together with its diagram."""
    for xml in find(node.xml, "./bpmn:multiInstanceLoopCharacteristics"):
        names = {} if diagram is None else diagram.data
        listed, results = (text_of(xml, f"./bpmn:loopData{end}Ref") for end in ("Input", "Output"))
        given = xml.get(camunda("collection"))
        collection = given or names.get(listed or "", listed)
        items = find(xml, "./bpmn:inputDataItem")
        outputs = find(xml, "./bpmn:outputDataItem")
        return LoopRule(
            behavior=ALL if diagram is None else read_behavior(diagram, node),
            is_sequential=xml.get("isSequential") == "true",
            collection=expression_of(collection) if collection else None,
            is_variable=given is None and listed in names,
            cardinality=text_of(xml, "./bpmn:loopCardinality"),
            item_name=xml.get(camunda("elementVariable")) or _item_name(items),
            output_item=_item_name(outputs),
            output_list=names.get(results or "", results),
            completion=text_of(xml, "./bpmn:completionCondition"),
        )
    for xml in find(node.xml, "./bpmn:standardLoopCharacteristics"):
        maximum = xml.get("loopMaximum")
        return LoopRule(
            condition=text_of(xml, "./bpmn:loopCondition"),
            maximum=int(maximum) if maximum else None,
            is_tested_before=xml.get("testBefore") == "true",
        )
    return None


def read_ad_hoc(node: Node) -> AdHocRule:
    """Read how an ad-hoc sub-process is done."""
    completion = text_of(node.xml, "./bpmn:completionCondition")
    return AdHocRule(
        is_sequential=node.xml.get("ordering") == "Sequential",
        completion=None if completion is None else expression_of(completion),
        cancels_remaining=node.xml.get("cancelRemainingInstances", "true") != "false",
        is_manual=node.xml.get(anju("manual")) == "true",
    )


def topic_of(node: Node) -> str | None:
    """Give the topic of an external task, None if it is none."""
    is_external = node.xml.get(camunda("type")) == "external"
    return node.xml.get(camunda("topic")) if is_external else None


class _Builder:
    def __init__(self, diagram: Diagram, elements: Mapping[str, Element], scope: str) -> None:
        self._diagram = diagram
        self._elements = elements
        self._spec = ProcessSpec(scope, elements[scope])
        self._nodes = diagram.inside(scope)

    def build(self) -> ProcessSpec:
        for node in self._nodes:
            self._make(node)
        for node in self._nodes:
            self._connect(node)
        for node in self._diagram.starts(self._spec.name):
            self._instantiate(node)
            is_plain = not node.is_instantiating and (
                node.type != "startEvent"
                or node.trigger.kind == "none"
                or self._diagram.is_event_driven(node.scope)
            )
            condition = None if is_plain else "event"
            way = Way(target=self._entry(node.id), flow_id=None, condition=condition)
            self._spec.start.lead(way)
        for node in self._nodes:
            if node.is_event_sub_process:
                self._listen(node)
            self._undo(node)
        return self._spec

    def _listen(self, node: Node) -> None:
        """Let a scope listen for the start event of an event sub-process."""
        (start,) = self._diagram.starts(node.id)
        if start.trigger.kind == "compensate":
            self._spec.task_specs[node.id].is_instance = True
            return
        listener = EventSubProcessStart(
            self._spec,
            f"{node.id}{LISTENER}",
            element=self._elements[start.id],
            trigger=start.trigger,
            is_interrupting=start.xml.get("isInterrupting", "true") != "false",
        )
        listener.lead(Way(target=node.id, flow_id=None))
        self._spec.start.listeners.append(listener.name)

    def _undo(self, node: Node) -> None:
        """Tell an activity what undoes it."""
        specs = self._spec.task_specs
        if node.is_for_compensation:
            specs[node.id].is_instance = True
        if node.type == "boundaryEvent" and node.trigger.kind == "compensate":
            handler, activity = self._diagram.handler(node), node.attached_to or ""
            body = specs.get(f"{activity} #instance", specs[activity])
            body.compensation = handler.id if handler is not None else None
            body.needs_inner = False
        is_scope = node.type in SUB_PROCESSES and not node.is_event_sub_process
        body = specs.get(f"{node.id} #instance", specs[node.id])
        if is_scope and not node.is_for_compensation and body.compensation is None:
            inside = [n for n in self._diagram.inside(node.id) if n.is_event_sub_process]
            own = [n.id for n in inside if _starts_by_compensation(self._diagram, n)]
            name = f"{node.id} #reopened"
            element = self._elements[node.id]
            Reopened(self._spec, name, element=element, handler=own[0] if own else None)
            body.compensation, body.needs_inner = name, not own

    def _instantiate(self, node: Node) -> None:
        if node.is_instantiating:
            for event in self._diagram.instantiating(node):
                self._spec.start.targets[event.id] = self._entry(node.id)

    def _make(self, node: Node) -> None:
        element, rule = self._elements[node.id], read_loop(node, self._diagram)
        maker = MAKERS[node.type]
        start_quantity = quantity_of(node.xml.get("startQuantity")) or 1
        if start_quantity > 1:
            name = f"{node.id}{_GATHERING}"
            Gathering(self._spec, name, element=element, quantity=start_quantity)
        if rule is None:
            body = maker(self._spec, node.id, node, element)
            self._hand_over(node, body, body)
            return
        body = maker(self._spec, f"{node.id} #instance", node, element)
        body.is_instance = True
        kind: type[Loop] = MultiInstance if rule.collection or rule.cardinality else StandardLoop
        loop = kind(self._spec, node.id, element=element, rule=rule, body=body.name)
        self._hand_over(node, body, loop)

    def _hand_over(self, node: Node, body: FlowNode, outer: FlowNode) -> None:
        """Let an activity take in and give out data, once for all rounds of its loop."""
        if isinstance(body, CallActivity):
            body.data_inputs = handed_over(self._diagram, node, "dataInput")
            body.data_outputs = handed_over(self._diagram, node, "dataOutput")
        data = read_data(self._diagram, node).rule() if node.type in ACTIVITIES else None
        if data is not None and isinstance(outer, Activity):
            outer.take_in = partial(take_in, rule=data)
            outer.give_out = partial(give_out, rule=data)

    def _connect(self, node: Node) -> None:
        spec = self._spec.task_specs[node.id]
        self._split(node)
        self._count_tokens(node, spec)
        for flow in self._diagram.outgoing.get(node.id, []):
            spec.lead(self._way(node, flow))
        if node.type == "intermediateThrowEvent" and node.trigger.kind == "link":
            target = self._diagram.link_target(node)
            if target is not None:
                spec.lead(Way(target=target.id, flow_id=None))
        self._collect(node, spec)

    def _count_tokens(self, node: Node, spec: FlowNode) -> None:
        if isinstance(spec, Activity):
            spec.completion_quantity = quantity_of(node.xml.get("completionQuantity")) or 1
        gathering = self._spec.task_specs.get(f"{node.id}{_GATHERING}")
        if gathering is not None:
            gathering.lead(Way(target=self._inner_entry(node.id), flow_id=None))

    def _collect(self, node: Node, spec: FlowNode) -> None:
        if isinstance(spec, Joining):
            spec.incoming = frozenset(f.id for f in self._diagram.incoming.get(node.id, []))
        if isinstance(spec, InclusiveGateway | ComplexGateway):
            spec.sources_by_flow = {
                flow.id: sources_of(self._diagram, flow, node.id)
                for flow in self._diagram.incoming.get(node.id, [])
            }

    def _split(self, node: Node) -> None:
        boundaries = self._diagram.boundaries(node.id)
        if boundaries:
            split = self._split_spec(node.id)
            for target in [node, *boundaries]:
                split.lead(Way(target=target.id, flow_id=None))

    def _split_spec(self, node_id: str) -> BoundarySplit:
        name = f"{node_id} #boundaries"
        if name not in self._spec.task_specs:
            BoundarySplit(self._spec, name, element=self._elements[node_id])
        split: BoundarySplit = self._spec.task_specs[name]
        return split

    def _entry(self, node_id: str) -> str:
        """Give the name of the spec that a token enters for a node."""
        gathering = f"{node_id}{_GATHERING}"
        return gathering if gathering in self._spec.task_specs else self._inner_entry(node_id)

    def _inner_entry(self, node_id: str) -> str:
        if self._diagram.boundaries(node_id):
            return str(self._split_spec(node_id).name)
        return node_id

    def _way(self, node: Node, flow: Flow) -> Way:
        return Way(
            target=self._entry(flow.target),
            flow_id=flow.id,
            condition=None if flow.condition is None else expression_of(flow.condition),
            is_default=flow.id == node.default,
        )


def sources_of(diagram: Diagram, flow: Flow, gateway_id: str) -> frozenset[str]:
    """Name the nodes from which a flow can be reached without passing a gateway."""
    found: set[str] = set()
    stack = [flow.source]
    while stack:
        node_id = stack.pop()
        if node_id == gateway_id or node_id in found:
            continue
        found.add(node_id)
        stack.extend(before.source for before in diagram.incoming.get(node_id, []))
        stack.extend(_jumps_to(diagram, diagram.nodes[node_id]))
    return frozenset(found)


def _starts_by_compensation(diagram: Diagram, node: Node) -> bool:
    return any(start.trigger.kind == "compensate" for start in diagram.starts(node.id))


def _jumps_to(diagram: Diagram, node: Node) -> list[str]:
    """Name the nodes that lead to a node without a sequence flow."""
    if node.attached_to:
        return [node.attached_to]
    if node.type == "intermediateCatchEvent" and node.trigger.kind == "link":
        throwing = [n for n in diagram.inside(node.scope) if n.type == "intermediateThrowEvent"]
        return [n.id for n in throwing if n.trigger == node.trigger]
    return []


def _element(node: Node) -> Element:
    return Element(
        id=node.id,
        name=node.name,
        type=node.type,
        lane=node.lane,
        documentation=node.documentation,
        scope=node.scope,
        attached_to=node.attached_to,
        properties=read_properties(node.xml),
        clocks=_clocks(node),
    )


def _clocks(node: Node) -> tuple[ClockRule, ...]:
    if node.type == "userTask":
        return read_task_clocks(node)
    return read_clocks(node.xml, node.id, node.name) if node.type in PHASES else ()


def _item_name(items: list[etree._Element]) -> str | None:
    return (items[0].get("name") or items[0].get("id")) if items else None


def _user_task(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    mappings = read_mappings(node.xml)
    return UserTask(
        spec, name, element=element, assignment=read_assignment(node), mappings=mappings
    )


def _service_task(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    mappings = read_mappings(node.xml)
    topic = topic_of(node) or ""
    return ServiceTask(spec, name, element=element, topic=topic, mappings=mappings)


def _send_task(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    if topic_of(node):
        return _service_task(spec, name, node, element)
    return ThrowEvent(spec, name, element=element, trigger=node.trigger)


def _rule_task(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    if topic_of(node):
        return _service_task(spec, name, node, element)
    decision = node.xml.get(camunda("decisionRef"), ""), node.xml.get(camunda("resultVariable"))
    mappings = read_mappings(node.xml)
    return BusinessRuleTask(spec, name, element=element, decision=decision, mappings=mappings)


def _script_task(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    return ScriptTask(spec, name, element=element, lines=script_lines(read_script(node.xml)))


def _boundary(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    is_interrupting = node.xml.get("cancelActivity", "true") != "false"
    trigger = node.trigger
    return BoundaryEvent(
        spec, name, element=element, trigger=trigger, is_interrupting=is_interrupting
    )


def _complex_gateway(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    activation = text_of(node.xml, "./bpmn:activationCondition")
    return ComplexGateway(spec, name, element=element, activation=activation)


def _ad_hoc(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    return AdHocSubProcess(spec, name, element=element, rule=read_ad_hoc(node))


def _call(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    return CallActivity(spec, name, element=element, rule=read_call(node))


def _event_gateway(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    is_parallel = node.xml.get("eventGatewayType") == "Parallel"
    return EventGateway(spec, name, element=element, is_parallel=is_parallel)


def _sub_process(spec: ProcessSpec, name: str, node: Node, element: Element) -> FlowNode:
    kind = EventSubProcess if node.is_event_sub_process else SubProcess
    return kind(spec, name, element=element)


def _plain(kind: type[FlowNode]) -> Maker:
    return lambda spec, name, _, element: kind(spec, name, element=element)


def _event(kind: Callable[..., FlowNode]) -> Maker:
    return lambda spec, name, node, element: kind(spec, name, element=element, trigger=node.trigger)


MAKERS: Mapping[str, Maker] = {
    "task": _plain(PassThrough),
    "manualTask": _plain(PassThrough),
    "userTask": _user_task,
    "serviceTask": _service_task,
    "sendTask": _send_task,
    "receiveTask": _event(ReceiveTask),
    "businessRuleTask": _rule_task,
    "scriptTask": _script_task,
    "subProcess": _sub_process,
    "transaction": _plain(SubProcess),
    "adHocSubProcess": _ad_hoc,
    "callActivity": _call,
    "exclusiveGateway": _plain(ExclusiveGateway),
    "parallelGateway": _plain(ParallelGateway),
    "inclusiveGateway": _plain(InclusiveGateway),
    "complexGateway": _complex_gateway,
    "eventBasedGateway": _event_gateway,
    "startEvent": _plain(StartEvent),
    "endEvent": _event(EndEvent),
    "intermediateCatchEvent": _event(CatchEvent),
    "intermediateThrowEvent": _event(ThrowEvent),
    "boundaryEvent": _boundary,
}
"""What stands for each element; an element without a row is refused by the linter."""
