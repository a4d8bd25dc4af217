"""What the rest of the engine sees of a running process instance: plain frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from engine.sla_rules import ClockKind, ClockRule


@dataclass(frozen=True, kw_only=True, slots=True)
class UserTaskState:
    """One open user task.

    Attributes:
        token_id: 32 hexadecimal digits, stable as long as the task is open.
        lane: name of the innermost lane, or None.
        scope: where the candidate group must hold its role; None means the scope of the instance.
        priority: 0 to 100, 50 unless the diagram says otherwise.
        due_at: aware, UTC; computed once when the task opened, moved only by a reschedule.
        ladder: name of the notice ladder for the due date.
        inputs: the task's input parameters, evaluated when it opened.
        original_due_at: the first due date, if it was moved since.
    """

    token_id: str
    element_id: str
    name: str
    lane: str | None
    form_key: str | None
    candidate_group: str | None
    assignee: str | None
    scope: str | None
    priority: int
    due_at: datetime | None
    ladder: str | None
    inputs: dict[str, object] = field(default_factory=dict)
    original_due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerWait:
    """One running timer.

    Attributes:
        due_at: aware, UTC.
        cycles_left: firings still to come, this one included; None if endless; 1 for a plain timer.
        original_due_at: the first due time, if it was moved since.
    """

    token_id: str
    element_id: str
    name: str
    due_at: datetime
    cycles_left: int | None
    original_due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDue:
    """Where the due date of a token moves to.

    Attributes:
        explanation: JSON that tells how it was counted.
        versions: of the calendar, before and after.
    """

    due_at: datetime
    explanation: Mapping[str, object]
    versions: tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageWait:
    """One place that waits for a message or a signal by name."""

    token_id: str
    element_id: str
    kind: Literal["message", "signal"]
    name: str
    correlation: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceWait:
    """One service task that waits for an outside worker, or was parked after a failure.

    Attributes:
        inputs: its input parameters as evaluated when it was reached.
    """

    token_id: str
    element_id: str
    topic: str
    inputs: dict[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockPlace:
    """Where a service level applies now.

    Attributes:
        token_id: of the user task or sub-process; None for the process.
    """

    rule: ClockRule
    kind: ClockKind
    element_id: str
    element_name: str
    token_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened in a step, for the history.

    Attributes:
        kind: a stable code such as "task_created", "timer_fired", "join_conflict".
        details: JSON-like facts; "token_id" where a token is concerned.
    """

    kind: str
    element_id: str
    element_name: str
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """An end event that was reached."""

    element_id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """A flow node of a process definition.

    Attributes:
        type: BPMN tag, such as "userTask".
        lane: name of the innermost lane, or None.
        scope: id of the process or sub-process that directly holds it.
        attached_to: for a boundary event, the id of its activity.
        properties: its camunda: and anju: attributes by prefixed name ("camunda:formKey",
            "anju:milestone") and its extension properties by plain name.
        clocks: its service levels; of the process itself those of the process.
    """

    id: str
    name: str
    type: str
    lane: str | None
    documentation: str | None
    scope: str
    attached_to: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    clocks: tuple[ClockRule, ...] = ()


class SequenceFlow(NamedTuple):
    """A sequence flow: ids of its two elements, and its name or ""."""

    source: str
    target: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One reason why cases cannot be moved to another version of their process.

    Attributes:
        code: unknown_source, unknown_target, unmapped, type_changed, no_target, scope_changed,
            loop_changed or shared_target.
        element_id: of the old version.
        element_name: its name, or "".
        target_id: of the new version, or "".
    """

    code: str
    element_id: str
    element_name: str = ""
    target_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrying:
    """How an instance is carried over to another version.

    Attributes:
        mapping: ids of old elements to ids of new ones; identical ids need no entry.
        restarts_timers: running timers begin anew; else they keep their due time.
        clocks: policies of SLA clocks by the id of their new service level.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    restarts_timers: bool = False
    clocks: Mapping[str, str] = field(default_factory=dict)

    def target_of(self, element_id: str) -> str:
        """Give the id that an old element has in the new version."""
        return self.mapping.get(element_id, element_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waits:
    """Everything that an instance waits for, and the service levels that apply meanwhile."""

    user_tasks: Sequence[UserTaskState]
    timers: Sequence[TimerWait]
    messages: Sequence[MessageWait]
    services: Sequence[ServiceWait]
    clocks: Sequence[ClockPlace] = ()
