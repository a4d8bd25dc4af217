"""Messages and signals between instances: each letter takes effect once, in a step of its own.

A letter is a job, written in the transaction that throws or publishes it. Firing the job finds who
waits: a subscription, else a start event of a newest version, else the buffer keeps a message until
somebody waits for it or its time is over. Locks are taken in the order letter, buffered message,
instance; a step, which holds its instance, never asks for a letter or a buffered message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import (
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import Session

from engine import history, instances, jobs, messages
from engine.clock import Clock
from engine.differences import Trigger
from engine.errors import InstanceNotFound, LostRace, MessageAmbiguous
from engine.history import Line, Stamp
from engine.instances import SeenInstance
from engine.jobs import NewJob
from engine.letters import Letter
from engine.records import Job, StepResult
from engine.spiff.execution import Execution
from engine.steps import StepOf
from engine.tables import message_buffer, process_instance, start_event, subscription

BATCH = 200
MOST_TRIES = 5
"""How often a letter looks again for somebody who waits, when the one it found has gone."""

_SUBSCRIBERS = subscription.join(process_instance)
_RUNNING = process_instance.c.status.in_(("active", "suspended"))
_IN_ORDER = (process_instance.c.started_at, subscription.c.instance_id, subscription.c.token_id)
_WAITING = (
    select(
        subscription.c.instance_id,
        subscription.c.token_id,
        subscription.c.element_id,
        process_instance.c.status,
    )
    .select_from(_SUBSCRIBERS)
    .where(subscription.c.name == bindparam("of_name"), _RUNNING)
    .order_by(*_IN_ORDER)
)
_KEYED = _WAITING.where(
    subscription.c.kind == "message",
    or_(
        subscription.c.correlation == bindparam("key"),
        and_(
            subscription.c.correlation.is_(None),
            process_instance.c.business_key == bindparam("key"),
        ),
    ),
).limit(BATCH)
_UNKEYED = _WAITING.where(
    subscription.c.kind == "message", subscription.c.correlation.is_(None)
).limit(BATCH)
_LISTENING = _WAITING.where(
    subscription.c.kind == "signal", subscription.c.instance_id != bindparam("source")
)
_STILL_WAITING = select(
    exists().where(
        subscription.c.instance_id == bindparam("of_instance"),
        subscription.c.token_id == bindparam("of_token"),
        subscription.c.name == bindparam("of_name"),
    )
)
_STARTS = (
    select(start_event.c.process_key, start_event.c.element_id)
    .where(start_event.c.kind == bindparam("kind"), start_event.c.name == bindparam("of_name"))
    .order_by(start_event.c.process_key, start_event.c.element_id)
)
_BUFFER = insert(message_buffer)
_TAKE = (
    select(message_buffer.c.letter)
    .where(message_buffer.c.id == bindparam("buffered_id"))
    .with_for_update()
)
_UNBUFFER = delete(message_buffer).where(message_buffer.c.id == bindparam("buffered_id"))
_EXPIRED = (
    select(message_buffer.c.id, message_buffer.c.letter)
    .where(message_buffer.c.expires_at <= bindparam("now"))
    .order_by(message_buffer.c.expires_at, message_buffer.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_MATCHES = and_(
    subscription.c.kind == "message",
    subscription.c.name == message_buffer.c.name,
    or_(
        subscription.c.correlation == message_buffer.c.correlation,
        and_(
            subscription.c.correlation.is_(None),
            or_(
                message_buffer.c.correlation.is_(None),
                process_instance.c.business_key == message_buffer.c.correlation,
            ),
        ),
    ),
)
_BUFFERED_FOR_ANY = (
    select(message_buffer.c.id, subscription.c.token_id)
    .select_from(_SUBSCRIBERS.join(message_buffer, _MATCHES))
    .where(process_instance.c.status == "active")
    .order_by(message_buffer.c.buffered_at, message_buffer.c.id)
    .limit(BATCH)
)


class Begin(Protocol):
    """Begins an instance of the newest version of a process at one of its start events."""

    def __call__(self, key: str, element_id: str, letter: Letter, session: Session) -> StepResult:
        """Begin it; the letter says its variables, business key, scope and who began it."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Courier:
    """Delivers letters.

    Attributes:
        clock: the business clock.
        step_of: makes the step in which a letter takes effect.
        begin_at: begins an instance.
    """

    clock: Clock
    step_of: StepOf
    begin_at: Begin

    def publish(self, kind: str, letter: Letter, letter_id: str | None, session: Session) -> str:
        """Post a letter from outside; it is delivered after the commit.

        Returns:
            The letter's id; posting it again under the same id changes nothing.
        """
        letter_id = letter_id or uuid4().hex
        new = letter.to_job(kind, f"{kind}:{letter_id}"[:160], self.clock.now())
        jobs.insert_once(None, [new], session.connection())
        return letter_id

    def deliver_message(self, job: Job, session: Session) -> StepResult | None:
        """Let a message take effect, or buffer it.

        Raises:
            MessageAmbiguous: it has no key, and several instances wait for its name.
            LostRace: whoever waited is gone each time; try again.
        """
        connection, buffered_id = session.connection(), job.payload.get("buffered_id")
        letter = self._letter(job, connection)
        result = None
        if letter is not None:
            is_waiting, result = self._hand_over(letter, session)
            if buffered_id is None and result is None:
                result = None if is_waiting else self._begin_by("message", letter, session)
                if result is None:
                    self._buffer(job.id, letter, connection)
            elif result is not None and buffered_id is not None:
                connection.execute(_UNBUFFER, {"buffered_id": buffered_id})
        jobs.finish(job.id, connection)
        return result

    def broadcast(self, job: Job, session: Session) -> None:
        """Send a signal on to every other instance that waits and every start event: one job each.

        The instance that threw it gave it to its own tokens in the step that threw it.
        """
        connection, now = session.connection(), self.clock.now()
        letter = Letter.of_payload(job.payload)
        values = {"of_name": letter.name, "source": letter.source or ""}
        for row in connection.execute(_LISTENING, values).mappings():
            state = "pending" if row["status"] == "active" else "suspended"
            new = _signal_job(job, row, now, state)
            jobs.insert_once(row["instance_id"], [new], connection)
        starts = connection.execute(_STARTS, {"kind": "signal", "of_name": letter.name})
        new_starts = [_start_job(job, row.process_key, row.element_id, now) for row in starts]
        jobs.insert_once(None, new_starts, connection)
        jobs.finish(job.id, connection)

    def give_signal(
        self, seen: SeenInstance, job: Mapping[str, Any], session: Session
    ) -> StepResult | None:
        """Give a signal to an instance that waited for it when it was sent."""
        letter = Letter.of_payload(job["payload"])
        connection = session.connection()
        step = self.step_of(seen, Trigger(by=letter.by), session)
        tokens = [
            wait.token_id
            for wait in step.restore().messages()
            if (wait.kind, wait.name, wait.element_id) == ("signal", letter.name, job["element_id"])
        ]
        jobs.finish(job["id"], connection)
        if not tokens:
            return None
        token = job["token_id"] if job["token_id"] in tokens else tokens[0]
        return step.act(partial(_deliver, token_id=token, variables=letter.variables))

    def start(self, job: Job, session: Session) -> StepResult:
        """Begin the instance that a signal starts."""
        letter = Letter.of_payload(job.payload)
        result = self.begin_at(str(job.payload["process_key"]), job.element_id, letter, session)
        jobs.finish(job.id, session.connection())
        return result

    def match_buffered(self, session: Session) -> int:
        """Bring buffered messages to those who wait for them by now, and drop expired ones.

        A step does the first by itself for what it begins to wait for; this finds what became
        possible otherwise: an instance was resumed, or message and step crossed each other.

        Returns:
            How many messages were dropped.
        """
        connection, now = session.connection(), self.clock.now()
        rows = connection.execute(_BUFFERED_FOR_ANY).all()
        jobs.insert_once(
            None, [messages.take_job(row.id, row.token_id, now) for row in rows], connection
        )
        return self._expire(now, connection)

    def _expire(self, now: datetime, connection: Connection) -> int:
        """Drop messages whose time is over; the instance that threw one keeps a trace of it."""
        rows = connection.execute(_EXPIRED, {"now": now}).all()
        for row in rows:
            letter = Letter.of_payload(row.letter)
            connection.execute(_UNBUFFER, {"buffered_id": row.id})
            if letter.source is None:
                continue
            version = instances.read_version(letter.source, connection)
            stamp = Stamp(instance_id=letter.source, step=version, at=now, by=letter.by)
            details = {"name": letter.name, "correlation": letter.correlation}
            line = Line(kind="message_expired", element_id=letter.element_id, details=details)
            history.write(connection, stamp, [line])
        return len(rows)

    def _letter(self, job: Job, connection: Connection) -> Letter | None:
        """Read the letter of a job; of a buffered one None when somebody took it meanwhile."""
        buffered_id = job.payload.get("buffered_id")
        if buffered_id is None:
            return Letter.of_payload(job.payload)
        kept = connection.execute(_TAKE, {"buffered_id": buffered_id}).scalar()
        return None if kept is None else Letter.of_payload(kept)

    def _hand_over(self, letter: Letter, session: Session) -> tuple[bool, StepResult | None]:
        """Give a message to whoever waits for it.

        Returns:
            Whether somebody waits, suspended instances too, and the step in which it took effect.
        """
        connection = session.connection()
        for _ in range(MOST_TRIES):
            rows = _receivers(letter, connection)
            active = [row for row in rows if row["status"] == "active"]
            if not active:
                return bool(rows), None
            seen = _lock_waiting(active[0], letter.name, connection)
            if seen is not None:
                step = self.step_of(seen, Trigger(by=letter.by), session)
                token = active[0]["token_id"]
                act = partial(_deliver, token_id=token, variables=letter.variables)
                return True, step.act(act)
        raise LostRace("")

    def _begin_by(self, kind: str, letter: Letter, session: Session) -> StepResult | None:
        """Begin an instance whose start event waits for a message; None when there is none."""
        values = {"kind": kind, "of_name": letter.name}
        rows = session.connection().execute(_STARTS, values).all()
        if len(rows) > 1:
            raise MessageAmbiguous(letter.name, len(rows))
        if not rows:
            return None
        return self.begin_at(rows[0].process_key, rows[0].element_id, letter, session)

    def _buffer(self, job_id: str, letter: Letter, connection: Connection) -> None:
        values = {
            "id": job_id,
            "name": letter.name,
            "correlation": letter.correlation,
            "letter": letter.to_payload(),
            "buffered_at": self.clock.now(),
            "expires_at": letter.expires_at,
        }
        connection.execute(_BUFFER, values)


def _receivers(letter: Letter, connection: Connection) -> Sequence[RowMapping]:
    """Find who waits for a message, the instance that began first first.

    Raises:
        MessageAmbiguous: the message has no key and several instances wait for its name.
    """
    values = {"of_name": letter.name, "key": letter.correlation}
    if letter.correlation is not None:
        return connection.execute(_KEYED, values).mappings().all()
    rows = connection.execute(_UNKEYED, {"of_name": letter.name}).mappings().all()
    waiting = len({row["instance_id"] for row in rows})
    if waiting > 1:
        raise MessageAmbiguous(letter.name, waiting)
    return rows


def _lock_waiting(row: RowMapping, name: str, connection: Connection) -> SeenInstance | None:
    """Lock the instance that waits; None when it waits no more, now that the lock is held."""
    try:
        seen = instances.lock(row["instance_id"], connection)
    except InstanceNotFound:
        return None
    values = {"of_instance": seen.id, "of_token": row["token_id"], "of_name": name}
    still_waits = connection.execute(_STILL_WAITING, values).scalar()
    return seen if still_waits and seen.status == "active" else None


def _deliver(execution: Execution, *, token_id: str, variables: Mapping[str, object]) -> None:
    execution.deliver(token_id, dict(variables))


def _signal_job(sent: Job, row: RowMapping, now: datetime, state: str) -> NewJob:
    return NewJob(
        kind="signal",
        element_id=row["element_id"],
        token_id=row["token_id"],
        due_at=now,
        idem=f"signal:{sent.id}:{row['token_id']}",
        state=state,
        payload=sent.payload,
    )


def _start_job(sent: Job, process_key: str, element_id: str, now: datetime) -> NewJob:
    return NewJob(
        kind="start",
        element_id=element_id,
        token_id=sent.id,
        due_at=now,
        idem=f"start:{sent.id}:{process_key}"[:160],
        payload={**sent.payload, "process_key": process_key},
        is_of_instance=False,
    )
