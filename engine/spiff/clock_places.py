"""Where the service levels of a running instance apply: at open user tasks, phases, the process."""

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.task import Task

from engine.sla_rules import ClockKind
from engine.spiff.activities import SubProcess
from engine.spiff.call_activities import CallActivity
from engine.spiff.model import ClockPlace, Element
from engine.spiff.nodes import ACTIVE
from engine.spiff.reopening import Reopened
from engine.spiff.tasks import is_open_user_task
from engine.spiff.workflows import Instance


def clock_places(top: Instance, tasks: Iterable[Task]) -> list[ClockPlace]:
    """List where service levels apply now; those between two elements are left out."""
    found = [place for task in tasks for place in _places(task)]
    if not top.completed:
        found += _own(top.spec, "process", None)
    return found


def phase_places(top: Instance) -> tuple[ClockPlace, ...]:
    """List the service levels between two elements of the process."""
    element = top.spec.start.element
    phases = (rule for rule in element.clocks if rule.begins_at)
    return tuple(
        ClockPlace(
            rule=rule, kind="phase", element_id=element.id, element_name=element.name, token_id=None
        )
        for rule in phases
    )


def _places(task: Task) -> Iterator[ClockPlace]:
    spec = task.task_spec
    if spec.element.clocks and is_open_user_task(task):
        yield from _at(spec.element, "task", task.id.hex)
    elif isinstance(spec, SubProcess) and task.has_state(ACTIVE) and not isinstance(spec, Reopened):
        yield from _at(spec.element, "phase", task.id.hex)
        inside = task.workflow.top_workflow.get_subprocess(task)
        if isinstance(spec, CallActivity) and inside is not None:
            yield from _own(inside.spec, "phase", task.id.hex)


def _own(spec: Any, kind: ClockKind, token_id: str | None) -> list[ClockPlace]:
    """List the service levels of a process as a whole."""
    return [each for each in _at(spec.start.element, kind, token_id) if not each.rule.begins_at]


def _at(element: Element, kind: ClockKind, token_id: str | None) -> list[ClockPlace]:
    return [
        ClockPlace(
            rule=rule,
            kind=kind,
            element_id=element.id,
            element_name=element.name,
            token_id=token_id,
        )
        for rule in element.clocks
    ]
