"""The audit log of accounts: one line an act, references instead of personal data."""

from datetime import datetime

from sqlalchemy.orm import Session

from housing.people.models import AuditEntry


def write(
    kind: str,
    account_id: int | None,
    address: str = "",
    *,
    session: Session,
    now: datetime,
) -> None:
    """Append a line.

    Args:
        kind: such as "signed_in" or "password_changed".
        account_id: whose account; None when the login is unknown.
        address: of the client, where there is one.
        session: any.
        now: the instant of the act.
    """
    session.add(AuditEntry(at=now, kind=kind, account_id=account_id, address=address, details={}))
