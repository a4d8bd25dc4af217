"""Read communities, homes, warranties and contractors."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from housing.places.errors import CommunityNotFound, ContractorNotFound, UnitNotFound
from housing.places.models import (
    Asset,
    Building,
    Community,
    Contractor,
    ContractorService,
    Residency,
    Unit,
)
from housing.places.rules import community_scope, contractor_scope, is_covered


@dataclass(frozen=True, kw_only=True, slots=True)
class CommunityView:
    """A community; phone is its manager's office, or None."""

    code: str
    name: str
    address: str
    handed_over_on: date
    phone: str | None = None

    @property
    def scope(self) -> str:
        """Tell the scope of its tasks."""
        return community_scope(self.code)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitView:
    """A home with the names of its building and community.

    Attributes:
        state: a key of `rules.UNIT_TRANSITIONS`.
        rent_twd: market rent a month.
    """

    id: int
    code: str
    floor: int
    room_type: str
    building_name: str
    community_code: str
    community_name: str
    state: str
    area_m2: Decimal | None
    rent_twd: int | None
    is_accessible: bool

    @property
    def label(self) -> str:
        """Tell the home as people say it: community, then unit."""
        return f"{self.community_name} {self.code}"

    @property
    def scope(self) -> str:
        """Tell the scope of its tasks."""
        return community_scope(self.community_code)


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetView:
    """Something that can break, the last day of its warranty, and what it is worth."""

    id: int
    category: str
    name: str
    warranty_end_on: date | None
    bim_id: str | None
    room: str | None
    life_span_years: int | None
    price_twd: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractorView:
    """A contractor as he serves one community.

    Attributes:
        kind: "warranty" or "repair".
    """

    code: str
    name: str
    phone: str
    kind: str

    @property
    def scope(self) -> str:
        """Tell the scope of its orders."""
        return contractor_scope(self.code)


def communities(*, session: Session) -> list[CommunityView]:
    """List the communities by code."""
    rows = session.scalars(select(Community).order_by(Community.code))
    return [_community_view(row) for row in rows]


def community(code: str, *, session: Session) -> CommunityView:
    """Read a community.

    Raises:
        CommunityNotFound: there is none with this code.
    """
    row = session.get(Community, code)
    if row is None:
        raise CommunityNotFound(code)
    return _community_view(row)


def unit(unit_id: int, *, session: Session) -> UnitView:
    """Read a home.

    Raises:
        UnitNotFound: there is none with this id.
    """
    row = session.execute(_units().where(Unit.id == unit_id)).first()
    if row is None:
        raise UnitNotFound(str(unit_id))
    return _unit_view(*row)


def units_in(community_code: str, *, session: Session) -> list[UnitView]:
    """List the homes of a community by code."""
    rows = session.execute(_units().where(Unit.community_code == community_code))
    return [_unit_view(*row) for row in rows]


def units_by_id(unit_ids: Collection[int], *, session: Session) -> dict[int, UnitView]:
    """Read several homes by id; unknown ids are left out."""
    rows = session.execute(_units().where(Unit.id.in_(unit_ids)))
    return {row[0].id: _unit_view(*row) for row in rows}


def units_in_state(
    state: str, *, community_code: str | None = None, session: Session
) -> list[UnitView]:
    """List the homes in a state, of one community or of all."""
    statement = _units().where(Unit.state == state)
    if community_code is not None:
        statement = statement.where(Unit.community_code == community_code)
    return [_unit_view(*row) for row in session.execute(statement)]


def units_of(account_id: int, *, on: date, session: Session) -> list[UnitView]:
    """List the homes an account lives in on a day."""
    lives = (
        _units()
        .join(Residency, Residency.unit_id == Unit.id)
        .where(Residency.account_id == account_id, *_on(on))
    )
    return [_unit_view(*row) for row in session.execute(lives)]


def residents_of(unit_id: int, *, on: date, session: Session) -> list[int]:
    """List the ids of the accounts that live in a home on a day."""
    lives = select(Residency.account_id).where(Residency.unit_id == unit_id, *_on(on))
    return list(session.scalars(lives.order_by(Residency.account_id)))


def assets_of_unit(unit_id: int, *, session: Session) -> list[AssetView]:
    """List what belongs to a home."""
    return _assets(session, Asset.unit_id == unit_id)


def assets_of_common_area(community_code: str, *, session: Session) -> list[AssetView]:
    """List what belongs to the common area of a community."""
    return _assets(session, Asset.community_code == community_code, Asset.unit_id.is_(None))


def in_warranty(unit_id: int, category: str, *, on: date, session: Session) -> bool:
    """Tell whether a home's asset of a repair category is under warranty on a day.

    A home without an asset of the category is as new as its community's common area.
    """
    ends = [
        a.warranty_end_on
        for a in assets_of_unit(unit_id, session=session)
        if a.category == category
    ]
    if ends:
        return is_covered(ends, on)
    code = unit(unit_id, session=session).community_code
    return in_warranty_common(code, category, on=on, session=session)


def in_warranty_common(community_code: str, category: str, *, on: date, session: Session) -> bool:
    """Tell whether a community's common asset of a repair category is under warranty on a day."""
    assets = assets_of_common_area(community_code, session=session)
    return is_covered([a.warranty_end_on for a in assets if a.category == category], on)


def contractor(code: str, *, session: Session) -> ContractorView:
    """Read a contractor by its code; its kind is that of the first community it serves.

    Raises:
        ContractorNotFound: there is none with this code.
    """
    row = session.execute(
        _contractors().where(Contractor.code == code).order_by(ContractorService.community_code)
    ).first()
    if row is None:
        raise ContractorNotFound(code)
    return _contractor_view(*row)


def contractor_for(community_code: str, kind: str, *, session: Session) -> ContractorView | None:
    """Find who serves a community as "warranty" or "repair"; None when nobody does."""
    row = session.execute(
        _contractors().where(
            ContractorService.community_code == community_code, ContractorService.kind == kind
        )
    ).first()
    return None if row is None else _contractor_view(*row)


def contractors(*, session: Session) -> list[ContractorView]:
    """List every contractor once by code."""
    rows = session.execute(_contractors().order_by(Contractor.code))
    by_code = {row[0].code: _contractor_view(*row) for row in rows}
    return list(by_code.values())


def _on(day: date) -> tuple[ColumnElement[bool], ...]:
    open_ended = or_(Residency.until_on.is_(None), Residency.until_on >= day)
    return (Residency.from_on <= day, open_ended)


def _units() -> Select[Unit, str, str]:
    return (
        select(Unit, Building.name, Community.name)
        .join(Building, Building.id == Unit.building_id)
        .join(Community, Community.code == Unit.community_code)
        .order_by(Unit.community_code, Unit.code)
    )


def _contractors() -> Select[Contractor, str]:
    return select(Contractor, ContractorService.kind).join(
        ContractorService, ContractorService.contractor_code == Contractor.code
    )


def _assets(session: Session, *where: ColumnElement[bool]) -> list[AssetView]:
    rows = session.scalars(select(Asset).where(*where).order_by(Asset.id))
    return [
        AssetView(
            id=row.id,
            category=row.category,
            name=row.name,
            warranty_end_on=row.warranty_end_on,
            bim_id=row.bim_id,
            room=row.room,
            life_span_years=row.life_span_years,
            price_twd=row.price_twd,
        )
        for row in rows
    ]


def _community_view(row: Community) -> CommunityView:
    return CommunityView(
        code=row.code,
        name=row.name,
        address=row.address,
        handed_over_on=row.handed_over_on,
        phone=row.phone,
    )


def _unit_view(row: Unit, building_name: str, community_name: str) -> UnitView:
    return UnitView(
        id=row.id,
        code=row.code,
        floor=row.floor,
        room_type=row.room_type,
        building_name=building_name,
        community_code=row.community_code,
        community_name=community_name,
        state=row.state,
        area_m2=row.area_m2,
        rent_twd=row.rent_twd,
        is_accessible=row.is_accessible,
    )


def _contractor_view(row: Contractor, kind: str) -> ContractorView:
    return ContractorView(code=row.code, name=row.name, phone=row.phone, kind=kind)
