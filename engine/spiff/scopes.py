"""Process variables: one set for an instance, seen by all its tokens, and locals of loop instances.

SpiffWorkflow 3.2.0 keeps a copy of the data with each token, so that a join loses updates and a
parallel branch never sees what another one wrote. BPMN keeps them in the process: so do we. Each
token notes what it wrote, so that a join can report branches that contradict each other.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy

from SpiffWorkflow.task import Task

from engine.errors import ExpressionFailed
from engine.spiff.expressions import expression_of
from engine.spiff.runtime import runtime_of
from engine.spiff.values import check_variables

_CALLED = "variables"
"""Where the token of a call keeps the variables of the called process."""


def enclosing(task: Task) -> Task | None:
    """Give the task of the sub-process that a task runs in, None at the top."""
    parent_id = task.workflow.parent_task_id
    return None if parent_id is None else task.workflow.top_workflow.get_task_from_id(parent_id)


def visible(task: Task) -> dict[str, object]:
    """Give the variables an element sees; inner locals hide outer variables."""
    layers = [level.internal_data.get("locals", {}) for level in _levels(task)]
    names = dict(_root(task))
    for layer in reversed(layers):
        names.update(layer)
    return names


def write(task: Task, values: Mapping[str, object]) -> None:
    """Store values, copied: in the innermost scope that declares the name, else in the instance.

    Raises:
        VariableNotAllowed: a name or value cannot be stored.
    """
    levels = list(_levels(task))
    _store(task, values, levels, levels)


def write_outside(task: Task, values: Mapping[str, object]) -> None:
    """Store values as `write` does, but never in the locals of the task itself.

    Raises:
        VariableNotAllowed: a name or value cannot be stored.
    """
    levels = list(_levels(task))
    _store(task, values, levels, levels[1:])


def _store(
    task: Task, values: Mapping[str, object], levels: list[Task], owners: list[Task]
) -> None:
    for name, value in check_variables(values).items():
        owner = next((level for level in owners if name in _locals(level)), None)
        if owner is not None:
            owner.internal_data["locals"][name] = value
            continue
        _root(task)[name] = value
        for level in levels:
            level.internal_data.setdefault("wrote", {})[name] = value


def evaluate(task: Task, text: str, more: Mapping[str, object] | None = None) -> object:
    """Evaluate FEEL, with or without a leading "=", over what the task's element sees."""
    names = {**visible(task), **more} if more else visible(task)
    element_id = task.task_spec.element.id
    return runtime_of(task).host.evaluate(expression_of(text), names, element_id)


def parameter(task: Task, text: str, more: Mapping[str, object] | None = None) -> object:
    """Give the value of a parameter: FEEL after a leading "=", else the plain text."""
    return evaluate(task, text, more) if text.startswith("=") else text


def holds(task: Task, text: str, more: Mapping[str, object] | None = None) -> bool:
    """Evaluate a condition.

    Raises:
        ExpressionFailed: the result is neither true nor false.
    """
    result = evaluate(task, text, more)
    if not isinstance(result, bool):
        reason = f"the condition {expression_of(text)} is neither true nor false"
        raise ExpressionFailed(task.task_spec.element.id, reason)
    return result


def inputs_of(task: Task, inputs: Mapping[str, str]) -> dict[str, object]:
    """Evaluate input parameters into values that belong to the caller alone."""
    values = {name: parameter(task, text) for name, text in inputs.items()}
    return deepcopy(check_variables(values))


def _levels(task: Task) -> Iterator[Task]:
    """The task, then the loops and sub-processes around it, innermost first.

    A called process sees nothing of its caller.
    """
    level: Task | None = task
    while level is not None:
        yield level
        level = _around(level)


def _around(task: Task) -> Task | None:
    if task.task_spec.is_instance:
        parent: Task = task.parent
        return parent
    level = enclosing(task)
    return None if level is None or _CALLED in level.internal_data else level


def _root(task: Task) -> dict[str, object]:
    """Give the variables of the process that a task belongs to: of the instance, or of a call."""
    *_, outermost = _levels(task)
    call = enclosing(outermost)
    found = outermost.workflow.top_workflow.data if call is None else call.internal_data[_CALLED]
    names: dict[str, object] = found
    return names


def _locals(task: Task) -> Mapping[str, object]:
    names: Mapping[str, object] = task.internal_data.get("locals", {})
    return names
