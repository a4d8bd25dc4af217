"""Firing the rungs of notice ladders: tell people, write history, plan the next rung."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engine import crash_points, history, jobs, sla, user_tasks
from engine.clock import Clock
from engine.differences import rung_job
from engine.instances import SeenInstance
from engine.records import UserTask
from engine.sla import Rung, RungHandler, Schedule
from engine.types import SYSTEM


class Ladders:
    """Fires rungs. A rung moves no token and counts no step: a form that is open stays valid.

    Args:
        clock: the business clock.
        on_rung: tells people.
    """

    def __init__(self, clock: Clock, on_rung: RungHandler) -> None:
        self._clock = clock
        self._on_rung = on_rung

    def fire(self, seen: SeenInstance, job: Mapping[str, object], session: Session) -> None:
        """Fire one locked rung of an active instance; a task that has ended is left in peace."""
        connection = session.connection()
        task = user_tasks.read(str(job["token_id"]), connection)
        jobs.finish(str(job["id"]), connection)
        if task.state != "open":
            return
        payload = job["payload"]
        if not isinstance(payload, Mapping):
            raise TypeError(f"rung without payload: {job['id']}")
        level = str(payload["level"])
        self._plan_next(task, level, Schedule.from_payload(payload), session)
        self._note(seen, task, level, session)
        due_at = job["due_at"]
        if not isinstance(due_at, datetime):
            raise TypeError(f"rung without due date: {job['id']}")
        rung = Rung(task=task, level=level, due_at=due_at)
        self._on_rung(rung, session=session, clock=self._clock)
        crash_points.reach("after-rung")

    def _plan_next(self, task: UserTask, level: str, schedule: Schedule, session: Session) -> None:
        rung = sla.rung_after(schedule.rungs(), level)
        if rung is not None:
            job = rung_job(task.id, task.element_id, rung, schedule)
            jobs.insert_new(task.instance_id, [job], session.connection())

    def _note(self, seen: SeenInstance, task: UserTask, level: str, session: Session) -> None:
        stamp = history.Stamp(
            instance_id=seen.id, step=seen.version, at=self._clock.now(), by=SYSTEM
        )
        line = history.Line(
            kind=sla.history_kind(level),
            element_id=task.element_id,
            element_name=task.name,
            details={"task_id": task.id, "level": level, "due_at": task.due_at},
        )
        history.write(session.connection(), stamp, [line])
