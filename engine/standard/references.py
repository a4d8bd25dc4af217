"""Constraints on ids and on what references may name."""

from collections.abc import Iterator, Mapping

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.vocabulary import ACTIVITIES
from engine.standard.document import (
    EVENTS,
    FLOW_NODES,
    Check,
    Document,
    Element,
    Rule,
    tag,
    text,
)

_TWICE = Rule(id="duplicate-id", constraint="EXT002")
_MISSING = Rule(id="missing-id", constraint="EXT003")
_REFERENCE = Rule(id="reference", constraint="REF")

_DEFINITIONS = frozenset(
    f"{kind}EventDefinition"
    for kind in (
        "message",
        "timer",
        "signal",
        "error",
        "escalation",
        "conditional",
        "link",
        "terminate",
        "compensate",
        "cancel",
    )
)
_ITEMS = frozenset(
    (
        "dataObject",
        "dataObjectReference",
        "dataStore",
        "dataStoreReference",
        "dataInput",
        "dataOutput",
        "property",
        "inputDataItem",
        "outputDataItem",
    )
)
_NEEDS_ID = FLOW_NODES | {"sequenceFlow", "dataObject", "participant", "message", "textAnnotation"}

_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "attachedToRef": ACTIVITIES,
    "activityRef": ACTIVITIES,
    "categoryValueRef": frozenset({"categoryValue"}),
    "correlationKeyRef": frozenset({"correlationKey"}),
    "correlationPropertyRef": frozenset({"correlationProperty"}),
    "dataObjectRef": frozenset({"dataObject"}),
    "dataStoreRef": frozenset({"dataStore"}),
    "definitionalCollaborationRef": frozenset({"collaboration", "choreography"}),
    "errorRef": frozenset({"error"}),
    "escalationRef": frozenset({"escalation"}),
    "itemRef": frozenset({"itemDefinition"}),
    "itemSubjectRef": frozenset({"itemDefinition"}),
    "messageRef": frozenset({"message"}),
    "noneBehaviorEventRef": _DEFINITIONS,
    "oneBehaviorEventRef": _DEFINITIONS,
    "operationRef": frozenset({"operation"}),
    "parameterRef": frozenset({"resourceParameter"}),
    "processRef": frozenset({"process"}),
    "signalRef": frozenset({"signal"}),
}
_PARTS: Mapping[str, frozenset[str]] = {
    "dataInputRefs": frozenset({"dataInput"}),
    "dataOutputRefs": frozenset({"dataOutput"}),
    "errorRef": frozenset({"error"}),
    "eventDefinitionRef": _DEFINITIONS,
    "flowNodeRef": FLOW_NODES,
    "inMessageRef": frozenset({"message"}),
    "innerParticipantRef": frozenset({"participant"}),
    "inputSetRefs": frozenset({"inputSet"}),
    "interfaceRef": frozenset({"interface"}),
    "messageFlowRef": frozenset({"messageFlow"}),
    "operationRef": frozenset({"operation"}),
    "optionalInputRefs": frozenset({"dataInput"}),
    "optionalOutputRefs": frozenset({"dataOutput"}),
    "outMessageRef": frozenset({"message"}),
    "outerParticipantRef": frozenset({"participant"}),
    "outputSetRefs": frozenset({"outputSet"}),
    "participantRef": frozenset({"participant"}),
    "resourceRef": frozenset({"resource"}),
    "supportedInterfaceRef": frozenset({"interface"}),
    "whileExecutingInputRefs": frozenset({"dataInput"}),
    "whileExecutingOutputRefs": frozenset({"dataOutput"}),
}
_MESSAGE_ENDS = ACTIVITIES | EVENTS | {"participant"}
_CALLABLE = frozenset(
    (
        "process",
        "globalTask",
        "globalUserTask",
        "globalManualTask",
        "globalScriptTask",
        "globalBusinessRuleTask",
    )
)


def ids(document: Document) -> Iterator[Problem]:
    """Check that ids are there and given once."""
    seen: set[str] = set()
    for item in document.elements:
        key = item.get("id")
        if key and key in seen:
            yield _TWICE.broken(
                item, sentence("The id %(key)s is used twice. Give each element its own.", key=key)
            )
        if key:
            seen.add(key)
        elif tag(item) in _NEEDS_ID:
            yield _MISSING.broken(
                item, sentence("A %(tag)s has no id. Give it one.", tag=tag(item))
            )


def references(document: Document) -> Iterator[Problem]:
    """Check that each reference names an element of a fitting type."""
    for item in document.elements:
        for name, allowed in _ATTRIBUTES.items():
            value = item.get(name)
            if value and not (name == "errorRef" and tag(item) == "endEvent"):
                yield from _check(document, (item, item), (name, value), allowed)
        parent = item.getparent()
        if parent is None:
            continue
        if tag(item) in _PARTS:
            yield from _check(document, (parent, item), (tag(item), text(item)), _PARTS[tag(item)])
        is_data = tag(parent) in {"dataInputAssociation", "dataOutputAssociation"}
        if is_data and tag(item) in {"sourceRef", "targetRef"}:
            owner = parent.getparent()
            place = (parent if owner is None else owner, item)
            yield from _check(document, place, (tag(item), text(item)), _ITEMS)


def drawn_ends(document: Document) -> Iterator[Problem]:
    """Check what message flows and associations connect."""
    for flow in document.all("messageFlow"):
        for name in ("sourceRef", "targetRef"):
            value = flow.get(name, "")
            place = (flow, flow)
            target = document.target(value)
            if target is None or tag(target) not in _MESSAGE_ENDS:
                yield from _check(document, place, (name, value), _MESSAGE_ENDS)
    for association in document.all("association"):
        for name in ("sourceRef", "targetRef"):
            value = association.get(name, "")
            if document.target(value) is None and not _is_foreign(association, value):
                yield _wrong(association, name, value, "is nowhere in the file")


def calls(document: Document) -> Iterator[Problem]:
    """Check that call activities call something callable, where the file holds it."""
    for call in document.all("callActivity"):
        called = document.target(call.get("calledElement"))
        if called is not None and tag(called) not in _CALLABLE:
            yield _wrong(
                call,
                "calledElement",
                call.get("calledElement", ""),
                sentence("is a %(tag)s", tag=tag(called)),
            )


def _check(
    document: Document,
    place: tuple[Element, Element],
    reference: tuple[str, str],
    allowed: frozenset[str],
) -> Iterator[Problem]:
    (owner, item), (name, value) = place, reference
    target = document.target(value)
    if target is None:
        if not _is_foreign(item, value):
            yield _wrong(owner, name, value, "is nowhere in the file")
    elif tag(target) not in allowed:
        yield _wrong(owner, name, value, sentence("is a %(tag)s", tag=tag(target)))


def _wrong(owner: Element, name: str, value: str, what: str) -> Problem:
    advice = "Choose another element for it."
    return _REFERENCE.broken(
        owner,
        sentence(
            "Its %(name)s %(value)s %(what)s. %(advice)s",
            name=name,
            value=repr(value),
            what=what,
            advice=advice,
        ),
    )


def _is_foreign(item: Element, value: str) -> bool:
    """Tell whether a prefix leads to another file."""
    prefix, _, _ = value.rpartition(":")
    root = item.getroottree().getroot()
    return bool(prefix) and item.nsmap.get(prefix) not in {None, root.get("targetNamespace")}


CHECKS: tuple[Check, ...] = (ids, references, drawn_ends, calls)
