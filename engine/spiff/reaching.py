"""What a timer or due date is computed from, at the task that reaches it."""

from SpiffWorkflow.task import Task

from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import evaluate
from engine.spiff.timers import Reached


def reached(task: Task) -> Reached:
    """Gather where and when a task reaches its timer or due date."""
    runtime = runtime_of(task)
    return Reached(
        element_id=task.task_spec.element.id,
        now=runtime.host.now(),
        evaluate=lambda feel: evaluate(task, feel),
        days=runtime.host.days,
        explained=runtime.explained_before,
    )
