"""Move a token to another element, also into and out of sub-processes; variables are kept."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow import TaskState
from SpiffWorkflow.task import Task

from engine.spiff.activities import Loop
from engine.spiff.errors import MoveImpossible
from engine.spiff.events import EventGateway
from engine.spiff.gateways import Joining, waiting_tokens
from engine.spiff.model import Element
from engine.spiff.nodes import boundary_split, cancel_task, close_boundaries
from engine.spiff.runtime import runtime_of
from engine.spiff.workflows import Instance, holder_of

NO_TARGETS = frozenset({"startEvent", "boundaryEvent"})
"""Types that no token can be put at: they are reached by what triggers them."""


def scope_path(elements: Mapping[str, Element], element_id: str) -> list[str]:
    """Name the scopes around an element, outermost first; the first one is the process."""
    path, scope = [], elements[element_id].scope
    while scope:
        path.append(scope)
        scope = elements[scope].scope if scope in elements else ""
    return path[::-1]


def move(top: Instance, token: Task, target: str, elements: Mapping[str, Element]) -> None:
    """Take a token from where it waits and put it at another element.

    What stands at the old element ends with its boundary events; a sub-process in which nothing is
    left is left without going on. Run the instance afterwards.

    Args:
        top: the instance.
        token: of the element that is left; of one instance of a loop the whole loop is left.
        target: id of the element to go to.
        elements: of the process, by id.

    Raises:
        MoveImpossible: the target cannot be reached this way.
    """
    if target not in elements or elements[target].type in NO_TARGETS:
        raise MoveImpossible(target)
    old = token.parent if token.task_spec.is_instance else token
    path = scope_path(elements, target)
    runtime_of(old).record("token_moved", old, to=target)
    level, anchor = _leave(old, path)
    for scope in path[level + 1 :]:
        anchor = _enter_scope(top, anchor, scope)
    put(anchor, target, came_from=old.task_spec.name)


def put(anchor: Task, element_id: str, *, came_from: str = "") -> Task:
    """Put a new token at an element of the scope that another task of it stands in.

    Args:
        anchor: a finished task below which the token hangs.
        element_id: of the same scope.
        came_from: the element left, which tells a join on which flow the token arrives.
    """
    specs = anchor.workflow.spec.task_specs
    child = anchor._add_child(specs[entry_of(specs, element_id)], TaskState.FUTURE)
    if isinstance(child.task_spec, Joining):
        child.internal_data["flow"] = _arrival_flow(child, came_from)
    child.task_spec._update(child)
    return child


def entry_of(specs: Mapping[str, Any], element_id: str) -> str:
    """Give the name of the spec that a token enters for an element."""
    split = f"{element_id} #boundaries"
    return split if split in specs else element_id


def open_activity(anchor: Task, element_id: str) -> Task:
    """Make the task of an activity without starting it; its boundary events are the caller's."""
    specs = anchor.workflow.spec.task_specs
    name = entry_of(specs, element_id)
    if name != element_id:
        anchor = anchor._add_child(specs[name], TaskState.FUTURE)
        anchor._set_state(TaskState.COMPLETED)
    return anchor._add_child(specs[element_id], TaskState.FUTURE)


def open_inside(top: Instance, holder: Task) -> Task:
    """Open the sub-process of a task without starting it; give the root of its tokens."""
    holder._set_state(TaskState.STARTED)
    inside = top.create_subprocess(holder, holder.task_spec.spec)
    root: Task = inside.task_tree
    root._set_state(TaskState.COMPLETED)
    return root


def arm(activity: Task, boundary: str) -> Task:
    """Let a boundary event of an activity listen."""
    split = boundary_split(activity)
    if split is None:
        raise MoveImpossible(boundary)
    specs = activity.workflow.spec.task_specs
    child = split._add_child(specs[boundary], TaskState.FUTURE)
    child.task_spec._update(child)
    return child


def boundaries_of(activity: Task) -> list[str]:
    """Name the boundary events that the diagram draws at an activity."""
    split = boundary_split(activity)
    return [] if split is None else [way.target for way in split.task_spec.ways[1:]]


def rename(task: Task, token_id: UUID) -> None:
    """Give a task the id that another version of the instance knows it by."""
    workflow, children, parent = task.workflow, task.children, task.parent
    parent._children[parent._children.index(task.id)] = token_id
    for child in children:
        child._parent = token_id
    inside = workflow.top_workflow.subprocesses.pop(task.id, None)
    del workflow.tasks[task.id]
    explanations = runtime_of(task).explanations
    if task.id.hex in explanations:
        explanations[token_id.hex] = explanations.pop(task.id.hex)
    task.id = token_id
    workflow.tasks[token_id] = task
    if inside is not None:
        inside.parent_task_id = token_id
        workflow.top_workflow.subprocesses[token_id] = inside


def _leave(old: Task, path: list[str]) -> tuple[int, Task]:
    """Take a token away, and every sub-process around it that is left without any.

    Returns:
        The level of the innermost scope that the old and the new place share, and a task there.
    """
    anchor = _take(old)
    while anchor.workflow.spec.name not in path:
        inside = anchor.workflow
        holder = holder_of(inside)
        outer = holder.parent if holder.task_spec.is_instance else holder
        is_empty = not any(t.has_state(TaskState.NOT_FINISHED_MASK) for t in inside.tasks.values())
        anchor = _take(outer) if is_empty else _above(outer)
    return path.index(anchor.workflow.spec.name), anchor


def _take(old: Task) -> Task:
    """Cancel what stands at an element; give the finished task above it."""
    above = _above(old)
    close_boundaries(old)
    cancel_task(old)
    gateway = old.parent
    if isinstance(gateway.task_spec, EventGateway):
        for other in gateway.children:
            cancel_task(other)
    return above


def _above(task: Task) -> Task:
    split = boundary_split(task)
    above: Task = task.parent if split is None else split.parent
    return above.parent if isinstance(above.task_spec, EventGateway) else above


def _enter_scope(top: Instance, anchor: Task, scope: str) -> Task:
    """Go into a sub-process: into the running one, else into a new one that starts nothing."""
    workflow = anchor.workflow
    if isinstance(workflow.spec.task_specs[scope], Loop):
        raise MoveImpossible(scope)
    running = [
        task
        for task in workflow.tasks.values()
        if task.task_spec.name == scope and task.state == TaskState.STARTED
    ]
    if len(running) == 1:
        root: Task = top.subprocesses[running[0].id].task_tree
        return root
    if running:
        raise MoveImpossible(scope)
    holder = open_activity(anchor, scope)
    inner = open_inside(top, holder)
    for boundary in boundaries_of(holder):
        arm(holder, boundary)
    return inner


def _arrival_flow(token: Task, came_from: str) -> str:
    """Choose the flow on which a moved token reaches a join: from where it was, else a free one."""
    sources = {
        way.flow_id: name
        for name, spec in token.workflow.spec.task_specs.items()
        for way in getattr(spec, "ways", [])
        if way.flow_id in token.task_spec.incoming
    }
    taken = {t.internal_data.get("flow") for t in waiting_tokens(token)}
    by_fitness = sorted(sources, key=lambda flow: (sources[flow] != came_from, flow in taken))
    return str(by_fitness[0]) if by_fitness else ""
