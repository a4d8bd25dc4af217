"""Subscriptions: what an instance waits for, one row each; and buffered messages for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from engine.jobs import NewJob
from engine.tables import message_buffer, subscription


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """A token that waits for a message or signal.

    Attributes:
        kind: message or signal.
    """

    token_id: str
    element_id: str
    kind: str
    name: str
    correlation: str | None


_INSERT = insert(subscription)
_BUFFERED = (
    select(message_buffer.c.id, message_buffer.c.name, message_buffer.c.correlation)
    .where(
        message_buffer.c.name.in_(bindparam("names", expanding=True)),
        message_buffer.c.expires_at > bindparam("now"),
    )
    .order_by(message_buffer.c.buffered_at, message_buffer.c.id)
)
_DELETE = delete(subscription).where(
    subscription.c.instance_id == bindparam("of_instance"),
    subscription.c.token_id == bindparam("of_token"),
    subscription.c.name == bindparam("of_name"),
)


def subscribe(instance_id: str, waits: Iterable[Subscription], connection: Connection) -> None:
    """Write new subscriptions, in one statement."""
    rows = [
        {
            "instance_id": instance_id,
            "token_id": each.token_id,
            "element_id": each.element_id,
            "kind": each.kind,
            "name": each.name,
            "correlation": each.correlation,
        }
        for each in waits
    ]
    if rows:
        connection.execute(_INSERT, rows)


def unsubscribe(
    instance_id: str, tokens_and_names: Sequence[tuple[str, str]], connection: Connection
) -> None:
    """Remove subscriptions, in one statement."""
    if tokens_and_names:
        connection.execute(
            _DELETE,
            [
                {"of_instance": instance_id, "of_token": token_id, "of_name": name}
                for token_id, name in tokens_and_names
            ],
        )


def offers(
    waits: Iterable[Subscription], business_key: str, now: datetime, connection: Connection
) -> list[NewJob]:
    """Find buffered messages for what an instance begins to wait for: one job a message.

    One statement, and none when no message is awaited. The messages are not locked: a step that
    holds its instance never waits for one.
    """
    awaited = [wait for wait in waits if wait.kind == "message"]
    if not awaited:
        return []
    values = {"names": sorted({wait.name for wait in awaited}), "now": now}
    rows = connection.execute(_BUFFERED, values).all()
    taken: dict[str, NewJob] = {}
    for wait in awaited:
        key = business_key if wait.correlation is None else wait.correlation
        for row in rows:
            fits = row.correlation == key or (row.correlation is None and wait.correlation is None)
            if row.id not in taken and row.name == wait.name and fits:
                taken[row.id] = take_job(row.id, wait.token_id, now)
                break
    return list(taken.values())


def take_job(buffered_id: str, token_id: str, now: datetime) -> NewJob:
    """Make the job that brings a buffered message to a token that waits for it."""
    return NewJob(
        kind="message",
        element_id="",
        token_id=token_id,
        due_at=now,
        idem=f"take:{buffered_id}:{token_id}",
        payload={"buffered_id": buffered_id},
        is_of_instance=False,
    )
