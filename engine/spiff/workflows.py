"""SpiffWorkflow's process and sub-process instances, without its events, timers and predictions."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.spiff.environment import FeelEnvironment
from engine.spiff.model import Element
from engine.spiff.nodes import UNFINISHED, ProcessStart, cancel_task
from engine.spiff.runtime import Runtime

START = "#start"
"""No BPMN id looks like this: an element may be called "Start" or "End"."""


class ProcessSpec(BpmnProcessSpec):
    """The specs of a process or sub-process; it is over when no token is left in it.

    Attributes:
        ref: reference of the definition that it belongs to.
        family: all specs of that definition, by id of the process or sub-process.
    """

    def __init__(self, name: str, element: Element) -> None:
        # BpmnProcessSpec would add a start and an end whose names collide with ids of elements.
        WorkflowSpec.__init__(self, name=name)
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.addresses: Mapping[str, Any] = {}  # of messages, see `engine.spiff.messaging`
        self.start = ProcessStart(self, START, element=element)
        self.ref = ""
        self.family: Mapping[str, ProcessSpec] = {}


class Instance(BpmnWorkflow):
    """A process instance."""

    def __init__(
        self,
        specs: tuple[ProcessSpec, dict[str, ProcessSpec]],
        runtime: Runtime,
        *,
        deserializing: bool = False,
    ) -> None:
        self.runtime = runtime
        engine = PythonScriptEngine(FeelEnvironment(runtime.host))
        super().__init__(specs[0], specs[1], script_engine=engine, deserializing=deserializing)

    def create_subprocess(self, my_task: Task, spec_name: str) -> "SubInstance":
        """Begin the sub-process of a task."""
        return self.run_inside(my_task, my_task.workflow.spec.family[spec_name])

    def run_inside(self, my_task: Task, spec: ProcessSpec) -> "SubInstance":
        """Begin a sub-process or a called process."""
        inside = SubInstance(spec, my_task.id, self)
        self.subprocesses[my_task.id] = inside
        return inside

    def _task_completed_notify(self, task: Task) -> None:
        """Leave joins and completion to the stepping."""


class SubInstance(BpmnSubWorkflow):
    """One run of a sub-process."""

    def _task_completed_notify(self, task: Task) -> None:
        """Tell the task of the sub-process; leave joins and completion to the stepping."""
        holder = holder_of(self)
        holder.task_spec.inner_done(holder, task)


def holder_of(inside: SubInstance) -> Task:
    """Give the task that a sub-process runs in."""
    return inside.top_workflow.get_task_from_id(inside.parent_task_id)


def has_tokens(workflow: BpmnWorkflow | BpmnSubWorkflow) -> bool:
    """Tell whether a process or sub-process still has an unfinished token."""
    return any(
        task.has_state(UNFINISHED) and not task.task_spec.is_listener
        for task in workflow.tasks.values()
    )


def stop_listening(workflow: BpmnWorkflow | BpmnSubWorkflow) -> None:
    """Take the listeners of event sub-processes away: their scope is over."""
    for task in list(workflow.tasks.values()):
        if task.task_spec.is_listener:
            cancel_task(task)


def leave_sub_process(inside: SubInstance) -> None:
    """Mark a sub-process as done, so that its task can go on."""
    stop_listening(inside)
    inside.completed = True
    task = holder_of(inside)
    inner = inside.task_tree.internal_data.get("compensable")
    if inner:
        task.internal_data["inner"] = inner
    if task.state == TaskState.STARTED:
        task._set_state(TaskState.READY)
