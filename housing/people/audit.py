"""The audit log of accounts: one line an act, references instead of personal data."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from housing.people.models import AuditEntry


def write(  # noqa: PLR0913  # a line and its circumstances
    kind: str,
    account_id: int | None,
    address: str = "",
    *,
    details: Mapping[str, object] = MappingProxyType({}),
    session: Session,
    now: datetime,
) -> None:
    """Append a line.

    Args:
        kind: such as "signed_in" or "password_changed".
        account_id: whose account; None when the login is unknown.
        address: of the client, where there is one.
        details: what else to keep, such as a reason; references instead of personal data.
        session: any.
        now: the instant of the act.
    """
    line = AuditEntry(
        at=now, kind=kind, account_id=account_id, address=address, details=dict(details)
    )
    session.add(line)
