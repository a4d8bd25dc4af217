"""The second factor of an account: set up, asked for at the sign-in, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.db import Database
from engine.types import Actor
from housing.people import audit, locks, recovery, sessions, totp
from housing.people.errors import (
    AccountNotFound,
    CodeWrong,
    FactorMissing,
    OwnFactor,
    ReasonTooShort,
)
from housing.people.locks import Attempt, Verdict
from housing.people.models import Account, Passkey, RecoveryCode
from housing.people.rules import normalise_login
from housing.people.service import SignInOutcome
from housing.people.sessions import Client
from housing.vault import Place, Vault

MIN_REASON = 5
_LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """With what codes are checked, outside of any unit of work.

    Attributes:
        clock: the real clock.
    """

    database: Database
    vault: Vault
    clock: Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class FactorState:
    """What a person sees of his second factor.

    Attributes:
        since: when it was set up; None while there is none.
        codes_left: recovery codes that were not used.
    """

    since: datetime | None
    codes_left: int


def state_of(account_id: int, *, session: Session) -> FactorState:
    """Tell whether an account has a second factor and how many recovery codes are left."""
    left = session.scalars(
        select(RecoveryCode.id).where(
            RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
        )
    ).all()
    since = session.get_one(Account, account_id).totp_since
    return FactorState(since=since, codes_left=len(left))


def offer(account_id: int, *, vault: Vault, session: Session) -> str:
    """Give an account a new secret, which counts once a code confirmed it.

    Returns:
        The secret in base32, to be shown now.

    Raises:
        CodeWrong: there is a second factor already; it is taken away first.
    """
    row = session.get_one(Account, account_id)
    if row.totp_since is not None:
        raise CodeWrong
    secret = totp.new_secret()
    row.totp_sealed = vault.seal(secret, _place(account_id))
    return secret


def offered_secret(account_id: int, *, vault: Vault, session: Session) -> str | None:
    """Read the secret that waits for its first code; None when none does."""
    row = session.get_one(Account, account_id)
    if row.totp_sealed is None or row.totp_since is not None:
        return None
    return vault.open(row.totp_sealed, _place(account_id))


def confirm(
    account_id: int, code: str, *, vault: Vault, session: Session, clock: Clock
) -> Sequence[str]:
    """Switch the second factor on by its first code.

    Returns:
        Recovery codes, to be shown this once, when it is the first second factor; else nothing.

    Raises:
        CodeWrong: it is not the code of now.
    """
    secret = offered_secret(account_id, vault=vault, session=session)
    step = totp.step_of_code(secret, code, after=None, now=clock.now()) if secret else None
    if step is None:
        raise CodeWrong
    is_first = not recovery.has_factor(account_id, session=session)
    row = session.get_one(Account, account_id)
    row.totp_since, row.totp_step = clock.now(), step
    audit.write("second_factor_set", account_id, session=session, now=clock.now())
    return recovery.renew(account_id, session=session) if is_first else []


def renew_codes(account_id: int, *, session: Session, clock: Clock) -> Sequence[str]:
    """Give an account new recovery codes, to be shown this once; the old ones are worthless.

    Raises:
        FactorMissing: it has no second factor that they could stand in for.
    """
    if not recovery.has_factor(account_id, session=session):
        raise FactorMissing
    audit.write("recovery_codes_renewed", account_id, session=session, now=clock.now())
    return recovery.renew(account_id, session=session)


def finish_sign_in(token: str, code: str, *, client: Client, door: Door) -> SignInOutcome:
    """Open the session of a person whose password was right, by the code of his app.

    A recovery code does as well, once. Wrong codes count towards the same lock as passwords.

    Args:
        token: of the sign-in that waits.
        code: as typed.
        client: from where.
        door: with what codes are checked.

    Returns:
        As `service.sign_in`; "over" when no sign-in waits any more.
    """
    with door.database.unit_of_work() as session:
        now = door.clock.now()
        if locks.is_address_tired(client.address, session=session, now=now):
            return SignInOutcome(kind="too_many")
        account_id = sessions.waiting_account(token, session=session, now=now)
        if account_id is None:
            return SignInOutcome(kind="over")
        row = _locked_row(account_id, session=session)
        verdict = _judge(row, code, client=client, door=door, session=session)
        if verdict.kind != "right":
            return SignInOutcome(kind=verdict.kind, locked_until=verdict.locked_until)
        opened = sessions.finish_waiting(token, row.id, client=client, session=session, now=now)
        return SignInOutcome(kind="accepted", account_id=row.id, token=opened)


def switch_off(account_id: int, code: str, *, client: Client, door: Door) -> Verdict:
    """Take one's own second factor away, by a code of it."""
    with door.database.unit_of_work() as session:
        row = _locked_row(account_id, session=session)
        verdict = _judge(row, code, client=client, door=door, session=session)
        if verdict.kind == "right":
            _forget_app(row, session=session)
            audit.write(
                "second_factor_off", row.id, client.address, session=session, now=door.clock.now()
            )
    return verdict


def reset(login: str, reason: str, *, by: Actor, session: Session, clock: Clock) -> int:
    """Take somebody's second factor away who lost it; his sessions end.

    Returns:
        The account's id.

    Raises:
        AccountNotFound: there is no such account.
        OwnFactor: administrators do not reset their own.
        ReasonTooShort: the reason has fewer than five characters.
    """
    text = reason.strip()[:_LONGEST_REASON]
    if len(text) < MIN_REASON:
        raise ReasonTooShort(MIN_REASON)
    row = session.scalar(select(Account).where(Account.login == normalise_login(login)))
    if row is None:
        raise AccountNotFound(login)
    if str(row.id) == by.id:
        raise OwnFactor
    _forget_all(row, session=session)
    sessions.end_all(row.id, session=session)
    details = {"by": by.id, "reason": text}
    audit.write("second_factor_reset", row.id, details=details, session=session, now=clock.now())
    return row.id


def forget(account_id: int, *, session: Session) -> None:
    """Take every second factor of an account away: who it is was shown at the counter."""
    _forget_all(session.get_one(Account, account_id), session=session)


def seal_anew(*, vault: Vault, session: Session, limit: int = 500) -> int:
    """Bring up to `limit` secrets under the newest key.

    Returns:
        How many were changed; 0 when all are.
    """
    old = ~Account.totp_sealed.startswith(f"{vault.newest}:", autoescape=True)
    rows = session.scalars(select(Account).where(old).order_by(Account.id).limit(limit)).all()
    for row in rows:
        if row.totp_sealed is not None:
            place = _place(row.id)
            row.totp_sealed = vault.seal(vault.open(row.totp_sealed, place), place)
    session.flush()
    return len(rows)


def _judge(row: Account, code: str, *, client: Client, door: Door, session: Session) -> Verdict:
    attempt = Attempt(
        login=row.login,
        address=client.address,
        account_id=row.id,
        is_right=False,
        failure="code_failed",
    )
    now = door.clock.now()
    is_locked = locks.is_locked(row.login, session=session, now=now)
    is_right = not is_locked and _use(row, code, door=door, session=session)
    return locks.judge(replace(attempt, is_right=is_right), session=session, now=now)


def _use(row: Account, code: str, *, door: Door, session: Session) -> bool:
    """Use a code up, of the app or a recovery code; False when it is neither or was used."""
    now = door.clock.now()
    if _is_of_app(row, code, door=door, now=now):
        return True
    return recovery.use(row.id, code, session=session, now=now)


def _is_of_app(row: Account, code: str, *, door: Door, now: datetime) -> bool:
    if row.totp_sealed is None or row.totp_since is None:
        return False
    secret = door.vault.open(row.totp_sealed, _place(row.id))
    step = totp.step_of_code(secret, code, after=row.totp_step, now=now)
    if step is None:
        return False
    row.totp_step = step
    return True


def _locked_row(account_id: int, *, session: Session) -> Account:
    """Read an account for itself, so that two requests cannot use the same code."""
    return session.get_one(Account, account_id, with_for_update=True, populate_existing=True)


def _forget_app(row: Account, *, session: Session) -> None:
    """Forget the app; with the last factor the recovery codes go."""
    row.totp_sealed = row.totp_since = row.totp_step = None
    session.flush()
    if not recovery.has_factor(row.id, session=session):
        recovery.forget(row.id, session=session)


def _forget_all(row: Account, *, session: Session) -> None:
    session.execute(delete(Passkey).where(Passkey.account_id == row.id))
    _forget_app(row, session=session)


def _place(account_id: int) -> Place:
    return Place(table=Account.__tablename__, column="totp_sealed", row=account_id)
