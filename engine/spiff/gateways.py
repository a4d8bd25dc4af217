"""Task specs for gateways, and how tokens meet at a join.

SpiffWorkflow 3.2.0 counts the history of a join: in a loop it counts branches of former passes and
fires early. Here only waiting tokens count, by the sequence flow on which each arrived; tokens in
excess wait for the next time, as the standard says.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.errors import ExpressionFailed
from engine.spiff.model import Element
from engine.spiff.nodes import ACTIVE, FlowNode, Way
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import holds

_MISSING = object()


class Gateway(FlowNode):
    """A gateway; the way it chose goes into the history."""

    def _on_complete_hook(self, my_task: Task) -> None:
        flows = runtime_of(my_task).flows
        before = len(flows)
        super()._on_complete_hook(my_task)
        runtime_of(my_task).record("gateway_passed", my_task, flows=flows[before:])


class ExclusiveGateway(Gateway):
    """Takes the first flow whose condition is true, else the default flow."""

    def _choose(self, my_task: Task) -> list[Way]:
        for way in self._conditional():
            if holds(my_task, way.condition or ""):
                return [way]
        rest = [way for way in self.ways if way.is_default or way.condition is None]
        if self.ways and not rest:
            reason = "no condition is true and there is no default flow"
            raise ExpressionFailed(self.element.id, reason)
        return rest[:1]


class Joining(Gateway, ABC):
    """What collects the tokens of several incoming flows.

    Attributes:
        incoming: ids of the incoming flows.
        sources_by_flow: for each incoming flow, names of the specs from which it can be reached
            without passing this gateway; only where late tokens matter.
    """

    def __init__(self, wf_spec: WorkflowSpec, name: str, *, element: Element) -> None:
        super().__init__(wf_spec, name, element=element)
        self.incoming: frozenset[str] = frozenset()
        self.sources_by_flow: Mapping[str, frozenset[str]] = {}

    def settle(self, my_task: Task) -> bool:
        """Do what can only be told when nothing else moves; tell whether it did something."""
        return False

    def _update_hook(self, my_task: Task) -> bool:
        return True if len(self.incoming) < 2 else self._wait(my_task)

    def _wait(self, my_task: Task) -> bool:
        known = my_task.internal_data
        known["arrival"] = 1 + max((_arrival(t) for t in waiting_tokens(my_task)), default=0)
        my_task._set_state(TaskState.WAITING)
        return self._meet(my_task)

    @abstractmethod
    def _meet(self, my_task: Task) -> bool:
        """Tell whether the tokens that have arrived go on now."""


class ParallelGateway(Joining):
    """Waits for one token on each incoming flow, then sends one on each outgoing flow."""

    def _choose(self, my_task: Task) -> list[Way]:
        return self.ways

    def _meet(self, my_task: Task) -> bool:
        token_by_flow = _first_by_flow(my_task)
        if not self.incoming <= token_by_flow.keys():
            return False
        unite(my_task, list(token_by_flow.values()))
        return True


class InclusiveGateway(Joining):
    """Waits for every token that can still arrive, then takes all flows whose condition is true."""

    def settle(self, my_task: Task) -> bool:
        """Fire, when nothing else moves, unless a token may still come; tell whether it fired."""
        token_by_flow = _first_by_flow(my_task)
        others = [t for t in my_task.workflow.tasks.values() if t.has_state(ACTIVE)]
        if any(self._may_come(t.task_spec.element.id, token_by_flow) for t in others):
            return False
        tokens = list(token_by_flow.values())
        last = max(tokens, key=_arrival)
        unite(last, tokens)
        last._ready()
        return True

    def _meet(self, my_task: Task) -> bool:
        return False

    def _may_come(self, node_id: str, token_by_flow: Mapping[str, Task]) -> bool:
        """Tell whether a token at a node reaches an empty incoming flow, and no filled one."""
        reached = {f for f in self.incoming if node_id in self.sources_by_flow.get(f, ())}
        return bool(reached) and reached.isdisjoint(token_by_flow)


def waiting_tokens(my_task: Task) -> list[Task]:
    """List the tokens that wait at the same join, in the order of arrival."""
    tokens = [
        task
        for task in my_task.workflow.tasks.values()
        if task.task_spec is my_task.task_spec and task.state == TaskState.WAITING
    ]
    return sorted(tokens, key=_arrival)


def _arrival(task: Task) -> int:
    number: int = task.internal_data.get("arrival", 0)
    return number


def _first_by_flow(my_task: Task) -> dict[str, Task]:
    token_by_flow: dict[str, Task] = {}
    for token in waiting_tokens(my_task):
        token_by_flow.setdefault(token.internal_data["flow"], token)
    return token_by_flow


def unite(survivor: Task, tokens: list[Task]) -> None:
    """Let one token go on for all; report what the branches wrote against each other."""
    names = _contradictions(tokens)
    if names:
        runtime_of(survivor).record("join_conflict", survivor, variables=names)
    for token in tokens:
        if token is not survivor:
            token._set_state(TaskState.CANCELLED)


def _contradictions(tokens: list[Task]) -> list[str]:
    """Name the variables to which branches gave different values since they parted."""
    chains = [_ancestors(token) for token in tokens]
    shared = set.intersection(*({task.id for task in chain} for chain in chains))
    written = [_written([t for t in chain if t.id not in shared]) for chain in chains]
    names = sorted({name for branch in written for name in branch})
    return [name for name in names if _differ([b.get(name, _MISSING) for b in written])]


def _ancestors(task: Task) -> list[Task]:
    chain = []
    while task is not None:
        chain.append(task)
        task = task.parent
    return chain


def _written(branch: list[Task]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for task in reversed(branch):
        names.update(task.internal_data.get("wrote", {}))
    return names


def _differ(values: list[object]) -> bool:
    present = [value for value in values if value is not _MISSING]
    return any(value != present[0] for value in present)
