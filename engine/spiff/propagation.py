"""How errors and escalations look for the boundary event that catches them, scope by scope.

SpiffWorkflow 3.2.0 offers an error to every boundary event of the scope, even to those of other
activities, and lets a process whose error nobody caught complete normally.
"""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.task import Task

from engine.spiff.nodes import FINISHED, boundary_tasks, cancel_task
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import enclosing


def throw_error(task: Task, code: str | None) -> bool:
    """Raise a BPMN error at a task; tell whether a boundary event caught it."""
    return _throw(task, "error", code)


def throw_escalation(task: Task, code: str | None) -> bool:
    """Raise an escalation at a task; tell whether a boundary event caught it."""
    return _throw(task, "escalation", code)


def break_off(task: Task, code: str | None) -> None:
    """End the whole instance because of an error that nobody caught."""
    runtime = runtime_of(task)
    event = runtime.record("error_uncaught", task, code=code)
    runtime.uncaught.append(event)
    cancel_all(task.workflow.top_workflow)


def cancel_all(workflow: Any, keep: Task | None = None) -> None:
    """Take all tokens of a process or sub-process away, except perhaps one."""
    for task in _in_tree_order(workflow):
        if task is not keep:
            cancel_task(task)


def _in_tree_order(workflow: Any) -> list[Task]:
    """List all tokens in an order that a restore does not change."""
    order, stack = [], [workflow.task_tree]
    while stack:
        task = stack.pop()
        order.append(task)
        stack.extend(reversed(task.children))
    return order


def _throw(task: Task, kind: str, code: str | None) -> bool:
    for activity in _activities(task):
        catcher = _catcher(_listening(activity), kind, code)
        if catcher is not None:
            catcher.task_spec.fire(catcher, {}, code=code)
            return True
    return False


def _activities(task: Task) -> Iterator[Task]:
    """The task, then the loops and sub-processes around it, innermost first."""
    level: Task | None = task
    while level is not None:
        yield level
        level = level.parent if level.task_spec.is_instance else enclosing(level)


def _listening(activity: Task) -> list[Task]:
    """List what listens at an activity, then in its scope: no event sub-process hears itself."""
    found = boundary_tasks(activity)
    if activity.task_spec.is_instance or activity.task_spec.is_event_driven:
        return found
    others = activity.workflow.tasks.values()
    return found + [t for t in others if t.task_spec.is_listener and not t.has_state(FINISHED)]


def _catcher(tasks: list[Task], kind: str, code: str | None) -> Task | None:
    listening = [t for t in tasks if t.task_spec.trigger.kind == kind]
    exact = [t for t in listening if t.task_spec.trigger.name == code]
    general = [t for t in listening if t.task_spec.trigger.name is None]
    return next(iter([*exact, *general]), None)
