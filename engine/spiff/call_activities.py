"""Task spec of call activities: a process with variables of its own runs inside the instance."""

from SpiffWorkflow import TaskState
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.spiff.activities import SubProcess
from engine.spiff.calls import CallRule
from engine.spiff.errors import CallFailed
from engine.spiff.model import Element
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import enclosing, evaluate, visible, write
from engine.spiff.values import check_variables

DEEPEST_CALLS = 30
"""Processes that may run within each other in one instance."""


class CallActivity(SubProcess):
    """Runs another process or a global task.

    The definition is chosen when the call starts and stays: its reference and the variables of the
    called process are kept with the token of the call.

    Attributes:
        data_inputs: variables that the called process gets under their own names.
        data_outputs: variables of the called process that come back under their own names.
    """

    data_inputs: tuple[str, ...] = ()
    data_outputs: tuple[str, ...] = ()

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, rule: CallRule
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.rule = rule

    def _update_hook(self, my_task: Task) -> bool:
        if _depth(my_task) >= DEEPEST_CALLS:
            raise CallFailed(self.element.id, f"more than {DEEPEST_CALLS} calls within each other")
        runtime, called = runtime_of(my_task), self.rule.called
        definition = runtime.library.find(called, my_task.workflow.spec.ref)
        if definition is None:
            raise CallFailed(self.element.id, f"there is no process {called.key}")
        spec = definition.specs[definition.key]
        if all(way.condition for way in spec.start.ways):
            raise CallFailed(self.element.id, f"{called.key} has no plain start")
        known = my_task.internal_data
        known["variables"] = self._given(my_task)
        known["called"] = definition.ref
        my_task._set_state(TaskState.STARTED)
        my_task.workflow.top_workflow.run_inside(my_task, spec)
        runtime.record("call_started", my_task, called=called.key, ref=definition.ref)
        return False

    def _run_hook(self, my_task: Task) -> bool | None:
        variables = my_task.internal_data.pop("variables")
        values = {name: variables[name] for name in self.data_outputs if name in variables}
        for transfer in self.rule.outputs:
            if transfer.target is None:
                values.update(variables)
            else:
                value = self._evaluate_inside(my_task, transfer.source, variables)
                values[transfer.target] = value
        write(my_task, values)
        return True

    def _given(self, my_task: Task) -> dict[str, object]:
        seen = visible(my_task) if self.data_inputs else {}
        values = {name: seen.get(name) for name in self.data_inputs}
        for transfer in self.rule.inputs:
            if transfer.target is None:
                values.update(visible(my_task))
            else:
                values[transfer.target] = evaluate(my_task, transfer.source)
        return check_variables(values)

    def _evaluate_inside(self, my_task: Task, text: str, variables: dict[str, object]) -> object:
        return runtime_of(my_task).host.evaluate(text, variables, self.element.id)


def _depth(task: Task) -> int:
    depth, level = 0, enclosing(task)
    while level is not None:
        depth += "variables" in level.internal_data
        level = enclosing(level)
    return depth
