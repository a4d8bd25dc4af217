"""Read models: what the engine shows to the layers above; frozen, never rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessDefinition:
    """One deployed version of a process.

    Attributes:
        key: id of the BPMN process.
        version: 1, 2, 3 ... within the key.
        content_hash: SHA-256 over all resources, 64 hexadecimal digits.
        deployed_by: id of the account.
    """

    id: str
    key: str
    version: int
    name: str
    content_hash: str
    deployed_at: datetime
    deployed_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessElement:
    """One element of a diagram, for the list beside the picture.

    Attributes:
        type: BPMN type, such as "userTask" or "boundaryEvent".
        lane: name of the lane, or "".
        documentation: the drawer's explanation, or "".
        scope: id of the process or sub-process that directly holds it.
        attached_to: of a boundary event the id of its activity.
        properties: camunda: and anju: attributes by prefixed name, such as "anju:milestone".
    """

    id: str
    name: str
    type: str
    lane: str
    documentation: str
    scope: str
    attached_to: str | None
    properties: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """One sequence flow, by the ids of its two elements; its name, or ""."""

    id: str
    source: str
    target: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessModel:
    """A deployed diagram, as a page needs it.

    Attributes:
        bpmn: the XML as deployed.
        elements: in the order of the diagram.
    """

    definition: ProcessDefinition
    bpmn: bytes
    elements: tuple[ProcessElement, ...]
    flows: tuple[Flow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainStart:
    """How a case begins by hand: at the start event that waits for nothing.

    Attributes:
        form_key: camunda:formKey of that event; None when nothing is asked.
        groups: camunda:candidateStarterGroups of the process: who may begin it.
    """

    form_key: str | None
    groups: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessSummary:
    """The newest version of a process with its figures, for the list of processes."""

    definition: ProcessDefinition
    running: int
    ended: int
    incidents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    """One run of a process.

    Attributes:
        business_key: the case number.
        status: active, suspended, completed or cancelled.
        version: counts the steps; proves that nobody wrote in between.
        started_by: id of the account.
        end_event: id of the end event reached last.
    """

    id: str
    definition_id: str
    process_key: str
    process_name: str
    process_version: int
    business_key: str
    scope: str
    status: str
    version: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    end_event: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UserTask:
    """One person's work item.

    Attributes:
        id: 32 hexadecimal digits.
        version: of the instance when this was read; hand it back on completing.
        priority: 0 to 100, higher first.
        ladder: name of the notice ladder, or None for no reminders.
        original_due_at: stays when due_at is extended.
        state: open, completed or cancelled.
        follow_up_at: when somebody wants to look at it again, or None.
        ended_by: id of the account that completed it.
        delegation: "", pending (with a delegate) or returned (by him).
        delegated_by: id of the owner of a delegated task, who gets it back.
        on_behalf_of: id of the absent person for whom a deputy claimed it.
    """

    id: str
    instance_id: str
    version: int
    instance_status: str
    business_key: str
    process_key: str
    process_name: str
    element_id: str
    name: str
    lane: str
    form_key: str | None
    candidate_group: str | None
    scope: str
    assignee: str | None
    assignee_name: str | None
    priority: int
    ladder: str | None
    created_at: datetime
    claimed_at: datetime | None
    due_at: datetime | None
    original_due_at: datetime | None
    state: str
    ended_at: datetime | None
    ended_by: str | None
    ended_by_name: str | None
    follow_up_at: datetime | None = None
    delegation: str = ""
    delegated_by: str | None = None
    delegated_by_name: str | None = None
    on_behalf_of: str | None = None

    def is_overdue(self, instant: datetime) -> bool:
        """Tell whether the task is open and past its due date at an instant."""
        return self.state == "open" and self.due_at is not None and self.due_at < instant


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry:
    """One line of a case's history, append only.

    Attributes:
        step: the instance's version after the step that wrote it.
        kind: one of the kinds of `engine.history`.
        on_behalf_of: id of the person a deputy acted for.
        batch_id: of the bulk order that did it, or None.
    """

    id: int
    instance_id: str
    step: int
    at: datetime
    kind: str
    element_id: str
    element_name: str
    actor_id: str
    actor_name: str
    on_behalf_of: str | None
    batch_id: str | None
    details: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A due row: a timer, a service task to repeat, a rung of a notice ladder, a message.

    Attributes:
        instance_id: None for a message, a start, and a signal to all.
        kind: timer, service, rung, worker (waits for an outside worker), message, signal or start.
        token_id: the waiting token; of a rung the user task.
        state: pending, done, failed, cancelled, suspended or waiting.
        retries: left before an incident is opened.
        attempts: leases taken since the last outcome.
        error: of the last failure.
    """

    id: str
    instance_id: str | None
    kind: str
    element_id: str
    token_id: str
    due_at: datetime
    original_due_at: datetime
    state: str
    retries: int
    attempts: int
    error: str | None
    payload: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """A job that failed too often and waits for an administrator.

    Attributes:
        instance_id: None for a job that belongs to no instance; then business_key, process_key and
            process_name are "".
    """

    id: str
    instance_id: str | None
    business_key: str
    process_key: str
    process_name: str
    job_id: str | None
    element_id: str
    message: str
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AwaitedMessage:
    """A message that a case waits for now, and the element that does."""

    name: str
    element_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ActiveElement:
    """Where a case stands now: an element with its tokens.

    Attributes:
        kind: user_task, timer, message, signal, service or worker.
        due_at: the earliest due date there, if any.
    """

    element_id: str
    kind: str
    tokens: int
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskCounts:
    """Figures for the navigation, all of open tasks.

    Attributes:
        mine: assigned to the actor.
        team: unassigned and offered to one of the actor's groups.
        overdue: of these two, past their due date.
    """

    mine: int
    team: int
    overdue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueCounts:
    """Figures of the job queue and the outbox, for the operations page."""

    pending: int
    overdue: int
    failed: int
    open_incidents: int
    unsent_messages: int
    dead_messages: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[Row]):
    """A part of a list.

    Attributes:
        rows: at most `limit` rows from `offset` on.
        total: rows of the whole list.
    """

    rows: tuple[Row, ...]
    total: int
    offset: int
    limit: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StepResult:
    """What a step led to.

    Attributes:
        version: of the instance after the step.
        status: of the instance: active, suspended, completed or cancelled.
        open_tasks: all open user tasks of the instance, oldest first.
        end_events: ids of the end events reached in this step, in order.
        flows: ids of the sequence flows walked in this step, in order.
    """

    instance_id: str
    version: int
    status: str
    open_tasks: tuple[UserTask, ...]
    end_events: tuple[str, ...]
    flows: tuple[str, ...]
