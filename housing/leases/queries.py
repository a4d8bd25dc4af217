"""Read leases: by home, by person, by the day they end; deposit and what is owed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.types import CITY
from housing.leases.errors import LeaseNotFound
from housing.leases.models import AccountEntry, DepositEntry, Lease, LeaseParty
from housing.leases.rules import overdue, years_used
from housing.places.models import Unit
from housing.places.rules import code_of


@dataclass(frozen=True, kw_only=True, slots=True)
class PartyView:
    """A person of a lease: tenant or co_resident."""

    person_id: int
    role: str
    relation: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaseView:
    """A lease.

    Attributes:
        end_on: last day of the term.
        state: active or ended.
        ended_on: last day of rent of an ended lease.
    """

    id: int
    number: str
    unit_id: int
    community_code: str
    tenant_id: int
    household_class: str
    start_on: date
    end_on: date
    rent_twd: int
    deposit_twd: int
    used_since: date
    months_before: int
    state: str
    ended_on: date | None
    end_reason: str | None
    previous_id: int | None

    def years_used(self, until_on: date | None = None) -> Decimal:
        """Tell the years in social housing up to a day, at the end of the term when absent."""
        return years_used(self.used_since, self.months_before, until_on or self.end_on)


@dataclass(frozen=True, kw_only=True, slots=True)
class MoneyLine:
    """A movement of a deposit, or of a lease's account."""

    kind: str
    amount_twd: int
    on: date | None
    at: datetime
    text: str


def lease(lease_id: int, *, session: Session) -> LeaseView:
    """Read a lease.

    Raises:
        LeaseNotFound: there is none.
    """
    found = _leases([Lease.id == lease_id], session)
    if not found:
        raise LeaseNotFound(str(lease_id))
    return found[0]


def lease_by_number(number: str, *, session: Session) -> LeaseView:
    """Read a lease by its number.

    Raises:
        LeaseNotFound: there is none.
    """
    found = _leases([Lease.number == number.strip().upper()], session)
    if not found:
        raise LeaseNotFound(number)
    return found[0]


def lease_of_unit(unit_id: int, *, on: date, session: Session) -> LeaseView | None:
    """Find the lease of a home on a day; None when it is not let."""
    runs = [
        Lease.unit_id == unit_id,
        Lease.start_on <= on,
        or_(Lease.ended_on.is_(None), Lease.ended_on >= on),
    ]
    found = _leases(runs, session)
    return found[-1] if found else None


def leases_of_person(
    person_id: int, *, is_active: bool = True, session: Session
) -> list[LeaseView]:
    """List the leases on which a person stands, as tenant or beside him."""
    stands = select(LeaseParty.lease_id).where(LeaseParty.person_id == person_id)
    wanted: list[ColumnElement[bool]] = [Lease.id.in_(stands)]
    if is_active:
        wanted.append(Lease.state == "active")
    return _leases(wanted, session)


def ending_between(
    first: date, last: date, *, scopes: Collection[str] = (CITY,), session: Session
) -> list[LeaseView]:
    """List the running leases whose term ends from a day to another, both included.

    Args:
        first: first day.
        last: last day.
        scopes: "city" for all, or those of communities.
        session: any.
    """
    wanted = [Lease.state == "active", Lease.end_on >= first, Lease.end_on <= last]
    if CITY not in scopes:
        wanted.append(Unit.community_code.in_([code_of(each) for each in scopes]))
    return _leases(wanted, session)


def parties_of(lease_id: int, *, on: date | None = None, session: Session) -> list[PartyView]:
    """List the people of a lease, the tenant first; those of one day, or all there ever were."""
    wanted = [LeaseParty.lease_id == lease_id]
    if on is not None:
        open_ended = or_(LeaseParty.until_on.is_(None), LeaseParty.until_on >= on)
        wanted += [LeaseParty.from_on <= on, open_ended]
    rows = session.scalars(select(LeaseParty).where(*wanted).order_by(LeaseParty.id))
    found = [
        PartyView(
            person_id=row.person_id,
            role=row.role,
            relation=row.relation,
            from_on=row.from_on,
            until_on=row.until_on,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: each.role != "tenant")


def deposit_held(lease_id: int, *, session: Session) -> int:
    """Tell what the office holds of a lease's deposit, in dollars."""
    total = select(func.sum(DepositEntry.amount_twd)).where(DepositEntry.lease_id == lease_id)
    return int(session.scalar(total) or 0)


def deposit_lines(lease_id: int, *, session: Session) -> list[MoneyLine]:
    """List the movements of a lease's deposit, oldest first."""
    rows = session.scalars(
        select(DepositEntry).where(DepositEntry.lease_id == lease_id).order_by(DepositEntry.id)
    )
    return [
        MoneyLine(kind=row.kind, amount_twd=row.amount_twd, on=None, at=row.at, text=row.reason)
        for row in rows
    ]


def account_lines(lease_id: int, *, session: Session) -> list[MoneyLine]:
    """List what a lease owed and paid, by due day."""
    rows = session.scalars(
        select(AccountEntry)
        .where(AccountEntry.lease_id == lease_id)
        .order_by(AccountEntry.due_on, AccountEntry.id)
    )
    return [
        MoneyLine(kind=row.kind, amount_twd=row.amount_twd, on=row.due_on, at=row.at, text=row.text)
        for row in rows
    ]


def arrears(lease_id: int, *, on: date, session: Session) -> int:
    """Tell what a lease owes and is overdue on a day, before the deposit is set off."""
    entries = session.execute(
        select(AccountEntry.due_on, AccountEntry.amount_twd).where(
            AccountEntry.lease_id == lease_id
        )
    )
    return overdue([(row.due_on, row.amount_twd) for row in entries], on)


def _leases(where: Collection[ColumnElement[bool]], session: Session) -> list[LeaseView]:
    rows = session.execute(
        select(Lease, Unit.community_code)
        .join(Unit, Unit.id == Lease.unit_id)
        .where(*where)
        .order_by(Lease.start_on, Lease.id)
    )
    return [_view(*row) for row in rows]


def _view(row: Lease, community_code: str) -> LeaseView:
    return LeaseView(
        id=row.id,
        number=row.number,
        unit_id=row.unit_id,
        community_code=community_code,
        tenant_id=row.tenant_id,
        household_class=row.household_class,
        start_on=row.start_on,
        end_on=row.end_on,
        rent_twd=row.rent_twd,
        deposit_twd=row.deposit_twd,
        used_since=row.used_since,
        months_before=row.months_before,
        state=row.state,
        ended_on=row.ended_on,
        end_reason=row.end_reason,
        previous_id=row.previous_id,
    )
