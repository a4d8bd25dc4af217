"""What became of the messages of the outbox: to be read by people, noted by channels and readers.

`engine.outbox` writes and delivers; here is what follows: opened, came back, read, tried again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, case, func, null, or_, select, update

from engine.outbox import WAITING, Message
from engine.tables import outbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatch:
    """One message and what became of it.

    Attributes:
        not_before: earliest delivery, or of the next try.
        error: why it failed last; of a message that came back, what was said.
        group_key: Message-ID of the bundle it travels in; None when it travels alone.
        opened_at: when its channel told that it was opened.
        read_at: when its reader opened the case in the portal, at first.
    """

    id: int
    idem: str
    instance_id: str | None
    channel: str
    recipient: str
    payload: Mapping[str, object]
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    attempts: int
    error: str | None
    is_dead: bool
    group_key: str | None
    opened_at: datetime | None
    read_at: datetime | None

    @property
    def state(self) -> str:
        """Tell waiting, failed (and tried again), sent, opened or dead."""
        if self.is_dead:
            return "dead"
        if self.sent_at is None:
            return "failed" if self.error else "waiting"
        return "opened" if self.opened_at or self.read_at else "sent"

    @property
    def message(self) -> Message:
        """Take it as it travels."""
        return Message(
            id=self.id,
            idem=self.idem,
            instance_id=self.instance_id,
            channel=self.channel,
            recipient=self.recipient,
            payload=self.payload,
            created_at=self.created_at,
            not_before=self.not_before,
            attempts=self.attempts,
        )


_COLUMNS = tuple(column for column in outbox.c if column.name != "grouping")


def of_instance(instance_id: str, limit: int, connection: Connection) -> list[Dispatch]:
    """List the messages about an instance, newest first."""
    return _read([outbox.c.instance_id == instance_id], connection, limit=limit)


def of_recipient(
    recipient: str, connection: Connection, *, limit: int, offset: int = 0
) -> list[Dispatch]:
    """List the messages to one account, newest first."""
    return _read([outbox.c.recipient == recipient], connection, limit=limit, offset=offset)


def by_keys(idems: Collection[str], connection: Connection) -> list[Dispatch]:
    """Find messages by their own keys."""
    return _read([outbox.c.idem.in_(idems)], connection, limit=len(idems))


def by_id(row_id: int, connection: Connection) -> Dispatch | None:
    """Find a message by its number."""
    return next(iter(_read([outbox.c.id == row_id], connection, limit=1)), None)


def in_bundle(message_id: str, connection: Connection) -> list[Dispatch]:
    """List what left under a Message-ID, in the order it was written."""
    return _read([_under(message_id)], connection, limit=None)[::-1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of all messages of one reader about one instance.

    Attributes:
        sent_at: when the first one left the house by a channel that reaches him.
        pushed_at: when a push service took one.
        has_opened: some channel told that he opened one.
        is_lost: none is alive.
    """

    recipient: str
    sent_at: datetime | None
    pushed_at: datetime | None
    has_opened: bool
    is_lost: bool


def outcomes(instance_id: str, connection: Connection) -> dict[str, Outcome]:
    """Tell what became of the messages about an instance, by reader, in one statement."""
    return outcomes_of([instance_id], connection).get(instance_id, {})


def outcomes_of(
    instance_ids: Collection[str], connection: Connection
) -> dict[str, dict[str, Outcome]]:
    """Tell what became of the messages about instances, by instance and reader, in one statement.

    An instance without messages is left out.
    """
    pushed_at = case((outbox.c.channel == "push", outbox.c.sent_at))
    alive = case((outbox.c.is_dead, 0), else_=1)
    rows = connection.execute(
        select(
            outbox.c.instance_id,
            outbox.c.recipient,
            func.min(outbox.c.sent_at),
            func.min(pushed_at),
            func.max(outbox.c.opened_at),
            func.sum(alive),
        )
        .where(outbox.c.instance_id.in_(instance_ids))
        .group_by(outbox.c.instance_id, outbox.c.recipient)
    )
    found: dict[str, dict[str, Outcome]] = {}
    for instance_id, recipient, sent_at, pushed, opened_at, living in rows:
        found.setdefault(instance_id, {})[recipient] = Outcome(
            recipient=recipient,
            sent_at=sent_at,
            pushed_at=pushed,
            has_opened=opened_at is not None,
            is_lost=not living,
        )
    return found


def count_pushed(instance_ids: Select[str | None], connection: Connection) -> int:
    """Count the readers to whom a push service took something, once an instance each.

    Args:
        instance_ids: a query for ids of instances.
        connection: any.
    """
    pushed = (
        select(outbox.c.instance_id, outbox.c.recipient)
        .where(
            outbox.c.channel == "push",
            outbox.c.sent_at.is_not(None),
            outbox.c.instance_id.in_(instance_ids),
        )
        .distinct()
        .subquery()
    )
    return connection.scalar(select(func.count()).select_from(pushed)) or 0


def first_read(
    instance_id: str, recipient: str, since: datetime | None, connection: Connection
) -> Dispatch | None:
    """Find the message about an instance that its reader was the first to have read.

    Args:
        instance_id: the case.
        recipient: account id.
        since: leave out messages written before; None for none.
        connection: any.
    """
    conditions = [
        outbox.c.instance_id == instance_id,
        outbox.c.recipient == recipient,
        outbox.c.read_at.is_not(None),
    ]
    if since is not None:
        conditions.append(outbox.c.created_at >= since)
    order = (outbox.c.read_at, outbox.c.id)
    row = connection.execute(
        select(*_COLUMNS).where(*conditions).order_by(*order).limit(1)
    ).mappings()
    return next((Dispatch(**each) for each in row), None)


def count_unread(instance_id: str, recipient: str, connection: Connection) -> int:
    """Count the messages about an instance that their reader has not seen in the portal."""
    statement = select(func.count()).where(*_unread(instance_id, recipient))
    return connection.scalar(statement) or 0


def note_read(instance_id: str, recipient: str, now: datetime, connection: Connection) -> int:
    """Note that a reader opened the case: every message about it written so far is read.

    Returns:
        How many were read for the first time.
    """
    written = outbox.c.created_at <= now
    statement = update(outbox).where(*_unread(instance_id, recipient), written).values(read_at=now)
    return connection.execute(statement).rowcount


def note_opened(message_id: str, now: datetime, connection: Connection) -> None:
    """Note that a channel told that a message was opened."""
    is_first = outbox.c.opened_at.is_(None)
    connection.execute(update(outbox).where(_under(message_id), is_first).values(opened_at=now))


def note_bounced(message_id: str, reason: str, connection: Connection) -> None:
    """Note that a delivered message came back for good."""
    connection.execute(update(outbox).where(_under(message_id)).values(is_dead=True, error=reason))


def note_undelivered(
    message_id: str, reason: str, again_at: datetime, connection: Connection
) -> None:
    """Note that a message believed delivered was not: it is tried again at an instant."""
    connection.execute(
        update(outbox)
        .where(_under(message_id))
        .values(sent_at=null(), opened_at=null(), error=reason, not_before=again_at)
    )


def retry(row_id: int, now: datetime, connection: Connection) -> bool:
    """Send a message that is dead or waits after a failure once more, now and alone.

    Returns:
        False when there is nothing to send again.
    """
    failed = or_(outbox.c.is_dead, WAITING & outbox.c.error.is_not(None))
    values = {
        "is_dead": False,
        "attempts": 0,
        "not_before": now,
        "sent_at": null(),
        "grouping": null(),
        "group_key": null(),
        "error": null(),
    }
    statement = update(outbox).where(outbox.c.id == row_id, failed).values(values)
    return connection.execute(statement).rowcount == 1


def _under(message_id: str) -> ColumnElement[bool]:
    return or_(outbox.c.group_key == message_id, outbox.c.idem == message_id)


def _unread(instance_id: str, recipient: str) -> tuple[ColumnElement[bool], ...]:
    return (
        outbox.c.instance_id == instance_id,
        outbox.c.recipient == recipient,
        outbox.c.read_at.is_(None),
    )


def _read(
    conditions: list[ColumnElement[bool]],
    connection: Connection,
    *,
    limit: int | None,
    offset: int = 0,
) -> list[Dispatch]:
    statement = (
        select(*_COLUMNS)
        .where(*conditions)
        .order_by(outbox.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Dispatch(**row) for row in connection.execute(statement).mappings()]
