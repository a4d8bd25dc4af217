"""One step of one instance: restore, act, write the difference. All in the caller's transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from engine import (
    crash_points,
    explanations,
    history,
    incidents,
    instances,
    jobs,
    messages,
    user_tasks,
)
from engine.clock import Clock
from engine.deployments import CompiledProcess
from engine.differences import NOTHING, Difference, Snapshot, Trigger, task_row
from engine.history import Line
from engine.host import StepHost
from engine.instances import Outcome, SeenInstance
from engine.jobs import NewJob
from engine.letters import letters_thrown
from engine.records import StepResult, UserTask
from engine.service_tasks import EngineFace, OperationTable, ServiceCalls
from engine.sla_steps import ClockChanges, StepClocks
from engine.spiff.execution import Execution
from engine.spiff.model import Carrying, Event
from engine.spiff.timers import Explanation


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What every step of an engine needs."""

    operations: OperationTable
    clock: Clock
    engine: EngineFace


@dataclass(kw_only=True, slots=True)
class Step:
    """One step of one locked instance.

    Attributes:
        seen: the instance as locked.
        process: its compiled definition.
        trigger: what moves it.
        setting: what every step needs.
        session: the caller's unit of work.
    """

    seen: SeenInstance
    process: CompiledProcess
    trigger: Trigger
    setting: Setting
    session: Session

    def start(self, variables: Mapping[str, object], start_event: str | None = None) -> StepResult:
        """Take the first step of a new instance, at its plain start event unless told another."""
        host = self._host()
        execution = Execution.start(
            self.process.definition, dict(variables), host, start_event=start_event
        )
        return self._finish(execution, host, NOTHING)

    def act(self, action: Callable[[Execution], None]) -> StepResult:
        """Restore the instance, act, run to the next waiting states."""
        host = self._host()
        execution = self._restore(host)
        before = Snapshot.of(execution)
        host.move_timers = execution.reschedule
        action(execution)
        return self._finish(execution, host, before)

    def carry_over(
        self, stored: CompiledProcess, plan: Carrying, line: Line
    ) -> tuple[StepResult, Execution]:
        """Go on in this step's process with an instance of another version of it.

        Args:
            stored: the version that the stored state belongs to.
            plan: old elements to new ones.
            line: of the history.

        Raises:
            MigrationImpossible: with everything that prevents it.
        """
        host = self._host()
        execution = Execution.load(stored.definition, self.seen.state, host)
        before = Snapshot.of(execution)
        carried = execution.carried(self.process.definition, plan)
        result = self._finish(carried, host, before, plan)
        stamp = self._stamp(self.setting.clock.now())
        history.write(self.session.connection(), stamp, [line])
        return result, carried

    def restore(self) -> Execution:
        """Restore the execution to look at it; nothing is written."""
        return self._restore(self._host())

    def _host(self) -> StepHost:
        services = ServiceCalls(
            table=self.setting.operations,
            session=self.session,
            clock=self.setting.clock,
            instance=self.seen.ref,
            engine=self.setting.engine,
            by=self.trigger.by,
            retrying=self.trigger.fired_token if self.trigger.is_retry else None,
        )
        return StepHost(clock=self.setting.clock, process=self.process, services=services)

    def _restore(self, host: StepHost) -> Execution:
        return Execution.load(self.process.definition, self.seen.state, host)

    def _finish(
        self,
        execution: Execution,
        host: StepHost,
        before: Snapshot,
        carrying: Carrying | None = None,
    ) -> StepResult:
        """Read what the step changed, then write it."""
        crash_points.reach("after-engine")
        events = execution.events()
        changed = Difference(
            seen=self.seen,
            before=before,
            after=Snapshot.of(execution),
            trigger=self.trigger,
            parked=host.services.parked,
            now=self.setting.clock.now(),
            thrown=letters_thrown(events, self.seen, self.trigger.by, self.setting.clock.now()),
        )
        self.session.flush()  # the connection does not see pending ORM rows
        connection = self.session.connection()
        clocks = StepClocks(
            changed=changed,
            execution=execution,
            host=host,
            connection=connection,
            carrying=carrying,
        ).changes()
        return self._write(execution, changed, clocks, self._lines(events, host))

    def _write(
        self, execution: Execution, changed: Difference, clocks: ClockChanges, lines: list[Line]
    ) -> StepResult:
        """Write the instance, what waits, what is due and what happened."""
        ends = tuple(end.element_id for end in execution.ends)
        outcome = self._outcome(execution, ends, changed.now)
        connection = self.session.connection()
        instances.store(self.seen, outcome, connection)
        crash_points.reach("after-instance")
        created = tuple(_with_clock(task, clocks) for task in changed.new_tasks())
        explained = {**execution.explanations(), **clocks.explanations()}
        self._write_tasks(changed, created, explained, connection)
        awaited = changed.new_subscriptions()
        messages.unsubscribe(self.seen.id, changed.ended_subscriptions(), connection)
        messages.subscribe(self.seen.id, awaited, connection)
        offered = messages.offers(awaited, self.seen.business_key, changed.now, connection)
        self._write_jobs(changed, clocks, offered, explained, connection)
        clocks.write(changed.now, connection)
        moved = {*_moved(changed), *clocks.due_by_task} & explained.keys()
        explanations.rewrite(self.seen.id, {t: explained[t] for t in moved}, connection)
        history.write(connection, self._stamp(changed.now), [*lines, *clocks.lines])
        if outcome.ended_at is not None:
            incidents.resolve_all(self.seen.id, self.trigger.by, changed.now, connection)
        incidents.note_uncaught(self.seen.id, execution.uncaught(), changed.now, connection)
        crash_points.reach("after-writing")
        has_older = changed.has_older_tasks()
        return StepResult(
            instance_id=self.seen.id,
            version=self.seen.version + 1,
            status=outcome.status,
            open_tasks=user_tasks.open_of(self.seen.id, connection) if has_older else created,
            end_events=ends,
            flows=tuple(execution.flows_taken()),
        )

    def _write_tasks(
        self,
        changed: Difference,
        created: tuple[UserTask, ...],
        explained: Mapping[str, Explanation],
        connection: Connection,
    ) -> None:
        user_tasks.close(changed.closed_tasks(), self.trigger.by, changed.now, connection)
        user_tasks.insert_open(
            [{**task_row(task), "computation": explained.get(task.id)} for task in created],
            connection,
        )
        for until, task_ids in changed.moved_tasks().items():
            user_tasks.move_due(task_ids, until, connection)

    def _write_jobs(
        self,
        changed: Difference,
        clocks: ClockChanges,
        offered: list[NewJob],
        explained: Mapping[str, Explanation],
        connection: Connection,
    ) -> None:
        ended = changed.closed_jobs() | clocks.closed_jobs
        jobs.close(self.seen.id, ended, connection)
        jobs.move_timers(self.seen.id, changed.moved_timers(), connection)
        jobs.insert_new(
            self.seen.id,
            [*_explained(changed.new_jobs(), explained), *clocks.new_jobs, *offered],
            connection,
        )

    def _outcome(self, execution: Execution, ends: tuple[str, ...], now: datetime) -> Outcome:
        status = "active"
        if execution.is_ended:
            status = "cancelled" if self.trigger.is_cancel else "completed"
        return Outcome(
            status=status,
            state=execution.dump(),
            ended_at=None if status == "active" else now,
            end_event=ends[-1] if ends else self.seen.end_event,
        )

    def _stamp(self, now: datetime) -> history.Stamp:
        return history.Stamp(
            instance_id=self.seen.id, step=self.seen.version + 1, at=now, by=self.trigger.by
        )

    def _lines(self, events: list[Event], host: StepHost) -> list[Line]:
        """Put what the execution and its host have to tell into one list.

        What a message carries stands in the message, not in the history.
        """
        told = [
            Line(
                kind=event.kind,
                element_id=event.element_id,
                element_name=event.element_name,
                details={**_told(event), **self._more(event, host)},
            )
            for event in events
        ]
        failed = [
            Line(
                kind="service_failed",
                element_id=call.element_id,
                details={"topic": call.topic, "reason": call.error, "retries_left": jobs.RETRIES},
            )
            for call in host.services.parked
        ]
        return [*told, *failed]

    def _more(self, event: Event, host: StepHost) -> Mapping[str, object]:
        """Add what only the engine knows: how a decision was made, why something was done."""
        if event.kind == "decision_made":
            return host.decisions[event.element_id].popleft()
        if event.kind == "deadline_extended":
            return {"reason": host.reasons.get(str(event.details.get("token_id")), "")}
        if event.kind in {"cancelled", "token_moved", "deadline_recomputed"}:
            return {"reason": self.trigger.reason}
        return {}


def _explained(
    new_jobs: Iterable[NewJob], explained: Mapping[str, Explanation]
) -> Iterator[NewJob]:
    """Give timers how their due dates came about."""
    for each in new_jobs:
        is_timer = each.kind == "timer"
        yield replace(each, computation=explained.get(each.token_id)) if is_timer else each


def _moved(changed: Difference) -> set[str]:
    """Name the tokens whose due dates this step moved."""
    tokens = {token for group in changed.moved_tasks().values() for token in group}
    return tokens | changed.moved_timers().keys()


def _with_clock(task: UserTask, clocks: ClockChanges) -> UserTask:
    """Give a new user task the due date of its SLA clock."""
    clock = clocks.clock_of(task.id)
    if clock is None:
        return task
    ladder = str(clock.rule["ladder"]) or None
    return replace(task, due_at=clock.due_at, original_due_at=clock.due_at, ladder=ladder)


def _told(event: Event) -> Mapping[str, object]:
    """Give the details of an event that a history may hold: no variables."""
    return {name: value for name, value in event.details.items() if name != "variables"}


StepOf = Callable[[SeenInstance, Trigger, Session], Step]
"""Opens a step of a locked instance."""
