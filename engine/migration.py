"""Carry running instances over to another version of their process: check, rehearse, do, undo.

Each instance is a job and a transaction of its own, so that a crash in the middle loses nothing
and one broken instance stops no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, literal, select, update
from sqlalchemy.orm import Session

from engine import crash_points, deployments, history, instances, jobs, migration_backups
from engine.db import connection_of
from engine.definition_queries import definition_by_id
from engine.deployments import CompiledProcess
from engine.differences import Trigger
from engine.errors import DefinitionNotFound, EngineError, LostRace
from engine.history import Line, Stamp
from engine.host import StepHost
from engine.instances import SeenInstance
from engine.jobs import NewJob
from engine.migration_plans import Batch as Batch
from engine.migration_plans import BatchItem as BatchItem
from engine.migration_plans import Plan as Plan
from engine.migration_plans import Rehearsal as Rehearsal
from engine.migration_tables import migration_batch, migration_item
from engine.service_tasks import ServiceCalls
from engine.spiff.carrying import findings_of
from engine.spiff.errors import MigrationImpossible, MigrationNotFound, VersionChanged
from engine.spiff.execution import Execution
from engine.spiff.model import Finding
from engine.steps import Setting, Step
from engine.tables import job, process_definition, process_instance, subscription, user_task
from engine.types import SYSTEM, Actor

_IS_ACTIVE = process_instance.c.status == "active"


class Migrations:
    """Carries instances over; a part of `ProcessEngine`."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def candidates(self, definition_id: str, session: Session) -> tuple[str, ...]:
        """List the ids of the active instances of a version, oldest first."""
        rows = session.scalars(
            select(process_instance.c.id)
            .where(process_instance.c.definition_id == definition_id, _IS_ACTIVE)
            .order_by(process_instance.c.started_at, process_instance.c.id)
        )
        return tuple(rows)

    def validate(self, plan: Plan, session: Session) -> list[Finding]:
        """List everything wrong with a plan, seen from where the version's instances stand."""
        old, new = self._versions(plan, session)
        active = _active_elements(plan.source_id, session.connection())
        return findings_of(old.definition, new.definition, plan.carrying, active)

    def rehearse(
        self, plan: Plan, instance_ids: Sequence[str], session: Session
    ) -> tuple[Rehearsal, ...]:
        """Try a plan on a copy of each instance; nothing is written and no operation is called."""
        old, new = self._versions(plan, session)
        found = (instances.read(each, session.connection()) for each in instance_ids)
        return tuple(self._rehearse(each, plan, (old, new), session) for each in found)

    def rehearse_files(
        self,
        plan: Plan,
        resources: Mapping[str, bytes],
        instance_ids: Sequence[str],
        session: Session,
    ) -> tuple[Rehearsal, ...]:
        """Try a plan on copies of instances as if files were deployed; see `rehearse`.

        Args:
            plan: its target is not read.
            resources: file names to contents, as for a deployment.
            instance_ids: of the plan's source.
            session: any.

        Raises:
            DeploymentRefused: the files could not be deployed.
            DefinitionNotFound: they hold no process of the same key.
        """
        source = definition_by_id(plan.source_id, session)
        old = deployments.compiled(source.id, source.content_hash, session.connection())
        checked = deployments.check_all(resources, self._setting.operations.known_topics)
        new = next((each for each in checked if each.definition.key == source.key), None)
        if new is None:
            raise DefinitionNotFound(source.key)
        found = (instances.read(each, session.connection()) for each in instance_ids)
        return tuple(self._rehearse(each, plan, (old, new), session) for each in found)

    def start(
        self, plan: Plan, instance_ids: Sequence[str], *, reason: str, by: Actor, session: Session
    ) -> str:
        """Order that instances go over, each by a job of its own.

        Returns:
            The id of the batch.
        """
        connection, now, batch_id = connection_of(session), self._setting.clock.now(), uuid4().hex
        connection.execute(
            insert(migration_batch),
            {
                "id": batch_id,
                "source_id": plan.source_id,
                "target_id": plan.target_id,
                "mapping": dict(plan.mapping),
                "restarts_timers": plan.restarts_timers,
                "clocks": dict(plan.clocks),
                "reason": reason,
                "created_at": now,
                "created_by": by.id,
                "created_by_name": by.name,
            },
        )
        for each in instance_ids:
            values = {"batch_id": batch_id, "instance_id": each, "state": "waiting"}
            connection.execute(insert(migration_item), values)
            jobs.insert_new(each, [_job(batch_id, each, now)], connection)
        return batch_id

    def run(self, seen: SeenInstance, done: Mapping[str, Any], session: Session) -> None:
        """Carry one locked instance over, as its job says; what prevents it is noted.

        Raises:
            LostRace: somebody wrote meanwhile; try again.
        """
        connection, batch_id = connection_of(session), str(done["token_id"])
        batch = _read_batch(batch_id, connection)
        jobs.finish(str(done["id"]), connection)
        by = Actor(id=batch["created_by"], name=batch["created_by_name"])
        try:
            with session.begin_nested():
                self._carry(seen, batch, by, session)
                crash_points.reach("in-migration")
        except LostRace:
            raise
        except EngineError as error:
            self._note_item(batch_id, seen.id, ("failed", _why(error)), connection)
        else:
            self._note_item(batch_id, seen.id, ("migrated", None), connection)

    def undo(
        self, batch_id: str, instance_id: str, *, reason: str, by: Actor, session: Session
    ) -> None:
        """Make an instance what it was before a batch carried it over.

        Raises:
            UndoImpossible: it has moved on since, or too much time has passed.
        """
        connection = connection_of(session)
        seen = instances.lock(instance_id, connection)
        migration_backups.restore(batch_id, seen, self._setting.clock.now(), connection)
        self._note(seen, Line(kind="migration_undone", details={"reason": reason}), by, connection)
        self._note_item(batch_id, instance_id, ("undone", None), connection)

    def batch(self, batch_id: str, session: Session) -> Batch:
        """Read a batch with the state of each instance.

        Raises:
            MigrationNotFound: there is none of this id.
        """
        connection = session.connection()
        row = _read_batch(batch_id, connection)
        return Batch(
            id=batch_id,
            source=definition_by_id(row["source_id"], session),
            target=definition_by_id(row["target_id"], session),
            plan=_plan(row),
            reason=row["reason"],
            created_at=row["created_at"],
            created_by_name=row["created_by_name"],
            items=_items(batch_id, connection),
        )

    def batches(self, key: str, session: Session) -> tuple[Batch, ...]:
        """List the batches of a process, newest first."""
        ids = session.scalars(
            select(migration_batch.c.id)
            .join(process_definition, process_definition.c.id == migration_batch.c.source_id)
            .where(process_definition.c.key == key)
            .order_by(migration_batch.c.created_at.desc())
            .limit(20)
        ).all()
        return tuple(self.batch(each, session) for each in ids)

    def purge(self, session: Session) -> None:
        """Forget what was kept for an undo longer than its period."""
        migration_backups.purge(self._setting.clock.now(), connection_of(session))

    def _carry(
        self, seen: SeenInstance, batch: Mapping[str, Any], by: Actor, session: Session
    ) -> None:
        connection, now = connection_of(session), self._setting.clock.now()
        plan = _plan(batch)
        seen.ensure_active()
        if seen.definition_id != plan.source_id:
            raise VersionChanged(seen.id)
        old, new = self._versions(plan, session)
        migration_backups.keep(batch["id"], seen, now, connection)
        step = Step(
            seen=seen, process=new, trigger=Trigger(by=by), setting=self._setting, session=session
        )
        details = {"reason": batch["reason"], "from": plan.source_id, "to": plan.target_id}
        line = Line(kind="migrated", details=details)
        _, execution = step.carry_over(old, plan.carrying, line)
        migration_backups.set_definition(seen.id, plan.target_id, connection)
        _rename_rows(seen.id, execution, connection)

    def _rehearse(
        self,
        seen: SeenInstance,
        plan: Plan,
        versions: tuple[CompiledProcess, CompiledProcess],
        session: Session,
    ) -> Rehearsal:
        old, new = versions
        found = Rehearsal(instance_id=seen.id, business_key=seen.business_key)
        try:
            execution = Execution.load(old.definition, seen.state, self._host(seen, new, session))
            before = {wait.token_id: wait.due_at for wait in execution.timers()}
            carried = execution.carried(new.definition, plan.carrying)
            host = self._host(seen, new, session)
            carried = Execution.load(new.definition, carried.dump(), host)
        except MigrationImpossible as error:
            return replace(found, findings=error.findings)
        except EngineError as error:
            return replace(found, reason=str(error))
        restarted = [w for w in carried.timers() if before.get(w.token_id) != w.due_at]
        return replace(
            found,
            stands_at=tuple(_waiting_at(carried)),
            restarted=tuple(wait.element_id for wait in restarted),
        )

    def _host(self, seen: SeenInstance, process: CompiledProcess, session: Session) -> StepHost:
        services = _Silent(
            table=self._setting.operations,
            session=session,
            clock=self._setting.clock,
            instance=seen.ref,
            engine=self._setting.engine,
            by=SYSTEM,
        )
        return StepHost(clock=self._setting.clock, process=process, services=services)

    def _versions(self, plan: Plan, session: Session) -> tuple[CompiledProcess, CompiledProcess]:
        old, new = (definition_by_id(each, session) for each in (plan.source_id, plan.target_id))
        connection = session.connection()
        return (
            deployments.compiled(old.id, old.content_hash, connection),
            deployments.compiled(new.id, new.content_hash, connection),
        )

    def _note(self, seen: SeenInstance, line: Line, by: Actor, connection: Connection) -> None:
        stamp = Stamp(
            instance_id=seen.id, step=seen.version + 1, at=self._setting.clock.now(), by=by
        )
        history.write(connection, stamp, [line])

    def _note_item(
        self,
        batch_id: str,
        instance_id: str,
        outcome: tuple[str, str | None],
        connection: Connection,
    ) -> None:
        state, reason = outcome
        connection.execute(
            update(migration_item)
            .where(
                migration_item.c.batch_id == batch_id,
                migration_item.c.instance_id == instance_id,
            )
            .values(state=state, reason=reason, at=self._setting.clock.now())
        )


class _Silent(ServiceCalls):
    """Service calls of a rehearsal: every service task would wait, nothing is done."""

    def call(
        self, topic: str, inputs: Mapping[str, object], *, token_id: str, element_id: str
    ) -> None:
        """Do nothing."""


def _why(error: EngineError) -> str:
    if isinstance(error, MigrationImpossible):
        return ";".join(f"{each.code}:{each.element_id}" for each in error.findings)
    return str(error)


def _job(batch_id: str, instance_id: str, now: datetime) -> NewJob:
    return NewJob(
        kind="migration",
        element_id="",
        token_id=batch_id,
        due_at=now,
        idem=f"migration:{batch_id}:{instance_id}",
    )


def _read_batch(batch_id: str, connection: Connection) -> Mapping[str, Any]:
    chosen = select(migration_batch).where(migration_batch.c.id == batch_id)
    row = connection.execute(chosen).mappings().first()
    if row is None:
        raise MigrationNotFound(batch_id)
    return dict(row)


def _plan(batch: Mapping[str, Any]) -> Plan:
    return Plan(
        source_id=batch["source_id"],
        target_id=batch["target_id"],
        mapping=batch["mapping"],
        restarts_timers=batch["restarts_timers"],
        clocks=batch["clocks"] or {},
    )


def _items(batch_id: str, connection: Connection) -> tuple[BatchItem, ...]:
    rows = connection.execute(
        select(
            *migration_item.c,
            process_instance.c.business_key,
            process_instance.c.status,
            job.c.state.label("job_state"),
            job.c.error,
        )
        .join(process_instance, process_instance.c.id == migration_item.c.instance_id)
        .outerjoin(
            job,
            job.c.idem
            == literal("migration:") + migration_item.c.batch_id + ":" + process_instance.c.id,
        )
        .where(migration_item.c.batch_id == batch_id)
        .order_by(process_instance.c.business_key)
    ).mappings()
    can_undo = migration_backups.undoable(batch_id, connection)
    return tuple(_item(dict(row), row["instance_id"] in can_undo) for row in rows)


def _item(row: Mapping[str, Any], can_undo: bool) -> BatchItem:
    state, reason = row["state"], row["reason"] or ""
    if state == "waiting" and row["job_state"] in ("failed", "cancelled"):
        state, reason = "failed", row["error"] or row["status"]
    return BatchItem(
        instance_id=row["instance_id"],
        business_key=row["business_key"],
        state=state,
        reason=reason,
        at=row["at"],
        can_undo=can_undo,
    )


def _active_elements(definition_id: str, connection: Connection) -> list[str]:
    """Name the elements at which active instances of a version wait, borders too."""
    mine = (process_instance.c.definition_id == definition_id, _IS_ACTIVE)
    tasks = (
        select(user_task.c.element_id)
        .join(process_instance)
        .where(*mine, user_task.c.state == "open")
    )
    due = (
        select(job.c.element_id)
        .join(process_instance)
        .where(
            *mine,
            job.c.state.in_(("pending", "waiting", "failed")),
            job.c.kind.in_(("timer", "service", "worker")),
        )
    )
    awaited = select(subscription.c.element_id).join(process_instance).where(*mine)
    return sorted(connection.scalars(tasks.union(due, awaited)))


def _waiting_at(execution: Execution) -> list[str]:
    places = [each.element_id for each in execution.user_tasks()]
    places += [each.element_id for each in execution.services()]
    places += [each.element_id for each in execution.timers()]
    places += [each.element_id for each in execution.messages()]
    return list(dict.fromkeys(places))


def _rename_rows(instance_id: str, execution: Execution, connection: Connection) -> None:
    """Let the rows of kept tokens say what the new version says of their elements."""
    tasks = [
        {
            "of_token": each.token_id,
            "new_element": each.element_id,
            "new_name": each.name,
            "new_lane": each.lane or "",
            "new_form": each.form_key,
            "new_group": each.candidate_group,
        }
        for each in execution.user_tasks()
    ]
    if tasks:
        connection.execute(_RENAME_TASK, tasks)
    services, timers = execution.services(), execution.timers()
    tokens = [(each.token_id, each.element_id) for each in execution.user_tasks()]
    tokens += [(each.token_id, each.element_id) for each in services]
    tokens += [(each.token_id, each.element_id) for each in timers]
    if tokens:
        connection.execute(_RENAME_JOB, _renamed(instance_id, tokens))
    awaited = [(each.token_id, each.element_id) for each in execution.messages()]
    if awaited:
        connection.execute(_RENAME_SUBSCRIPTION, _renamed(instance_id, awaited))


def _renamed(instance_id: str, tokens: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"of_instance": instance_id, "of_token": token, "new_element": element}
        for token, element in tokens
    ]


_RENAME_TASK = (
    update(user_task)
    .where(user_task.c.id == bindparam("of_token"))
    .values(
        element_id=bindparam("new_element"),
        name=bindparam("new_name"),
        lane=bindparam("new_lane"),
        form_key=bindparam("new_form"),
        candidate_group=bindparam("new_group"),
    )
)
_RENAME_JOB = (
    update(job)
    .where(job.c.instance_id == bindparam("of_instance"), job.c.token_id == bindparam("of_token"))
    .values(element_id=bindparam("new_element"))
)
_RENAME_SUBSCRIPTION = (
    update(subscription)
    .where(
        subscription.c.instance_id == bindparam("of_instance"),
        subscription.c.token_id == bindparam("of_token"),
    )
    .values(element_id=bindparam("new_element"))
)
