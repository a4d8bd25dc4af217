"""What a multi-instance activity throws when one of its instances is done (BPMN 2.0.2, 13.3.7)."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.task import Task

from engine.spiff.diagram import Diagram, Node, Trigger, find, tag_of, text_of
from engine.spiff.events import is_listening
from engine.spiff.expressions import expression_of
from engine.spiff.nodes import boundary_tasks
from engine.spiff.propagation import throw_escalation
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import holds, visible

BEHAVIORS = frozenset({"All", "None", "One", "Complex"})
_REFERENCE_BY_KIND = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}
THROWN = frozenset({"signal", "message", "escalation", "error"})
"""Kinds of events that an instance of a loop can throw."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Behavior:
    """Which event is thrown when an instance is done.

    Attributes:
        kind: "None" throws at every instance, "One" at the first one, "Complex" where a condition
            is true, "All" never.
        trigger: what "None" and "One" throw.
        cases: conditions in FEEL and what each throws.
    """

    kind: str = "All"
    trigger: Trigger | None = None
    cases: tuple[tuple[str, Trigger | None], ...] = ()

    def triggers(self) -> Iterator[Trigger | None]:
        """List all that may be thrown; None for what the file does not define."""
        if self.kind in {"None", "One"}:
            yield self.trigger
        yield from (trigger for _, trigger in self.cases)


ALL = Behavior()
"""Nothing is thrown; the loop ends when all instances are done."""


def read_behavior(diagram: Diagram, node: Node) -> Behavior:
    """Read the behaviour of a multi-instance activity."""
    for xml in find(node.xml, "./bpmn:multiInstanceLoopCharacteristics"):
        kind = xml.get("behavior", "All")
        reference = xml.get(_REFERENCE_BY_KIND[kind], "") if kind in _REFERENCE_BY_KIND else ""
        cases = find(xml, "./bpmn:complexBehaviorDefinition") if kind == "Complex" else []
        return Behavior(
            kind=kind,
            trigger=diagram.definitions.get(reference.rpartition(":")[2]),
            cases=tuple(
                (
                    expression_of(text_of(case, "./bpmn:condition") or ""),
                    next(iter(_events_of(diagram, case)), None),
                )
                for case in cases
            ),
        )
    return ALL


def throw_for_instance(loop: Task, instance: Task, behavior: Behavior) -> None:
    """Throw what the behaviour says after an instance is done; the other instances go on."""
    if behavior.kind == "None" or (behavior.kind == "One" and loop.internal_data["done"] == 1):
        _throw(loop, behavior.trigger)
    for condition, trigger in behavior.cases:
        if holds(loop, condition, visible(instance)):
            _throw(loop, trigger)


def _events_of(diagram: Diagram, case: etree._Element) -> Iterator[Trigger]:
    for event in find(case, "./bpmn:event"):
        for child in event:
            path = child.getroottree().getpath(child)
            is_reference = tag_of(child) == "eventDefinitionRef"
            key = (child.text or "").strip().rpartition(":")[2] if is_reference else path
            found = diagram.definitions.get(key) or diagram.definitions.get(child.get("id", ""))
            if found is not None:
                yield found


def _throw(loop: Task, trigger: Trigger | None) -> None:
    """Let an event happen at the border of the activity, then wherever else it is awaited."""
    if trigger is None:
        return
    listening = [t for t in boundary_tasks(loop) if _catches(t, trigger)]
    for task in listening:
        task.task_spec.happen_beside(task)
    runtime = runtime_of(loop)
    match trigger.kind:
        case "escalation" if not listening:
            caught = throw_escalation(loop, trigger.name)
            runtime.record("escalation_thrown", loop, code=trigger.name, caught=caught)
        case "message" if not listening:
            runtime.record("message_thrown", loop, name=trigger.name)
        case "signal":
            runtime.record("signal_thrown", loop, name=trigger.name)
            _broadcast(loop, trigger)


def _broadcast(loop: Task, trigger: Trigger) -> None:
    top, own = loop.workflow.top_workflow, boundary_tasks(loop)
    for workflow in [top, *top.subprocesses.values()]:
        for task in list(workflow.tasks.values()):
            if task not in own and _catches(task, trigger):
                task.task_spec.fire(task, {})


def _catches(task: Task, trigger: Trigger) -> bool:
    if task.state != TaskState.WAITING or not is_listening(task, trigger.kind):
        return False
    name = task.task_spec.trigger.name
    return name == trigger.name or (name is None and trigger.kind in {"error", "escalation"})
