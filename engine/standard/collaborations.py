"""Constraints on pools, message flows, choreographies and conversations."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.standard.document import (
    ARTIFACTS,
    CATCHING,
    CHOREOGRAPHY,
    THROWING,
    Check,
    Document,
    Element,
    Rule,
    children,
    flag,
    process_of,
    tag,
)

_TO_ARTIFACT = Rule(id="message-flow-to-artifact", constraint="EXT008")
_FROM_ARTIFACT = Rule(id="message-flow-from-artifact", constraint="EXT009")
_SAME_POOL = Rule(id="message-flow-in-pool", constraint="EXT031")
_MULTIPLICITY = Rule(id="participant-multiplicity", constraint="EXT029")
_MAXIMUM = Rule(id="participant-multiplicity", constraint="EXT030")
_INTO_START = Rule(id="start-event-message", constraint="EXT103")
_FROM_END = Rule(id="end-event-message", constraint="EXT109")
_DIRECTION = Rule(id="message-flow-direction", constraint="EXT119")
_CHOREOGRAPHY_REF = Rule(id="choreography-reference", constraint="EXT027")
_GLOBAL = Rule(id="global-conversation", constraint="EXT032")
_IN_PROCESS = Rule(id="not-executable", constraint="EXT036")
_IN_SUB_PROCESS = Rule(id="not-executable", constraint="EXT056")
_PUBLIC = Rule(id="public-process", constraint="EXT035")

_CONVERSATION_PARTS = (
    "conversation",
    "subConversation",
    "callConversation",
    "conversationLink",
    *sorted(ARTIFACTS),
)


def message_flows(document: Document) -> Iterator[Problem]:
    """Check what message flows connect."""
    for flow in document.all("messageFlow"):
        source = document.target(flow.get("sourceRef"))
        target = document.target(flow.get("targetRef"))
        if source is None or target is None:
            continue
        if tag(source) in ARTIFACTS:
            yield _FROM_ARTIFACT.broken(flow, "The message comes from an artifact. Draw it anew.")
        if tag(target) in ARTIFACTS:
            yield _TO_ARTIFACT.broken(flow, "The message goes to an artifact. Draw it anew.")
        pools = _pool(document, source), _pool(document, target)
        if pools[0] is not None and pools[0] is pools[1]:
            yield _SAME_POOL.broken(flow, "Messages go between pools. Use a sequence flow.")
        yield from _event_ends(document, source, target)


def _event_ends(document: Document, source: Element, target: Element) -> Iterator[Problem]:
    if tag(target) in THROWING:
        yield _DIRECTION.broken(target, "A throwing event receives no message. Draw it anew.")
    if tag(source) in CATCHING:
        yield _DIRECTION.broken(source, "A catching event sends no message. Draw it anew.")
    if tag(target) == "startEvent" and "message" not in document.kinds(target):
        yield _INTO_START.broken(target, "A message leads to it: make it a message start event.")
    if tag(source) == "endEvent" and "message" not in document.kinds(source):
        yield _FROM_END.broken(source, "A message comes from it: make it a message end event.")


def _pool(document: Document, item: Element) -> Element | None:
    if tag(item) == "participant":
        return document.target(item.get("processRef")) if item.get("processRef") else item
    return process_of(item)


def participants(document: Document) -> Iterator[Problem]:
    """Check how many participants take part."""
    for item in document.all("participantMultiplicity"):
        owner = item.getparent()
        place = item if owner is None else owner
        least, most = _number(item.get("minimum", "0")), _number(item.get("maximum", "1"))
        if least is None or least < 0:
            yield _MULTIPLICITY.broken(place, "The fewest participants are below 0. Correct it.")
        elif most is None or most < max(1, least):
            yield _MAXIMUM.broken(place, "The most participants are too few. Correct it.")


def _number(value: str) -> int | None:
    try:
        return int(value)
    except ValueError:
        return None


def choreographies(document: Document) -> Iterator[Problem]:
    """Check that choreography and conversation stay outside of processes."""
    for item in document.all(*CHOREOGRAPHY):
        parent = item.getparent()
        kind = "" if parent is None else tag(parent)
        advice = "A choreography cannot be run in a process. Draw tasks and messages."
        if kind == "process":
            yield _IN_PROCESS.broken(item, advice)
        elif kind in {"subProcess", "transaction", "adHocSubProcess"}:
            yield _IN_SUB_PROCESS.broken(item, advice)


def global_parts(document: Document) -> Iterator[Problem]:
    """Check what choreographies and global conversations refer to and hold."""
    for item in document.all("choreography", "globalConversation", "globalChoreographyTask"):
        for reference in children(item, "choreographyRef"):
            if document.target(reference.text) is not None:
                yield _CHOREOGRAPHY_REF.broken(item, "It names a choreography. Remove that.")
    for item in document.all("globalConversation"):
        if children(item, *_CONVERSATION_PARTS):
            yield _GLOBAL.broken(item, "A global conversation has participants only. Empty it.")


def public_processes(document: Document) -> Iterator[Problem]:
    """Check that a public process is not to be run."""
    for process in document.all("process"):
        if process.get("processType") == "Public" and flag(process, "isExecutable"):
            yield _PUBLIC.broken(process, "A public process is not run. Make it private.")


CHECKS: tuple[Check, ...] = (
    message_flows,
    participants,
    choreographies,
    global_parts,
    public_processes,
)
