"""The unmoving part of the demo city: communities, homes, warranties, contractors, accounts."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.demo import households
from housing.demo.accounts import (
    ACCOUNTS,
    NEIGHBOURS,
    PASSWORD,
    REPAIR_CONTRACTOR,
    WARRANTY_CONTRACTOR,
    DemoAccount,
)
from housing.demo.catalogue import ASSET_NAMES, COMMON_ASSET_NAMES, CONSUMABLES, FURNISHINGS
from housing.people import mobiles
from housing.people.models import Account, Membership
from housing.people.passwords import hash_password
from housing.places.models import (
    Asset,
    Building,
    Community,
    Contractor,
    ContractorService,
    Residency,
    Unit,
)
from housing.repairs.models import ConsumableItem
from housing.settings import LANGUAGES
from housing.vault import Vault

BUILDINGS = ("A", "B")
FLOORS = range(2, 8)
ROOM_TYPES = ("1BR", "2BR")  # two homes a floor: 24 a community
AREAS_M2 = {"1BR": Decimal("36.40"), "2BR": Decimal("69.50")}
RENTS_TWD = {"1BR": 12_000, "2BR": 20_000}
MOVED_IN_ON = date(2024, 4, 1)

_LONG_LIVED = frozenset({"door_window", "wall_tile", "lift", "fire_safety", "network"})


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoCommunity:
    """One community of the demo city.

    Attributes:
        short_warranty_end_on: last day for taps, lamps, appliances and the like.
        long_warranty_end_on: last day for building elements, lifts and fire safety.
    """

    code: str
    name: str
    address: str
    phone: str
    handed_over_on: date
    short_warranty_end_on: date
    long_warranty_end_on: date


COMMUNITIES = (
    DemoCommunity(
        code="SW",
        name="東區尚武好宅",
        address="臺中市東區尚武街",
        phone="04-0000-1101",
        handed_over_on=date(2023, 12, 1),
        short_warranty_end_on=date(2026, 11, 30),
        long_warranty_end_on=date(2028, 11, 30),
    ),
    DemoCommunity(
        code="PX",
        name="太平育賢好宅",
        address="臺中市太平區育賢路",
        phone="04-0000-1102",
        handed_over_on=date(2019, 7, 1),
        short_warranty_end_on=date(2021, 6, 30),
        long_warranty_end_on=date(2024, 6, 30),
    ),
    DemoCommunity(
        code="SM",
        name="梧棲三民好宅",
        address="臺中市梧棲區三民街",
        phone="04-0000-1103",
        handed_over_on=date(2022, 9, 1),
        short_warranty_end_on=date(2024, 8, 31),
        long_warranty_end_on=date(2027, 8, 31),
    ),
)
"""SW is in warranty, PX out of it, SM in it for some categories only; all days invented."""


def is_in_warranty(community: str, category: str, on: date) -> bool:
    """Tell whether a community's assets of a repair category are under warranty on a day."""
    row = next(each for each in COMMUNITIES if each.code == community)
    is_long = category in _LONG_LIVED
    return on <= (row.long_warranty_end_on if is_long else row.short_warranty_end_on)


def found(*, vault: Vault, session: Session, clock: Clock) -> None:
    """Make the communities, homes, contractors, the table of consumables, accounts and leases."""
    for community in COMMUNITIES:
        _build(community, session)
    _hire(session)
    session.add_all(ConsumableItem(**row) for row in CONSUMABLES)
    _house(ACCOUNTS, _known_hash(), vault, session, clock)
    _house(NEIGHBOURS, _unknown_hash(), vault, session, clock)
    session.flush()
    households.settle(vault=vault, session=session, clock=clock)


@cache
def _known_hash() -> str:
    """Hash the public password once for all demo accounts: twelve hashes would take a second."""
    return hash_password(PASSWORD)


@cache
def _unknown_hash() -> str:
    return hash_password(secrets.token_urlsafe(32))


def _build(community: DemoCommunity, session: Session) -> None:
    session.add(
        Community(
            code=community.code,
            name=community.name,
            address=community.address,
            handed_over_on=community.handed_over_on,
            phone=community.phone,
        )
    )
    session.flush()
    for code in BUILDINGS:
        building = Building(community_code=community.code, code=code, name=f"{code} 棟")
        session.add(building)
        session.flush()
        units = list(_units(community, building))
        session.add_all(units)
        session.flush()
        session.add_all(asset for unit in units for asset in _assets(community, unit))
    session.add_all(_assets(community, None))
    session.flush()


def _units(community: DemoCommunity, building: Building) -> Iterable[Unit]:
    for floor in FLOORS:
        for number, room_type in enumerate(ROOM_TYPES, start=1):
            yield Unit(
                building_id=building.id,
                community_code=community.code,
                code=f"{building.code}-{floor:02}{number:02}",
                floor=floor,
                room_type=room_type,
                area_m2=AREAS_M2[room_type],
                rent_twd=RENTS_TWD[room_type],
                is_accessible=floor == FLOORS[0],
                state="ready",
            )


def _assets(community: DemoCommunity, unit: Unit | None) -> Iterable[Asset]:
    names = ASSET_NAMES if unit is not None else COMMON_ASSET_NAMES
    for category, name in names.items():
        is_long = category in _LONG_LIVED
        asset = Asset(
            community_code=community.code,
            unit_id=None if unit is None else unit.id,
            category=category,
            name=name,
            warranty_end_on=community.long_warranty_end_on
            if is_long
            else community.short_warranty_end_on,
        )
        if unit is not None:
            _describe(asset, unit)
        yield asset


def _describe(asset: Asset, unit: Unit) -> None:
    """Give a home's asset its number in the building's model, its room, price and life span."""
    furnishing = FURNISHINGS[asset.category]
    asset.bim_id = f"{unit.community_code}-{unit.code}-{asset.category.upper()}"
    asset.room, asset.price_twd = furnishing.room, furnishing.price_twd
    asset.life_span_years = furnishing.life_span_years


def _hire(session: Session) -> None:
    session.add_all(
        [
            Contractor(code=WARRANTY_CONTRACTOR, name="大安保固營造（示範）", phone="04-0000-0001"),
            Contractor(code=REPAIR_CONTRACTOR, name="中興修繕工程（示範）", phone="04-0000-0002"),
        ]
    )
    session.flush()
    for community in COMMUNITIES:
        for kind, code in (("warranty", WARRANTY_CONTRACTOR), ("repair", REPAIR_CONTRACTOR)):
            session.add(
                ContractorService(community_code=community.code, kind=kind, contractor_code=code)
            )


def _house(
    people: Iterable[DemoAccount],
    password_hash: str,
    vault: Vault,
    session: Session,
    clock: Clock,
) -> None:
    for person in people:
        account = Account(
            login=person.login,
            name=person.name,
            password_hash=password_hash,
            language=LANGUAGES[0],
            state="active",
            created_at=clock.now(),
            email=f"{person.login}@example.org",
            email_verified_at=clock.now(),
        )
        session.add(account)
        session.flush()
        mobiles.keep(account, f"09000{account.id:05}", vault)  # no number that anybody has
        session.add_all(
            Membership(account_id=account.id, role=role, scope=scope)
            for role in (person.role, person.also)
            for scope in person.scopes
            if role
        )
        if person.home:
            session.add(_residency(account.id, *person.home, session))


def _residency(account_id: int, community: str, code: str, session: Session) -> Residency:
    unit_id = session.scalars(
        select(Unit.id).where(Unit.community_code == community, Unit.code == code)
    ).one()
    return Residency(unit_id=unit_id, account_id=account_id, from_on=MOVED_IN_ON, until_on=None)
