"""Whom a scope reaches: the accounts that live there now, and the homes behind them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from housing.announcements.rules import Home, Scope
from housing.people.models import Account, Membership
from housing.places.models import Building, Residency, Unit
from housing.places.rules import EMPTY_STATES


@dataclass(frozen=True, kw_only=True, slots=True)
class Dweller:
    """Somebody with an account who lives in a home."""

    account_id: int
    name: str
    email: str | None
    mobile: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Household:
    """A home of a scope in which somebody lives; nobody in it needs to have an account."""

    unit_id: int
    community: str
    unit: str
    people: tuple[Dweller, ...]


def receivers(scope: Scope, *, at: datetime, session: Session) -> list[int]:
    """List the active accounts that a scope addresses, each once, by id."""
    wanted = select(Account.id).where(Account.state == "active").distinct().order_by(Account.id)
    if scope.kind == "role":
        wanted = wanted.join(Membership, Membership.account_id == Account.id)
        return list(session.scalars(wanted.where(Membership.role == scope.role)))
    wanted = (
        wanted.join(Residency, Residency.account_id == Account.id)
        .join(Unit, Unit.id == Residency.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .where(*_lives(at), *_in(scope))
    )
    return list(session.scalars(wanted))


def households(scope: Scope, *, at: datetime, session: Session) -> list[Household]:
    """List the homes of a scope that are not empty, with the accounts in them; none for a role."""
    if scope.kind == "role":
        return []
    lives = (Residency.unit_id == Unit.id) & _all(_lives(at))
    active = (Account.id == Residency.account_id) & (Account.state == "active")
    rows = session.execute(
        select(Unit, Account)
        .join(Building, Building.id == Unit.building_id)
        .outerjoin(Residency, lives)
        .outerjoin(Account, active)
        .where(Unit.state.not_in(EMPTY_STATES), *_in(scope))
        .order_by(Unit.community_code, Unit.code, Account.id)
    )
    found: dict[int, Household] = {}
    for unit, account in rows:
        known = found.get(unit.id)
        people = known.people if known else ()
        found[unit.id] = Household(
            unit_id=unit.id,
            community=unit.community_code,
            unit=unit.code,
            people=people if account is None else (*people, _dweller(account)),
        )
    return list(found.values())


def homes_of(account_id: int, *, at: datetime, session: Session) -> list[Home]:
    """List where an account lives, as scopes see it."""
    rows = session.execute(
        select(Unit.community_code, Building.code, Unit.floor, Unit.code)
        .join(Building, Building.id == Unit.building_id)
        .join(Residency, Residency.unit_id == Unit.id)
        .where(Residency.account_id == account_id, *_lives(at))
    )
    return [
        Home(community=community, building=building, floor=floor, unit=unit)
        for community, building, floor, unit in rows
    ]


def unknown_units(scope: Scope, *, session: Session) -> list[str]:
    """List the codes of a scope's homes that its community does not have."""
    if scope.kind != "units":
        return []
    known = set(
        session.scalars(
            select(Unit.code).where(
                Unit.community_code == scope.community, Unit.code.in_(scope.units)
            )
        )
    )
    return [code for code in scope.units if code not in known]


def buildings(communities: Collection[str], *, session: Session) -> list[tuple[str, str, str]]:
    """List community, code and name of the buildings of communities."""
    rows = session.execute(
        select(Building.community_code, Building.code, Building.name)
        .where(Building.community_code.in_(communities))
        .order_by(Building.community_code, Building.code)
    )
    return [(community, code, name) for community, code, name in rows]


def _in(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.kind == "city":
        return []
    wanted: list[ColumnElement[bool]] = [Unit.community_code == scope.community]
    if scope.kind == "units":
        return [*wanted, Unit.code.in_(scope.units)]
    if scope.kind in ("building", "floor"):
        wanted.append(Building.code == scope.building)
    if scope.kind == "floor":
        wanted.append(Unit.floor == scope.floor)
    return wanted


def _lives(at: datetime) -> tuple[ColumnElement[bool], ...]:
    on = local_date(at)
    return (Residency.from_on <= on, or_(Residency.until_on.is_(None), Residency.until_on >= on))


def _all(conditions: tuple[ColumnElement[bool], ...]) -> ColumnElement[bool]:
    first, second = conditions
    return first & second


def _dweller(account: Account) -> Dweller:
    return Dweller(
        account_id=account.id, name=account.name, email=account.email, mobile=account.mobile
    )
