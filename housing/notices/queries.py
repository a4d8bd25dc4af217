"""Read what was delivered, for the simulator page and the case's timeline."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from housing.notices.models import DeliveredMessage


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveredView:
    """One delivered message.

    Attributes:
        channel: "mail" or "push".
        recipient: account id as text.
        url: path of the case.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxFilter:
    """Which part of the mailbox is wanted; None means all.

    Attributes:
        recipient: account id as text.
        channel: "mail" or "push".
        offset: messages to leave out, newest first.
        limit: messages at most.
    """

    recipient: str | None = None
    instance_id: str | None = None
    channel: str | None = None
    offset: int = 0
    limit: int = 50


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


def _conditions(wanted: MailboxFilter) -> list[ColumnElement[bool]]:
    pairs = (
        (DeliveredMessage.recipient, wanted.recipient),
        (DeliveredMessage.instance_id, wanted.instance_id),
        (DeliveredMessage.channel, wanted.channel),
    )
    return [column == value for column, value in pairs if value is not None]


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
    )
