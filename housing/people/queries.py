"""Read accounts for pages, notices and the engine."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.types import CITY, Actor
from housing.people.errors import AccountNotFound
from housing.people.models import Account, AuditEntry, Membership, Passkey, WebSession
from housing.people.rules import CITIZEN_ROLES, token_hash

AccountRef = int | str
"""An account's id, as number or as the text that process data holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountView:
    """A person as pages and notices need them.

    Attributes:
        memberships: (role, scope) pairs, sorted.
        mobile: masked, 0912***678.
        email_problem: why the last mail came back; None while the address works.
        has_letter_keys: whether single letters are keys (WCAG 2.1.4 asks for a way to end that).
        own_keys: command to key, where it is not the first one of `housing.people.keyboard`.
        has_iso_dates: reads days as 2026-03-02 instead of 115/03/02.
        has_second_factor: an app or a passkey.
    """

    id: int
    login: str
    name: str
    language: str
    state: str
    memberships: tuple[tuple[str, str], ...] = ()
    email: str | None = None
    email_verified_at: datetime | None = None
    email_problem: str | None = None
    mobile: str | None = None
    has_second_factor: bool = False
    has_letter_keys: bool = True
    has_iso_dates: bool = False
    own_keys: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def roles(self) -> frozenset[str]:
        """Tell the roles held in any scope."""
        return frozenset(role for role, _ in self.memberships)

    @property
    def works_here(self) -> bool:
        """Tell whether the person has a role that is not a citizen's."""
        return not self.roles <= CITIZEN_ROLES

    @property
    def actor(self) -> Actor:
        """Tell who this is for the engine."""
        return Actor(id=str(self.id), name=self.name, groups=frozenset(self.memberships))


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """An open session and whose it is."""

    account: AccountView
    last_seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditLine:
    """One line of the audit log.

    Attributes:
        kind: "sign_in_failed", "locked", "sign_in_refused", "signed_in", "signed_out" ...
    """

    at: datetime
    kind: str
    account_id: int | None
    address: str
    details: Mapping[str, object]


def account(account_id: AccountRef, *, session: Session) -> AccountView:
    """Read an account by its id.

    Raises:
        AccountNotFound: there is none.
    """
    found = accounts([account_id], session=session)
    if not found:
        raise AccountNotFound(str(account_id))
    return found[0]


def account_by_login(login: str, *, session: Session) -> AccountView | None:
    """Read an account by its stored login; None when there is none."""
    account_id = session.scalar(select(Account.id).where(Account.login == login))
    return None if account_id is None else account(account_id, session=session)


def accounts(account_ids: Iterable[AccountRef], *, session: Session) -> list[AccountView]:
    """Read several accounts, ordered by id; unknown ids and texts that are no id are left out."""
    wanted = {int(each) for each in account_ids if _is_id(each)}
    return _views(session, wanted) if wanted else []


def accounts_in(group: str, scope: str, *, session: Session) -> list[AccountView]:
    """List the active accounts that hold a role within a scope or in the whole city.

    Args:
        group: candidate group, which is a role.
        scope: "city", "community:<code>" or "contractor:<code>".
        session: any.
    """
    ids = select(Membership.account_id).where(
        Membership.role == group, Membership.scope.in_({scope, CITY})
    )
    members = _views(session, set(session.scalars(ids)))
    return [each for each in members if each.state == "active"]


def members_of(
    roles: Collection[str], scope: str, *, session: Session
) -> tuple[tuple[str, str, str], ...]:
    """List id, name and login of the active accounts with one of some roles where `scope` lies."""
    is_member = select(Membership.account_id).where(
        Membership.role.in_(roles), Membership.scope.in_({scope, CITY})
    )
    rows = session.execute(
        select(Account.id, Account.name, Account.login)
        .where(Account.id.in_(is_member), Account.state == "active")
        .order_by(Account.id)
    )
    return tuple((str(row.id), row.name, row.login) for row in rows)


def all_accounts(*, session: Session) -> list[AccountView]:
    """List every account by id."""
    return _views(session, set(session.scalars(select(Account.id))))


def actor_of(account_id: AccountRef, *, session: Session) -> Actor:
    """Tell who an account is for the engine.

    Raises:
        AccountNotFound: there is none.
    """
    return account(account_id, session=session).actor


def names_of(account_ids: Iterable[AccountRef], *, session: Session) -> dict[str, str]:
    """Map ids, as text, to names; unknown ids are left out."""
    wanted = {int(each) for each in account_ids if _is_id(each)}
    asked = select(Account.id, Account.name).where(Account.id.in_(wanted))
    rows = session.execute(asked) if wanted else ()
    return {str(row.id): row.name for row in rows}


def signed_in(token: str, *, now: datetime, session: Session) -> SignedIn | None:
    """Find the open session of a cookie's token; None when it ended or the account is disabled."""
    row = session.get(WebSession, token_hash(token))
    if row is None or row.waits_for_code or now >= row.expires_at:
        return None
    owner = account(row.account_id, session=session)
    if owner.state != "active":
        return None
    return SignedIn(account=owner, last_seen_at=row.last_seen_at)


def audit_log(*, account_id: int | None = None, session: Session) -> list[AuditLine]:
    """List the audit lines in the order they were written, of one account or of all."""
    statement = select(AuditEntry).order_by(AuditEntry.id)
    if account_id is not None:
        statement = statement.where(AuditEntry.account_id == account_id)
    return [
        AuditLine(
            at=row.at,
            kind=row.kind,
            account_id=row.account_id,
            address=row.address,
            details=row.details,
        )
        for row in session.scalars(statement)
    ]


def _is_id(value: AccountRef) -> bool:
    text = str(value)
    return text.isascii() and text.isdigit() and len(text) <= 18


def _views(session: Session, ids: Collection[int]) -> list[AccountView]:
    if not ids:
        return []
    memberships: dict[int, list[tuple[str, str]]] = {each: [] for each in ids}
    rows = session.execute(
        select(Membership.account_id, Membership.role, Membership.scope)
        .where(Membership.account_id.in_(ids))
        .order_by(Membership.role, Membership.scope)
    )
    for account_id, role, scope in rows:
        memberships[account_id].append((role, scope))
    keyed = set(session.scalars(select(Passkey.account_id).where(Passkey.account_id.in_(ids))))
    found = session.scalars(select(Account).where(Account.id.in_(ids)).order_by(Account.id))
    return [
        AccountView(
            id=row.id,
            login=row.login,
            name=row.name,
            language=row.language,
            state=row.state,
            memberships=tuple(memberships[row.id]),
            email=row.email,
            email_verified_at=row.email_verified_at,
            email_problem=row.email_problem,
            mobile=row.mobile,
            has_second_factor=row.totp_since is not None or row.id in keyed,
            has_letter_keys=row.has_letter_keys,
            has_iso_dates=row.has_iso_dates,
            own_keys=row.own_keys or {},
        )
        for row in found
    ]
