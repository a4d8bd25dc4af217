"""Rules of the deploy check: event sub-processes, compensation and transactions."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.diagram import Diagram, Node
from engine.spiff.findings import Known, NodeRule, error, warning


def event_sub_process(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check that an event sub-process stands beside the flow."""
    if not node.is_event_sub_process:
        return
    if node.type != "subProcess":
        yield error(
            node,
            sentence(
                "A %(type)s cannot be started by an event. Use a sub-process.", type=node.type
            ),
        )
    if diagram.incoming.get(node.id) or diagram.outgoing.get(node.id):
        yield error(node, "No flow joins an event sub-process. Remove the flow.")
    if diagram.boundaries(node.id):
        yield error(node, "An event sub-process has no boundary events. Remove them.")


def event_sub_process_start(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check the start events of an event sub-process."""
    if not node.is_event_sub_process:
        return
    starts = [n for n in diagram.inside(node.id) if n.type == "startEvent"]
    if len(starts) != 1:
        yield error(node, "An event sub-process has exactly one start event. Draw one.")
    for start in starts:
        is_beside = start.xml.get("isInterrupting") == "false"
        if start.trigger.kind == "error" and is_beside:
            yield error(start, "An error always interrupts. Make the start event interrupting.")


def compensation(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check that compensation handlers stand beside the flow."""
    if node.is_for_compensation and not node.is_event_sub_process:
        if diagram.incoming.get(node.id) or diagram.outgoing.get(node.id):
            yield error(node, "A compensation handler is outside the flow. Remove its flows.")
        if diagram.boundaries(node.id):
            yield error(node, "A compensation handler has no boundary events. Remove them.")


def compensating(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check what compensation events refer to."""
    if node.trigger.kind != "compensate":
        return
    if node.type == "boundaryEvent":
        handler = diagram.handler(node)
        if diagram.outgoing.get(node.id):
            yield error(node, "Compensation leaves by an association. Replace the flow by one.")
        elif handler is None or handler.scope != node.scope:
            advice = "Join it by an association to an activity marked for compensation."
            yield error(
                node,
                sentence("It has no compensation handler on its level. %(advice)s", advice=advice),
            )
    elif node.trigger.name is not None and node.trigger.name not in diagram.nodes:
        yield error(node, "The activity it shall undo is not in the process. Choose one.")


def transaction(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check that transactions are cancelled only from inside."""
    if node.trigger.kind != "cancel":
        return
    activity_id = node.attached_to if node.type == "boundaryEvent" else node.scope
    holder = diagram.nodes.get(activity_id or "")
    if holder is None or holder.type != "transaction":
        yield error(node, "Only a transaction can be cancelled. Move it to a transaction.")
    elif node.type == "boundaryEvent" and node.xml.get("cancelActivity") == "false":
        yield warning(node, "A cancelled transaction is over. Make the event interrupting.")


EVENT_RULES: tuple[NodeRule, ...] = (
    event_sub_process,
    event_sub_process_start,
    compensation,
    compensating,
    transaction,
)
