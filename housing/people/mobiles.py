"""Mobile numbers of accounts: sealed for their row; whoever only lists an account sees a mask."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from housing.people.models import Account
from housing.people.rules import mask_mobile
from housing.vault import Place, Vault


def keep(account: Account, number: str | None, vault: Vault) -> None:
    """Seal the number of an account that has its id; None forgets the one it has."""
    account.mobile_sealed = vault.seal(number, _place(account)) if number else None
    account.mobile = mask_mobile(number) if number else None


def read(account: Account, vault: Vault) -> str | None:
    """Read the number of an account in full; None without one.

    Raises:
        KeyMissing, SealBroken: as `Vault.open`.
    """
    if account.mobile_sealed is None:
        return account.mobile  # written before numbers were sealed
    return vault.open(account.mobile_sealed, _place(account))


def seal_anew(*, vault: Vault, session: Session, limit: int = 500) -> int:
    """Bring up to `limit` numbers under the newest key, also those that are not sealed yet.

    Returns:
        How many were changed; 0 when all are.
    """
    old = or_(
        and_(Account.mobile_sealed.is_(None), Account.mobile.is_not(None)),
        ~Account.mobile_sealed.startswith(f"{vault.newest}:", autoescape=True),
    )
    rows = session.scalars(select(Account).where(old).order_by(Account.id).limit(limit)).all()
    for row in rows:
        keep(row, read(row, vault), vault)
    session.flush()
    return len(rows)


def _place(account: Account) -> Place:
    return Place(table=Account.__tablename__, column="mobile_sealed", row=account.id)
