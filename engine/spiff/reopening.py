"""Scopes of completed sub-processes, opened again so that what was done in them is undone."""

from typing import Any

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.spiff.activities import SubProcess
from engine.spiff.compensation import entries_of, spawn
from engine.spiff.model import Element


class Reopened(SubProcess):
    """A completed sub-process whose inner activities are undone.

    Attributes:
        handler: its compensation event sub-process, which then decides what is undone.
    """

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, handler: str | None
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.handler = handler
        self.is_instance = True

    def goes_on(self, my_task: Task, inside: Any) -> bool | None:
        """Start the next handler, when nothing is left inside; tell whether there was one."""
        known = my_task.internal_data
        if self.handler is not None and not known.get("handled"):
            known["handled"] = True
            spawn(inside, {"run": self.handler}, None)
            return True
        entries = [] if self.handler is not None else entries_of(inside)
        if not entries:
            return False
        spawn(inside, entries.pop(), None)
        return True

    def _update_hook(self, my_task: Task) -> bool:
        super()._update_hook(my_task)
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        root = inside.task_tree.internal_data
        root["only"] = []
        root["reopened"] = True
        root["compensable"] = my_task.internal_data.pop("inner", [])
        return False
