"""Complex gateways: which tokens they wait for is said by a condition (BPMN 2.0.2, 13.4.5).

Such a gateway waits for its start until its activation condition is true, consumes one token of
each incoming flow that has some, and sends tokens on. Then it waits for its reset: for one token on
each of the other incoming flows, unless none can arrive there any more.
"""

from collections.abc import Mapping

from SpiffWorkflow import TaskState
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.errors import ExpressionFailed
from engine.spiff.expressions import is_name
from engine.spiff.gateways import Joining, unite, waiting_tokens
from engine.spiff.model import Element
from engine.spiff.nodes import ACTIVE, Way
from engine.spiff.scopes import holds

Sources = Mapping[str, frozenset[str]]


class ComplexGateway(Joining):
    """A gateway with an activation condition.

    A flow without condition is taken at the start only; a condition may use `waitingForStart`, is
    evaluated again at the reset, and then nothing need be true.

    Attributes:
        activation: FEEL over the variables and `activationCount`, the number of tokens that wait
            here; each incoming flow's own number is a variable named like the flow. None means
            the first token.
    """

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, activation: str | None
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.activation = activation

    def settle(self, my_task: Task) -> bool:
        """Start or reset the gateway, when nothing else moves; tell whether it did."""
        if my_task.state != TaskState.WAITING:
            return False
        if "consumed" in my_task.internal_data:
            return self._reset(my_task)
        survivor = self._start(my_task)
        if survivor is not None:
            survivor._ready()
        return survivor is not None

    def _update_hook(self, my_task: Task) -> bool:
        if len(self.incoming) < 2 and self.activation is None:
            return True
        return self._wait(my_task)

    def _meet(self, my_task: Task) -> bool:
        survivor = self._start(my_task)
        if survivor is None or survivor is my_task:
            return survivor is my_task
        survivor._ready()
        return False

    def _start(self, my_task: Task) -> Task | None:
        """Consume the tokens of a start; give the one that goes on, None if it is too early."""
        tokens = [t for t in waiting_tokens(my_task) if "consumed" not in t.internal_data]
        resets = [t for t in waiting_tokens(my_task) if "consumed" in t.internal_data]
        if resets or not self._is_active(my_task, tokens):
            return None
        token_by_flow = _first_by_flow(tokens)
        survivor = list(token_by_flow.values())[-1]
        unite(survivor, list(token_by_flow.values()))
        if self.incoming - token_by_flow.keys():
            reset = survivor.parent._add_child(self, TaskState.FUTURE)
            reset.internal_data["consumed"] = sorted(token_by_flow)
            reset._set_state(TaskState.WAITING)
        return survivor

    def _is_active(self, my_task: Task, tokens: list[Task]) -> bool:
        if self.activation is None:
            return bool(tokens)
        flows = [token.internal_data["flow"] for token in tokens]
        counts: dict[str, object] = {f: flows.count(f) for f in self.incoming if is_name(f)}
        return holds(my_task, self.activation, {**counts, "activationCount": len(tokens)})

    def _reset(self, my_task: Task) -> bool:
        tokens = [t for t in waiting_tokens(my_task) if t is not my_task]
        consumed = set(my_task.internal_data["consumed"])
        token_by_flow = {f: t for f, t in _first_by_flow(tokens).items() if f not in consumed}
        missing = self.incoming - consumed - token_by_flow.keys()
        others = [t for t in my_task.workflow.tasks.values() if t.has_state(ACTIVE)]
        if any(self._may_come(t.task_spec.element.id, missing) for t in others):
            return False
        unite(my_task, [my_task, *token_by_flow.values()])
        my_task._ready()
        return True

    def _may_come(self, node_id: str, missing: frozenset[str]) -> bool:
        reached = {f for f in self.incoming if node_id in self.sources_by_flow.get(f, ())}
        return bool(reached) and reached <= missing

    def _choose(self, my_task: Task) -> list[Way]:
        is_start = "consumed" not in my_task.internal_data
        state = {"waitingForStart": is_start}
        true = [way for way in self._conditional() if holds(my_task, way.condition or "", state)]
        if not is_start:
            return true
        rest = [w for w in self.ways if not w.condition and (not w.is_default or not true)]
        taken = [way for way in self.ways if way in true or way in rest]
        if self.ways and not taken:
            reason = "no condition is true and there is no default flow"
            raise ExpressionFailed(self.element.id, reason)
        return taken


def _first_by_flow(tokens: list[Task]) -> dict[str, Task]:
    token_by_flow: dict[str, Task] = {}
    for token in tokens:
        token_by_flow.setdefault(token.internal_data["flow"], token)
    return token_by_flow
