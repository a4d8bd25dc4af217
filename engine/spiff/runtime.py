"""What one step of one instance carries along: its host, and what happened."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

from SpiffWorkflow.task import Task

from engine.day_counting import DayCounter
from engine.spiff.library import Library
from engine.spiff.model import End, Event
from engine.spiff.timers import Explanation


class Host(Protocol):
    """What the engine does for a running process instance.

    Attributes:
        days: counts days and hours by the calendar of the instance's scope.
    """

    days: DayCounter

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
        withdrawn: tokens that were taken away before they were done.
        instances: loop instances opened, to bound what one step can do.
        library: the definitions that the instance uses.
        explanations: how the due dates of this step came about, by token.
        explained: the same of instants that variables hold, by ISO text; kept with the instance.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.events: list[Event] = []
        self.flows: list[str] = []
        self.ends: list[End] = []
        self.uncaught: list[Event] = []
        self.withdrawn: set[str] = set()
        self.instances = 0
        self.library: Library
        self.explanations: dict[str, Explanation] = {}
        self.explained: dict[str, Explanation] = {}

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

    def explain(self, task: Task, explanation: Explanation | None) -> None:
        """Note how the due date of a token came about."""
        if explanation is not None:
            self.explanations[task.id.hex] = explanation

    def explained_before(self, instant: datetime) -> Explanation | None:
        """Tell how an instant was computed in an earlier step, if a variable holds it."""
        return self.explained.get(instant.astimezone(UTC).isoformat())


def runtime_of(task: Task) -> Runtime:
    """Give the record of the step that a task runs in."""
    runtime: Runtime = task.workflow.top_workflow.runtime
    return runtime
