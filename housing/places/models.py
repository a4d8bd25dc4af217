"""Tables of communities, buildings, homes, residents, assets with warranty, contractors."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class Community(Base):
    """A social housing estate (社宅)."""

    __tablename__ = "community"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(200))
    handed_over_on: Mapped[date]  # from the builder; warranties run from here


class Building(Base):
    """A building (棟) of a community."""

    __tablename__ = "building"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))

    __table_args__ = (UniqueConstraint("community_code", "code"),)


class Unit(Base):
    """A home (戶)."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"), index=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    code: Mapped[str] = mapped_column(String(32))  # "A-0305"
    floor: Mapped[int]
    room_type: Mapped[str] = mapped_column(String(16))  # 1BR, 2BR, 3BR, co_living

    __table_args__ = (UniqueConstraint("community_code", "code"),)


class Residency(Base):
    """An account that lives in a home, from a day until another (both included)."""

    __tablename__ = "residency"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Asset(Base):
    """Something that can break: of one home, or of the community's common area."""

    __tablename__ = "asset"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    category: Mapped[str] = mapped_column(String(32))  # a repair category
    name: Mapped[str] = mapped_column(String(100))
    warranty_end_on: Mapped[date | None]  # last day of the warranty

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
