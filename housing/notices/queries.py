"""Read notices: what became of them, what a person was told, what the simulator holds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine import dispatches
from engine.dispatches import Dispatch
from housing.notices.models import DeliveredMessage
from housing.notices.rules import notice_key
from housing.people.queries import AccountRef

MOST_MESSAGES = 1000
"""Messages of one person or case that are looked at, the newest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveredView:
    """One delivered message.

    Attributes:
        channel: mail, push, sms or line.
        recipient: account id as text.
        url: path of the case.
        outcome: opened or bounced, as somebody played it; None for neither.
    """

    id: int
    message_id: str
    instance_id: str | None
    channel: str
    recipient: str
    subject: str
    body: str
    url: str
    delivered_at: datetime
    outcome: str | None
    outcome_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One thing that one person was told, by all its channels.

    Attributes:
        key: the same for all its messages.
        ways: its messages, by the order of their writing.
    """

    key: str
    ways: tuple[Dispatch, ...]

    @property
    def subject(self) -> str:
        """Tell what it is about."""
        return str(self.ways[0].payload["subject"])

    @property
    def body(self) -> str:
        """Tell the whole of it."""
        return str(self.ways[0].payload["body"])

    @property
    def url(self) -> str:
        """Tell the path it leads to."""
        return str(self.ways[0].payload["url"])

    @property
    def recipient(self) -> str:
        """Tell the account id of the reader."""
        return self.ways[0].recipient

    @property
    def written_at(self) -> datetime:
        """Tell when it was written; from then on it stands in the portal."""
        return self.ways[0].created_at

    @property
    def sent_at(self) -> datetime | None:
        """Tell when it first left the house; None while it has not."""
        return min((each.sent_at for each in self.ways if each.sent_at), default=None)

    @property
    def read_at(self) -> datetime | None:
        """Tell when the reader first saw its case in the portal."""
        return min((each.read_at for each in self.ways if each.read_at), default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadProof:
    """That a person saw in the portal what he was told: a proof of service of kind portal.

    Attributes:
        kind: of the notice.
        message_id: the outbox key of the message that led there.
        notified_at: when it was written.
        read_at: when he then opened the case.
    """

    account_id: str
    kind: str
    message_id: str
    notified_at: datetime
    read_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxFilter:
    """Which part of the mailbox is wanted; None means all.

    Attributes:
        recipient: account id as text.
        channel: mail, push, sms or line.
        outcome: opened, bounced, or "none" for neither.
        offset: messages to leave out, newest first.
        limit: messages at most.
    """

    recipient: str | None = None
    instance_id: str | None = None
    channel: str | None = None
    outcome: str | None = None
    offset: int = 0
    limit: int = 50


def notices_of_case(instance_id: str, *, session: Session) -> list[Notice]:
    """List what people were told about a case, the newest first."""
    return _notices(dispatches.of_instance(instance_id, MOST_MESSAGES, session.connection()))


def notices_of(account_id: AccountRef, *, session: Session) -> list[Notice]:
    """List what a person was told, the newest first."""
    connection = session.connection()
    return _notices(dispatches.of_recipient(str(account_id), connection, limit=MOST_MESSAGES))


def read_proof(
    instance_id: str,
    account_id: AccountRef,
    *,
    since: datetime | None = None,
    session: Session,
) -> ReadProof | None:
    """Find the proof that a person opened a case after he was told about it.

    Args:
        instance_id: the case.
        account_id: of the addressee.
        since: only notices written from then on count; None for all.
        session: any.
    """
    found = dispatches.first_read(instance_id, str(account_id), since, session.connection())
    if found is None or found.read_at is None:
        return None
    return ReadProof(
        account_id=found.recipient,
        kind=str(found.payload["kind"]),
        message_id=found.idem,
        notified_at=found.created_at,
        read_at=found.read_at,
    )


def has_unread(instance_id: str, account_id: AccountRef, *, session: Session) -> bool:
    """Tell whether a person was told something about a case that he has not seen there."""
    return dispatches.count_unread(instance_id, str(account_id), session.connection()) > 0


def delivered(wanted: MailboxFilter, *, session: Session) -> list[DeliveredView]:
    """List delivered messages, newest first."""
    statement = (
        select(DeliveredMessage)
        .where(*_conditions(wanted))
        .order_by(DeliveredMessage.id.desc())
        .offset(wanted.offset)
        .limit(wanted.limit)
    )
    return [_view(row) for row in session.scalars(statement)]


def count_delivered(wanted: MailboxFilter, *, session: Session) -> int:
    """Count the delivered messages of a filter, all pages together."""
    statement = select(func.count(DeliveredMessage.id)).where(*_conditions(wanted))
    return session.scalar(statement) or 0


def delivered_message(message_id: int, *, session: Session) -> DeliveredView | None:
    """Read one delivered message by its row id; None when there is none."""
    row = session.get(DeliveredMessage, message_id)
    return None if row is None else _view(row)


def delivered_under(key: str, *, session: Session) -> DeliveredView | None:
    """Read the delivered message of an outbox key; None before it arrives."""
    found = select(DeliveredMessage).where(DeliveredMessage.message_id == key)
    row = session.scalars(found).first()
    return None if row is None else _view(row)


def _notices(rows: list[Dispatch]) -> list[Notice]:
    ways: dict[str, list[Dispatch]] = {}
    for row in rows:  # newest first
        ways.setdefault(notice_key(row.idem), []).insert(0, row)
    return [Notice(key=key, ways=tuple(found)) for key, found in ways.items()]


def _conditions(wanted: MailboxFilter) -> list[ColumnElement[bool]]:
    pairs = (
        (DeliveredMessage.recipient, wanted.recipient),
        (DeliveredMessage.instance_id, wanted.instance_id),
        (DeliveredMessage.channel, wanted.channel),
    )
    conditions = [column == value for column, value in pairs if value is not None]
    if wanted.outcome is not None:
        value = None if wanted.outcome == "none" else wanted.outcome
        conditions.append(DeliveredMessage.outcome.is_not_distinct_from(value))
    return conditions


def _view(row: DeliveredMessage) -> DeliveredView:
    return DeliveredView(
        id=row.id,
        message_id=row.message_id,
        instance_id=row.instance_id,
        channel=row.channel,
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
        url=row.url,
        delivered_at=row.delivered_at,
        outcome=row.outcome,
        outcome_at=row.outcome_at,
    )
