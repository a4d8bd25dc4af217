"""The verbs of delivery that people use: try again, and play what becomes of a message."""

from datetime import timedelta

from sqlalchemy.orm import Session

from engine import dispatches
from engine.bundles import Bundle
from engine.clock import Clock
from housing.channels import Channels
from housing.delivery.office import note_bad_address, send_otherwise
from housing.notices import mailbox, queries
from housing.notices.errors import NothingToRepeat, NoticeNotFound
from housing.notices.mailbox import BOUNCED, FAILED, OPENED
from housing.people import queries as people
from housing.people import service as accounts

AGAIN_AFTER = timedelta(minutes=1)
"""When a message whose delivery was played to fail is tried again."""

BOUNCE_REASON = "550 5.1.1 mailbox unavailable (simulated)"
FAILURE_REASON = "451 4.4.1 no answer (simulated)"


def retry(message_row: int, *, session: Session, clock: Clock) -> None:
    """Send a message that failed or was given up once more, now.

    Somebody who knows better vouches for the address: a mark that it fails is taken away.

    Raises:
        NoticeNotFound: there is no such message.
        NothingToRepeat: it was delivered, or is on its way.
    """
    found = dispatches.by_id(message_row, session.connection())
    if found is None:
        raise NoticeNotFound
    if not dispatches.retry(message_row, clock.now(), session.connection()):
        raise NothingToRepeat
    reader = people.account(found.recipient, session=session)
    if found.channel == "mail" and reader.email is not None:
        accounts.note_email_problem(reader.id, reader.email, None, session=session)


def play(
    delivered_id: int, outcome: str, *, channels: Channels, session: Session, clock: Clock
) -> None:
    """Let a message of the simulator be opened, come back for good, or fail for now.

    Args:
        delivered_id: row of the mailbox.
        outcome: opened, bounced or failed.
        channels: what the installation decided; a message that comes back goes another way.
        session: of the request.
        clock: the business clock.

    Raises:
        NoticeNotFound: there is no such message.
    """
    message = queries.delivered_message(delivered_id, session=session)
    if message is None:
        raise NoticeNotFound
    now, connection, key = clock.now(), session.connection(), message.message_id
    mailbox.note_outcome(key, outcome, session=session, now=now)
    if outcome == OPENED:
        dispatches.note_opened(key, now, connection)
    elif outcome == FAILED:
        dispatches.note_undelivered(key, FAILURE_REASON, now + AGAIN_AFTER, connection)
    elif outcome == BOUNCED:
        dispatches.note_bounced(key, BOUNCE_REASON, connection)
        _follow_bounce(key, channels, session=session, clock=clock)


def _follow_bounce(key: str, channels: Channels, *, session: Session, clock: Clock) -> None:
    rows = dispatches.in_bundle(key, session.connection())
    if not rows:
        return
    bundle = Bundle(idem=key, messages=tuple(row.message for row in rows))
    if bundle.channel == "mail":
        reader = people.account(bundle.recipient, session=session)
        note_bad_address(reader, BOUNCE_REASON, session=session)
    send_otherwise(bundle, channels, session=session, clock=clock)
