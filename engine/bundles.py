"""Bundles: messages of one person and channel that leave in one piece.

A bundle's key is stored with its rows before it is sent, so a repeated bundle holds the same
messages under the same Message-ID. Three groupings:

* late: what a catch-up after downtime brings leaves together once the catch-up is over;
* hourly: at most one bundle an hour; what comes meanwhile waits for the next one;
* by day: the same hour, and never at night: a rule of the caller tells when it may leave.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, update

from engine import outbox as rows
from engine.outbox import Message
from engine.tables import outbox

LATE_ONES = "late"
"""Grouping: fell due while nobody was at work."""

HOURLY = "hourly"
"""Grouping: at most one bundle an hour for each person and channel."""

BY_DAY = "by_day"
"""Grouping: as HOURLY, and only while people are awake."""

_PACED = (HOURLY, BY_DAY)
"""Groupings that share the hour of a person and channel."""

MayLeave = Callable[[datetime, datetime | None], datetime]
"""Tells when messages BY_DAY may leave: from now and from when the last bundle left, or None."""

LATE = timedelta(minutes=5)
"""A deadline handled later than this after its instant is one of a catch-up."""

LONGEST_GATHERING = timedelta(minutes=5)
"""Messages of a catch-up leave after this long even when the catch-up still goes on."""

PERIOD = timedelta(hours=1)
"""From one hourly bundle to the next."""

_BUNDLER_LOCK = 7_164_002
"""Advisory lock of PostgreSQL: one worker at a time puts bundles together."""

_GROUPS = (
    select(
        outbox.c.recipient,
        outbox.c.channel,
        outbox.c.grouping,
        outbox.c.group_key,
        func.min(outbox.c.created_at).label("first_at"),
    )
    .where(rows.WAITING, rows.DUE, outbox.c.grouping.is_not(None))
    .group_by(outbox.c.recipient, outbox.c.channel, outbox.c.grouping, outbox.c.group_key)
    .order_by(func.min(outbox.c.id))
    .limit(bindparam("limit"))
)
_TAKE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values({**rows.LEASED, "group_key": bindparam("key")})
    .returning(*rows.COLUMNS)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """What leaves in one piece: one message, or several of one person and channel.

    Attributes:
        idem: the fixed Message-ID; of a single message its own key.
        messages: in the order they were written.
    """

    idem: str
    messages: tuple[Message, ...]

    @property
    def channel(self) -> str:
        """Tell the way it goes."""
        return self.messages[0].channel

    @property
    def recipient(self) -> str:
        """Tell the account id of the reader."""
        return self.messages[0].recipient

    @property
    def instance_id(self) -> str | None:
        """Tell the case when all messages are about the same one."""
        ids = {message.instance_id for message in self.messages}
        return ids.pop() if len(ids) == 1 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Group:
    """Rows that could leave together.

    Attributes:
        group_key: of the bundle they were put into; None when they wait for one.
        first_at: when the oldest was written.
    """

    recipient: str
    channel: str
    grouping: str
    group_key: str | None
    first_at: datetime

    @property
    def is_new(self) -> bool:
        """Tell whether no bundle was made of it yet."""
        return self.group_key is None


def alone(message: Message) -> Bundle:
    """Make a bundle of a single message."""
    return Bundle(idem=message.idem, messages=(message,))


def hour_by_hour(now: datetime, last_at: datetime | None) -> datetime:
    """Let the next bundle leave a PERIOD after the one before; nights are days here."""
    return now if last_at is None else max(now, last_at + PERIOD)


def take(
    now: datetime,
    limit: int,
    *,
    is_caught_up: bool,
    connection: Connection,
    may_leave: MayLeave = hour_by_hour,
) -> tuple[Bundle, ...]:
    """Lease what may leave now: single messages, and bundles of those that travel together.

    Args:
        now: the business instant.
        limit: single messages at most, and bundles at most.
        is_caught_up: whether no deadline waits that is LATE; until then the messages of a
            catch-up are gathered, LONGEST_GATHERING at most.
        connection: of the transaction that holds the lease.
        may_leave: the rule for messages BY_DAY.
    """
    singles = tuple(alone(each) for each in rows.take_singles(now, limit, connection))
    if not _may_bundle(connection):
        return singles
    found = connection.execute(_GROUPS, {"now": now, "limit": limit}).mappings().all()
    groups = [_Group(**row) for row in found]
    ready = [each for each in groups if is_caught_up or not _is_gathering(each, now)]
    bundles = [_bundle(each, now, may_leave, connection) for each in ready]
    return (*singles, *(each for each in bundles if each is not None))


def _may_bundle(connection: Connection) -> bool:
    """Let one worker at a time put bundles together; SQLite has a single writer anyway."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(_BUNDLER_LOCK))))


def _is_gathering(group: _Group, now: datetime) -> bool:
    is_young = now - group.first_at < LONGEST_GATHERING
    return group.is_new and group.grouping == LATE_ONES and is_young


def _bundle(
    group: _Group, now: datetime, may_leave: MayLeave, connection: Connection
) -> Bundle | None:
    free_at = _free_at(group, now, may_leave, connection)
    if free_at > now:
        waiting = update(outbox).where(*_members(group)).values(not_before=free_at)
        connection.execute(waiting)
        return None
    members = connection.execute(_due_members(group), {"now": now}).all()
    if not members:
        return None
    key = group.group_key or _key([member.idem for member in members])
    values = {
        "now": now,
        "until": now + rows.LEASE,
        "key": key,
        "ids": [each.id for each in members],
    }
    taken = connection.execute(_TAKE, values).mappings().all()
    messages = rows.usable(taken, now, connection)
    return Bundle(idem=key, messages=messages) if messages else None


def _free_at(group: _Group, now: datetime, may_leave: MayLeave, connection: Connection) -> datetime:
    """Tell from when a paced group may leave; a repeated bundle only keeps the night."""
    if group.grouping not in _PACED:
        return now
    rule = may_leave if group.grouping == BY_DAY else hour_by_hour
    if not group.is_new:
        return rule(now, None)
    same = (
        outbox.c.recipient == group.recipient,
        outbox.c.channel == group.channel,
        outbox.c.grouping.in_(_PACED),
        outbox.c.group_key.is_not(None),
    )
    on_its_way = select(func.max(outbox.c.not_before)).where(*same, rows.WAITING)
    leased_until: datetime | None = connection.scalar(on_its_way)
    if leased_until is not None:
        return max(leased_until, now) + timedelta(seconds=1)
    recent = outbox.c.sent_at > now - PERIOD
    last_at = select(func.max(outbox.c.sent_at)).where(*same, recent)
    return rule(now, connection.scalar(last_at))


def _members(group: _Group) -> tuple[ColumnElement[bool], ...]:
    key = group.group_key
    return (
        rows.WAITING,
        outbox.c.recipient == group.recipient,
        outbox.c.channel == group.channel,
        outbox.c.grouping == group.grouping,
        outbox.c.group_key.is_(None) if key is None else outbox.c.group_key == key,
    )


def _due_members(group: _Group) -> Select[tuple[int, str]]:
    return (
        select(outbox.c.id, outbox.c.idem)
        .where(*_members(group), rows.DUE)
        .order_by(outbox.c.id)
        .with_for_update(skip_locked=True)
    )


def _key(idems: list[str]) -> str:
    """Name a bundle: after its only message, else after all of them."""
    if len(idems) == 1:
        return idems[0]
    return f"bundle:{sha256('|'.join(idems).encode()).hexdigest()[:40]}"
