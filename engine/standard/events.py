"""Constraints on events: where each kind may stand and what must lead in and out."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.vocabulary import ACTIVITIES
from engine.standard.document import (
    CATCHING,
    THROWING,
    Check,
    Document,
    Element,
    Rule,
    children,
    flag,
    is_definition,
    is_event_sub_process,
    is_executable,
    scope_of,
    tag,
)

_PROCESS_START = Rule(id="start-event-kind", constraint="EXT098")
_COMPENSATE_START = Rule(id="start-event-kind", constraint="EXT098 EXT121")
_SUB_START = Rule(id="sub-process-start-kind", constraint="EXT100")
_CALLED_START = Rule(id="called-process-start", constraint="EXT099")
_ONE_START = Rule(id="event-sub-process-start", constraint="EXT058")
_EVENT_SUB_START = Rule(id="event-sub-process-start-kind", constraint="EXT059 EXT129")
_END_KIND = Rule(id="end-event-kind", constraint="EXT146")
_CANCEL_END = Rule(id="cancel-end-event", constraint="EXT106")
_BOUNDARY_KIND = Rule(id="boundary-event-kind", constraint="EXT110 EXT130 EXT147")
_CANCEL_BOUNDARY = Rule(id="cancel-boundary-event", constraint="EXT111 EXT120")
_BOUNDARY_PLACE = Rule(id="boundary-event-place", constraint="REF EXT112")
_BOUNDARY_OUT = Rule(id="boundary-event-outgoing", constraint="EXT113")
_BOUNDARY_IN = Rule(id="boundary-event-incoming", constraint="EXT114")
_CATCH_KIND = Rule(id="catch-event-kind", constraint="EXT148")
_THROW_KIND = Rule(id="throw-event-kind", constraint="EXT149")
_NO_IN = Rule(id="intermediate-event-incoming", constraint="EXT115")
_NO_OUT = Rule(id="intermediate-event-outgoing", constraint="EXT116")
_LINK_FLOWS = Rule(id="link-event-flows", constraint="EXT117")
_LINK_TARGET = Rule(id="link-event-target", constraint="EXT118")
_LINK_SOURCE = Rule(id="link-event-source", constraint="EXT124", severity="info")
_LINK_LEVEL = Rule(id="link-event-level", constraint="EXT126 EXT118")
_HANDLER = Rule(id="compensation-handler", constraint="EXT144")
_SHARED = Rule(id="shared-event-definition", constraint="EXT095")
_ESCALATION = Rule(id="escalation-code", constraint="EXT011")
_MESSAGE = Rule(id="message-of-event", constraint="EXT127", severity="warning")
_OPERATION = Rule(id="operation-of-event", constraint="EXT128", severity="info")

_KINDS = {
    "endEvent": (_END_KIND, {"conditional", "link", "timer"}),
    "intermediateCatchEvent": (
        _CATCH_KIND,
        {"cancel", "compensate", "error", "escalation", "terminate"},
    ),
    "intermediateThrowEvent": (
        _THROW_KIND,
        {"cancel", "conditional", "error", "terminate", "timer"},
    ),
}


def starts(document: Document) -> Iterator[Problem]:
    """Check which events start processes, sub-processes and event sub-processes."""
    for start in document.nodes("startEvent"):
        scope, kinds = scope_of(start), document.kinds(start)
        if scope is not None and tag(scope) == "process":
            yield from _process_start(start, kinds)
        elif scope is not None and is_event_sub_process(scope):
            yield from _event_sub_start(start, kinds)
        elif kinds:
            advice = "The start event of a sub-process must be a plain one. Change it."
            yield _SUB_START.broken(start, advice)


def event_sub_processes(document: Document) -> Iterator[Problem]:
    """Check that an event sub-process has exactly one start event."""
    for scope in document.all("subProcess", "transaction", "adHocSubProcess"):
        if is_event_sub_process(scope) and len(children(scope, "startEvent")) != 1:
            advice = "An event sub-process has exactly one start event. Keep or draw one."
            yield _ONE_START.broken(scope, advice)


def _process_start(start: Element, kinds: list[str]) -> Iterator[Problem]:
    for kind in sorted(set(kinds) - {"message", "timer", "conditional", "signal"}):
        rule = _COMPENSATE_START if kind == "compensate" else _PROCESS_START
        yield rule.broken(
            start, sentence("No process starts by %(kind)s. Choose another kind.", kind=kind)
        )


def _event_sub_start(start: Element, kinds: list[str]) -> Iterator[Problem]:
    refused = {"link", "cancel", "terminate"}
    if not flag(start, "isInterrupting", "true"):
        refused |= {"compensate", "error"}
    if not kinds:
        yield _EVENT_SUB_START.broken(
            start, "The start event of an event sub-process needs an event. Choose one."
        )
    for kind in sorted(refused & set(kinds)):
        yield _EVENT_SUB_START.broken(
            start,
            sentence(
                "The kind %(kind)s cannot start this event sub-process. Choose another.", kind=kind
            ),
        )


def called_processes(document: Document) -> Iterator[Problem]:
    """Check that a called process of the file has a plain start event."""
    for call in document.all("callActivity"):
        process = document.target(call.get("calledElement"))
        if process is None or tag(process) != "process":
            continue
        events = children(process, "startEvent")
        if events and all(document.kinds(event) for event in events):
            advice = "Draw a plain start event in it."
            yield _CALLED_START.broken(
                call, sentence("The called process has only others. %(advice)s", advice=advice)
            )


def kinds_by_place(document: Document) -> Iterator[Problem]:
    """Check the kinds of end events and intermediate events."""
    for name, (rule, refused) in _KINDS.items():
        for event in document.nodes(name):
            kinds = document.kinds(event)
            for kind in sorted(refused & set(kinds)):
                yield rule.broken(
                    event,
                    sentence("The kind %(kind)s is not allowed here. Choose another.", kind=kind),
                )
            if name == "intermediateCatchEvent" and not kinds:
                yield rule.broken(event, "It waits for nothing. Choose what it catches.")
            scope = scope_of(event)
            is_inside = scope is not None and tag(scope) == "transaction"
            if name == "endEvent" and "cancel" in kinds and not is_inside:
                yield _CANCEL_END.broken(event, "Only a transaction can be cancelled. Move it.")


def boundaries(document: Document) -> Iterator[Problem]:
    """Check kind, place and flows of boundary events."""
    for event in document.nodes("boundaryEvent"):
        kinds = document.kinds(event)
        yield from _boundary_kinds(event, kinds)
        host = document.target(event.get("attachedToRef"))
        if host is None or tag(host) not in ACTIVITIES or scope_of(host) is not scope_of(event):
            yield _BOUNDARY_PLACE.broken(
                event, "It is attached to no activity of its level. Attach it to one."
            )
        elif "cancel" in kinds and tag(host) != "transaction":
            yield _CANCEL_BOUNDARY.broken(event, "Only a transaction can be cancelled. Move it.")
        if document.into(event):
            yield _BOUNDARY_IN.broken(event, "A flow leads to it. Remove the flow.")
        if "compensate" not in kinds and not document.out_of(event):
            yield _BOUNDARY_OUT.broken(event, "No flow leaves it. Draw one.")


def _boundary_kinds(event: Element, kinds: list[str]) -> Iterator[Problem]:
    refused = {"link", "terminate"}
    if not flag(event, "cancelActivity", "true"):
        refused |= {"error", "cancel"}
    for kind in sorted(refused & set(kinds)):
        yield _BOUNDARY_KIND.broken(
            event, sentence("The kind %(kind)s is not allowed here. Change it.", kind=kind)
        )
    if not kinds:
        yield _BOUNDARY_KIND.broken(event, "It catches nothing. Choose what it catches.")


def intermediate_flows(document: Document) -> Iterator[Problem]:
    """Check that intermediate events stand within a flow, and links at its ends."""
    for event in document.nodes("intermediateCatchEvent", "intermediateThrowEvent"):
        is_catch = tag(event) == "intermediateCatchEvent"
        is_link = "link" in document.kinds(event)
        into, out = document.into(event), document.out_of(event)
        if is_link and (into if is_catch else out):
            wrong = "into a catching" if is_catch else "out of a throwing"
            yield _LINK_FLOWS.broken(
                event, sentence("No flow leads %(wrong)s link. Remove the flow.", wrong=wrong)
            )
        if not into and not (is_link and is_catch):
            yield _NO_IN.broken(event, "No flow leads to this event. Connect it.")
        if not out and not (is_link and not is_catch):
            yield _NO_OUT.broken(event, "No flow leaves this event. Connect it.")


def links(document: Document) -> Iterator[Problem]:
    """Check that each throwing link has its catching one on the same level."""
    catching = _links(document, "intermediateCatchEvent")
    for event, definition in _links(document, "intermediateThrowEvent"):
        targets = {(item.text or "").strip() for item in children(definition, "target")}
        matching = [other for other, link in catching if _is_joined(definition, targets, link)]
        if not matching:
            yield _LINK_TARGET.broken(event, "No catching link belongs to it. Draw one.")
        elif all(scope_of(other) is not scope_of(event) for other in matching):
            yield _LINK_LEVEL.broken(event, "The link leads to another level. Keep it on one.")
    for event, definition in catching:
        if not children(definition, "source") and is_executable(event):
            yield _LINK_SOURCE.broken(event, "The link names no source; its name is used.")


def _is_joined(throwing: Element, targets: set[str], catching: Element) -> bool:
    """Tell whether two links belong together: by their references, else by name."""
    if not targets:
        return throwing.get("name", "") == catching.get("name", "")
    sources = {(item.text or "").strip() for item in children(catching, "source")}
    return catching.get("id") in targets and (not sources or throwing.get("id") in sources)


def _links(document: Document, name: str) -> list[tuple[Element, Element]]:
    return [
        (event, item)
        for event in document.nodes(name)
        for item in document.definitions(event)
        if tag(item) == "linkEventDefinition"
    ]


def compensation(document: Document) -> Iterator[Problem]:
    """Check that what undoes an activity is marked as its handler."""
    for association in document.all("association"):
        source = document.target(association.get("sourceRef"))
        target = document.target(association.get("targetRef"))
        if source is None or target is None or tag(source) != "boundaryEvent":
            continue
        is_handler = flag(target, "isForCompensation")
        is_undoing = "compensate" in document.kinds(source) and tag(target) in ACTIVITIES
        if is_undoing and not is_handler:
            yield _HANDLER.broken(target, "Mark it as compensation: isForCompensation=true.")


def definitions(document: Document) -> Iterator[Problem]:
    """Check references between events and their definitions."""
    used = {(item.text or "").strip() for item in document.all("eventDefinitionRef")}
    for event in document.nodes(*THROWING):
        for item in event:
            if is_definition(item) and item.get("id") in used:
                advice = "Give each event its own definition, or define it once for all."
                yield _SHARED.broken(
                    event, sentence("Another event uses its definition. %(advice)s", advice=advice)
                )
        if is_executable(event):
            yield from _escalations(document, event)
    for event in document.nodes(*THROWING, *CATCHING):
        if is_executable(event):
            yield from _messages(document, event)


def _escalations(document: Document, event: Element) -> Iterator[Problem]:
    for item in document.definitions(event):
        if tag(item) == "escalationEventDefinition":
            thrown = document.target(item.get("escalationRef"))
            if thrown is None or not thrown.get("escalationCode"):
                yield _ESCALATION.broken(event, "The escalation has no code. Give it one.")


def _messages(document: Document, event: Element) -> Iterator[Problem]:
    for item in document.definitions(event):
        if tag(item) != "messageEventDefinition":
            continue
        if not item.get("messageRef"):
            yield _MESSAGE.broken(event, "It names no message. Choose one.")
        if not children(item, "operationRef"):
            yield _OPERATION.broken(event, "It names no operation; none is needed here.")


CHECKS: tuple[Check, ...] = (
    starts,
    event_sub_processes,
    called_processes,
    kinds_by_place,
    boundaries,
    intermediate_flows,
    links,
    compensation,
    definitions,
)
