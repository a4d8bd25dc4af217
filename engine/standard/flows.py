"""Constraints on sequence flows, and on what they must connect on each level."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.vocabulary import ACTIVITIES
from engine.standard.document import (
    ARTIFACTS,
    FLOW_NODES,
    SCOPES,
    Check,
    Document,
    Element,
    Rule,
    children,
    flag,
    is_event_sub_process,
    is_executable,
    scope_of,
    tag,
    text,
)

_TO_ARTIFACT = Rule(id="flow-to-artifact", constraint="EXT006")
_FROM_ARTIFACT = Rule(id="flow-from-artifact", constraint="EXT007 EXT021")
_ENDS = Rule(id="flow-ends", constraint="EXT021 REF")
_LISTED = Rule(id="flow-listed", constraint="EXT023", severity="info")
_IMMEDIATE = Rule(id="flow-immediate", constraint="EXT024", is_soft=True)
_LONELY = Rule(id="lonely-condition", constraint="EXT025")
_DEFAULT = Rule(id="default-flow", constraint="EXT026")
_CROSSES = Rule(id="flow-crosses-border", constraint="EXT152")
_EVENT_SUB = Rule(id="event-sub-process-flow", constraint="EXT057 EXT021")
_NO_START = Rule(id="no-start-event", constraint="EXT097")
_NO_END = Rule(id="no-end-event", constraint="EXT105")
_INTO_START = Rule(id="start-event-incoming", constraint="EXT096")
_START_LEADS = Rule(id="start-event-outgoing", constraint="EXT101")
_END_REACHED = Rule(id="end-event-incoming", constraint="EXT107")
_OUT_OF_END = Rule(id="end-event-outgoing", constraint="EXT108")
_NO_INCOMING = Rule(id="no-incoming-flow", constraint="EXT150")
_NO_OUTGOING = Rule(id="no-outgoing-flow", constraint="EXT151")


def flow_ends(document: Document) -> Iterator[Problem]:
    """Check what a sequence flow joins, and that it stays on one level."""
    for flow in document.all("sequenceFlow"):
        source = document.target(flow.get("sourceRef"))
        target = document.target(flow.get("targetRef"))
        yield from _one_end(flow, source, "starts", _FROM_ARTIFACT)
        yield from _one_end(flow, target, "ends", _TO_ARTIFACT)
        if source is None or target is None:
            continue
        if scope_of(source) is not scope_of(target) and {tag(source), tag(target)} <= FLOW_NODES:
            yield _CROSSES.broken(
                flow, "The flow crosses the border of a sub-process or pool. Stay on one level."
            )


def _one_end(flow: Element, end: Element | None, word: str, artifact: Rule) -> Iterator[Problem]:
    if end is None:
        yield _ENDS.broken(
            flow, sentence("The flow %(word)s at nothing. Draw it again.", word=word)
        )
    elif tag(end) in ARTIFACTS:
        yield artifact.broken(
            flow,
            sentence(
                "The flow %(word)s at a %(tag)s. Use an association.", word=word, tag=tag(end)
            ),
        )
    elif tag(end) not in FLOW_NODES:
        advice = "Connect activities, gateways and events only."
        yield _ENDS.broken(
            flow,
            sentence(
                "The flow %(word)s at a %(tag)s. %(advice)s", word=word, tag=tag(end), advice=advice
            ),
        )
    elif is_event_sub_process(end):
        advice = "Its start event alone starts it. Remove the flow."
        yield _EVENT_SUB.broken(
            end,
            sentence(
                "A flow %(word)s at an event sub-process. %(advice)s", word=word, advice=advice
            ),
        )


def flow_marks(document: Document) -> Iterator[Problem]:
    """Check default flows, single conditional flows and the attribute isImmediate."""
    for flow in document.all("sequenceFlow"):
        if flow.get("isImmediate") in {"false", "0"} and is_executable(flow):
            yield _IMMEDIATE.broken(flow, "isImmediate=false cannot be run. Remove it.")
    for node in document.nodes():
        flows = document.out_of(node)
        default = node.get("default")
        if default and default.rpartition(":")[2] not in {flow.get("id") for flow in flows}:
            yield _DEFAULT.broken(node, "Its default flow does not leave it. Choose another.")
        if tag(node) in ACTIVITIES and len(flows) == 1 and _condition(flows[0]):
            advice = "Remove the condition, or add a flow for the other case."
            yield _LONELY.broken(
                flows[0],
                sentence("The only flow out of it has a condition. %(advice)s", advice=advice),
            )


def _condition(flow: Element) -> str:
    return "".join(text(item) for item in children(flow, "conditionExpression"))


def flow_lists(document: Document) -> Iterator[Problem]:
    """Tell where the lists of incoming and outgoing flows disagree with the flows."""
    for flow in document.all("sequenceFlow"):
        for name, part in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
            node = document.target(flow.get(name))
            if node is None or tag(node) not in FLOW_NODES:
                continue
            listed = {text(item).rpartition(":")[2] for item in children(node, part)}
            if flow.get("id") not in listed and is_executable(flow):
                yield _LISTED.broken(
                    flow,
                    sentence(
                        "Its %(name)s does not list it as %(part)s. Save the file anew.",
                        name=name,
                        part=part,
                    ),
                )


def levels(document: Document) -> Iterator[Problem]:
    """Check that each level with events begins and ends, and that nothing hangs loose."""
    for scope in document.all(*SCOPES):
        nodes = [child for child in scope if tag(child) in FLOW_NODES]
        starts = [node for node in nodes if _begins(node)]
        ends = [node for node in nodes if tag(node) == "endEvent"]
        if tag(scope) == "adHocSubProcess":
            continue
        if ends and not starts:
            yield _NO_START.broken(scope, "It has an end event but no start event. Draw one.")
        if any(tag(node) == "startEvent" for node in starts) and not ends:
            yield _NO_END.broken(scope, "It has a start event but no end event. Draw one.")
        for node in nodes:
            yield from _loose(document, node, bool(starts), bool(ends))


def _begins(node: Element) -> bool:
    return tag(node) == "startEvent" or flag(node, "instantiate")


def _loose(document: Document, node: Element, has_start: bool, has_end: bool) -> Iterator[Problem]:
    stands_alone = is_event_sub_process(node) or flag(node, "isForCompensation")
    kinds = document.kinds(node)
    into, out = document.into(node), document.out_of(node)
    if tag(node) == "startEvent" and into:
        yield _INTO_START.broken(node, "A flow leads into this start event. Remove the flow.")
    if tag(node) == "startEvent" and not out:
        yield _START_LEADS.broken(node, "No flow leaves this start event. Draw one.")
    if tag(node) == "endEvent" and not into:
        yield _END_REACHED.broken(node, "No flow leads to this end event. Connect or remove it.")
    if tag(node) == "endEvent" and out:
        yield _OUT_OF_END.broken(node, "A flow leaves this end event. Use a throwing event.")
    is_link = "link" in kinds
    enters = _begins(node) or tag(node) == "boundaryEvent"
    enters |= tag(node) == "intermediateCatchEvent" and is_link
    if has_start and not into and not enters and not stands_alone:
        yield _NO_INCOMING.broken(node, "No flow leads to it. Connect it or remove it.")
    leaves = tag(node) == "endEvent" or (tag(node) == "intermediateThrowEvent" and is_link)
    leaves |= tag(node) == "boundaryEvent" and "compensate" in kinds
    if has_end and not out and not leaves and not stands_alone:
        yield _NO_OUTGOING.broken(node, "No flow leaves it. Lead it to an end event.")


CHECKS: tuple[Check, ...] = (flow_ends, flow_marks, flow_lists, levels)
