"""Rules of the deploy check: flows, their conditions, and what tokens can reach."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.building import sources_of
from engine.spiff.diagram import Diagram, Flow, Node
from engine.spiff.findings import Known, check_feel, error, warning

_CHOOSING = {"exclusiveGateway", "inclusiveGateway"}
_NOT_CHOOSING = {"parallelGateway", "eventBasedGateway"}


def flow_problems(diagram: Diagram, flow: Flow, known: Known) -> Iterator[Problem]:
    """Check the condition of one sequence flow."""
    source = diagram.nodes[flow.source]
    if source.type in _NOT_CHOOSING:
        if flow.condition is not None:
            yield warning(flow, "Its condition has no effect behind this gateway. Remove it.")
        return
    if flow.id == source.default:
        if flow.condition is not None:
            yield warning(flow, "The condition of a default flow has no effect. Remove it.")
        return
    if flow.language and "feel" not in flow.language.lower():
        yield error(
            flow,
            sentence(
                "Conditions in %(language)s are not supported. Write FEEL.", language=flow.language
            ),
        )
        return
    yield from check_feel(flow, flow.condition, known, "The condition")
    if flow.condition is None and source.type in _CHOOSING and _splits(diagram, source):
        yield error(flow, "It has no condition. Write one, or make it the default flow.")


def scope_problems(diagram: Diagram, scope: str) -> Iterator[Problem]:
    """Check where a process or sub-process begins and what can be reached in it."""
    nodes, starts = diagram.inside(scope), diagram.starts(scope)
    item = diagram.nodes.get(scope)
    plain = [n for n in starts if n.type == "startEvent" and n.trigger.kind == "none"]
    if not starts:
        yield _scope_error(diagram, item, "It holds nothing to begin with. Draw a start event.")
    if len(plain) > 1:
        yield _scope_error(diagram, item, "It has several plain start events. Keep one.")
    reached = _reached(diagram, [node.id for node in starts])
    for node in nodes:
        is_beside = node.is_event_sub_process or node.is_for_compensation
        is_undoing = node.type == "boundaryEvent" and node.trigger.kind == "compensate"
        if node.id not in reached and not is_beside and not is_undoing:
            yield error(node, "No flow leads to it. Connect it or remove it.")
        yield from _default(diagram, node)
        yield from _deadlock(diagram, node, reached)
    yield from _double_starts(starts)


def _splits(diagram: Diagram, node: Node) -> bool:
    return len(diagram.outgoing.get(node.id, [])) > 1


def _default(diagram: Diagram, node: Node) -> Iterator[Problem]:
    flows = diagram.outgoing.get(node.id, [])
    if node.default and node.default not in {flow.id for flow in flows}:
        yield error(node, "Its default flow does not leave it. Choose one of its own flows.")
    elif node.type in _CHOOSING and not node.default and all(f.condition for f in flows) and flows:
        yield warning(node, "It has no default flow: it fails if no condition is true. Add one.")


def _deadlock(diagram: Diagram, node: Node, reached: set[str]) -> Iterator[Problem]:
    incoming = diagram.incoming.get(node.id, [])
    if node.type != "parallelGateway" or len(incoming) < 2 or node.id not in reached:
        return
    starts = {start.id for start in diagram.starts(node.scope)}
    for flow in incoming:
        if not starts & sources_of(diagram, flow, node.id):
            advice = "Lead it into an exclusive gateway before."
            yield error(
                flow,
                sentence(
                    "The parallel gateway would wait for it for ever. %(advice)s", advice=advice
                ),
            )


def _reached(diagram: Diagram, starts: list[str]) -> set[str]:
    found: set[str] = set()
    stack = list(starts)
    while stack:
        node_id = stack.pop()
        if node_id in found:
            continue
        found.add(node_id)
        node = diagram.nodes[node_id]
        stack.extend(flow.target for flow in diagram.outgoing.get(node_id, []))
        stack.extend(boundary.id for boundary in diagram.boundaries(node_id))
        link = diagram.link_target(node) if node.trigger.kind == "link" else None
        stack.extend([link.id] if link else [])
    return found


def _double_starts(starts: list[Node]) -> Iterator[Problem]:
    seen: set[tuple[str, str | None]] = set()
    for node in starts:
        trigger = (node.trigger.kind, node.trigger.name)
        if node.trigger.kind in {"message", "signal"} and trigger in seen:
            yield error(node, "Another start event has the same trigger. Keep one.")
        seen.add(trigger)


def _scope_error(diagram: Diagram, item: Node | None, advice: str) -> Problem:
    if item is not None:
        return error(item, advice)
    return Problem(element_id=diagram.key, element_name=diagram.name, advice=advice)
