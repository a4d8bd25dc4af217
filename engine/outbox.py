"""The outbox: what leaves the house. Written in the step's transaction, delivered after it.

Delivery is at least once: a crash between sending and marking repeats a message, with the same
Message-ID, which is the row's idempotency key. `engine.bundles` lets messages travel together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, bindparam, not_, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.tables import outbox

MAX_ATTEMPTS = 10
LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=6)

COLUMNS = tuple(
    outbox.c[name]
    for name in (
        "id",
        "idem",
        "instance_id",
        "channel",
        "recipient",
        "payload",
        "created_at",
        "not_before",
        "attempts",
    )
)
"""What a Message is made of."""

WAITING = outbox.c.sent_at.is_(None) & not_(outbox.c.is_dead)
"""Neither delivered nor given up: the rows of the index on what is due."""

DUE = outbox.c.not_before <= bindparam("now")
LEASED: Mapping[str, object] = {
    "attempts": outbox.c.attempts + 1,
    "not_before": bindparam("until"),
}

_MINE = (outbox.c.id == bindparam("row_id"), outbox.c.sent_at.is_(None))
_NEXT = (
    select(outbox.c.id)
    .where(WAITING, DUE)
    .order_by(outbox.c.not_before, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_ALONE = _NEXT.where(outbox.c.grouping.is_(None))
_TAKE = update(outbox).where(outbox.c.id.in_(_NEXT)).values(LEASED).returning(*COLUMNS)
_TAKE_ALONE = update(outbox).where(outbox.c.id.in_(_NEXT_ALONE)).values(LEASED).returning(*COLUMNS)
_SENT = update(outbox).where(*_MINE).values(sent_at=bindparam("at"), error=null())
_FAILED = (
    update(outbox)
    .where(*_MINE)
    .values(not_before=bindparam("again_at"), error=bindparam("reason"), is_dead=bindparam("dead"))
)
_GIVE_BACK = (
    update(outbox)
    .where(*_MINE)
    .values(not_before=bindparam("again_at"), attempts=outbox.c.attempts - 1)
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
        channel: mail, push, sms, line or muted.
        recipient: id of the account.
        payload: JSON with kind, subject, body, short, url.
        not_before: earliest delivery, or None for at once.
        grouping: a grouping of `engine.bundles`, or None to travel alone.
    """

    idem: str
    channel: str
    recipient: str
    payload: Mapping[str, object]
    instance_id: str | None = None
    not_before: datetime | None = None
    grouping: str | None = None


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
            "grouping": each.grouping,
        }
        for each in messages
    ]
    if rows:
        connection.execute(_INSERTS[connection.dialect.name], rows)


def take(now: datetime, limit: int, connection: Connection) -> tuple[Message, ...]:
    """Lease unsent messages whose time has come, each alone; an unfinished lease expires.

    A message that used up its attempts is marked dead instead and left out.
    """
    values = {"now": now, "until": now + LEASE, "limit": limit}
    return usable(connection.execute(_TAKE, values).mappings().all(), now, connection)


def take_singles(now: datetime, limit: int, connection: Connection) -> tuple[Message, ...]:
    """Lease, as `take`, only the messages that travel alone."""
    values = {"now": now, "until": now + LEASE, "limit": limit}
    return usable(connection.execute(_TAKE_ALONE, values).mappings().all(), now, connection)


def usable(
    rows: Sequence[RowMapping], now: datetime, connection: Connection
) -> tuple[Message, ...]:
    """Put leased rows in order; what used up its attempts dies and is left out."""
    messages = sorted((Message(**row) for row in rows), key=lambda each: each.id)
    for spent in (each for each in messages if each.attempts > MAX_ATTEMPTS):
        postpone(spent, "no outcome of the last attempts", now, connection)
    return tuple(each for each in messages if each.attempts <= MAX_ATTEMPTS)


def mark_sent(message: Message, now: datetime, connection: Connection) -> None:
    """Note that a message was delivered."""
    connection.execute(_SENT, {"row_id": message.id, "at": now})


def postpone(message: Message, reason: str, now: datetime, connection: Connection) -> None:
    """Note a failed delivery: try again later, or give up after MAX_ATTEMPTS."""
    wait = min(LONGEST_WAIT, timedelta(seconds=10) * (1 << 2 * min(message.attempts, 6)))
    connection.execute(
        _FAILED,
        {
            "row_id": message.id,
            "again_at": now + wait,
            "reason": reason,
            "dead": message.attempts >= MAX_ATTEMPTS,
        },
    )


def give_up(message: Message, reason: str, now: datetime, connection: Connection) -> None:
    """Note that a message was refused for good; it is not tried again by itself."""
    values = {"row_id": message.id, "again_at": now, "reason": reason, "dead": True}
    connection.execute(_FAILED, values)


def give_back(message: Message, again_at: datetime, connection: Connection) -> None:
    """End a lease without a try: the message comes again at an instant."""
    connection.execute(_GIVE_BACK, {"row_id": message.id, "again_at": again_at})
