"""Firing due jobs: what a locked job says is done, in the transaction that locked it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import crash_points, history, incidents, instances, jobs, start_events
from engine.clock import Clock
from engine.correlation import Begin, Courier
from engine.db import connection_of
from engine.differences import Trigger
from engine.instances import SeenInstance
from engine.ladders import Ladders
from engine.letters import Letter
from engine.migration import Migrations
from engine.records import Job, StepResult
from engine.recounting import Recounts
from engine.steps import StepOf
from engine.types import SYSTEM


@dataclass(frozen=True, kw_only=True, slots=True)
class Firing:
    """Runs one due job.

    Attributes:
        step_of: opens a step of a locked instance.
        begin_at: begins an instance at a start event.
    """

    clock: Clock
    step_of: StepOf
    begin_at: Begin
    courier: Courier
    ladders: Ladders
    migrations: Migrations
    recounts: Recounts

    def run(self, job_id: str, session: Session) -> tuple[bool, StepResult | None]:
        """Run one due job; tell whether it took effect, and the result of the step it took."""
        with incidents.failing(job_id):
            connection, now = connection_of(session), self.clock.now()
            locked = instances.lock_with_job(job_id, now, connection)
            if locked is None:
                alone = jobs.lock_alone(job_id, now, connection)
                return (False, None) if alone is None else (True, self._fire_alone(alone, session))
            seen, job = locked
            crash_points.reach("after-lock")
            if seen.status != "active":
                if seen.ended_for_good:  # a signal that came too late
                    jobs.finish(job_id, connection)
                return False, None
            return True, self._fire(seen, job, session)

    def _fire_alone(self, job: Job, session: Session) -> StepResult | None:
        """Do what a locked job says that belongs to no instance."""
        if job.kind == "message":
            return self.courier.deliver_message(job, session)
        if job.kind == "signal":
            self.courier.broadcast(job, session)
            return None
        if job.kind == "calendar":
            self.recounts.spread(job, session)
            return None
        if "definition_id" not in job.payload:
            return self.courier.start(job, session)
        return self._begin_by_timer(job, session)

    def _begin_by_timer(self, job: Job, session: Session) -> StepResult:
        """Begin an instance because its time has come, and plan the next one."""
        connection, now = connection_of(session), self.clock.now()
        coming, missed = start_events.following(job.payload, job.element_id, now)
        jobs.insert_once(None, [coming] if coming else [], connection)
        letter = Letter(name="", expires_at=now)
        key = str(job.payload["process_key"])
        result = self.begin_at(key, job.element_id, letter, session)
        line = start_events.planned_line(job.payload, job.element_id, missed)
        begun = history.Stamp(
            instance_id=result.instance_id, step=result.version, at=now, by=SYSTEM
        )
        history.write(connection, begun, [line])
        jobs.finish(job.id, connection)
        return result

    def _fire(
        self, seen: SeenInstance, job: Mapping[str, object], session: Session
    ) -> StepResult | None:
        """Do what a locked job says."""
        match job["kind"]:
            case "migration":
                self.migrations.run(seen, job, session)
                return None
            case "rung":
                self.ladders.fire(seen, job, session)
                return None
            case "signal":
                return self.courier.give_signal(seen, job, session)
            case "recount":
                return self.recounts.recount(seen, job, session)
            case "timer":
                return self._fire_timer(seen, job, session)
        token = str(job["token_id"])
        step = self.step_of(seen, Trigger(by=SYSTEM, fired_token=token, is_retry=True), session)
        return step.act(lambda execution: execution.retry_service(token))

    def _fire_timer(
        self, seen: SeenInstance, job: Mapping[str, object], session: Session
    ) -> StepResult:
        postponed = self.recounts.postpone(seen, job, session)
        if postponed is not None:
            return postponed
        token = str(job["token_id"])
        step = self.step_of(seen, Trigger(by=SYSTEM, fired_token=token), session)
        return step.act(lambda execution: execution.fire_timer(token))
