"""Recovery codes: they stand in, once each, for a second factor that was lost."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from housing.people import totp
from housing.people.models import Account, Passkey, RecoveryCode


def has_factor(account_id: int, *, session: Session) -> bool:
    """Tell whether an account asks for a second step: it has an app or a passkey."""
    if session.get_one(Account, account_id).totp_since is not None:
        return True
    found = select(Passkey.id).where(Passkey.account_id == account_id).limit(1)
    return session.scalar(found) is not None


def renew(account_id: int, *, session: Session) -> list[str]:
    """Give an account ten new codes; the old ones are worthless. Only hashes are kept."""
    codes = totp.new_recovery_codes()
    forget(account_id, session=session)
    session.add_all(
        RecoveryCode(account_id=account_id, code_hash=totp.recovery_hash(each)) for each in codes
    )
    return codes


def use(account_id: int, typed: str, *, session: Session, now: datetime) -> bool:
    """Use a code up; False when it is none or was used."""
    found = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == totp.recovery_hash(typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return found is not None


def forget(account_id: int, *, session: Session) -> None:
    """Make all codes of an account worthless."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
