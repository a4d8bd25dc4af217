"""Open sessions of an account: begun at the sign-in, listed and ended by their owner."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.people import audit
from housing.people.models import Account, WebSession
from housing.people.rules import mask_address, session_end, token_hash

KEY_LENGTH = 16
"""Digits of a session's hash by which its owner names it; they open nothing."""

CODE_PERIOD = timedelta(minutes=10)
"""For so long a sign-in waits for its code after the right password; a setting of ours."""

FRESH_PERIOD = timedelta(minutes=10)
"""So long after showing who it is a person may do what needs that; a setting of ours."""

_LONGEST_DEVICE = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """From where somebody asks.

    Attributes:
        address: network address, for the limit of failures.
        device: browser and system, by which the person knows the session again.
    """

    address: str
    device: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenSession:
    """A browser in which somebody is signed in.

    Attributes:
        key: names it among the sessions of its owner.
        device: browser and system as it called itself; "" when it told nothing.
        place: its network address, the last part masked.
        is_present: whether it is the one that asks.
    """

    key: str
    device: str
    place: str
    created_at: datetime
    last_seen_at: datetime
    is_present: bool


def open_one(account_id: int, *, client: Client, session: Session, now: datetime) -> str:
    """Open a session, note that, and return its token, which is stored nowhere."""
    token, row = _begin(account_id, client, now)
    session.add(row)
    audit.write("signed_in", account_id, client.address, session=session, now=now)
    return token


def open_waiting(account_id: int, *, client: Client, session: Session, now: datetime) -> str:
    """Open a session that counts only after a second step; it ends after ten minutes."""
    token, row = _begin(account_id, client, now)
    row.waits_for_code, row.expires_at = True, now + CODE_PERIOD
    session.add(row)
    return token


def waiting_account(token: str, *, session: Session, now: datetime) -> int | None:
    """Tell whose sign-in waits in this browser for its second step; None when none does."""
    row = session.get(WebSession, token_hash(token))
    if row is None or not row.waits_for_code or now >= row.expires_at:
        return None
    owner = session.get_one(Account, row.account_id)
    return owner.id if owner.state == "active" else None


def finish_waiting(
    token: str, account_id: int, *, client: Client, session: Session, now: datetime
) -> str:
    """Let a session that counts take the place of one that waited; return its token."""
    session.execute(delete(WebSession).where(WebSession.token_hash == token_hash(token)))
    return open_one(account_id, client=client, session=session, now=now)


def confirm(token: str, *, session: Session, now: datetime) -> None:
    """Note that the owner of a session showed anew who he is."""
    row = session.get(WebSession, token_hash(token))
    if row is not None:
        row.confirmed_at = now


def is_fresh(token: str, *, session: Session, now: datetime) -> bool:
    """Tell whether the owner of a session showed who he is within the last ten minutes."""
    row = session.get(WebSession, token_hash(token))
    if row is None:
        return False
    return now < (row.confirmed_at or row.created_at) + FRESH_PERIOD


def list_open(
    account_id: int, *, token: str, session: Session, now: datetime
) -> Sequence[OpenSession]:
    """List the open sessions of an account: the present one first, then by last use."""
    rows = session.scalars(
        select(WebSession)
        .where(
            WebSession.account_id == account_id,
            WebSession.expires_at > now,
            WebSession.waits_for_code.is_(False),
        )
        .order_by(WebSession.last_seen_at.desc(), WebSession.token_hash)
    )
    present = token_hash(token)
    found = [
        OpenSession(
            key=row.token_hash[:KEY_LENGTH],
            device=row.device or "",
            place=mask_address(row.address),
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_present=row.token_hash == present,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_present)


def end_one(account_id: int, key: str, *, session: Session, clock: Clock) -> bool:
    """End one session of an account; False when it has none of that name."""
    rows = session.scalars(select(WebSession).where(WebSession.account_id == account_id))
    found = next((row for row in rows if row.token_hash[:KEY_LENGTH] == key), None)
    if found is None:
        return False
    session.delete(found)
    audit.write("session_ended", account_id, found.address, session=session, now=clock.now())
    return True


def end_others(account_id: int, token: str, *, session: Session, clock: Clock) -> None:
    """End every session of an account but the one of a token."""
    audit.write("sessions_ended", account_id, session=session, now=clock.now())
    session.execute(
        delete(WebSession).where(
            WebSession.account_id == account_id, WebSession.token_hash != token_hash(token)
        )
    )


def _begin(account_id: int, client: Client, now: datetime) -> tuple[str, WebSession]:
    token = secrets.token_urlsafe(32)
    row = WebSession(
        token_hash=token_hash(token),
        account_id=account_id,
        address=client.address,
        device=client.device[:_LONGEST_DEVICE],
        created_at=now,
        last_seen_at=now,
        expires_at=session_end(now, now),
    )
    return token, row


def end_all(account_id: int, *, session: Session) -> None:
    """End every session of an account: after a new role, or when it is closed."""
    session.execute(delete(WebSession).where(WebSession.account_id == account_id))
