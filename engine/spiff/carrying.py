"""Carry a running instance over to another version of its process.

The stored tree holds what waits and little above it, so a new tree is made: every waiting token is
hung below the root of its scope, with the id, the boundary events and the locals it had. A token
whose new element is of another type is put there as if it had just arrived.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any
from uuid import UUID

from SpiffWorkflow import TaskState
from SpiffWorkflow.task import Task

from engine.spiff.activities import Loop
from engine.spiff.definition import Definition
from engine.spiff.errors import MigrationImpossible
from engine.spiff.events import EventGateway, is_listening
from engine.spiff.gateways import Joining
from engine.spiff.model import Carrying, Element, Finding
from engine.spiff.moving import (
    NO_TARGETS,
    arm,
    boundaries_of,
    open_activity,
    open_inside,
    put,
    rename,
    scope_path,
)
from engine.spiff.nodes import ACTIVE, boundary_split, boundary_tasks
from engine.spiff.runtime import Runtime, runtime_of
from engine.spiff.scopes import inputs_of
from engine.spiff.stepping import all_tasks, run
from engine.spiff.tasks import UserTask, is_open_user_task
from engine.spiff.workflows import Instance, holder_of

_TIMER_FACTS = ("due", "original_due", "cycles_left", "period", "end")


def findings_of(
    old: Definition, new: Definition, plan: Carrying, active: Iterable[str]
) -> list[Finding]:
    """List all that is wrong with a plan.

    Args:
        old: the version the instances run in.
        new: the version they shall run in.
        plan: old to new.
        active: ids of the old elements at which tokens stand.
    """
    unknown = [
        Finding(code="unknown_source", element_id=source, target_id=target)
        for source, target in plan.mapping.items()
        if source not in old.elements
    ]
    unknown += [
        _finding("unknown_target", old.elements[source], target)
        for source, target in plan.mapping.items()
        if source in old.elements and target and target not in new.elements
    ]
    found = [_finding_of(old, new, plan, each) for each in _standing(old, active)]
    return unknown + [each for each in found if each is not None]


def carry(old_top: Instance, old: Definition, new: Definition, plan: Carrying) -> Instance:
    """Make the instance of the new version and run what has to move on.

    Raises:
        MigrationImpossible: with everything that prevents it.
    """
    leaves = _leaves(old_top)
    findings = findings_of(old, new, plan, [t.task_spec.element.id for t in leaves])
    if findings:
        raise MigrationImpossible(tuple(findings))
    carrier = _Carrier(old_top, new, plan)
    for leaf in leaves:
        carrier.carry(leaf)
    carrier.settle()
    return carrier.top


def _standing(old: Definition, active: Iterable[str]) -> list[Element]:
    """List the elements that must be carried over; borders and sub-processes may be dropped."""
    known = [old.elements[each] for each in dict.fromkeys(active) if each in old.elements]
    return [e for e in known if e.type != "boundaryEvent" and e.id not in old.specs]


def _finding(code: str, element: Element, target: str = "") -> Finding:
    return Finding(
        code=code, element_id=element.id, element_name=element.name or "", target_id=target
    )


def _finding_of(
    old: Definition, new: Definition, plan: Carrying, element: Element
) -> Finding | None:
    """Tell what prevents the tokens at one element from being carried over."""
    target = plan.target_of(element.id)
    if target not in new.elements:
        is_left = not target or target == element.id  # nobody said where to; or to nowhere
        return _finding("unmapped", element) if is_left else None
    aim = new.elements[target]
    if element.type != aim.type and (target == element.id or aim.type in NO_TARGETS):
        return _finding("type_changed" if target == element.id else "no_target", element, target)
    if _is_loop(old, element) != _is_loop(new, aim):
        return _finding("loop_changed", element, target)
    loops = [each for each in scope_path(new.elements, target)[1:] if _is_loop(new, each)]
    around = [plan.target_of(e) for e in scope_path(old.elements, element.id)[1:]]
    old_loops = [e for e in scope_path(old.elements, element.id)[1:] if _is_loop(old, e)]
    if [plan.target_of(each) for each in old_loops] != loops:
        return _finding(
            "loop_changed" if loops and set(loops) <= set(around) else "scope_changed",
            element,
            target,
        )
    return None


def _is_loop(definition: Definition, element: Element | str) -> bool:
    known = definition.elements[element] if isinstance(element, str) else element
    spec = definition.specs[known.scope].task_specs.get(known.id)
    return isinstance(spec, Loop)


def _leaves(top: Instance) -> list[Task]:
    """List what waits by itself: no boundary events, no loops and no sub-processes around it."""
    return [
        task
        for task in all_tasks(top)
        if task.has_state(ACTIVE)
        and not is_around(task)
        and not is_boundary(task)
        and not any(_is_call(holder) for holder in _holders(task))
    ]


def _is_call(task: Task) -> bool:
    """Tell whether a called process runs within a task; it goes on in the version it began in."""
    return "called" in task.internal_data


def is_around(task: Task) -> bool:
    """Tell whether other tokens wait within a task: a loop or a sub-process."""
    is_loop = isinstance(task.task_spec, Loop) and bool(task.children)
    is_sub_process = task.id in task.workflow.top_workflow.subprocesses
    return is_loop or (is_sub_process and not _is_call(task))


def is_boundary(task: Task) -> bool:
    """Tell whether a task is an event that listens at the border of an activity."""
    split = boundary_split(task)
    return split is not None and task.task_spec.name != split.task_spec.ways[0].target


class _Carrier:
    def __init__(self, old_top: Instance, new: Definition, plan: Carrying) -> None:
        self._old = old_top
        self._new = new
        self._plan = plan
        runtime: Runtime = old_top.runtime
        specs = dict(new.specs)
        self.top = Instance((specs[new.key], specs), runtime)
        self.top.task_tree._set_state(TaskState.COMPLETED)
        self.top.data = deepcopy(old_top.data)
        self._kept: dict[UUID, Task] = {}
        self._opened: dict[str, Task] = {}
        self._gateways: dict[UUID, Task] = {}
        self._entering: list[tuple[Task, str, Task]] = []

    def carry(self, leaf: Task) -> None:
        """Keep a waiting token, or remember that it has to enter its new element."""
        target = self._target(leaf)
        if self._new.elements[target].type == leaf.task_spec.element.type:
            self._keep(leaf)
            self._take_inside(leaf.id)
        else:
            self._entering.append((self._root_for(leaf), target, leaf))

    def _take_inside(self, holder_id: UUID) -> None:
        """Let what a call activity runs go on unchanged, with all that runs within that."""
        inside = self._old.subprocesses.get(holder_id)
        if inside is None:
            return
        inside.top_workflow = self.top
        self.top.subprocesses[holder_id] = inside
        for task_id in list(inside.tasks):
            self._take_inside(task_id)

    def settle(self) -> None:
        """Put tokens at elements of another type and run to the next waiting states."""
        kept = {t.id for t in all_tasks(self.top)}
        for root, target, leaf in self._entering:
            put(root, target, came_from=leaf.task_spec.name)
        run(self.top)
        for _, _, leaf in self._entering:
            if is_open_user_task(leaf):
                self._adopt(leaf, kept)

    def _adopt(self, leaf: Task, kept: set[UUID]) -> None:
        """Let a task that opened anew at the same element be the one that was open before."""
        same = [
            task
            for task in all_tasks(self.top)
            if is_open_user_task(task)
            and task.id not in kept
            and task.task_spec.element.id == leaf.task_spec.element.id
        ]
        if len(same) != 1:
            return
        events = runtime_of(same[0]).events
        events[:] = [e for e in events if e.details.get("token_id") != same[0].id.hex]
        same[0].internal_data.update(deepcopy(leaf.internal_data))
        rename(same[0], leaf.id)

    def _target(self, task: Task) -> str:
        return self._plan.target_of(task.task_spec.element.id)

    def _keep(self, old: Task) -> Task:
        """Make the task that stands for an old one, once."""
        if old.id in self._kept:
            return self._kept[old.id]
        target = self._target(old)
        if old.task_spec.is_instance:
            loop = self._keep(old.parent)
            new = loop._add_child(loop.workflow.spec.task_specs[loop.task_spec.body])
        else:
            new = open_activity(self._anchor(old), target)
        new.internal_data = self._facts(old, new)
        new._set_state(old.state)
        rename(new, old.id)
        self._kept[old.id] = new
        self._keep_boundaries(old, new)
        self._refresh(old, new)
        return new

    def _facts(self, old: Task, new: Task) -> dict[str, Any]:
        facts: dict[str, Any] = deepcopy(old.internal_data)
        facts.pop("wrote", None)
        if "flow" in facts:
            facts["flow"] = self._flow(facts["flow"], old, new)
        return facts

    def _flow(self, flow: str, old: Task, new: Task) -> str:
        """Give the flow of the new version on which a token arrived."""
        if self._new.flows.get(flow) is not None and self._new.flows[flow].target == self._target(
            old
        ):
            return flow
        ways = [f for f, ends in self._new.flows.items() if ends.target == new.task_spec.name]
        return ways[0] if ways else flow

    def _anchor(self, old: Task) -> Task:
        """Give what a kept task hangs below: the root of its scope or its event gateway."""
        root = self._root_for(old)
        gateway = old.parent
        if gateway is None or not isinstance(gateway.task_spec, EventGateway):
            return root
        if gateway.id not in self._gateways:
            specs = root.workflow.spec.task_specs
            name = self._target(gateway)
            ahead = [s for s in specs.values() if isinstance(s, EventGateway) and s.name == name]
            if not ahead:
                return root
            made = root._add_child(ahead[0], TaskState.FUTURE)
            made._set_state(TaskState.COMPLETED)
            self._gateways[gateway.id] = made
        return self._gateways[gateway.id]

    def _root_for(self, old: Task) -> Task:
        """Give the root of the scope that a token is to stand in; open what is missing."""
        holders = {self._target(holder): holder for holder in _holders(old)}
        root = self.top.task_tree
        for scope in scope_path(self._new.elements, self._target(old))[1:]:
            root = self._inside(root, scope, holders.get(scope))
        return root

    def _inside(self, root: Task, scope: str, old_holder: Task | None) -> Task:
        if old_holder is None:
            return self._opened_inside(root, scope)
        holder = self._keep(old_holder)
        inside = self.top.subprocesses.get(holder.id)
        return open_inside(self.top, holder) if inside is None else inside.task_tree

    def _opened_inside(self, root: Task, scope: str) -> Task:
        """Open a sub-process that the old version did not have; all that moves in shares it."""
        if scope not in self._opened:
            holder = open_activity(root, scope)
            for boundary in boundaries_of(holder):
                arm(holder, boundary)
            self._opened[scope] = open_inside(self.top, holder)
        return self._opened[scope]

    def _keep_boundaries(self, old: Task, new: Task) -> None:
        """Let boundary events go on listening; new ones begin to, fired ones stay silent."""
        listening = {self._target(task): task for task in boundary_tasks(old)}
        known = {self._plan.target_of(each) for each in boundaries_of(old)}
        for boundary in boundaries_of(new):
            before = listening.get(boundary)
            if before is None and boundary in known:
                continue
            task = arm(new, boundary)
            if before is not None and before.task_spec.trigger.kind == task.task_spec.trigger.kind:
                self._continue(before, task)

    def _continue(self, old: Task, new: Task) -> None:
        """Let an event that listened before be the same one: its id, and its time if so planned."""
        fresh = {name: new.internal_data.get(name) for name in _TIMER_FACTS}
        new.internal_data = self._facts(old, new)
        if self._plan.restarts_timers and is_listening(new, "timer"):
            _replace_times(new, fresh)
        rename(new, old.id)

    def _refresh(self, old: Task, new: Task) -> None:
        """Take over what the new version says of a kept element."""
        if self._plan.restarts_timers and is_listening(new, "timer"):
            _replace_times(new, {})
            new.task_spec._arm(new)
        if isinstance(new.task_spec, UserTask) and is_open_user_task(new):
            _offer_anew(old.task_spec, new)
        if isinstance(new.task_spec, Joining):
            new.internal_data.setdefault("arrival", 1)


def _replace_times(task: Task, fresh: Mapping[str, Any]) -> None:
    for name in _TIMER_FACTS:
        task.internal_data.pop(name, None)
        if fresh.get(name) is not None:
            task.internal_data[name] = fresh[name]


def _offer_anew(old: Any, new: Task) -> None:
    """Offer an open task by the rules of the new version where they differ; its due date stays."""
    spec, known = new.task_spec, new.internal_data
    if not isinstance(old, UserTask):
        return
    if old.assignment.candidate_group != spec.assignment.candidate_group:
        known["group"] = spec._text(new, spec.assignment.candidate_group)
    if old.assignment.scope != spec.assignment.scope:
        known["scope"] = spec._text(new, spec.assignment.scope)
    if old.mappings.inputs != spec.mappings.inputs:
        known["inputs"] = inputs_of(new, spec.mappings.inputs)


def _holders(task: Task) -> list[Task]:
    """List the tasks of the sub-processes around a task, innermost first."""
    found, workflow = [], task.workflow
    while workflow.parent_task_id is not None:
        holder = holder_of(workflow)
        found.append(holder)
        workflow = holder.workflow
    return found
