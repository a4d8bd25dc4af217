"""Firing the rungs of SLA clocks: tell people, mark what is late, write history, plan the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from engine import crash_points, deployments, history, jobs, sla, sla_clocks, user_tasks
from engine.clock import Clock
from engine.history import Line
from engine.instances import SeenInstance
from engine.records import UserTask
from engine.sla import Rung, RungHandler
from engine.sla_clocks import SlaClock
from engine.sla_rules import RungRule
from engine.spiff.model import Element
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
        """Fire one locked rung of an active instance; a clock that ended or stands is left so."""
        connection, due_at = session.connection(), job["due_at"]
        if not isinstance(due_at, datetime):
            raise TypeError(f"rung without due date: {job['id']}")
        clock = sla_clocks.read(str(job["token_id"]), connection)
        jobs.finish(str(job["id"]), connection)
        rule = _rule_of(clock, job["payload"])
        if rule is None or not clock.is_open or clock.paused_since is not None:
            return
        fired = self._marked(clock, rule)
        following = fired.following_job()
        jobs.insert_new(seen.id, [following] if following else [], connection)
        sla_clocks.change([fired], connection)
        tasks = self._concerned(seen, clock, session)
        stamp = history.Stamp(
            instance_id=seen.id, step=seen.version, at=self._clock.now(), by=SYSTEM
        )
        history.write(connection, stamp, _lines(clock, rule, tasks))
        if rule.notify:
            rung = _rung(seen, clock, rule, tasks, due_at)
            self._on_rung(rung, session=session, clock=self._clock)
        crash_points.reach("after-rung")
        self._hand_on(rule, tasks, session)

    def _marked(self, clock: SlaClock, rule: RungRule) -> SlaClock:
        """Note that a rung fired; from the end of the period on the clock is breached."""
        done = replace(clock, rungs_done=(*clock.rungs_done, rule.at))
        if rule.is_before_end:
            return replace(done, warned_at=self._clock.now())
        return replace(done, state="breached", breached_at=clock.breached_at or clock.due_at)

    def _concerned(
        self, seen: SeenInstance, clock: SlaClock, session: Session
    ) -> tuple[UserTask, ...]:
        """List the open user tasks that a clock is about, oldest first."""
        connection = session.connection()
        if clock.kind == "task":
            task = user_tasks.read(clock.token_id or "", connection)
            return (task,) if task.state == "open" else ()
        tasks = user_tasks.open_of(seen.id, connection)
        if clock.token_id is None:
            return tasks
        process = deployments.compiled(seen.definition_id, seen.content_hash, connection)
        elements = process.definition.elements
        return tuple(t for t in tasks if clock.element_id in _around(t.element_id, elements))

    def _hand_on(self, rule: RungRule, tasks: Sequence[UserTask], session: Session) -> None:
        """Give the open tasks to another group and raise their priority, as the rung says."""
        connection, task_ids = session.connection(), [task.id for task in tasks]
        if rule.reassign is not None:
            user_tasks.offer_to(task_ids, rule.reassign, connection)
        if rule.raise_priority is not None:
            user_tasks.raise_priority(task_ids, rule.raise_priority, connection)


def _rule_of(clock: SlaClock, payload: object) -> RungRule | None:
    if not isinstance(payload, Mapping):
        raise TypeError(f"rung without payload: {clock.id}")
    if payload["plan"] != clock.plan:
        return None
    return next((rung for rung in clock.rungs if rung.at == payload["at"]), None)


def _rung(
    seen: SeenInstance,
    clock: SlaClock,
    rule: RungRule,
    tasks: tuple[UserTask, ...],
    due_at: datetime,
) -> Rung:
    oldest = tasks[0] if tasks else None
    if clock.kind == "task" and oldest is not None:
        task = replace(oldest, due_at=clock.due_at)
    else:
        task = _as_task(seen, clock, oldest)
    return Rung(task=task, level=rule.level, due_at=due_at, notify=rule.notify, doers=tasks)


def _as_task(seen: SeenInstance, clock: SlaClock, oldest: UserTask | None) -> UserTask:
    """Describe a phase or process like a user task, for the words of its notices."""
    return UserTask(
        id=clock.id,
        instance_id=seen.id,
        version=seen.version,
        instance_status=seen.status,
        business_key=seen.business_key,
        process_key=seen.process_key,
        process_name=seen.process_name,
        element_id=clock.element_id,
        name=clock.name,
        lane="" if oldest is None else oldest.lane,
        form_key=None,
        candidate_group=None if oldest is None else oldest.candidate_group,
        scope=clock.scope if oldest is None else oldest.scope,
        assignee=None if oldest is None else oldest.assignee,
        assignee_name=None if oldest is None else oldest.assignee_name,
        priority=50 if oldest is None else oldest.priority,
        ladder=str(clock.rule["ladder"]) or None,
        created_at=clock.started_at,
        claimed_at=None,
        due_at=clock.due_at,
        original_due_at=clock.original_due_at,
        state="open",
        ended_at=None,
        ended_by=None,
        ended_by_name=None,
    )


def _lines(clock: SlaClock, rule: RungRule, tasks: Sequence[UserTask]) -> Iterator[Line]:
    name = tasks[0].name if clock.kind == "task" and tasks else clock.name
    told = {
        "task_id": clock.token_id if clock.kind == "task" else None,
        "clock_id": clock.id,
        "level": rule.level,
        "at": rule.at,
        "due_at": clock.due_at,
    }
    yield Line(
        kind=sla.history_kind(rule), element_id=clock.element_id, element_name=name, details=told
    )
    for task in tasks:
        details = {"task_id": task.id, "clock_id": clock.id}
        if rule.reassign is not None and rule.reassign != task.candidate_group:
            moved = {"from": task.candidate_group, "holder": task.assignee, "to": rule.reassign}
            yield Line(
                kind="task_reassigned",
                element_id=task.element_id,
                element_name=task.name,
                details={**details, **moved},
            )
        if rule.raise_priority is not None and rule.raise_priority > task.priority:
            raised = {"from": task.priority, "to": rule.raise_priority}
            yield Line(
                kind="priority_raised",
                element_id=task.element_id,
                element_name=task.name,
                details={**details, **raised},
            )


def _around(element_id: str, elements: Mapping[str, Element]) -> Iterator[str]:
    """Name an element and the sub-processes around it."""
    while element_id in elements:
        yield element_id
        element_id = elements[element_id].scope
