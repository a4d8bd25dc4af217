"""The outbox: what leaves the house. Written in the step's transaction, delivered after it.

Delivery is at least once: a crash between sending and marking repeats a message, with the same
Message-ID, which is the row's idempotency key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.tables import outbox

MAX_ATTEMPTS = 10
LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=6)

_COLUMNS = tuple(c for c in outbox.c if c.name not in {"sent_at", "error", "is_dead"})
_UNSENT = outbox.c.sent_at.is_(None)
_NEXT = (
    select(outbox.c.id)
    .where(_UNSENT, outbox.c.is_dead.is_(False), outbox.c.not_before <= bindparam("now"))
    .order_by(outbox.c.not_before, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(outbox)
    .where(outbox.c.id.in_(_NEXT))
    .values(attempts=outbox.c.attempts + 1, not_before=bindparam("until"))
    .returning(*_COLUMNS)
)
_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), _UNSENT)
    .values(sent_at=bindparam("at"), error=null())
)
_POSTPONE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), _UNSENT)
    .values(not_before=bindparam("again_at"), error=bindparam("reason"), is_dead=bindparam("dead"))
)
_INSERTS = {
    "sqlite": sqlite.insert(outbox).on_conflict_do_nothing(index_elements=["idem"]),
    "postgresql": postgresql.insert(outbox).on_conflict_do_nothing(index_elements=["idem"]),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMessage:
    """A message to be delivered after the transaction.

    Attributes:
        idem: one key, one message; it becomes the Message-ID. At most 160 characters.
        channel: mail or push.
        recipient: id of the account.
        payload: JSON with subject, body, url.
        not_before: earliest delivery, or None for at once.
    """

    idem: str
    channel: str
    recipient: str
    payload: Mapping[str, object]
    instance_id: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message on its way.

    Attributes:
        idem: the fixed Message-ID.
        attempts: deliveries begun, this one included.
    """

    id: int
    idem: str
    instance_id: str | None
    channel: str
    recipient: str
    payload: Mapping[str, object]
    created_at: datetime
    not_before: datetime
    attempts: int


Sender = Callable[[Message], None]
"""Delivers one message outside any transaction; raises DeliveryFailed or OSError."""


def add(messages: Sequence[NewMessage], now: datetime, connection: Connection) -> None:
    """Write messages into the outbox; a key that stands there already is left alone.

    Inside an ORM session: `outbox.add(messages, clock.now(), session.connection())`.
    """
    rows = [
        {
            "idem": each.idem,
            "instance_id": each.instance_id,
            "channel": each.channel,
            "recipient": each.recipient,
            "payload": dict(each.payload),
            "created_at": now,
            "not_before": each.not_before or now,
            "attempts": 0,
            "is_dead": False,
        }
        for each in messages
    ]
    if rows:
        connection.execute(_INSERTS[connection.dialect.name], rows)


def take(now: datetime, limit: int, connection: Connection) -> tuple[Message, ...]:
    """Lease unsent messages whose time has come; a lease that no outcome follows expires.

    A message that used up its attempts is marked dead instead and left out.
    """
    values = {"now": now, "until": now + LEASE, "limit": limit}
    rows = connection.execute(_TAKE, values).mappings().all()
    taken = sorted((Message(**row) for row in rows), key=lambda each: each.id)
    for spent in (each for each in taken if each.attempts > MAX_ATTEMPTS):
        postpone(spent, "no outcome of the last attempts", now, connection)
    return tuple(each for each in taken if each.attempts <= MAX_ATTEMPTS)


def mark_sent(message: Message, now: datetime, connection: Connection) -> None:
    """Note that a message was delivered."""
    connection.execute(_SENT, {"row_id": message.id, "at": now})


def postpone(message: Message, reason: str, now: datetime, connection: Connection) -> None:
    """Note a failed delivery: try again later, or give up after MAX_ATTEMPTS."""
    wait = min(LONGEST_WAIT, timedelta(seconds=10) * (1 << 2 * min(message.attempts, 6)))
    connection.execute(
        _POSTPONE,
        {
            "row_id": message.id,
            "again_at": now + wait,
            "reason": reason,
            "dead": message.attempts >= MAX_ATTEMPTS,
        },
    )
