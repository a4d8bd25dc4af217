"""The lock after failures: one counter a login for passwords and codes, one limit an address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from housing.people import audit
from housing.people.models import LoginFailure, LoginLock
from housing.people.rules import ADDRESS_FAILURES, ADDRESS_PERIOD, LockState, login_key


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """What somebody showed, and what it turned out to be, before anything is written.

    Attributes:
        login: as typed; its counter is looked at.
        account_id: whose account; None when the login is unknown.
        is_right: whether what was shown opens the account.
        failure: kind of the audit line when it does not.
    """

    login: str
    address: str
    account_id: int | None
    is_right: bool
    failure: str = "sign_in_failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How an attempt is answered.

    Attributes:
        kind: "right", "wrong" or "locked".
        locked_until: end of the lock, when locked.
    """

    kind: str
    locked_until: datetime | None = None


def is_address_tired(address: str, *, session: Session, now: datetime) -> bool:
    """Tell whether so many failures came from an address that it has to wait."""
    recent = select(func.count()).where(
        LoginFailure.address == address, LoginFailure.at > now - ADDRESS_PERIOD
    )
    return (session.scalar(recent) or 0) >= ADDRESS_FAILURES


def is_locked(login: str, *, session: Session, now: datetime) -> bool:
    """Tell whether a login is locked, without counting anything."""
    row = session.get(LoginLock, login_key(login))
    return row is not None and row.locked_until is not None and now < row.locked_until


def release(login: str, *, session: Session) -> None:
    """End the lock of a login: who it is was shown in another way."""
    row = session.get(LoginLock, login_key(login))
    if row is not None:
        row.failures, row.locked_until = 0, None


def judge(
    attempt: Attempt, *, is_last_step: bool = True, session: Session, now: datetime
) -> Verdict:
    """Count an attempt and say whether it opens the account.

    A try during the lock is refused, even when it is right, and does not lengthen the lock.

    Args:
        attempt: what was shown.
        is_last_step: whether being right ends the row of failures; a right password alone does not
            while a code is still to come, or nobody who knows it could ever be locked out.
        session: of a unit of work that is committed whatever the verdict.
        now: the real instant.
    """
    lock = _lock_of(attempt.login, session=session, now=now)
    state = LockState(failures=lock.failures, locked_until=lock.locked_until)
    if state.is_locked(now):
        _write("sign_in_refused", attempt, session=session, now=now)
        return Verdict(kind="locked", locked_until=state.locked_until)
    if not attempt.is_right or attempt.account_id is None:
        return _fail(attempt, lock, state.after_failure(now), session=session, now=now)
    if is_last_step:
        lock.failures, lock.locked_until = 0, None
    return Verdict(kind="right")


def _fail(
    attempt: Attempt, lock: LoginLock, state: LockState, *, session: Session, now: datetime
) -> Verdict:
    lock.failures, lock.locked_until, lock.changed_at = state.failures, state.locked_until, now
    session.add(LoginFailure(address=attempt.address, at=now))
    _write(attempt.failure, attempt, session=session, now=now)
    if state.locked_until is None:
        return Verdict(kind="wrong")
    _write("locked", attempt, session=session, now=now)
    return Verdict(kind="locked", locked_until=state.locked_until)


def _write(kind: str, attempt: Attempt, *, session: Session, now: datetime) -> None:
    audit.write(kind, attempt.account_id, attempt.address, session=session, now=now)


def _lock_of(login: str, *, session: Session, now: datetime) -> LoginLock:
    """Lock the counter's row against a parallel try, making it at the first."""
    key = login_key(login)
    row = session.get(LoginLock, key, with_for_update=True)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(LoginLock(login_key=key, failures=0, locked_until=None, changed_at=now))
    except IntegrityError:
        pass  # a parallel first try made it
    return session.get_one(LoginLock, key, with_for_update=True)
