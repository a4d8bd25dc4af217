"""Ad-hoc sub-processes: activities without order, until a condition says that it is enough."""

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.spiff.activities import SubProcess
from engine.spiff.model import Element
from engine.spiff.nodes import UNFINISHED, Activity
from engine.spiff.propagation import cancel_all
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import holds, visible


@dataclass(frozen=True, kw_only=True, slots=True)
class AdHocRule:
    """How an ad-hoc sub-process is done.

    Attributes:
        is_sequential: one activity at a time.
        completion: FEEL, evaluated after each activity; true ends it. None: when all is done.
        cancels_remaining: what still runs then is cancelled, not awaited.
        is_manual: nothing is started but what somebody starts.
    """

    is_sequential: bool = False
    completion: str | None = None
    cancels_remaining: bool = True
    is_manual: bool = False


class AdHocSubProcess(SubProcess):
    """Its activities without incoming flow are enabled; unless manual, each is started once."""

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, rule: AdHocRule
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.rule = rule

    def inner_done(self, my_task: Task, child: Task) -> None:
        """Ask after each activity whether it is enough."""
        known, rule = my_task.internal_data, self.rule
        if rule.completion is None or known.get("enough"):
            return
        if not isinstance(child.task_spec, Activity):
            return
        if child.task_spec.is_instance or not holds(my_task, rule.completion, visible(child)):
            return
        known["enough"] = True
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        if rule.cancels_remaining:
            cancel_all(inside)

    def goes_on(self, my_task: Task, inside: Any) -> bool | None:
        """Tell what happens when nothing is left inside.

        Returns:
            True if another activity was started, False if all is over, None if it waits for
            somebody who starts one.
        """
        known = my_task.internal_data
        if known.get("enough"):
            return False
        if known.get("todo"):
            self.start_inside(inside, known["todo"].pop(0))
            return True
        return None if self.rule.is_manual or self.rule.completion is not None else False

    def start(self, my_task: Task, element_id: str) -> bool:
        """Start an enabled activity; tell whether that was possible."""
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        specs = inside.spec.task_specs
        names = [n for n in self._enabled(inside) if specs[n].element.id == element_id]
        is_busy = any(t.has_state(UNFINISHED) for t in inside.tasks.values())
        if not names or my_task.internal_data.get("enough"):
            return False
        if self.rule.is_sequential and is_busy:
            my_task.internal_data.setdefault("todo", []).append(names[0])
        else:
            self.start_inside(inside, names[0])
        runtime_of(my_task).record("ad_hoc_started", my_task, element=element_id)
        return True

    def startable(self, my_task: Task) -> list[str]:
        """List the ids of the activities that may be started now."""
        if my_task.internal_data.get("enough"):
            return []
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        return [inside.spec.task_specs[name].element.id for name in self._enabled(inside)]

    def start_inside(self, inside: Any, name: str) -> None:
        """Put a token into an activity."""
        child = inside.task_tree._add_child(inside.spec.task_specs[name], TaskState.FUTURE)
        child.task_spec._update(child)

    def _update_hook(self, my_task: Task) -> bool:
        super()._update_hook(my_task)
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        names = self._enabled(inside)
        if self.rule.is_manual:
            inside.task_tree.internal_data["only"] = []
        elif self.rule.is_sequential:
            inside.task_tree.internal_data["only"] = names[:1]
            my_task.internal_data["todo"] = names[1:]
        return False

    def _enabled(self, inside: Any) -> list[str]:
        return [way.target for way in inside.spec.start.ways]


def is_open_ad_hoc(task: Task) -> bool:
    """Tell whether a task is a running ad-hoc sub-process."""
    return isinstance(task.task_spec, AdHocSubProcess) and task.state == TaskState.STARTED
