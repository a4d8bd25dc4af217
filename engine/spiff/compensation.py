"""Compensation: undo completed activities in the reverse order of their completion (BPMN 13.5.5).

The root of each scope remembers what was completed in it and can be undone. A completed
sub-process hands its list to the scope around it; to undo it, its scope is opened again for its
handlers alone, or for its compensation event sub-process.
"""

from typing import Any
from uuid import UUID

from SpiffWorkflow import TaskState
from SpiffWorkflow.task import Task

from engine.spiff.diagram import Trigger
from engine.spiff.nodes import boundary_tasks, cancel_task
from engine.spiff.propagation import cancel_all
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import enclosing

Entry = dict[str, Any]
"""What can be undone: activity, name of the spec that undoes it, locals, and the inner list."""


def throw_compensation(my_task: Task, trigger: Trigger) -> bool:
    """Undo activities for a throwing event; tell whether it may go on at once.

    The second call, after the last handler, only goes on.
    """
    known = my_task.internal_data
    if "todo" not in known:
        is_awaited = trigger.text != "false"
        known["todo"] = _take(my_task, trigger.name)
        names = [entry["activity"] for _, entry in known["todo"]]
        runtime_of(my_task).record("compensation_thrown", my_task, activities=names)
        if not is_awaited:
            for scope, entry in reversed(known.pop("todo")):
                spawn(_workflow(my_task, scope), entry, None)
            return True
    return not _next(my_task)


def cancel_transaction(my_task: Task) -> bool:
    """Undo a transaction for its cancel end event; tell whether it is over."""
    known, holder = my_task.internal_data, enclosing(my_task)
    if "todo" not in known:
        cancel_all(my_task.workflow, keep=my_task)
        known["todo"] = _take(my_task, None)
    if _next(my_task):
        return False
    if holder is not None:
        caught = [t for t in boundary_tasks(holder) if t.task_spec.trigger.kind == "cancel"]
        if caught:
            caught[0].task_spec.fire(caught[0], {})
        else:
            for other in boundary_tasks(holder):
                cancel_task(other)
            cancel_task(holder)
    return True


def _next(my_task: Task) -> bool:
    """Start the handler of the activity that was completed last; tell whether there is one."""
    todo = my_task.internal_data["todo"]
    if not todo:
        return False
    scope, entry = todo.pop()
    spawn(_workflow(my_task, scope), entry, my_task)
    return True


def _take(my_task: Task, activity_id: str | None) -> list[tuple[str, Entry]]:
    """Take what is to be undone out of the scopes an event can see, oldest first."""
    taken: list[tuple[str, Entry]] = []
    for workflow in _scopes(my_task, outwards=activity_id is not None):
        entries = entries_of(workflow)
        found = [e for e in entries if activity_id in (None, e["activity"])]
        workflow.task_tree.internal_data["compensable"] = [e for e in entries if e not in found]
        key = workflow.parent_task_id
        taken = [("" if key is None else key.hex, entry) for entry in found] + taken
        if activity_id is not None and found:
            break
    return taken


def _scopes(my_task: Task, *, outwards: bool) -> list[Any]:
    """Give the scope of an event; from inside an event sub-process, the scope around it too."""
    found = [my_task.workflow]
    holder = enclosing(my_task)
    while holder is not None and (outwards or getattr(holder.task_spec, "is_event_driven", False)):
        found.append(holder.workflow)
        holder = enclosing(holder)
    return found


def _workflow(my_task: Task, scope: str) -> Any:
    top = my_task.workflow.top_workflow
    return top.subprocesses[UUID(hex=scope)] if scope else top


def entries_of(workflow: Any) -> list[Entry]:
    """List what can be undone in a scope, oldest first."""
    entries: list[Entry] = workflow.task_tree.internal_data.setdefault("compensable", [])
    return entries


def spawn(workflow: Any, entry: Entry, thrower: Task | None) -> None:
    """Start a handler in a scope; the event that asked for it, if any, goes on after it."""
    spec = workflow.spec.task_specs[entry["run"]]
    child = workflow.task_tree._add_child(spec, TaskState.FUTURE)
    for name in ("locals", "inner"):
        if name in entry:
            child.internal_data[name] = entry[name]
    if thrower is not None:
        child.internal_data["thrower"] = thrower.id.hex
    child.task_spec._update(child)
