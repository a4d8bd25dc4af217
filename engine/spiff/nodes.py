"""The base of all task specs: how a token enters an element, leaves it, and is cancelled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.errors import ExpressionFailed
from engine.spiff.model import Element
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import holds

ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
UNFINISHED = TaskState.NOT_FINISHED_MASK
FINISHED = TaskState.FINISHED_MASK


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way out of an element.

    Attributes:
        target: name of the spec it leads to.
        flow_id: the sequence flow; None for a link.
        condition: FEEL, None if there is none.
    """

    target: str
    flow_id: str | None
    condition: str | None = None
    is_default: bool = False


class FlowNode(BpmnSpecMixin):
    """An element that a token runs through.

    SpiffWorkflow predicts the paths ahead of a token, which grows exponentially with parallel
    blocks; nothing here needs a prediction, so the tree holds reached elements only.

    Attributes:
        element: the element of the diagram, shared by all specs that stand for it.
        ways: the ways out, in the order of the diagram.
        is_instance: the spec stands for one instance of a loop.
        is_throwing: other branches advance first, so that a catch on them is armed.
        is_listener: it waits for its scope and does not keep it active.
        is_event_driven: it is an event sub-process.
    """

    is_throwing = False
    is_listener = False
    is_event_driven = False

    def __init__(self, wf_spec: WorkflowSpec, name: str, *, element: Element) -> None:
        super().__init__(wf_spec, name, lane=element.lane, bpmn_name=element.name)
        self.element = element
        self.ways: list[Way] = []
        self.is_instance = False

    def lead(self, way: Way) -> None:
        """Add a way out."""
        self.ways.append(way)
        target = self._wf_spec.task_specs[way.target]
        if target.name not in self._outputs:
            self.connect(target)

    def test(self) -> None:
        """Accept what the builder made."""

    def on_cancelled(self, my_task: Task) -> None:
        """Tidy up when a token is taken away."""

    def inner_done(self, my_task: Task, child: Task) -> None:
        """Note that an element inside the activity is done."""

    def goes_on(self, my_task: Task, inside: Any) -> bool | None:
        """Tell what happens when nothing is left inside: False means that all is over."""
        return False

    def _predict_hook(self, my_task: Task) -> None:
        """Predict nothing."""

    def _update_hook(self, my_task: Task) -> bool:
        return True

    def _on_ready_hook(self, my_task: Task) -> None:
        pass

    def _run_hook(self, my_task: Task) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: Task) -> None:
        if self.is_instance:
            my_task.parent.task_spec.instance_done(my_task.parent, my_task)
            return
        for way in self._choose(my_task):
            self._enter(my_task, way)

    def _choose(self, my_task: Task) -> list[Way]:
        """Take flows without condition and true ones; the default flow if no condition is true."""
        true = [w for w in self._conditional() if holds(my_task, w.condition or "")]
        taken = [w for w in self.ways if _is_plain(w) or w in true or (w.is_default and not true)]
        if self.ways and not taken:
            raise ExpressionFailed(self.element.id, "no condition of its outgoing flows is true")
        return taken

    def _conditional(self) -> list[Way]:
        return [way for way in self.ways if way.condition is not None and not way.is_default]

    def _enter(self, my_task: Task, way: Way) -> None:
        spec: TaskSpec = self._wf_spec.task_specs[way.target]
        child = my_task._add_child(spec, TaskState.FUTURE)
        if way.flow_id is not None:
            child.internal_data["flow"] = way.flow_id
            runtime_of(my_task).flows.append(way.flow_id)


class Activity(FlowNode):
    """A task or sub-process: when it is done, its boundary events stop listening.

    Attributes:
        completion_quantity: tokens that leave on each flow.
        compensation: name of the spec that undoes it, None if nothing does.
        needs_inner: there is something to undo only if something inside can be undone.
        take_in: fills its data inputs when it begins, None without data associations.
        give_out: copies its data outputs when it is done, None without data associations.
    """

    completion_quantity = 1
    compensation: str | None = None
    needs_inner = False
    take_in: Callable[[Task], None] | None = None
    give_out: Callable[[Task], None] | None = None

    def _update(self, my_task: Task) -> None:
        if self.take_in is not None:
            self.take_in(my_task)
        super()._update(my_task)

    def _on_complete_hook(self, my_task: Task) -> None:
        if self.give_out is not None:
            self.give_out(my_task)
        close_boundaries(my_task)
        self._remember(my_task)
        super()._on_complete_hook(my_task)

    def _remember(self, my_task: Task) -> None:
        """Let the scope know that the activity can be undone."""
        known = my_task.internal_data
        if self.compensation is None or (self.needs_inner and not known.get("inner")):
            return
        entry = {"activity": self.element.id, "run": self.compensation}
        entry |= {name: known[name] for name in ("locals", "inner") if name in known}
        root = my_task.workflow.task_tree.internal_data
        root.setdefault("compensable", []).append(entry)

    def _enter(self, my_task: Task, way: Way) -> None:
        for _ in range(self.completion_quantity):
            super()._enter(my_task, way)


class PassThrough(Activity):
    """An abstract or manual task: nobody works on it here, tokens only pass."""


class BoundarySplit(FlowNode):
    """What holds an activity and its boundary events together: the first way is the activity."""

    def _choose(self, my_task: Task) -> list[Way]:
        return self.ways


class ProcessStart(FlowNode):
    """The root of a process or sub-process; its ways are the possible starts.

    Attributes:
        targets: the spec to enter, by id of each message or event that may start the process
            without being a start event.
    """

    def __init__(self, wf_spec: WorkflowSpec, name: str, *, element: Element) -> None:
        super().__init__(wf_spec, name, element=element)
        self.targets: dict[str, str] = {}
        self.listeners: list[str] = []

    def instance_done(self, my_task: Task, child: Task) -> None:
        """Let the event that asked for a compensation go on, when its handler is done."""
        thrower_id = child.internal_data.get("thrower")
        if thrower_id is not None:
            thrower = my_task.workflow.top_workflow.get_task_from_id(UUID(hex=thrower_id))
            if thrower.state == TaskState.STARTED:
                thrower._set_state(TaskState.READY)

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        if not my_task.internal_data.get("reopened"):
            for name in self.listeners:
                my_task._add_child(self._wf_spec.task_specs[name], TaskState.FUTURE)

    def _choose(self, my_task: Task) -> list[Way]:
        only = my_task.internal_data.get("only")
        if only is not None:
            return [way for way in self.ways if way.target in only]
        chosen = my_task.internal_data.get("start")
        plain = [way for way in self.ways if not way.condition]
        target = self.targets.get(chosen, chosen)
        return [way for way in self.ways if way.target == target] or plain


def boundary_split(task: Task) -> Task | None:
    """Give the task that holds an activity together with its boundary events."""
    parent = task.parent
    is_split = parent is not None and isinstance(parent.task_spec, BoundarySplit)
    return parent if is_split else None


def boundary_tasks(activity: Task) -> list[Task]:
    """List the boundary events that listen at an activity."""
    split = boundary_split(activity)
    listening = [] if split is None else split.children
    return [t for t in listening if t is not activity and t.state == TaskState.WAITING]


def close_boundaries(activity: Task) -> None:
    """Stop the boundary events of an activity from listening."""
    for task in boundary_tasks(activity):
        cancel_task(task)


def cancel_task(task: Task) -> None:
    """Take a token away, with all that runs inside its activity.

    What left the element before (the handler of a non-interrupting event) goes on.
    """
    if task.has_state(FINISHED):
        return
    for child in task.children:
        cancel_task(child)
    task._set_state(TaskState.CANCELLED)
    runtime_of(task).withdrawn.add(task.id.hex)
    task.task_spec.on_cancelled(task)


def _is_plain(way: Way) -> bool:
    return way.condition is None and not way.is_default
