"""The verbs of accounts: sign in and out, open accounts, give roles, keep the audit log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.db import Database
from housing.people import audit, keyboard, locks, mobiles, passwords, recovery, sessions
from housing.people.errors import AccountNotFound, LanguageUnknown, LoginTaken
from housing.people.locks import Attempt
from housing.people.models import (
    Account,
    LoginFailure,
    LoginLock,
    Membership,
    PasskeyChallenge,
    WebSession,
)
from housing.people.rules import (
    ADDRESS_PERIOD,
    check_email,
    check_login,
    check_membership,
    check_mobile,
    check_new_password,
    normalise_login,
    session_end,
    token_hash,
)
from housing.people.sessions import Client
from housing.settings import LANGUAGES
from housing.vault import Vault

TOUCH_PERIOD = timedelta(minutes=1)
"""A session's last-seen instant is written at most this often, not with every page."""

_LONGEST_REASON = 300
"""Characters of the column that tells why mail came back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignInOutcome:
    """How a try to sign in ended.

    Attributes:
        kind: "accepted", "code" (asked for now), "wrong" (login or password; which is not told),
            "locked", "too_many" (failures from this address), or "over" (asked for too long ago).
        account_id: whose account, when accepted.
        token: the session's token for the cookie, when accepted or a code is asked for; stored
            nowhere.
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


def sign_in(
    login: str,
    password: str,
    *,
    client: Client,
    database: Database,
    clock: Clock,
) -> SignInOutcome:
    """Sign a person in and open a session.

    Opens its own units of work: the failure counter must survive whatever the caller does, and the
    slow password check must not hold the database's only writer back. Call it outside any other.

    A login is locked for 15 minutes after three failures in a row; a try during the lock is refused
    and does not lengthen it. Unknown logins behave, and take time, exactly like known ones.

    Args:
        login: as typed.
        password: as typed.
        client: from where.
        database: where accounts are.
        clock: the real clock, never the demo's.
    """
    with database.reading() as session:
        if locks.is_address_tired(client.address, session=session, now=clock.now()):
            return SignInOutcome(kind="too_many")
    attempt = _check_password(login, password, address=client.address, database=database)
    with database.unit_of_work() as session:
        return _record_sign_in(attempt, client, session=session, now=clock.now())


def sign_out(token: str, *, session: Session, clock: Clock) -> None:
    """End the session of a token; a token without session is no error."""
    row = session.get(WebSession, token_hash(token))
    if row is None:
        return
    audit.write("signed_out", row.account_id, row.address, session=session, now=clock.now())
    session.delete(row)


def touch(token: str, *, session: Session, clock: Clock) -> None:
    """Note that a session was used, at most once a minute; it then lives 8 hours on."""
    row = session.get(WebSession, token_hash(token))
    now = clock.now()
    if row is None or now >= row.expires_at or now - row.last_seen_at < TOUCH_PERIOD:
        return
    row.last_seen_at = now
    row.expires_at = session_end(row.created_at, now)


def purge(*, session: Session, clock: Clock) -> None:
    """Remove sessions that ended, failures that no limit looks at and locks that are long over."""
    now = clock.now()
    session.execute(delete(WebSession).where(WebSession.expires_at <= now))
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now))
    session.execute(delete(LoginFailure).where(LoginFailure.at <= now - ADDRESS_PERIOD))
    session.execute(delete(LoginLock).where(LoginLock.changed_at <= now - timedelta(days=1)))


def open_account(new: NewAccount, *, session: Session, clock: Clock) -> int:
    """Open an account and return its id.

    Raises:
        LoginInvalid, LoginTaken: the login cannot be used.
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: the password cannot be used.
        RoleUnknown, ScopeInvalid, LanguageUnknown, EmailInvalid: see the message.
    """
    login = check_login(new.login)
    check_new_password(new.password, login=login)
    _check_language(new.language)
    row = Account(
        login=login,
        name=new.name,
        password_hash=passwords.hash_password(new.password),
        language=new.language,
        state="active",
        created_at=clock.now(),
        email=check_email(new.email),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # also when somebody else takes it at this moment
        raise LoginTaken(login) from error
    _add_memberships(row.id, new.memberships, session=session)
    audit.write("account_opened", row.id, session=session, now=clock.now())
    return row.id


def change_language(account_id: int, language: str, *, session: Session) -> None:
    """Set the language of a person's pages and notices.

    Raises:
        AccountNotFound: there is no such account.
        LanguageUnknown: Anju does not speak it.
    """
    _check_language(language)
    _row(account_id, session=session).language = language


def set_letter_keys(account_id: int, *, are_on: bool, session: Session) -> None:
    """Say whether single letters act as keys for a person.

    Raises:
        AccountNotFound: there is no such account.
    """
    _row(account_id, session=session).has_letter_keys = are_on


def set_keys(account_id: int, typed: Mapping[str, str], *, session: Session) -> None:
    """Give the commands the keys that a person typed.

    Args:
        account_id: whose keys.
        typed: command to key; a command that is missing gets its first key.
        session: any.

    Raises:
        AccountNotFound: there is no such account.
        KeysRefused: some cannot be used; the keys stay as they were.
    """
    _row(account_id, session=session).own_keys = keyboard.check_keys(typed)


def set_iso_dates(account_id: int, *, are_on: bool, session: Session) -> None:
    """Say whether a person reads days in the form of ISO 8601.

    Raises:
        AccountNotFound: there is no such account.
    """
    _row(account_id, session=session).has_iso_dates = are_on


def change_contact(  # noqa: PLR0913  # both ways to reach whom
    account_id: int, *, email: str, mobile: str, vault: Vault, session: Session, clock: Clock
) -> None:
    """Set where a person is reached; a new e-mail address is not verified yet.

    Raises:
        AccountNotFound: there is no such account.
        EmailInvalid, MobileInvalid: it cannot be used.
    """
    row = _row(account_id, session=session)
    address = check_email(email)
    number = check_mobile(mobile) if mobile.strip() else None
    known = mobiles.read(row, vault)
    if (row.email, known) == (address, number):
        return
    if row.email != address:
        row.email, row.email_verified_at, row.email_problem = address, None, None
    if known != number:
        mobiles.keep(row, number, vault)
        row.mobile_verified_at = None
    audit.write("contact_changed", account_id, session=session, now=clock.now())


def read_mobile(account_id: int, *, vault: Vault, session: Session) -> str:
    """Read the mobile number of an account in full, for its owner; "" without one.

    Raises:
        AccountNotFound: there is no such account.
        KeyMissing, SealBroken: as `Vault.open`.
    """
    return mobiles.read(_row(account_id, session=session), vault) or ""


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
    sessions.end_all(account_id, session=session)
    audit.write("account_disabled", account_id, session=session, now=clock.now())


def reopen(account_id: int, *, session: Session, clock: Clock) -> None:
    """Open an account again that was closed; password, roles and second factor are as they were.

    Raises:
        AccountNotFound: there is no such account.
    """
    _row(account_id, session=session).state = "active"
    audit.write("account_reopened", account_id, session=session, now=clock.now())


def _check_password(login: str, password: str, *, address: str, database: Database) -> Attempt:
    with database.reading() as session:
        row = session.execute(
            select(Account.id, Account.password_hash, Account.state).where(
                Account.login == normalise_login(login)
            )
        ).first()
    is_right = passwords.is_right(row.password_hash if row else None, password)
    return Attempt(
        login=login,
        address=address,
        account_id=row.id if row else None,
        is_right=is_right and row is not None and row.state == "active",
    )


def _record_sign_in(
    attempt: Attempt, client: Client, *, session: Session, now: datetime
) -> SignInOutcome:
    has_factor = attempt.account_id is not None and recovery.has_factor(
        attempt.account_id, session=session
    )
    verdict = locks.judge(attempt, is_last_step=not has_factor, session=session, now=now)
    if verdict.kind != "right" or attempt.account_id is None:
        return SignInOutcome(kind=verdict.kind, locked_until=verdict.locked_until)
    account_id = attempt.account_id
    if has_factor:
        token = sessions.open_waiting(account_id, client=client, session=session, now=now)
        return SignInOutcome(kind="code", account_id=account_id, token=token)
    token = sessions.open_one(account_id, client=client, session=session, now=now)
    return SignInOutcome(kind="accepted", account_id=account_id, token=token)


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
