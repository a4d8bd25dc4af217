"""Read people and households for pages, rules and letters; never an unmasked national id."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.persons.errors import HouseholdNotFound, PersonNotFound
from housing.persons.models import Household, HouseholdMember, Person, PersonalDataAccess
from housing.persons.rules import mask_name


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonView:
    """A person.

    Attributes:
        id_kind: citizen or permit.
        national_id: masked, A12****789; mobile: masked, 0912***678.
        account_id: of his account, or None.
    """

    id: int
    name: str
    id_kind: str
    national_id: str
    born_on: date
    mobile: str
    email: str
    registered_address: str
    contact_address: str
    account_id: int | None
    electronic_service_since: datetime | None
    died_on: date | None

    @property
    def masked_name(self) -> str:
        """Tell the name as public lists show it: 王○明."""
        return mask_name(self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberView:
    """A person of a household; relation as in `rules.RELATIONS`."""

    person: PersonView
    relation: str
    lives_in: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HouseholdView:
    """A household with all its members, the head first."""

    id: int
    head_id: int
    members: tuple[MemberView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessLine:
    """One reading of a sealed number: field is national_id or bank_account."""

    at: datetime
    person_id: int
    field: str
    purpose: str
    account_id: str
    account_name: str
    instance_id: str | None


def person(person_id: int, *, session: Session) -> PersonView:
    """Read a person.

    Raises:
        PersonNotFound: there is none.
    """
    row = session.get(Person, person_id)
    if row is None:
        raise PersonNotFound(str(person_id))
    return _view(row)


def persons(person_ids: Collection[int], *, session: Session) -> dict[int, PersonView]:
    """Read several people by id; unknown ids are left out."""
    if not person_ids:
        return {}
    rows = session.scalars(select(Person).where(Person.id.in_(person_ids)))
    return {row.id: _view(row) for row in rows}


def person_of_account(account_id: int, *, session: Session) -> PersonView | None:
    """Read the person of an account; None when the office knows none."""
    row = session.scalars(select(Person).where(Person.account_id == account_id)).first()
    return None if row is None else _view(row)


def household(household_id: int, *, session: Session) -> HouseholdView:
    """Read a household with its members.

    Raises:
        HouseholdNotFound: there is none.
    """
    row = session.get(Household, household_id)
    if row is None:
        raise HouseholdNotFound(str(household_id))
    pairs = session.execute(
        select(HouseholdMember, Person)
        .join(Person, Person.id == HouseholdMember.person_id)
        .where(HouseholdMember.household_id == household_id)
        .order_by(HouseholdMember.person_id)
    )
    members = [
        MemberView(person=_view(who), relation=link.relation, lives_in=link.lives_in)
        for link, who in pairs
    ]
    members.sort(key=lambda each: each.person.id != row.head_id)
    return HouseholdView(id=row.id, head_id=row.head_id, members=tuple(members))


def households_of(person_id: int, *, session: Session) -> list[int]:
    """List the ids of the households a person belongs to."""
    wanted = HouseholdMember.person_id == person_id
    found = select(HouseholdMember.household_id).where(wanted)
    return list(session.scalars(found.order_by(HouseholdMember.household_id)))


def readings_of(person_id: int, *, session: Session) -> list[AccessLine]:
    """List who read a sealed number of a person, and why, oldest first."""
    rows = session.scalars(
        select(PersonalDataAccess)
        .where(PersonalDataAccess.person_id == person_id)
        .order_by(PersonalDataAccess.id)
    )
    return [
        AccessLine(
            at=row.at,
            person_id=row.person_id,
            field=row.field,
            purpose=row.purpose,
            account_id=row.account_id,
            account_name=row.account_name,
            instance_id=row.instance_id,
        )
        for row in rows
    ]


def _view(row: Person) -> PersonView:
    return PersonView(
        id=row.id,
        name=row.name,
        id_kind=row.id_kind,
        national_id=row.national_id_masked,
        born_on=row.born_on,
        mobile=row.mobile,
        email=row.email,
        registered_address=row.registered_address,
        contact_address=row.contact_address,
        account_id=row.account_id,
        electronic_service_since=row.electronic_service_since,
        died_on=row.died_on,
    )
