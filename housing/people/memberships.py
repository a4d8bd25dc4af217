"""Roles of an account, given and taken away."""

from sqlalchemy.orm import Session

from housing.people.errors import RoleNotGiven
from housing.people.models import Membership
from housing.people.rules import check_membership


def give(account_id: int, role: str, scope: str, *, session: Session) -> None:
    """Give an account a role within a scope; one that it has stays.

    Raises:
        RoleUnknown, ScopeInvalid: see `rules.check_membership`.
    """
    check_membership(role, scope)
    if session.get(Membership, (account_id, role, scope)) is None:
        session.add(Membership(account_id=account_id, role=role, scope=scope))
        session.flush()


def take(account_id: int, role: str, scope: str, *, session: Session) -> None:
    """Take a role within a scope from an account.

    Raises:
        RoleNotGiven: it has no such role there.
    """
    row = session.get(Membership, (account_id, role, scope))
    if row is None:
        raise RoleNotGiven(role, scope)
    session.delete(row)
    session.flush()
