"""What a step changed, as rows: pure comparison of what waited before and what waits after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.instances import SeenInstance
from engine.jobs import NewJob
from engine.messages import Subscription
from engine.records import UserTask
from engine.service_tasks import ParkedCall
from engine.spiff.execution import Execution
from engine.spiff.model import ClockPlace, MessageWait, ServiceWait, TimerWait, UserTaskState
from engine.types import Actor
from engine.user_tasks import Closing


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Everything an execution waits for, by token; service levels by token and their id."""

    tasks: Mapping[str, UserTaskState]
    timers: Mapping[str, TimerWait]
    awaited: Mapping[tuple[str, str], MessageWait]
    services: Mapping[str, ServiceWait]
    clocks: Mapping[tuple[str, str], ClockPlace]

    @classmethod
    def of(cls, execution: Execution) -> "Snapshot":
        """Look at an execution."""
        waits = execution.waits()
        return cls(
            tasks={each.token_id: each for each in waits.user_tasks},
            timers={each.token_id: each for each in waits.timers},
            awaited={(each.token_id, each.name): each for each in waits.messages},
            services={each.token_id: each for each in waits.services},
            clocks={(each.token_id or "", each.rule.id): each for each in waits.clocks},
        )


NOTHING = Snapshot(tasks={}, timers={}, awaited={}, services={}, clocks={})


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """What moves the instance.

    Attributes:
        by: who acts.
        completed_task: token of the user task that is being completed.
        fired_token: token of the timer that fires, or of the service task that is repeated.
        is_retry: the fired token is a service task.
        is_cancel: the whole instance is cancelled.
        reason: why, where somebody has to give one.
    """

    by: Actor
    completed_task: str | None = None
    fired_token: str | None = None
    is_retry: bool = False
    is_cancel: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Before and after one step of an instance.

    Attributes:
        parked: service tasks that failed in this step.
        now: when the step is taken.
        thrown: jobs of the messages and signals that the step threw.
    """

    seen: SeenInstance
    before: Snapshot
    after: Snapshot
    trigger: Trigger
    parked: Sequence[ParkedCall]
    now: datetime
    thrown: Sequence[NewJob] = ()

    def closed_tasks(self) -> list[Closing]:
        """List the user tasks that ended: the completed one, and those the process withdrew."""
        return [
            Closing(
                task_id=token,
                state="completed" if token == self.trigger.completed_task else "cancelled",
            )
            for token in self.before.tasks
            if token not in self.after.tasks
        ]

    def new_tasks(self) -> tuple[UserTask, ...]:
        """List the user tasks that opened."""
        return tuple(
            self._user_task(state)
            for token, state in self.after.tasks.items()
            if token not in self.before.tasks
        )

    def has_older_tasks(self) -> bool:
        """Tell whether a user task stays open over the step."""
        return any(token in self.before.tasks for token in self.after.tasks)

    def moved_tasks(self) -> dict[datetime, list[str]]:
        """Group the open user tasks whose due date moved, by their new one."""
        moved: dict[datetime, list[str]] = {}
        for token, state in self.after.tasks.items():
            old = self.before.tasks.get(token)
            if old is not None and state.due_at is not None and state.due_at != old.due_at:
                moved.setdefault(state.due_at, []).append(token)
        return moved

    def closed_jobs(self) -> dict[str, str]:
        """Say of every token whose job ends whether it is done or cancelled."""
        ended = [token for token in self.before.timers if token not in self.after.timers]
        ended += [token for token in self.before.services if token not in self.after.services]
        states = dict.fromkeys(ended, "cancelled")
        if self.trigger.fired_token is not None:
            states[self.trigger.fired_token] = "done"
        return states

    def moved_timers(self) -> dict[str, datetime]:
        """Say of every running timer that was moved when it is due now."""
        return {
            token: wait.due_at
            for token, wait in self.after.timers.items()
            if token in self.before.timers
            and token != self.trigger.fired_token
            and wait.due_at != self.before.timers[token].due_at
        }

    def new_jobs(self) -> list[NewJob]:
        """List the jobs that begin: timers, repetitions, outside work, letters."""
        return [*self._new_timers(), *self._new_services(), *self.thrown]

    def new_subscriptions(self) -> list[Subscription]:
        """List the messages and signals that are awaited from now on."""
        return [
            Subscription(
                token_id=wait.token_id,
                element_id=wait.element_id,
                kind=wait.kind,
                name=wait.name,
                correlation=wait.correlation,
            )
            for key, wait in self.after.awaited.items()
            if key not in self.before.awaited
        ]

    def ended_subscriptions(self) -> list[tuple[str, str]]:
        """List the messages and signals that are awaited no more, as (token, name)."""
        return [key for key in self.before.awaited if key not in self.after.awaited]

    def _new_timers(self) -> Iterator[NewJob]:
        for token, wait in self.after.timers.items():
            if token in self.before.timers and token != self.trigger.fired_token:
                continue
            yield NewJob(
                kind="timer",
                element_id=wait.element_id,
                token_id=token,
                due_at=wait.due_at,
                idem=f"timer:{token}:{wait.due_at.isoformat()}",
            )

    def _new_services(self) -> Iterator[NewJob]:
        errors = {call.token_id: call.error for call in self.parked}
        for token, wait in self.after.services.items():
            if token in self.before.services:
                continue
            is_parked = token in errors
            yield NewJob(
                kind="service" if is_parked else "worker",
                element_id=wait.element_id,
                token_id=token,
                due_at=self.now,
                idem=f"service:{token}",
                state="pending" if is_parked else "waiting",
                error=errors.get(token),
                payload={"topic": wait.topic},
                topic=wait.topic,
            )

    def _user_task(self, state: UserTaskState) -> UserTask:
        return UserTask(
            id=state.token_id,
            instance_id=self.seen.id,
            version=self.seen.version + 1,
            instance_status="active",
            business_key=self.seen.business_key,
            process_key=self.seen.process_key,
            process_name=self.seen.process_name,
            element_id=state.element_id,
            name=state.name,
            lane=state.lane or "",
            form_key=state.form_key,
            candidate_group=state.candidate_group,
            scope=state.scope or self.seen.scope,
            assignee=state.assignee,
            assignee_name=None,
            priority=state.priority,
            ladder=state.ladder,
            created_at=self.now,
            claimed_at=None,
            due_at=state.due_at,
            original_due_at=state.due_at,
            state="open",
            ended_at=None,
            ended_by=None,
            ended_by_name=None,
        )


TASK_ROW_COLUMNS = (
    *("id", "instance_id", "element_id", "name", "lane", "form_key", "candidate_group", "scope"),
    *("assignee", "priority", "ladder", "created_at", "due_at", "original_due_at", "state"),
)


def task_row(task: UserTask) -> dict[str, Any]:
    """Make the row of a new user task."""
    return {name: getattr(task, name) for name in TASK_ROW_COLUMNS}
