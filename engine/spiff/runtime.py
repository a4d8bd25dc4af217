"""What one step of one instance carries along: its host, and what happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from SpiffWorkflow.task import Task

from engine.spiff.library import Library
from engine.spiff.model import End, Event


class Host(Protocol):
    """What the engine does for a running process instance."""

    def now(self) -> datetime:
        """Tell the aware instant of this step."""
        ...

    def evaluate(self, expression: str, variables: Mapping[str, object], element_id: str) -> object:
        """Evaluate FEEL.

        Raises:
            ExpressionFailed: the expression cannot be evaluated.
        """
        ...

    def call(
        self, topic: str, inputs: dict[str, object], *, token_id: str, element_id: str
    ) -> Mapping[str, object] | None:
        """Run the operation of a topic; None means that the service task waits.

        Raises:
            BusinessError: becomes a BPMN error event. Any other error ends the step.
        """
        ...

    def decide(self, decision_id: str, variables: Mapping[str, object], element_id: str) -> object:
        """Evaluate a decision."""
        ...


class Runtime:
    """The record of a step.

    Attributes:
        events: for the history, in order.
        flows: ids of the sequence flows walked.
        ends: end events reached.
        uncaught: BPMN errors that nobody caught.
        instances: loop instances opened, to bound what one step can do.
        library: the definitions that the instance uses.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.events: list[Event] = []
        self.flows: list[str] = []
        self.ends: list[End] = []
        self.uncaught: list[Event] = []
        self.instances = 0
        self.library: Library

    def record(self, kind: str, task: Task, **details: object) -> Event:
        """Note that something happened at the element of a task."""
        element = task.task_spec.element
        event = Event(
            kind=kind,
            element_id=element.id,
            element_name=element.name,
            details={"token_id": task.id.hex, **details},
        )
        self.events.append(event)
        return event


def runtime_of(task: Task) -> Runtime:
    """Give the record of the step that a task runs in."""
    runtime: Runtime = task.workflow.top_workflow.runtime
    return runtime
