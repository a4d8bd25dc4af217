"""The mailbox of the simulator: what a phone or a mail program would show, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.outbox import Message
from housing.notices.models import DeliveredMessage

OPENED, BOUNCED, FAILED = "opened", "bounced", "failed"

OUTCOMES = (OPENED, BOUNCED, FAILED)
"""What may be played to have become of a delivered message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One message as it arrives.

    Attributes:
        text: what this channel shows.
        url: path of the case.
    """

    message_id: str
    instance_id: str | None
    channel: str
    recipient: str
    subject: str
    text: str
    url: str


def text_for(channel: str, subject: str, body: str, short: str) -> str:
    """Choose what a channel shows: the whole letter; a sentence; where no title is, both."""
    if channel == "mail":
        return body
    return short if channel == "push" else f"{subject}\n{short}"


def post_of(message: Message) -> Post:
    """Take a single message as it arrives."""
    subject, body = str(message.payload["subject"]), str(message.payload["body"])
    short = str(message.payload.get("short", body))
    return Post(
        message_id=message.idem,
        instance_id=message.instance_id,
        channel=message.channel,
        recipient=message.recipient,
        subject=subject,
        text=text_for(message.channel, subject, body, short),
        url=str(message.payload["url"]),
    )


def store(post: Post, *, session: Session, now: datetime) -> None:
    """Put a message into the mailbox; a second delivery changes nothing."""
    store_all([post], session=session, now=now)


def store_all(posts: Sequence[Post], *, session: Session, now: datetime) -> None:
    """Put messages into the mailbox that arrive together; a second delivery changes nothing."""
    if not posts:
        return
    ids = [post.message_id for post in posts]
    stored = select(DeliveredMessage.message_id).where(DeliveredMessage.message_id.in_(ids))
    known = set(session.scalars(stored))
    session.add_all(
        DeliveredMessage(
            message_id=post.message_id,
            instance_id=post.instance_id,
            channel=post.channel,
            recipient=post.recipient,
            subject=post.subject,
            body=post.text,
            url=post.url,
            delivered_at=now,
        )
        for post in posts
        if post.message_id not in known
    )


def note_outcome(message_id: str, outcome: str, *, session: Session, now: datetime) -> None:
    """Keep what became of a message; one that failed was never in the mailbox."""
    found = session.scalars(
        select(DeliveredMessage).where(DeliveredMessage.message_id == message_id)
    ).one()
    if outcome == FAILED:
        session.delete(found)
    else:
        found.outcome, found.outcome_at = outcome, now
    session.flush()
