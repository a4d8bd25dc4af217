"""Tables of people, households, and who read a sealed number and why."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class Person(Base):
    """A person, with or without an account.

    Attributes:
        national_id_sealed: encrypted for this row; see `housing.vault`.
        national_id_index: keyed hash for equality search; one row a national id.
        national_id_masked: A12****789, for pages.
        mobile: masked, 0912***678; in full in a row from before numbers were sealed.
        mobile_sealed: encrypted for this row; None without a number.
        id_kind: citizen or permit.
        electronic_service_since: since when the person agrees to be served electronically.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    id_kind: Mapped[str] = mapped_column(String(16))
    national_id_sealed: Mapped[str] = mapped_column(Text)
    national_id_index: Mapped[str] = mapped_column(String(100), unique=True)
    national_id_masked: Mapped[str] = mapped_column(String(16))
    born_on: Mapped[date]
    mobile: Mapped[str] = mapped_column(String(16))
    mobile_sealed: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(200))
    registered_address: Mapped[str] = mapped_column(String(200))
    contact_address: Mapped[str] = mapped_column(String(200))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    electronic_service_since: Mapped[datetime | None]
    died_on: Mapped[date | None]
    created_at: Mapped[datetime]


class Household(Base):
    """People who live, or want to live, together."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    head_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]


class HouseholdMember(Base):
    """A person of a household.

    Attributes:
        relation: to the head: self, spouse, child, parent, grandparent, sibling, other.
        lives_in: whether the person lives, or will live, in the home.
    """

    __tablename__ = "household_member"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    relation: Mapped[str] = mapped_column(String(16))
    lives_in: Mapped[bool]


class PersonalDataAccess(Base):
    """Somebody read a sealed number of a person (`field`) unmasked; append only."""

    __tablename__ = "personal_data_access"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    field: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(300))
    account_id: Mapped[str] = mapped_column(String(64), index=True)
    account_name: Mapped[str] = mapped_column(String(100))
    instance_id: Mapped[str | None] = mapped_column(String(32), index=True)
