"""Constraints on gateways and their flows."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.vocabulary import GATEWAYS
from engine.standard.document import (
    Check,
    Document,
    Element,
    Rule,
    flag,
    tag,
)

_DIVERGING = Rule(id="diverging-gateway", constraint="EXT018")
_CONVERGING = Rule(id="converging-gateway", constraint="EXT017")
_MIXED = Rule(id="mixed-gateway", constraint="EXT019")
_IDLE = Rule(id="idle-gateway", constraint="EXT135")
_TWO_EVENTS = Rule(id="event-gateway-choices", constraint="EXT136")
_TARGETS = Rule(id="event-gateway-targets", constraint="EXT138")
_OTHER_FLOW = Rule(id="event-gateway-other-flow", constraint="EXT141")
_BOUNDARY = Rule(id="event-gateway-boundary", constraint="EXT140")
_INSTANTIATE = Rule(id="event-gateway-start", constraint="EXT142")
_WAITING = {"message", "signal", "timer", "conditional"}


def directions(document: Document) -> Iterator[Problem]:
    """Check a gateway's declared direction, and that it joins or splits at all."""
    for gateway in document.nodes(*GATEWAYS):
        into, out = len(document.into(gateway)), len(document.out_of(gateway))
        direction = gateway.get("gatewayDirection")
        if direction == "Diverging" and into > 1:
            yield _DIVERGING.broken(gateway, "It is declared as splitting but joins. Declare it.")
        if direction == "Converging" and out > 1:
            yield _CONVERGING.broken(gateway, "It is declared as joining but splits. Declare it.")
        if direction == "Mixed" and (into < 2 or out < 2):
            yield _MIXED.broken(gateway, "It is declared as mixed but is not. Declare it.")
        if into <= 1 and out <= 1:
            yield _IDLE.broken(gateway, "It neither splits nor joins. Connect it or remove it.")


def event_gateways(document: Document) -> Iterator[Problem]:
    """Check what follows an event-based gateway, and one that starts a process."""
    for gateway in document.nodes("eventBasedGateway"):
        flows = document.out_of(gateway)
        if len(flows) < 2:
            yield _TWO_EVENTS.broken(gateway, "It needs two events to choose from. Add them.")
        if flag(gateway, "instantiate") and document.into(gateway):
            yield _INSTANTIATE.broken(gateway, "It starts the process. Remove the flow into it.")
        for flow in flows:
            target = document.target(flow.get("targetRef"))
            if target is not None:
                yield from _target(document, target)


def _target(document: Document, target: Element) -> Iterator[Problem]:
    kinds = document.kinds(target)
    is_catch = tag(target) == "intermediateCatchEvent" and kinds and set(kinds) <= _WAITING
    if tag(target) != "receiveTask" and not is_catch:
        advice = "Lead the gateway to catching events and receive tasks only."
        yield _TARGETS.broken(
            target, sentence("It cannot follow an event-based gateway. %(advice)s", advice=advice)
        )
    elif len(document.into(target)) > 1:
        advice = "Nothing but the event-based gateway may lead to it. Remove the other flow."
        yield _OTHER_FLOW.broken(target, advice)
    attached = (event.get("attachedToRef") for event in document.nodes("boundaryEvent"))
    if tag(target) == "receiveTask" and target.get("id") in attached:
        advice = "Use a catching event instead."
        yield _BOUNDARY.broken(
            target,
            sentence("It has a boundary event behind the gateway. %(advice)s", advice=advice),
        )


CHECKS: tuple[Check, ...] = (directions, event_gateways)
