"""Passwords: how they are hashed and checked, and how a person changes his own."""

import secrets
from dataclasses import dataclass, field
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.db import Database
from housing.people import audit, locks, sessions
from housing.people.locks import Attempt, Verdict
from housing.people.models import Account
from housing.people.rules import MAX_PASSWORD_LENGTH, check_new_password, normalise_password
from housing.people.sessions import Client

_hasher = PasswordHasher()  # argon2id, 64 MiB, 3 passes, 4 lanes: RFC 9106's low-memory choice


@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordChange:
    """What a person types to get another password.

    Attributes:
        old: the password until now, as typed.
        new: as typed.
        token: of the session that goes on.
    """

    old: str = field(repr=False)
    new: str = field(repr=False)
    token: str = field(repr=False)
    client: Client


def hash_password(password: str) -> str:
    """Hash a password with argon2id after bringing it into NFKC."""
    return _hasher.hash(normalise_password(password))


def is_right(stored: str | None, password: str) -> bool:
    """Compare a password with a stored hash; without one it takes as long and is wrong."""
    # A longer text cannot be right; cutting it keeps a huge one from costing time.
    text = normalise_password(password[: MAX_PASSWORD_LENGTH * 4])
    try:
        return _hasher.verify(stored or _nobodys_hash(), text) and stored is not None
    except VerifyMismatchError:
        return False


def change_password(
    account_id: int, change: PasswordChange, *, database: Database, clock: Clock
) -> Verdict:
    """Give an account another password; every session but the present one ends.

    Opens its own units of work like `service.sign_in`, and for the same reasons. Wrong old
    passwords count towards the lock of the account.

    Args:
        account_id: whose.
        change: both passwords, and who goes on.
        database: where accounts are.
        clock: the real clock.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: the new one cannot be used.
    """
    failure = "password_change_failed"
    attempt = _attempt(account_id, change.old, failure, client=change.client, database=database)
    check_new_password(change.new, login=attempt.login)
    hashed = hash_password(change.new)
    with database.unit_of_work() as session:
        verdict = locks.judge(attempt, session=session, now=clock.now())
        if verdict.kind == "right":
            session.get_one(Account, account_id).password_hash = hashed
            sessions.end_others(account_id, change.token, session=session, clock=clock)
            audit.write(
                "password_changed",
                account_id,
                change.client.address,
                session=session,
                now=clock.now(),
            )
    return verdict


def replace(
    account_id: int, password: str, *, client: Client, session: Session, clock: Clock
) -> None:
    """Replace the password of a person who showed in another way who he is.

    Every session ends and the lock with it; a second factor stays.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: it cannot be used.
    """
    account = session.get_one(Account, account_id)
    check_new_password(password, login=account.login)
    account.password_hash = hash_password(password)
    sessions.end_all(account_id, session=session)
    locks.release(account.login, session=session)
    audit.write("password_replaced", account_id, client.address, session=session, now=clock.now())


def confirm(  # noqa: PLR0913  # who, with what, from where
    account_id: int, password: str, token: str, *, client: Client, database: Database, clock: Clock
) -> Verdict:
    """Check the password of somebody who is signed in, for what needs him to show himself anew.

    Opens its own units of work like `change_password`; failures count towards the same lock.
    """
    failure = "confirmation_failed"
    attempt = _attempt(account_id, password, failure, client=client, database=database)
    with database.unit_of_work() as session:
        verdict = locks.judge(attempt, session=session, now=clock.now())
        if verdict.kind == "right":
            sessions.confirm(token, session=session, now=clock.now())
    return verdict


def _attempt(
    account_id: int, password: str, failure: str, *, client: Client, database: Database
) -> Attempt:
    """Check the password of somebody who is signed in, outside of any unit of work."""
    with database.reading() as session:
        row = session.execute(
            select(Account.login, Account.password_hash).where(Account.id == account_id)
        ).one()
    return Attempt(
        login=row.login,
        address=client.address,
        account_id=account_id,
        is_right=is_right(row.password_hash, password),
        failure=failure,
    )


@cache
def _nobodys_hash() -> str:
    """Make a hash that nobody's password fits, so that an unknown login costs the same time."""
    return _hasher.hash(secrets.token_urlsafe(32))
