"""The verbs of accounts: sign in and out, open accounts, give roles, keep the audit log."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.db import Database
from housing.people.errors import AccountNotFound, LanguageUnknown, LoginTaken
from housing.people.models import (
    Account,
    AuditEntry,
    LoginFailure,
    LoginLock,
    Membership,
    WebSession,
)
from housing.people.rules import (
    ADDRESS_FAILURES,
    ADDRESS_PERIOD,
    MAX_PASSWORD_LENGTH,
    LockState,
    check_email,
    check_login,
    check_membership,
    check_mobile,
    check_new_password,
    login_key,
    normalise_login,
    normalise_password,
    session_end,
    token_hash,
)
from housing.settings import LANGUAGES

TOUCH_PERIOD = timedelta(minutes=1)
"""A session's last-seen instant is written at most this often, not with every page."""

_LONGEST_REASON = 300
"""Characters of the column that tells why mail came back."""

_hasher = PasswordHasher()  # argon2id, 64 MiB, 3 passes, 4 lanes: RFC 9106's low-memory choice


@dataclass(frozen=True, kw_only=True, slots=True)
class SignInOutcome:
    """How a try to sign in ended.

    Attributes:
        kind: "accepted", "wrong" (login or password; which is not told), "locked", or
            "too_many" (failures from this address).
        account_id: whose account, when accepted.
        token: the new session's token for the cookie, when accepted; stored nowhere.
        locked_until: end of the lock, when locked.
    """

    kind: str
    account_id: int | None = None
    token: str | None = field(default=None, repr=False)
    locked_until: datetime | None = None

    @property
    def is_accepted(self) -> bool:
        """Tell whether the person is signed in."""
        return self.kind == "accepted"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAccount:
    """What an account needs.

    Attributes:
        memberships: (role, scope) pairs.
    """

    login: str
    name: str
    password: str = field(repr=False)
    language: str = LANGUAGES[0]
    memberships: tuple[tuple[str, str], ...] = ()
    email: str = ""
    mobile: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Check:
    """What a login and password turned out to be, before anything is written."""

    login: str
    address: str
    account_id: int | None
    is_right: bool


def sign_in(
    login: str, password: str, *, address: str, database: Database, clock: Clock
) -> SignInOutcome:
    """Sign a person in and open a session.

    Opens its own units of work: the failure counter must survive whatever the caller does, and the
    slow password check must not hold the database's only writer back. Call it outside any other.

    A login is locked for 15 minutes after three failures in a row; a try during the lock is refused
    and does not lengthen it. Unknown logins behave, and take time, exactly like known ones.

    Args:
        login: as typed.
        password: as typed.
        address: of the client, for the limit of failures per address.
        database: where accounts are.
        clock: the real clock, never the demo's.
    """
    with database.reading() as session:
        if _failures_from(address, session=session, now=clock.now()) >= ADDRESS_FAILURES:
            return SignInOutcome(kind="too_many")
    check = _check_password(login, password, address=address, database=database)
    with database.unit_of_work() as session:
        return _record_sign_in(check, session=session, now=clock.now())


def sign_out(token: str, *, session: Session, clock: Clock) -> None:
    """End the session of a token; a token without session is no error."""
    row = session.get(WebSession, token_hash(token))
    if row is None:
        return
    _audit("signed_out", row.account_id, row.address, session=session, now=clock.now())
    session.delete(row)


def touch(token: str, *, session: Session, clock: Clock) -> None:
    """Note that a session was used, at most once a minute; it then lives 8 hours on."""
    row = session.get(WebSession, token_hash(token))
    now = clock.now()
    if row is None or now >= row.expires_at or now - row.last_seen_at < TOUCH_PERIOD:
        return
    row.last_seen_at = now
    row.expires_at = session_end(row.created_at, now)


def end_sessions(account_id: int, *, session: Session) -> None:
    """End every session of an account: after a new password or role."""
    session.execute(delete(WebSession).where(WebSession.account_id == account_id))


def purge(*, session: Session, clock: Clock) -> None:
    """Remove sessions that ended, failures that no limit looks at and locks that are long over."""
    now = clock.now()
    session.execute(delete(WebSession).where(WebSession.expires_at <= now))
    session.execute(delete(LoginFailure).where(LoginFailure.at <= now - ADDRESS_PERIOD))
    session.execute(delete(LoginLock).where(LoginLock.changed_at <= now - timedelta(days=1)))


def open_account(new: NewAccount, *, session: Session, clock: Clock) -> int:
    """Open an account and return its id.

    Raises:
        LoginInvalid, LoginTaken: the login cannot be used.
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: the password cannot be used.
        RoleUnknown, ScopeInvalid, LanguageUnknown, EmailInvalid, MobileInvalid: see the message.
    """
    login = check_login(new.login)
    check_new_password(new.password, login=login)
    _check_language(new.language)
    if session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise LoginTaken(login)
    row = Account(
        login=login,
        name=new.name,
        password_hash=hash_password(new.password),
        language=new.language,
        state="active",
        created_at=clock.now(),
        email=check_email(new.email),
        mobile=check_mobile(new.mobile),
    )
    session.add(row)
    session.flush()
    _add_memberships(row.id, new.memberships, session=session)
    _audit("account_opened", row.id, "", session=session, now=clock.now())
    return row.id


def change_language(account_id: int, language: str, *, session: Session) -> None:
    """Set the language of a person's pages and notices.

    Raises:
        AccountNotFound: there is no such account.
        LanguageUnknown: Anju does not speak it.
    """
    _check_language(language)
    _row(account_id, session=session).language = language


def change_contact(
    account_id: int, *, email: str, mobile: str, session: Session, clock: Clock
) -> None:
    """Set where a person is reached; a new e-mail address is not verified yet.

    Raises:
        AccountNotFound: there is no such account.
        EmailInvalid, MobileInvalid: it cannot be used.
    """
    row = _row(account_id, session=session)
    address, number = check_email(email), check_mobile(mobile)
    if (row.email, row.mobile) == (address, number):
        return
    if row.email != address:
        row.email, row.email_verified_at, row.email_problem = address, None, None
    row.mobile = number
    _audit("contact_changed", account_id, "", session=session, now=clock.now())


def verify_email(account_id: int, email: str, *, session: Session, clock: Clock) -> bool:
    """Note that mail to an address reached its owner; False when it is not the address any more."""
    row = _row(account_id, session=session)
    if row.email is None or row.email != email:
        return False
    row.email_verified_at = row.email_verified_at or clock.now()
    row.email_problem = None
    return True


def note_email_problem(
    account_id: int, email: str, reason: str | None, *, session: Session
) -> None:
    """Mark an e-mail address as failing, or with no reason as working again."""
    row = session.get(Account, account_id)
    if row is not None and row.email == email:
        row.email_problem = reason and reason[:_LONGEST_REASON]


def disable(account_id: int, *, session: Session, clock: Clock) -> None:
    """Close an account for signing in and end its sessions; its history stays.

    Raises:
        AccountNotFound: there is no such account.
    """
    _row(account_id, session=session).state = "disabled"
    end_sessions(account_id, session=session)
    _audit("account_disabled", account_id, "", session=session, now=clock.now())


def hash_password(password: str) -> str:
    """Hash a password with argon2id after bringing it into NFKC."""
    return _hasher.hash(normalise_password(password))


def _check_password(login: str, password: str, *, address: str, database: Database) -> _Check:
    with database.reading() as session:
        row = session.execute(
            select(Account.id, Account.password_hash, Account.state).where(
                Account.login == normalise_login(login)
            )
        ).first()
    stored = row.password_hash if row else _nobodys_hash()
    is_right = _verify(stored, password) and row is not None and row.state == "active"
    account_id = row.id if row else None
    return _Check(login=login, address=address, account_id=account_id, is_right=is_right)


def _verify(stored: str, password: str) -> bool:
    # A longer text cannot be right; cutting it keeps a huge one from costing time.
    try:
        return _hasher.verify(stored, normalise_password(password[: MAX_PASSWORD_LENGTH * 4]))
    except VerifyMismatchError:
        return False


@cache
def _nobodys_hash() -> str:
    """Make a hash that nobody's password fits, so that an unknown login costs the same time."""
    return _hasher.hash(secrets.token_urlsafe(32))


def _record_sign_in(check: _Check, *, session: Session, now: datetime) -> SignInOutcome:
    lock = _lock_of(check, session=session, now=now)
    state = LockState(failures=lock.failures, locked_until=lock.locked_until)
    if state.is_locked(now):
        _audit("sign_in_refused", check.account_id, check.address, session=session, now=now)
        return SignInOutcome(kind="locked", locked_until=state.locked_until)
    if not check.is_right or check.account_id is None:
        return _record_failure(check, lock, state.after_failure(now), session=session, now=now)
    lock.failures, lock.locked_until = 0, None
    _audit("signed_in", check.account_id, check.address, session=session, now=now)
    token = _open_session(check.account_id, check.address, session=session, now=now)
    return SignInOutcome(kind="accepted", account_id=check.account_id, token=token)


def _record_failure(
    check: _Check, lock: LoginLock, state: LockState, *, session: Session, now: datetime
) -> SignInOutcome:
    lock.failures, lock.locked_until, lock.changed_at = state.failures, state.locked_until, now
    session.add(LoginFailure(address=check.address, at=now))
    _audit("sign_in_failed", check.account_id, check.address, session=session, now=now)
    if state.locked_until is None:
        return SignInOutcome(kind="wrong")
    _audit("locked", check.account_id, check.address, session=session, now=now)
    return SignInOutcome(kind="locked", locked_until=state.locked_until)


def _lock_of(check: _Check, *, session: Session, now: datetime) -> LoginLock:
    """Lock the counter's row against a parallel try, making it at the first."""
    key = login_key(check.login)
    row = session.get(LoginLock, key, with_for_update=True)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(LoginLock(login_key=key, failures=0, locked_until=None, changed_at=now))
    except IntegrityError:
        pass  # a parallel first try made it
    return session.get_one(LoginLock, key, with_for_update=True)


def _failures_from(address: str, *, session: Session, now: datetime) -> int:
    recent = select(func.count()).where(
        LoginFailure.address == address, LoginFailure.at > now - ADDRESS_PERIOD
    )
    return session.scalar(recent) or 0


def _open_session(account_id: int, address: str, *, session: Session, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=token_hash(token),
            account_id=account_id,
            address=address,
            created_at=now,
            last_seen_at=now,
            expires_at=session_end(now, now),
        )
    )
    return token


def _add_memberships(
    account_id: int, memberships: Iterable[tuple[str, str]], *, session: Session
) -> None:
    for role, scope in memberships:
        check_membership(role, scope)
        session.add(Membership(account_id=account_id, role=role, scope=scope))
    session.flush()


def _row(account_id: int, *, session: Session) -> Account:
    row = session.get(Account, account_id)
    if row is None:
        raise AccountNotFound(str(account_id))
    return row


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise LanguageUnknown(language)


def _audit(
    kind: str, account_id: int | None, address: str, *, session: Session, now: datetime
) -> None:
    session.add(AuditEntry(at=now, kind=kind, account_id=account_id, address=address, details={}))
