"""Run one instance to its next waiting states, in an order that does not depend on a restore."""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.task import Task

from engine.spiff.errors import StepTooLong
from engine.spiff.events import is_listening, meet_condition
from engine.spiff.gateways import Joining
from engine.spiff.nodes import FINISHED
from engine.spiff.pruning import prune
from engine.spiff.workflows import (
    Instance,
    SubInstance,
    has_tokens,
    holder_of,
    leave_sub_process,
    stop_listening,
)

MOST_RUNS = 10_000
"""Elements that one step may pass; more means that the diagram circles without waiting."""
_PRUNE_AFTER = 20


def run(top: Instance) -> None:
    """Let all tokens advance until each waits for a person, a time, a message or a worker.

    A throwing event is run only when no other branch can advance.

    Raises:
        StepTooLong: the process does not come to rest.
    """
    runs, pruned_at = 0, 0
    while batch := _next_batch(top):
        for task in batch:
            runs += 1
            if runs > MOST_RUNS:
                raise StepTooLong(task.task_spec.element.id)
            if task.state == TaskState.READY:
                run_task(task)
        if runs - pruned_at > _PRUNE_AFTER:
            prune(top)
            pruned_at = runs
    prune(top)


def run_task(task: Task) -> None:
    """Run one ready element; errors of its host leave it unwrapped.

    `Task.run` of SpiffWorkflow 3.2.0 would complete a task that its own run had cancelled.
    """
    outcome = task.task_spec._run_hook(task)
    if task.state != TaskState.READY:
        return
    if outcome is None:
        task._set_state(TaskState.STARTED)
    else:
        task.complete()


def all_tasks(top: Instance) -> Iterator[Task]:
    """Walk all tasks, parents first, and into running sub-processes."""
    stack = [top.task_tree]
    while stack:
        task = stack.pop()
        yield task
        tasks = task.workflow.tasks  # the property `children` looks each child up more slowly
        stack.extend([tasks[child] for child in reversed(task._children)])
        inside = top.subprocesses.get(task.id)
        if inside is not None and not task.has_state(FINISHED):
            stack.append(inside.task_tree)


def _next_batch(top: Instance) -> list[Task]:
    while True:
        tasks = list(all_tasks(top))
        if _meet_conditions(tasks):
            continue
        batch = [t for t in tasks if t.state == TaskState.READY and not t.task_spec.manual]
        calm = [task for task in batch if not task.task_spec.is_throwing]
        if calm or not _settle(top):
            return calm or batch[:1]


def _meet_conditions(tasks: list[Task]) -> bool:
    """Fire the first conditional event whose condition has become true."""
    return any(is_listening(task, "conditional") and meet_condition(task) for task in tasks)


def _settle(top: Instance) -> bool:
    """Do what is only known when nothing moves: end sub-processes, settle joins."""
    return _end_workflows(top) or _settle_join(top)


def _end_workflows(top: Instance) -> bool:
    inner: list[Any] = [w for w in top.subprocesses.values() if not w.completed]
    moved = [_move_on(workflow) for workflow in inner if not has_tokens(workflow)]
    if not any(moved) and not has_tokens(top):
        stop_listening(top)
        top.completed = True
    return any(moved)


def _move_on(inside: SubInstance) -> bool:
    """Let an activity in which nothing is left go on or end; tell whether it did."""
    holder = holder_of(inside)
    goes_on = holder.task_spec.goes_on(holder, inside)
    if goes_on is False:
        leave_sub_process(inside)
    return goes_on is not None


def _settle_join(top: Instance) -> bool:
    for task in list(all_tasks(top)):
        is_join = task.state == TaskState.WAITING and isinstance(task.task_spec, Joining)
        if is_join and task.task_spec.settle(task):
            return True
    return False
