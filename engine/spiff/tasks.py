"""Task specs for work: user, service, business rule and script tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from SpiffWorkflow import TaskState
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.errors import BusinessError, DecisionFailed, ExpressionFailed
from engine.spiff.expressions import Mappings
from engine.spiff.model import Element, ServiceWait, UserTaskState
from engine.spiff.nodes import Activity
from engine.spiff.propagation import throw_error
from engine.spiff.reaching import reached
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import evaluate, inputs_of, parameter, visible, write
from engine.spiff.timers import Timer, plan

DEFAULT_PRIORITY = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """Who shall do a user task and until when: FEEL after a leading "=", else plain text.

    Attributes:
        calendar: how a duration of the due date is counted; "" for exact time.
    """

    assignee: str | None
    candidate_group: str | None
    scope: str | None
    priority: str | None
    due: str | None
    form_key: str | None
    ladder: str | None
    calendar: str = ""


class UserTask(Activity):
    """A person's work item. All about it is evaluated once, when it opens."""

    def __init__(
        self,
        wf_spec: WorkflowSpec,
        name: str,
        *,
        element: Element,
        assignment: Assignment,
        mappings: Mappings,
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.manual = True
        self.assignment = assignment
        self.mappings = mappings

    def state_of(self, my_task: Task) -> UserTaskState:
        """Describe an open user task."""
        known = my_task.internal_data
        return UserTaskState(
            token_id=my_task.id.hex,
            element_id=self.element.id,
            name=self.element.name,
            lane=self.element.lane,
            form_key=self.assignment.form_key,
            candidate_group=known.get("group"),
            assignee=known.get("assignee"),
            scope=known.get("scope"),
            priority=known.get("priority", DEFAULT_PRIORITY),
            due_at=_instant(known.get("due")),
            ladder=self.assignment.ladder,
            inputs=dict(known.get("inputs", {})),
            original_due_at=_instant(known.get("original_due")),
        )

    def submit(self, my_task: Task, values: Mapping[str, object]) -> None:
        """Take over what the person entered; output parameters choose, if there are any."""
        _keep(my_task, self.mappings.outputs, values, without_outputs=values)
        runtime_of(my_task).record("task_completed", my_task)

    def on_cancelled(self, my_task: Task) -> None:
        """Note that the task was taken away."""
        runtime_of(my_task).record("task_cancelled", my_task)

    def _on_ready_hook(self, my_task: Task) -> None:
        rule, known = self.assignment, my_task.internal_data
        known["group"] = self._text(my_task, rule.candidate_group)
        known["assignee"] = self._text(my_task, rule.assignee)
        known["scope"] = self._text(my_task, rule.scope)
        known["priority"] = self._priority(my_task)
        known["due"] = self._due(my_task)
        if self.mappings.inputs:
            known["inputs"] = inputs_of(my_task, self.mappings.inputs)
        runtime_of(my_task).record("task_created", my_task)

    def _text(self, my_task: Task, text: str | None) -> str | None:
        value = None if text is None else parameter(my_task, text)
        if value is None or isinstance(value, str):
            return value
        raise ExpressionFailed(self.element.id, f"{text} gives no text")

    def _priority(self, my_task: Task) -> int:
        text = self.assignment.priority
        value = DEFAULT_PRIORITY if text is None else parameter(my_task, text)
        try:
            return int(Decimal(str(value)))
        except (ArithmeticError, ValueError) as error:
            raise ExpressionFailed(self.element.id, "the priority is no whole number") from error

    def _due(self, my_task: Task) -> str | None:
        text = self.assignment.due
        if text is None or (text.startswith("=") and evaluate(my_task, text) is None):
            return None
        timer = Timer(type="", text=text, calendar=self.assignment.calendar)
        schedule = plan(timer, reached(my_task))
        runtime_of(my_task).explain(my_task, schedule.explanation)
        return schedule.due_at.isoformat()


class ServiceTask(Activity):
    """An external task: the host runs the operation of its topic, or a worker completes it."""

    def __init__(
        self,
        wf_spec: WorkflowSpec,
        name: str,
        *,
        element: Element,
        topic: str,
        mappings: Mappings,
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.topic = topic
        self.mappings = mappings

    def finish(self, my_task: Task, outputs: Mapping[str, object]) -> None:
        """Take over the result; only what output parameters name is kept."""
        _keep(my_task, self.mappings.outputs, outputs, without_outputs={})
        my_task.internal_data.pop("inputs", None)
        runtime_of(my_task).record("service_done", my_task, topic=self.topic)

    def state_of(self, my_task: Task) -> ServiceWait:
        """Describe a waiting service task."""
        return ServiceWait(
            token_id=my_task.id.hex,
            element_id=self.element.id,
            topic=self.topic,
            inputs=dict(my_task.internal_data.get("inputs", {})),
        )

    def _run_hook(self, my_task: Task) -> bool | None:
        host, inputs = runtime_of(my_task).host, inputs_of(my_task, self.mappings.inputs)
        my_task.internal_data["inputs"] = dict(inputs)
        try:
            result = host.call(
                self.topic, inputs, token_id=my_task.id.hex, element_id=self.element.id
            )
        except BusinessError as error:
            if not throw_error(my_task, error.code):
                raise
            return None
        if result is None:
            return None
        self.finish(my_task, result)
        return True


class BusinessRuleTask(Activity):
    """A decision, made by the host."""

    def __init__(
        self,
        wf_spec: WorkflowSpec,
        name: str,
        *,
        element: Element,
        decision: tuple[str, str | None],
        mappings: Mappings,
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.decision_id, self.result_variable = decision
        self.mappings = mappings

    def _run_hook(self, my_task: Task) -> bool | None:
        names = {**visible(my_task), **inputs_of(my_task, self.mappings.inputs)}
        result = self._decide(my_task, names)
        if self.result_variable is not None:
            write(my_task, {self.result_variable: result})
        elif isinstance(result, Mapping):
            _keep(my_task, self.mappings.outputs, result, without_outputs=result)
        else:
            reason = "its result is no context; name a result variable in the diagram"
            raise DecisionFailed(self.decision_id, reason)
        runtime_of(my_task).record("decision_made", my_task, decision=self.decision_id)
        return True

    def _decide(self, my_task: Task, names: Mapping[str, object]) -> object:
        """Ask for the decision that was deployed with the task's own definition."""
        runtime, ref = runtime_of(my_task), my_task.workflow.spec.ref
        shelf = runtime.library.shelf
        if shelf is None or ref == runtime.library.own_ref:
            return runtime.host.decide(self.decision_id, names, self.element.id)
        return shelf.decide_in(ref, self.decision_id, names, self.element.id)


class ScriptTask(Activity):
    """Lines `name = <FEEL>`, evaluated in order."""

    def __init__(
        self,
        wf_spec: WorkflowSpec,
        name: str,
        *,
        element: Element,
        lines: list[tuple[str, str]],
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.lines = lines

    def _run_hook(self, my_task: Task) -> bool | None:
        for name, expression in self.lines:
            write(my_task, {name: evaluate(my_task, expression)})
        runtime_of(my_task).record("script_done", my_task)
        return True


def is_waiting_service(task: Task) -> bool:
    """Tell whether a task is a service task that somebody else completes."""
    return isinstance(task.task_spec, ServiceTask) and task.state == TaskState.STARTED


def is_open_user_task(task: Task) -> bool:
    """Tell whether a task is a user task that waits for a person."""
    return isinstance(task.task_spec, UserTask) and task.state == TaskState.READY


def _keep(
    my_task: Task,
    outputs: Mapping[str, str],
    result: Mapping[str, object],
    *,
    without_outputs: Mapping[str, object],
) -> None:
    if not outputs:
        write(my_task, without_outputs)
        return
    write(my_task, {name: parameter(my_task, text, result) for name, text in outputs.items()})


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
