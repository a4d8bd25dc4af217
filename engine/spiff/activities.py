"""Task specs with structure: sub-processes, multi-instance and standard loops."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from SpiffWorkflow import TaskState
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.spiff.behaviors import ALL, Behavior, throw_for_instance
from engine.spiff.errors import LoopFailed
from engine.spiff.model import Element
from engine.spiff.nodes import FINISHED, Activity, cancel_task
from engine.spiff.propagation import cancel_all
from engine.spiff.runtime import runtime_of
from engine.spiff.scopes import evaluate, holds, visible, write
from engine.spiff.values import check_value

MOST_INSTANCES = 10_000
"""Loop instances that one step may open, nested ones included."""


class SubProcess(Activity):
    """An embedded sub-process: a workflow of its own that shares the variables of the instance."""

    def __init__(self, wf_spec: WorkflowSpec, name: str, *, element: Element) -> None:
        super().__init__(wf_spec, name, element=element)
        self.spec = element.id

    def on_cancelled(self, my_task: Task) -> None:
        """Cancel everything inside."""
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        if inside is not None:
            cancel_all(inside)
            inside.completed = True

    def _update_hook(self, my_task: Task) -> bool:
        my_task._set_state(TaskState.STARTED)
        my_task.workflow.top_workflow.create_subprocess(my_task, self.spec)
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopRule:
    """How often an activity is repeated.

    Attributes:
        collection: FEEL that gives the list of items, or None.
        is_variable: the collection is the name of a variable, which need not be a FEEL name.
        cardinality: FEEL that gives the number of instances, or None.
        item_name: local variable that holds the item of an instance.
        output_item: local variable that is collected from each instance, or None.
        output_list: variable that receives the collected values, in the order of the items.
        completion: FEEL, evaluated after each instance; true cancels the rest.
        condition: for a standard loop: FEEL, the activity is repeated while it is true.
        maximum: for a standard loop: the most rounds, or None.
        is_tested_before: a standard loop tests its condition before the first round too.
        behavior: what a multi-instance activity throws when an instance is done.
    """

    is_sequential: bool = False
    collection: str | None = None
    is_variable: bool = False
    cardinality: str | None = None
    item_name: str | None = None
    output_item: str | None = None
    output_list: str | None = None
    completion: str | None = None
    condition: str | None = None
    maximum: int | None = None
    is_tested_before: bool = False
    behavior: Behavior = ALL


class Loop(Activity, ABC):
    """An activity that is repeated; each round is a child task with local variables."""

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, rule: LoopRule, body: str
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.rule = rule
        self.body = body

    @abstractmethod
    def instance_done(self, my_task: Task, child: Task) -> None:
        """Count a finished round, then go on or finish."""

    def _open(self, my_task: Task, names: Mapping[str, object]) -> None:
        child = my_task._add_child(self._wf_spec.task_specs[self.body], TaskState.FUTURE)
        child.internal_data["locals"] = dict(names)
        child.task_spec._update(child)

    def _finish(self, my_task: Task) -> None:
        for child in my_task.children:
            if not child.has_state(FINISHED):
                cancel_task(child)
        my_task._set_state(TaskState.READY)


class StandardLoop(Loop):
    """Repeats one after the other while the condition is true, at most so many times."""

    def instance_done(self, my_task: Task, child: Task) -> None:
        """Start the next round, or finish."""
        my_task.internal_data["done"] += 1
        if self._goes_on(my_task):
            self._open(my_task, {"loopCounter": my_task.internal_data["done"]})
        else:
            self._finish(my_task)

    def _update_hook(self, my_task: Task) -> bool:
        my_task.internal_data["done"] = 0
        if self.rule.is_tested_before and not self._goes_on(my_task):
            return True
        my_task._set_state(TaskState.STARTED)
        self._open(my_task, {"loopCounter": 0})
        return False

    def _goes_on(self, my_task: Task) -> bool:
        done, rule = my_task.internal_data["done"], self.rule
        if rule.maximum is not None and done >= rule.maximum:
            return False
        return rule.condition is None or holds(my_task, rule.condition, {"loopCounter": done})


class MultiInstance(Loop):
    """One instance for each item, side by side or one after the other.

    Its counters are variables that its instances and conditions see.
    """

    def instance_done(self, my_task: Task, child: Task) -> None:
        """Collect the output of an instance; finish, or start the next one."""
        known = my_task.internal_data
        known["done"] += 1
        if self.rule.output_item is not None:
            names = child.internal_data["locals"]
            known["outputs"][names["loopCounter"]] = names[self.rule.output_item]
        self._count(my_task)
        throw_for_instance(my_task, child, self.rule.behavior)
        if my_task.has_state(FINISHED):
            return
        if known["done"] == known["total"] or self._is_complete(my_task, child):
            self._collect(my_task)
            self._finish(my_task)
        elif self.rule.is_sequential:
            self._open_next(my_task)

    def _update_hook(self, my_task: Task) -> bool:
        items = self._items(my_task)
        known = my_task.internal_data
        known.update(total=len(items), done=0, opened=0, items=items, outputs=[None] * len(items))
        self._count(my_task)
        if not items:
            self._collect(my_task)
            return True
        my_task._set_state(TaskState.STARTED)
        for _ in items[:1] if self.rule.is_sequential else list(items):
            self._open_next(my_task)
        return False

    def _finish(self, my_task: Task) -> None:
        known = my_task.internal_data
        terminated = known["opened"] - known["done"]
        super()._finish(my_task)
        known["locals"].update(nrOfActiveInstances=0, nrOfTerminatedInstances=terminated)

    def _items(self, my_task: Task) -> list[object]:
        rule = self.rule
        if rule.is_variable:
            items = visible(my_task).get(rule.collection or "")
        else:
            items = evaluate(my_task, rule.collection or rule.cardinality or "")
        if rule.collection is None:
            items = self._numbers(items)
        if not isinstance(items, list):
            raise LoopFailed(self.element.id, "its collection is no list")
        runtime = runtime_of(my_task)
        runtime.instances += len(items)
        if runtime.instances > MOST_INSTANCES:
            reason = f"one step would open more than {MOST_INSTANCES} instances"
            raise LoopFailed(self.element.id, reason)
        return [check_value(item, rule.item_name or self.element.id) for item in items]

    def _numbers(self, count: object) -> list[object]:
        if isinstance(count, bool) or not isinstance(count, (int, Decimal)):
            raise LoopFailed(self.element.id, "its cardinality is no whole number")
        if count < 0:
            raise LoopFailed(self.element.id, "its cardinality is negative")
        bounded = min(count, MOST_INSTANCES + 1)  # a giant number has no remainder that fits
        if bounded % 1:
            raise LoopFailed(self.element.id, "its cardinality is no whole number")
        return list(range(int(bounded)))

    def _open_next(self, my_task: Task) -> None:
        known = my_task.internal_data
        names: dict[str, object] = {"loopCounter": known["opened"]}
        if self.rule.item_name is not None:
            names[self.rule.item_name] = known["items"][0]
        if self.rule.output_item is not None:
            names.setdefault(self.rule.output_item, None)
        known["items"] = known["items"][1:]
        known["opened"] += 1
        self._count(my_task)
        self._open(my_task, names)

    def _is_complete(self, my_task: Task, child: Task) -> bool:
        if self.rule.completion is None:
            return False
        return holds(my_task, self.rule.completion, visible(child))

    def _count(self, my_task: Task) -> None:
        known = my_task.internal_data
        known.setdefault("locals", {}).update(
            nrOfInstances=known["total"],
            nrOfActiveInstances=known["opened"] - known["done"],
            nrOfCompletedInstances=known["done"],
            nrOfTerminatedInstances=0,
        )

    def _collect(self, my_task: Task) -> None:
        outputs = my_task.internal_data.pop("outputs")
        if self.rule.output_list is not None:
            write(my_task, {self.rule.output_list: outputs})
        my_task.internal_data.pop("items", None)
