"""Activities that start with several tokens at once (startQuantity of BPMN)."""

from SpiffWorkflow import TaskState
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.spiff.gateways import unite, waiting_tokens
from engine.spiff.model import Element
from engine.spiff.nodes import FlowNode


class Gathering(FlowNode):
    """Stands before an activity until enough tokens have arrived; they go on as one."""

    def __init__(
        self, wf_spec: WorkflowSpec, name: str, *, element: Element, quantity: int
    ) -> None:
        super().__init__(wf_spec, name, element=element)
        self.quantity = quantity

    def _update_hook(self, my_task: Task) -> bool:
        before = waiting_tokens(my_task)
        my_task.internal_data["arrival"] = 1 + max(
            (token.internal_data["arrival"] for token in before), default=0
        )
        my_task._set_state(TaskState.WAITING)
        if len(before) + 1 < self.quantity:
            return False
        unite(my_task, [*before, my_task])
        return True


def quantity_of(text: str | None) -> int | None:
    """Read startQuantity or completionQuantity; None if it is no whole number from 1 to 1000."""
    if text is None:
        return 1
    plain = text.strip()
    is_number = plain.isascii() and plain.isdigit() and len(plain) <= len(str(MOST_TOKENS))
    return int(plain) if is_number and 1 <= int(plain) <= MOST_TOKENS else None


MOST_TOKENS = 1000
"""Tokens that one activity may gather or send."""
