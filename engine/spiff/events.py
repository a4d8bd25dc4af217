"""Task specs for events: start, end, catching, throwing and boundary events."""

from collections.abc import Mapping
from datetime import datetime

from SpiffWorkflow import TaskState
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.spiff.compensation import cancel_transaction, throw_compensation
from engine.spiff.diagram import Trigger
from engine.spiff.messaging import awaited_key, letter
from engine.spiff.model import Element, End, MessageWait, TimerWait
from engine.spiff.nodes import (
    Activity,
    FlowNode,
    Way,
    boundary_split,
    boundary_tasks,
    cancel_task,
)
from engine.spiff.periods import Period
from engine.spiff.propagation import break_off, cancel_all, throw_error, throw_escalation
from engine.spiff.reaching import reached
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import holds, write
from engine.spiff.timers import Schedule, Timer, plan

_HISTORY_KIND = {
    "timer": "timer_fired",
    "message": "message_received",
    "signal": "signal_received",
    "error": "error_caught",
    "escalation": "escalation_caught",
    "conditional": "condition_met",
    "cancel": "transaction_cancelled",
}


class StartEvent(FlowNode):
    """A start event; what triggered it is the host's business."""


class Catching(FlowNode):
    """A mixin for what waits for its trigger."""

    trigger: Trigger

    def fire(self, my_task: Task, values: Mapping[str, object], **details: object) -> None:
        """Let a waiting event happen; values become process variables."""
        kind = _HISTORY_KIND[self.trigger.kind]
        runtime_of(my_task).record(kind, my_task, name=self.trigger.name, **details)
        gateway = my_task.parent
        if isinstance(gateway.task_spec, EventGateway):
            gateway.task_spec.decided(gateway, my_task)
        write(my_task, values)
        my_task._ready()

    def _update_hook(self, my_task: Task) -> bool:
        my_task._set_state(TaskState.WAITING)
        if self._started_the_process(my_task):
            return True
        if self.trigger.kind == "timer" and "due" not in my_task.internal_data:
            self._arm(my_task)
        return self.trigger.kind in {"none", "link"}

    def _started_the_process(self, my_task: Task) -> bool:
        """Tell whether the process was started by just this event, which so has happened."""
        root = my_task.workflow.task_tree
        if root.internal_data.get("start") != self.element.id:
            return False
        runtime_of(my_task).record(
            _HISTORY_KIND[self.trigger.kind], my_task, name=self.trigger.name
        )
        if isinstance(my_task.parent.task_spec, EventGateway):
            runtime_of(my_task).flows.append(my_task.internal_data["flow"])
        return True

    def _arm(self, my_task: Task) -> None:
        rule = self.trigger
        timer = Timer(type=rule.timer_type, text=rule.text, calendar=rule.calendar)
        store_schedule(my_task, plan(timer, reached(my_task)))


class CatchEvent(Catching):
    """An intermediate catching event."""

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, trigger: Trigger
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.trigger = trigger


class ReceiveTask(Catching, Activity):
    """A task that waits for a message."""

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, trigger: Trigger
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.trigger = trigger


class BoundaryEvent(Catching):
    """An event at the border of an activity.

    The activity is cancelled at the very moment at which an interrupting event happens, not when
    its token moves on: what the activity would still have done in this step is not done. After
    each firing a non-interrupting event listens anew, as long as the activity is active.
    """

    def __init__(
        self,
        wf_spec: WorkflowSpec,
        name: str,
        *,
        element: Element,
        trigger: Trigger,
        is_interrupting: bool,
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.trigger = trigger
        self.is_interrupting = is_interrupting

    def fire(self, my_task: Task, values: Mapping[str, object], **details: object) -> None:
        """Let it happen: cancel the activity, or listen anew."""
        if self.is_interrupting:
            cancel_task(activity_of(my_task))
            for other in boundary_tasks(my_task):
                cancel_task(other)
        else:
            self._listen_again(my_task)
        super().fire(my_task, values, **details)

    def happen_beside(self, my_task: Task) -> None:
        """Let it happen while the activity goes on, as its loop wants it; it listens anew."""
        self._listen_again(my_task)
        super().fire(my_task, {})

    def _listen_again(self, my_task: Task) -> None:
        following = None
        if self.trigger.kind == "timer":
            following = schedule_of(my_task).following()
            if following is None:
                return
        again = my_task.parent._add_child(self, TaskState.FUTURE)
        if following is not None:
            store_schedule(again, following)
        if self.trigger.kind == "conditional":
            again.internal_data["was_true"] = True
        self._update(again)


class EventGateway(FlowNode):
    """An event-based gateway: its events listen side by side, the first one stops the others.

    Each event is a token with a due time of its own: in SpiffWorkflow 3.2.0 two timers behind one
    gateway share one. A parallel one, which only starts processes, waits for all its events.
    """

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, is_parallel: bool
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.is_parallel = is_parallel

    def decided(self, my_task: Task, event: Task) -> None:
        """Go on with an event that happened; without the others, unless all are awaited."""
        if not self.is_parallel:
            for other in my_task.children:
                if other is not event:
                    cancel_task(other)
        runtime_of(my_task).flows.append(event.internal_data["flow"])

    def _choose(self, my_task: Task) -> list[Way]:
        start = my_task.workflow.task_tree.internal_data.get("start")
        happened = [way for way in self.ways if way.target == start]
        return self.ways if self.is_parallel or not happened else happened

    def _enter(self, my_task: Task, way: Way) -> None:
        child = my_task._add_child(self._wf_spec.task_specs[way.target], TaskState.FUTURE)
        child.internal_data["flow"] = way.flow_id


class ThrowEvent(Activity):
    """An intermediate throwing event or a send task that throws a message."""

    is_throwing = True

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, trigger: Trigger
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.trigger = trigger
        self.is_throwing = trigger.kind not in {"none", "link"}

    def _run_hook(self, my_task: Task) -> bool | None:
        return throw(my_task, self.trigger)


class EndEvent(FlowNode):
    """An end event."""

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, trigger: Trigger
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.trigger = trigger
        self.is_throwing = trigger.kind not in {"none", "terminate"}

    def _run_hook(self, my_task: Task) -> bool | None:
        runtime = runtime_of(my_task)
        if "todo" not in my_task.internal_data:
            runtime.ends.append(End(element_id=self.element.id, name=self.element.name))
            runtime.record("end_reached", my_task)
        return throw(my_task, self.trigger)


def throw(my_task: Task, trigger: Trigger) -> bool | None:
    """Let a throwing event take effect; messages and signals to others are events for the host.

    Returns:
        None if it has to wait for what it started.
    """
    if trigger.kind == "compensate":
        return throw_compensation(my_task, trigger) or None
    if trigger.kind == "cancel":
        return cancel_transaction(my_task) or None
    _throw(my_task, trigger)
    return True


def _throw(my_task: Task, trigger: Trigger) -> None:
    match trigger.kind:
        case "terminate":
            cancel_all(my_task.workflow, keep=my_task)
        case "error":
            if not throw_error(my_task, trigger.name):
                break_off(my_task, trigger.name)
        case "escalation":
            caught = throw_escalation(my_task, trigger.name)
            runtime_of(my_task).record(
                "escalation_thrown", my_task, code=trigger.name, caught=caught
            )
        case "message":
            runtime_of(my_task).record(
                "message_thrown", my_task, name=trigger.name, **letter(my_task)
            )
        case "signal":
            runtime_of(my_task).record(
                "signal_thrown", my_task, name=trigger.name, **letter(my_task)
            )
            broadcast(my_task, trigger.name)


def broadcast(my_task: Task, name: str | None) -> None:
    """Give a signal to all that wait for it in the same instance."""
    top = my_task.workflow.top_workflow
    for workflow in [top, *top.subprocesses.values()]:
        for task in list(workflow.tasks.values()):
            if is_listening(task, "signal") and task.task_spec.trigger.name == name:
                task.task_spec.fire(task, {})


def is_listening(task: Task, *kinds: str) -> bool:
    """Tell whether a task waits for one of some kinds of triggers."""
    spec = task.task_spec
    is_waiting = isinstance(spec, Catching) and task.state == TaskState.WAITING
    return is_waiting and spec.trigger.kind in kinds


def meet_condition(task: Task) -> bool:
    """Fire a waiting conditional event if its condition has become true."""
    is_true = holds(task, task.task_spec.trigger.text)
    if is_true and not task.internal_data.get("was_true"):
        task.task_spec.fire(task, {})
        return True
    task.internal_data["was_true"] = is_true
    return False


def activity_of(boundary: Task) -> Task:
    """Give the activity that a boundary event is attached to."""
    split = boundary_split(boundary)
    if split is None:
        raise LookupError(boundary.task_spec.name)
    main = split.task_spec.ways[0].target
    return next(child for child in split.children if child.task_spec.name == main)


def store_schedule(task: Task, schedule: Schedule) -> None:
    """Keep a timer's schedule with its token; its explanation goes into the record of the step."""
    runtime_of(task).explain(task, schedule.explanation)
    known = task.internal_data
    known["due"] = schedule.due_at.isoformat()
    known["cycles_left"] = schedule.cycles_left
    if schedule.period is not None:
        known["period"] = schedule.period.as_list()
    if schedule.end is not None:
        known["end"] = schedule.end.isoformat()


def schedule_of(task: Task) -> Schedule:
    """Read a timer's schedule from its token."""
    known = task.internal_data
    period, end = known.get("period"), known.get("end")
    return Schedule(
        due_at=datetime.fromisoformat(known["due"]),
        cycles_left=known["cycles_left"],
        period=None if period is None else Period.from_list(period),
        end=None if end is None else datetime.fromisoformat(end),
    )


def timer_wait(task: Task) -> TimerWait:
    """Describe a running timer."""
    schedule, element = schedule_of(task), task.task_spec.element
    original = task.internal_data.get("original_due")
    return TimerWait(
        token_id=task.id.hex,
        element_id=element.id,
        name=element.name,
        due_at=schedule.due_at,
        cycles_left=schedule.cycles_left,
        original_due_at=None if original is None else datetime.fromisoformat(original),
    )


def message_wait(task: Task) -> MessageWait:
    """Describe what waits for a message or signal."""
    element, trigger = task.task_spec.element, task.task_spec.trigger
    return MessageWait(
        token_id=task.id.hex,
        element_id=element.id,
        kind=trigger.kind,
        name=trigger.name or "",
        correlation=awaited_key(task) if trigger.kind == "message" else None,
    )
