"""Cut finished history out of the task tree: what happened stands in the history rows.

What stays are the unfinished tasks and, above each, what they still need: the split of a boundary
event, the event gateway, and where parallel branches part.
"""

from typing import Any
from uuid import UUID

from SpiffWorkflow import TaskState
from SpiffWorkflow.task import Task

from engine.spiff.nodes import FINISHED


def prune(top: Any) -> None:
    """Drop finished branches and shorten finished chains, in all running processes."""
    for workflow in [top, *top.subprocesses.values()]:
        _drop_finished_branches(workflow)
        _shorten(workflow)
        _forget_writes_before_the_first_split(workflow)
    _drop_sub_processes(top)


def _postorder(root: Task) -> list[Task]:
    order, stack = [], [root]
    while stack:
        task = stack.pop()
        order.append(task)
        stack.extend(task.children)
    return order[::-1]


def _drop_finished_branches(workflow: Any) -> None:
    for task in _postorder(workflow.task_tree):
        if task is not workflow.task_tree and task.has_state(FINISHED) and not task._children:
            task.parent._children.remove(task.id)
            del workflow.tasks[task.id]


def _shorten(workflow: Any) -> None:
    """Fold a completed task into its only child, if that is completed too."""
    for task in _postorder(workflow.task_tree):
        if task is workflow.task_tree or not _is_link(task):
            continue
        (child,), parent = task.children, task.parent
        _inherit_writes(task, child)
        child.parent = parent
        parent._children[parent._children.index(task.id)] = child.id
        del workflow.tasks[task.id]


def _is_link(task: Task) -> bool:
    if task.state != TaskState.COMPLETED or len(task._children) != 1:
        return False
    return bool(task.children[0].state == TaskState.COMPLETED)


def _inherit_writes(task: Task, child: Task) -> None:
    wrote = {**task.internal_data.get("wrote", {}), **child.internal_data.get("wrote", {})}
    if wrote:
        child.internal_data["wrote"] = wrote


def _forget_writes_before_the_first_split(workflow: Any) -> None:
    task = workflow.task_tree
    while True:
        task.internal_data.pop("wrote", None)
        if len(task._children) != 1:
            return
        (task,) = task.children


def _drop_sub_processes(top: Any) -> None:
    """Forget sub-processes that are done, or whose calling task is gone."""
    while gone := _unused_sub_processes(top):
        for key in gone:
            del top.subprocesses[key]


def _unused_sub_processes(top: Any) -> list[UUID]:
    known = {task_id for w in [top, *top.subprocesses.values()] for task_id in w.tasks}
    return [key for key, w in top.subprocesses.items() if w.completed or key not in known]
