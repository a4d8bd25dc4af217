"""Rules of the deploy check: elements, markers and events that this engine runs, or does not."""

from collections.abc import Iterator, Mapping

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.building import MAKERS, read_loop
from engine.spiff.diagram import Diagram, Node, find, is_bpmn, tag_of, text_of
from engine.spiff.findings import Known, NodeRule, check_feel, error, warning
from engine.spiff.timer_rules import check_timer
from engine.spiff.timers import Timer
from engine.spiff.vocabulary import ACTIVITIES, DRAWING, GATEWAYS, SUB_PROCESSES

_TRIGGERS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"none", "message", "signal", "timer"}),
    "endEvent": frozenset(
        {"none", "message", "signal", "error", "escalation", "terminate", "compensate", "cancel"}
    ),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal", "conditional", "link"}),
    "intermediateThrowEvent": frozenset(
        {"none", "message", "signal", "escalation", "link", "compensate"}
    ),
    "boundaryEvent": frozenset(
        {
            *("timer", "message", "signal", "error", "escalation", "conditional"),
            *("compensate", "cancel"),
        }
    ),
    "receiveTask": frozenset({"message"}),
}

EVENT_STARTS = frozenset(
    {"message", "signal", "timer", "conditional", "error", "escalation", "compensate"}
)
"""What can start an event sub-process."""

_PARTS = DRAWING | {
    "activationCondition",
    "completionCondition",
    "conditionExpression",
    "eventDefinitionRef",
    "inputSet",
    "multiInstanceLoopCharacteristics",
    "outputSet",
    "rendering",
    "script",
    "standardLoopCharacteristics",
}
_DATA_PARTS = frozenset({"dataInputAssociation", "dataOutputAssociation", "ioSpecification"})
_WITHOUT_EFFECT = {
    "dataInput": "Variables are seen by all events.",
    "dataInputAssociation": "Variables are seen by all events.",
    "dataOutput": "What an event brings becomes variables.",
    "dataOutputAssociation": "What an event brings becomes variables.",
    "humanPerformer": "Use camunda:assignee.",
    "performer": "Use camunda:assignee.",
    "potentialOwner": "Use camunda:candidateGroups.",
    "resourceRole": "Use camunda:candidateGroups.",
}


def unsupported_element(_: Diagram, node: Node, __: Known) -> Iterator[Problem]:
    """Refuse elements that nothing here runs."""
    if node.type not in MAKERS:
        yield error(
            node, sentence("The element %(type)s is not supported yet. Remove it.", type=node.type)
        )


def instantiating(diagram: Diagram, node: Node, __: Known) -> Iterator[Problem]:
    """Check tasks and gateways that start the process."""
    if node.xml.get("eventGatewayType") == "Parallel" and not node.is_instantiating:
        yield error(node, "Only a gateway that starts the process waits for all its events.")
    if not node.is_instantiating:
        return
    if node.scope != diagram.key or node.type not in {"receiveTask", "eventBasedGateway"}:
        yield error(node, "It cannot start the process. Use a message start event instead.")
    elif diagram.incoming.get(node.id):
        yield error(node, "It starts the process, so no flow leads to it. Remove the flow.")


def unknown_parts(_: Diagram, node: Node, __: Known) -> Iterator[Problem]:
    """Name parts of an element that have no effect."""
    if node.type in SUB_PROCESSES or node.type not in MAKERS:
        return
    for child in node.xml:
        tag = tag_of(child)
        if not is_bpmn(child) or tag.endswith("EventDefinition"):
            continue
        if tag in _DATA_PARTS and node.type in ACTIVITIES:
            continue
        if tag in _WITHOUT_EFFECT:
            yield warning(
                node,
                sentence(
                    "%(tag)s has no effect here. %(without_effect)s",
                    tag=tag,
                    without_effect=_WITHOUT_EFFECT[tag],
                ),
            )
        elif tag not in _PARTS:
            yield error(node, sentence("Its part %(tag)s is not supported. Remove it.", tag=tag))


def trigger_kind(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Refuse events whose definition is not run in this place."""
    kind, allowed = node.trigger.kind, _TRIGGERS.get(node.type)
    if node.type == "startEvent" and diagram.is_event_driven(node.scope):
        allowed = EVENT_STARTS
    if allowed is None:
        return
    if kind == "reference":
        advice = "Choose an event definition of the file."
        yield error(
            node, sentence("Its eventDefinitionRef leads nowhere. %(advice)s", advice=advice)
        )
    elif kind not in allowed:
        yield error(
            node,
            sentence(
                "The kind %(kind)s is not supported at a %(type)s. %(use)s",
                kind=kind,
                type=node.type,
                use=_use(allowed),
            ),
        )
    elif (
        node.type == "startEvent"
        and allowed is not EVENT_STARTS
        and (node.scope != diagram.key and kind != "none")
    ):
        yield error(node, "The start event of a sub-process must be a plain one.")
    elif not node.trigger.is_known:
        yield error(
            node,
            sentence(
                "Its %(kind)s is not defined in the file. Choose a %(kind)s for it.", kind=kind
            ),
        )


def trigger_text(_: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check names of messages, signals and links, timers and conditions of events."""
    trigger = node.trigger
    if trigger.kind in {"message", "signal", "link"} and trigger.is_known and not trigger.name:
        yield error(node, sentence("Its %(kind)s has no name. Give it one.", kind=trigger.kind))
    if trigger.kind == "conditional":
        if trigger.text:
            yield from check_feel(node, trigger.text, known, "The condition")
        else:
            yield error(node, "It has no condition. Write one in FEEL.")
    if trigger.kind == "timer":
        yield from _timer(node, known)


def boundary_place(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check where a boundary event sits."""
    if node.type != "boundaryEvent":
        return
    activity = diagram.nodes.get(node.attached_to or "")
    if activity is None or activity.type not in ACTIVITIES or activity.scope != node.scope:
        yield error(node, "It is attached to no activity of its level. Attach it to one.")
    if node.trigger.kind == "error" and node.xml.get("cancelActivity") == "false":
        yield error(node, "An error always cancels the activity. Make it interrupting.")
    if diagram.incoming.get(node.id):
        yield error(node, "A boundary event has no incoming flow. Remove the flow.")


def event_ends(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check that nothing leads into a start event or out of an end event."""
    if node.type == "startEvent" and diagram.incoming.get(node.id):
        yield error(node, "A start event has no incoming flow. Lead it to the next element.")
    if node.type == "endEvent" and diagram.outgoing.get(node.id):
        yield error(node, "An end event has no outgoing flow. Use a throwing event instead.")


def links(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check that each link leads to exactly one place of its level."""
    if node.trigger.kind != "link":
        return
    if node.type == "intermediateThrowEvent":
        if diagram.link_target(node) is None:
            yield error(node, "No catching link event has its name. Add one on the same level.")
        if diagram.outgoing.get(node.id):
            yield error(node, "A throwing link event has no outgoing flow. Remove the flow.")
        return
    if diagram.incoming.get(node.id):
        yield error(node, "A catching link event has no incoming flow. Remove the flow.")
    if diagram.link_target(node) is not node:
        yield error(node, "Another catching link event has the same name. Rename one.")


def event_gateway(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check that only events and receive tasks follow an event-based gateway."""
    if node.type != "eventBasedGateway":
        return
    flows = diagram.outgoing.get(node.id, [])
    if len(flows) < 2:
        yield error(node, "An event-based gateway needs two events to choose from. Add them.")
    for target in (diagram.nodes[flow.target] for flow in flows):
        is_catch = target.type == "intermediateCatchEvent" and target.trigger.kind != "link"
        is_receive = target.type == "receiveTask" and not diagram.boundaries(target.id)
        if not (is_catch or is_receive) or len(diagram.incoming[target.id]) > 1:
            advice = "Lead the gateway to catching events that nothing else leads to."
            yield error(
                target,
                sentence("It cannot follow an event-based gateway. %(advice)s", advice=advice),
            )


def loops(diagram: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check the loop markers of activities."""
    if find(node.xml, "./bpmn:multiInstanceLoopCharacteristics"):
        yield from _multi_instance(diagram, node, known)
    for xml in find(node.xml, "./bpmn:standardLoopCharacteristics"):
        maximum = xml.get("loopMaximum")
        if maximum is not None and not (maximum.isascii() and maximum.isdigit() and int(maximum)):
            yield error(node, "The most rounds of a loop are a whole number from 1. Correct it.")
            continue
        condition = text_of(xml, "./bpmn:loopCondition")
        if maximum is None and condition is None:
            yield error(node, "The loop never ends. Give it a condition or a maximum.")
        yield from check_feel(node, condition, known, "The loop condition")


def names(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Ask for names where people would look for them."""
    if node.name:
        return
    is_split = node.type in GATEWAYS and len(diagram.outgoing.get(node.id, [])) > 1
    is_question = is_split and node.type in {"exclusiveGateway", "inclusiveGateway"}
    if node.type in ACTIVITIES or node.type == "endEvent" or is_question:
        yield warning(node, "It has no name. Give it one that people understand.")


def _use(allowed: frozenset[str]) -> str:
    return sentence("Use one of: %(choices)s.", choices=", ".join(sorted(allowed)))


def _timer(node: Node, known: Known) -> Iterator[Problem]:
    trigger = node.trigger
    if not trigger.text:
        yield error(node, "The timer has no time. Write P2D, a date and time, or =FEEL.")
        return
    timer = Timer(type=trigger.timer_type, text=trigger.text, calendar=trigger.calendar)
    yield from check_timer(node, timer, known, "The timer")


def _multi_instance(diagram: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    rule = read_loop(node, diagram)
    if rule is None:
        return
    if (rule.collection is None) == (rule.cardinality is None):
        yield error(node, "Give the multi-instance either a collection or a cardinality.")
    if (rule.output_item is None) != (rule.output_list is None):
        yield error(node, "To collect outputs, give both loopDataOutputRef and outputDataItem.")
    collection = None if rule.is_variable else rule.collection
    for text in (collection, rule.cardinality, rule.completion):
        yield from check_feel(node, text, known, "The multi-instance")


ELEMENT_RULES: tuple[NodeRule, ...] = (
    unsupported_element,
    instantiating,
    unknown_parts,
    trigger_kind,
    trigger_text,
    boundary_place,
    event_ends,
    links,
    event_gateway,
    loops,
    names,
)
