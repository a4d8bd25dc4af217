"""Tables of communities, buildings, homes, residents, assets with warranty, contractors."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class Community(Base):
    """A social housing estate (社宅)."""

    __tablename__ = "community"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(200))
    handed_over_on: Mapped[date]  # from the builder; warranties run from here
    phone: Mapped[str | None] = mapped_column(String(32))  # of the manager's office


class PhoneChange(Base):
    """That somebody changed the number of a community's office; None stands for no number."""

    __tablename__ = "community_phone_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"), index=True)
    before: Mapped[str | None] = mapped_column(String(32))
    after: Mapped[str | None] = mapped_column(String(32))
    by_id: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class Building(Base):
    """A building (棟) of a community."""

    __tablename__ = "building"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))

    __table_args__ = (UniqueConstraint("community_code", "code"),)


class Unit(Base):
    """A home (戶).

    Attributes:
        room_type: 1BR, 2BR, 3BR, co_living or shop.
        area_m2: square metres; pages show 坪 beside it.
        rent_twd: market rent a month, of which a lease pays a share.
        state: a key of `rules.UNIT_TRANSITIONS`.
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"), index=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    code: Mapped[str] = mapped_column(String(32))  # "A-0305"
    floor: Mapped[int]
    room_type: Mapped[str] = mapped_column(String(16))
    area_m2: Mapped[Decimal | None] = mapped_column(Numeric(7, 2))
    rent_twd: Mapped[int | None]
    is_accessible: Mapped[bool] = mapped_column(server_default=false())
    state: Mapped[str] = mapped_column(String(16), server_default="leased")

    __table_args__ = (
        UniqueConstraint("community_code", "code"),
        Index("ix_unit_community_code_state", "community_code", "state"),
    )


class UnitStateChange(Base):
    """A home went from one state to another.

    Attributes:
        from_state: None for the first line of a home.
        on: calendar day from which the new state counts.
        idem: key of the call that wrote it; the same call never writes two lines.
        instance_id: of the case it happened in, or None.
    """

    __tablename__ = "unit_state_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(String(160), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    on: Mapped[date]
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))
    instance_id: Mapped[str | None] = mapped_column(String(32), index=True)


class Residency(Base):
    """An account that lives in a home, from a day until another (both included)."""

    __tablename__ = "residency"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Asset(Base):
    """Something that can break: of one home, or of the community's common area.

    Attributes:
        category: a repair category.
        warranty_end_on: last day of the warranty.
        bim_id: its number in the building's model (BIM), or None.
        room: where in the home: living_room, kitchen, bathroom, bedroom, balcony, entrance.
        life_span_years: for depreciation; None when it does not wear.
        price_twd: to replace it.
    """

    __tablename__ = "asset"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    category: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(100))
    warranty_end_on: Mapped[date | None]
    bim_id: Mapped[str | None] = mapped_column(String(64))
    room: Mapped[str | None] = mapped_column(String(32))
    life_span_years: Mapped[int | None]
    price_twd: Mapped[int | None]

    __table_args__ = (
        Index("ix_asset_unit_id_category", "unit_id", "category"),
        Index("ix_asset_community_code_category", "community_code", "category"),
    )


class Contractor(Base):
    """A company that repairs: the builder under warranty, or one with a framework contract."""

    __tablename__ = "contractor"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(32))


class ContractorService(Base):
    """Which community a contractor serves, and as what."""

    __tablename__ = "contractor_service"

    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)  # warranty, repair
    contractor_code: Mapped[str] = mapped_column(ForeignKey("contractor.code"))


class HandoverSheet(Base):
    """Condition of a home when it was handed over (點交單, 點退單).

    Attributes:
        kind: entry or exit.
        lease_id: whose lease; None before there is one.
        state: open while it is filled in, final after: then only additions.
        meters: water, electric, gas to a reading, as text.
        keys: list of {kind: key, fob, remote or card; serial; count}.
        signatures: list of {role, name, at, file_id or refused reason}.
        repairs: of the household's time, frozen when an exit sheet is completed: list of {number,
            category, text, reported_on, closed_on}; None on other sheets.
        idem: key of the call that made it.
    """

    __tablename__ = "handover_sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(String(160), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    lease_id: Mapped[int | None] = mapped_column(index=True)
    instance_id: Mapped[str | None] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8))
    held_on: Mapped[date]
    meters: Mapped[dict[str, Any]] = mapped_column(JSON)
    keys: Mapped[list[Any]] = mapped_column(JSON)
    signatures: Mapped[list[Any]] = mapped_column(JSON)
    repairs: Mapped[list[Any] | None] = mapped_column(JSON)


class HandoverItem(Base):
    """One line of a handover sheet.

    Attributes:
        asset_id: of the register; None for an item that is not in it.
        condition: good, worn, defect or missing.
        photos: ids of stored files.
        details: what an exit sheet adds: finding, price line, dispute.
    """

    __tablename__ = "handover_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("handover_sheet.id"), index=True)
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    bim_id: Mapped[str | None] = mapped_column(String(64))
    room: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(100))
    condition: Mapped[str] = mapped_column(String(16))
    remark: Mapped[str] = mapped_column(String(300))
    photos: Mapped[list[Any]] = mapped_column(JSON)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
