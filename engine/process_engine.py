"""The face of the engine: every verb takes the caller's session and never commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from engine import (
    calendars,
    crash_points,
    deployments,
    history,
    incidents,
    instances,
    jobs,
    recounting,
    stand_ins,
    start_events,
    user_tasks,
)
from engine.calendars import Edition
from engine.case_verbs import CaseVerbs
from engine.clock import Clock
from engine.correlation import Courier
from engine.db import connection_of
from engine.delegation import Delegations
from engine.deployments import CompiledProcess
from engine.differences import Trigger
from engine.errors import MessageNotExpected, TaskDelegated, TaskNotYours
from engine.external_tasks import ExternalTasks
from engine.firing import Firing
from engine.instances import SeenInstance
from engine.ladders import Ladders
from engine.letters import TIME_TO_LIVE, Letter
from engine.migration import Migrations
from engine.records import Job, ProcessDefinition, StepResult, UserTask
from engine.recounting import Recounts
from engine.service_tasks import Operation, OperationTable
from engine.sla import RungHandler
from engine.sla_orders import Deadlines
from engine.spiff.execution import Execution
from engine.spiff.values import check_variables
from engine.steps import Setting, Step
from engine.task_verbs import TaskVerbs
from engine.types import CITY, SYSTEM, Actor

Values = Mapping[str, object]


class ProcessEngine(CaseVerbs, TaskVerbs, Delegations):
    """Runs process instances, one transaction a step.

    Args:
        operations: topic to function; see `engine.service_tasks.Operation`.
        clock: the business clock.
        on_rung: tells people when a notice ladder fires; called in the rung's transaction.
        worker_topics: topics that outside workers serve.
    """

    def __init__(
        self,
        *,
        operations: Mapping[str, Operation],
        clock: Clock,
        on_rung: RungHandler,
        worker_topics: frozenset[str] = frozenset(),
    ) -> None:
        self._clock = clock
        self._operations = OperationTable(operations, worker_topics)
        self._setting = Setting(operations=self._operations, clock=clock, engine=self)
        self.migrations = Migrations(self._setting)
        self._courier = Courier(clock=clock, step_of=self._step, begin_at=self._begin_by_letter)
        self.external_tasks = ExternalTasks(clock=clock, step_of=self._step)
        self.deadlines = Deadlines(clock=clock, step_of=self._step)
        self._firing = Firing(
            clock=clock,
            step_of=self._step,
            begin_at=self._begin_by_letter,
            courier=self._courier,
            ladders=Ladders(clock, on_rung),
            migrations=self.migrations,
            recounts=Recounts(clock=clock, step_of=self._step, deadlines=self.deadlines),
        )

    def deploy(
        self, resources: Mapping[str, bytes], *, by: Actor, session: Session
    ) -> ProcessDefinition:
        """Store a process as the next version of its key; the same content gives no new version.

        Args:
            resources: file names to contents: one `.bpmn`, any `.dmn`, forms as
                `forms/<key>.json`.
            by: who deploys.
            session: the caller's unit of work.

        Raises:
            DeploymentRefused: with every problem found.
        """
        connection, now = connection_of(session), self._clock.now()
        topics = self._operations.known_topics
        deployed = deployments.deploy_all(resources, topics, (by, now), connection)
        for newest in deployed:
            process = deployments.compiled(newest.id, newest.content_hash, connection)
            start_events.replace(newest, process.definition, now, connection)
        return deployed[0]

    def start(  # noqa: PLR0913  # each is a word of the field of its own
        self,
        key: str,
        variables: Values,
        *,
        business_key: str,
        scope: str,
        by: Actor,
        session: Session,
    ) -> StepResult:
        """Start an instance of the newest version and run it to its first waiting states.

        Raises:
            DefinitionNotFound: nothing of this key was deployed.
        """
        connection = connection_of(session)
        definition = deployments.latest(key, connection)
        seen = _unborn(definition, business_key, scope)
        # first, so that operations of the first step may refer to the instance
        instances.insert_new(seen, by, self._clock.now(), connection)
        return self._step(seen, Trigger(by=by), session).start(variables)

    def publish_message(  # noqa: PLR0913  # each is a word of the field of its own
        self,
        name: str,
        correlation: str | None = None,
        variables: Values = MappingProxyType({}),
        *,
        ttl: timedelta = TIME_TO_LIVE,
        message_id: str | None = None,
        scope: str = CITY,
        by: Actor,
        session: Session,
    ) -> str:
        """Send a message to whoever waits for it; it is delivered once, after the commit.

        To an instance that waits for this name and key; else to a start event; else it is kept
        until an instance waits for it, or its time is over.

        Args:
            name: of the message.
            correlation: the key; an event without a key of its own goes by the business key.
            variables: what becomes variables of the receiver.
            ttl: how long it is kept.
            message_id: the sender's own; sending it again changes nothing. At most 150 characters.
            scope: where an instance that it starts belongs.
            by: who sends it.
            session: the caller's unit of work.

        Returns:
            The message's id.
        """
        letter = Letter(
            name=name,
            correlation=correlation,
            variables=check_variables(variables),
            expires_at=self._clock.now() + ttl,
            scope=scope,
            by=by,
        )
        session.flush()
        return self._courier.publish("message", letter, message_id, session)

    def publish_signal(
        self,
        name: str,
        variables: Values = MappingProxyType({}),
        *,
        signal_id: str | None = None,
        by: Actor,
        session: Session,
    ) -> str:
        """Send a signal to all who wait for it and all start events, after the commit.

        Returns:
            The signal's id; sending it again under the same id changes nothing.
        """
        expires_at = self._clock.now() + TIME_TO_LIVE
        letter = Letter(
            name=name, variables=check_variables(variables), expires_at=expires_at, by=by
        )
        session.flush()
        return self._courier.publish("signal", letter, signal_id, session)

    def match_buffered(self, *, session: Session) -> int:
        """Bring kept messages to those who wait for them by now; drop those whose time is over.

        Returns:
            How many were dropped.
        """
        return self._courier.match_buffered(session)

    def complete(
        self,
        task_id: str,
        values: Values,
        *,
        by: Actor,
        session: Session,
        version: int | None = None,
    ) -> StepResult:
        """Complete a user task of mine, or one offered to my group that nobody claimed.

        Args:
            task_id: of the user task.
            values: what becomes process variables.
            by: who completes it.
            session: the caller's unit of work.
            version: of the instance when the form was opened, or None not to check.

        Raises:
            UserTaskNotFound: there is no such task.
            TaskAlreadyEnded: it was completed or cancelled.
            TaskAlreadyClaimed: a colleague holds it.
            TaskNotYours: it is not offered to the actor.
            TaskDelegated: the actor is its delegate; its owner completes it.
            InstanceNotActive: the instance is suspended.
            LostRace: the instance took a step since the form was opened.
        """
        seen, task = instances.lock_with_task(task_id, connection_of(session))
        crash_points.reach("after-lock")
        user_tasks.ensure_completable(task, by)
        seen.ensure_active()
        seen.ensure_version(version)
        by = user_tasks.as_claimed(task["assignee"], task["on_behalf_of"], by)
        step = self._step(seen, Trigger(by=by, completed_task=task_id), session)
        return step.act(lambda execution: execution.complete(task_id, dict(values)))

    def claim(self, task_id: str, *, by: Actor, session: Session) -> UserTask:
        """Take a task that is offered to my group; one of several wins.

        A deputy also takes what the person he acts for holds, and that person takes it back.

        Raises:
            UserTaskNotFound: there is no such task.
            TaskNotYours: it is not offered to the actor.
            TaskAlreadyClaimed: somebody else holds it.
            TaskAlreadyEnded: it was completed or cancelled.
        """
        connection = connection_of(session)
        task = user_tasks.read(task_id, connection)
        user_tasks.claim(task, by, self._clock.now(), connection)
        self._note(task, "task_claimed", by, connection, stand_ins.taken_from(task))
        return user_tasks.read(task_id, connection)

    def unclaim(self, task_id: str, *, by: Actor, session: Session) -> UserTask:
        """Give a task of mine back to its group; a deputy, to the absent person who held it.

        Raises:
            UserTaskNotFound: there is no such task.
            TaskNotYours: the actor does not hold it.
            TaskDelegated: it is to be handed back to its owner instead.
            TaskAlreadyEnded: it was completed or cancelled.
        """
        connection = connection_of(session)
        task = user_tasks.read(task_id, connection)
        if not user_tasks.is_held(task.assignee, by):
            raise TaskNotYours(task.name)
        if task.delegation == user_tasks.PENDING:
            raise TaskDelegated(task.delegated_by_name or "")
        owner = stand_ins.owner_of(task, connection)
        if owner is None:
            user_tasks.release(task, connection)
        else:
            user_tasks.give_back(task, owner, connection)
        self._note(task, "task_released", by, connection)
        return user_tasks.read(task_id, connection)

    def assign(  # noqa: PLR0913  # each is a word of the field of its own
        self,
        task_id: str,
        account_id: str,
        account_name: str,
        *,
        reason: str,
        by: Actor,
        session: Session,
    ) -> UserTask:
        """Give a task to somebody, whoever holds it; who may do so is the caller's rule.

        Raises:
            UserTaskNotFound: there is no such task.
            TaskAlreadyEnded: it was completed or cancelled.
        """
        connection = connection_of(session)
        task = user_tasks.read(task_id, connection)
        user_tasks.assign(task_id, (account_id, account_name), self._clock.now(), connection)
        details = {"from": task.assignee, "to": account_id, "reason": reason}
        self._note(task, "task_assigned", by, connection, details)
        return user_tasks.read(task_id, connection)

    def send_message(
        self, instance_id: str, name: str, variables: Values, *, by: Actor, session: Session
    ) -> StepResult:
        """Deliver a message to an instance that waits for it.

        Raises:
            InstanceNotFound: there is no such instance.
            InstanceNotActive: it is suspended or has ended.
            MessageNotExpected: it does not wait for this message.
        """
        seen = instances.lock(instance_id, connection_of(session))
        seen.ensure_active()
        deliver = partial(_deliver, name=name, variables=variables)
        return self._step(seen, Trigger(by=by), session).act(deliver)

    def due_jobs(self, session: Session, now: datetime, limit: int) -> tuple[Job, ...]:
        """List pending jobs that are due at an instant, in the order they fall due."""
        return jobs.due(now, limit, connection_of(session))

    def claim_jobs(self, owner: str, session: Session, batch: int = 20) -> tuple[Job, ...]:
        """Lease due jobs for a worker, in the order they fall due.

        A job that was leased MAX_ATTEMPTS times without outcome becomes an incident instead: it may
        be the one that kills its workers.
        """
        connection, now = connection_of(session), self._clock.now()
        claimed = jobs.claim(owner, now, batch, connection)
        for spent in (job for job in claimed if job.attempts > jobs.MAX_ATTEMPTS):
            incidents.give_up(spent, "no outcome after many attempts", now, connection)
        return tuple(job for job in claimed if job.attempts <= jobs.MAX_ATTEMPTS)

    def release_job(self, job_id: str, *, session: Session) -> None:
        """Give the lease of a job back, after a lost race."""
        jobs.release(job_id, connection_of(session))

    def put_back(self, job_ids: Sequence[str], owner: str, *, session: Session) -> None:
        """Give leases back that were not used."""
        jobs.put_back(job_ids, owner, connection_of(session))

    def fire(self, job_id: str, *, session: Session) -> bool:
        """Run one due job. May be called any number of times by anybody; it takes effect once.

        Returns:
            False when the job is done, cancelled or postponed meanwhile.

        Raises:
            LostRace: a conflict; give the lease back and try again.
            JobFailed: roll back, then call record_failure in a transaction of its own.
        """
        return self._firing.run(job_id, session)[0]

    def run_job(self, job_id: str, *, session: Session) -> StepResult | None:
        """Run one due job like `fire`, and tell what the step led to.

        Returns:
            None for a rung of a notice ladder, and when nothing was to be done.

        Raises:
            LostRace, JobFailed: as `fire`.
        """
        return self._firing.run(job_id, session)[1]

    def record_failure(self, job_id: str, error: str, *, session: Session) -> None:
        """Use up one retry of a job and postpone it, or open an incident."""
        incidents.record_failure(job_id, error, self._clock.now(), connection_of(session))

    def publish_calendar(self, edition: Edition, *, by: Actor, session: Session) -> int:
        """Publish a new version of a calendar; due dates that it moves follow after the commit.

        Returns:
            The number of the new version.

        Raises:
            ReasonMissing, CalendarChanged, NothingToPublish: as `engine.calendars.publish`.
        """
        version = calendars.publish(edition, by=by, session=session, clock=self._clock)
        moving = recounting.job_of(edition, version, by, self._clock.now())
        jobs.insert_once(None, [moving], connection_of(session))
        return version

    def variables(self, instance_id: str, session: Session) -> dict[str, object]:
        """Read the variables of an instance as they stand now.

        Raises:
            InstanceNotFound: there is no such instance.
        """
        return self._restore(
            instances.read(instance_id, connection_of(session)), session
        ).variables()

    def task_context(self, task_id: str, session: Session) -> dict[str, object]:
        """Read what the form of an open user task may refer to: variables, then its own inputs.

        Raises:
            UserTaskNotFound: there is no such task.
        """
        task = user_tasks.read(task_id, connection_of(session))
        seen = instances.read(task.instance_id, connection_of(session))
        execution = self._restore(seen, session)
        inputs = {state.token_id: state.inputs for state in execution.user_tasks()}
        return {**execution.variables(), **inputs.get(task_id, {})}

    def _begin_by_letter(
        self, key: str, element_id: str, letter: Letter, session: Session
    ) -> StepResult:
        connection = connection_of(session)
        definition = deployments.latest(key, connection)
        seen = _unborn(definition, (letter.correlation or uuid4().hex)[:64], letter.scope)
        instances.insert_new(seen, letter.by, self._clock.now(), connection)
        step = self._step(seen, Trigger(by=letter.by), session)
        return step.start(letter.variables, start_event=element_id)

    def _step(self, seen: SeenInstance, trigger: Trigger, session: Session) -> Step:
        return Step(
            seen=seen,
            process=self._process(seen, session),
            trigger=trigger,
            setting=self._setting,
            session=session,
        )

    def _restore(self, seen: SeenInstance, session: Session) -> Execution:
        """Restore an execution to look at it."""
        return self._step(seen, Trigger(by=SYSTEM), session).restore()

    def _process(self, seen: SeenInstance, session: Session) -> CompiledProcess:
        return deployments.compiled(seen.definition_id, seen.content_hash, session.connection())

    def _note(
        self,
        task: UserTask,
        kind: str,
        by: Actor,
        connection: Connection,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Write a history line about a user task."""
        by = user_tasks.as_claimed(task.assignee, task.on_behalf_of, by)
        stamp = history.Stamp(
            instance_id=task.instance_id, step=task.version, at=self._clock.now(), by=by
        )
        line = history.Line(
            kind=kind,
            element_id=task.element_id,
            element_name=task.name,
            details={"task_id": task.id, **(details or {})},
        )
        history.write(connection, stamp, [line])


def _unborn(definition: ProcessDefinition, business_key: str, scope: str) -> SeenInstance:
    """Describe an instance that is about to take its first step."""
    return SeenInstance(
        id=uuid4().hex,
        definition_id=definition.id,
        content_hash=definition.content_hash,
        process_key=definition.key,
        process_name=definition.name,
        business_key=business_key,
        scope=scope,
        status="active",
        version=0,
        state=b"",
        end_event=None,
    )


def _deliver(execution: Execution, *, name: str, variables: Values) -> None:
    """Deliver a message to the first token that waits for it."""
    for wait in execution.messages():
        if wait.kind == "message" and wait.name == name:
            execution.deliver(wait.token_id, dict(variables))
            return
    raise MessageNotExpected(name)
