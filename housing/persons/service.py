"""The verbs of people's data. A national id leaves this room unmasked by one logged verb only."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.types import Actor
from housing.people.rules import check_mobile, mask_mobile
from housing.persons.errors import DeathInFuture, PersonNotFound, PurposeMissing
from housing.persons.models import Household, HouseholdMember, Person, PersonalDataAccess
from housing.persons.rules import (
    MIN_PURPOSE_LENGTH,
    check_national_id,
    mask_national_id,
)
from housing.vault import Place, Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPerson:
    """A person as a form names him.

    Attributes:
        national_id: 身分證字號 or 居留證, as typed.
        born_on: date of birth; `rules.parse_birth_date` reads what people type.
        mobile: ten digits, or "" when unknown.
        account_id: of his account; None without one.
    """

    name: str
    national_id: str
    born_on: date
    mobile: str = ""
    email: str = ""
    registered_address: str = ""
    contact_address: str = ""
    account_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """How a person is reached; None leaves a field as it is."""

    mobile: str | None = None
    email: str | None = None
    registered_address: str | None = None
    contact_address: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Somebody is about to read sealed data of a person.

    Attributes:
        field: what of him: national_id or bank_account.
        purpose: in the reader's words.
        instance_id: for which case, if for one.
    """

    person_id: int
    field: str
    purpose: str
    instance_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person of a household: relation to the head as in `rules.RELATIONS`."""

    person_id: int
    relation: str
    lives_in: bool = True


def find_or_register(
    new: NewPerson, *, vault: Vault, is_demo: bool, session: Session, clock: Clock
) -> int:
    """Give the person of a national id; register him if he is not known.

    What is known about a person is not overwritten: somebody else may have typed his number.

    Args:
        new: the person.
        vault: keys of the house.
        is_demo: whether test numbers are accepted.
        session: of the unit of work.
        clock: tells when.

    Returns:
        The person's id.

    Raises:
        NationalIdInvalid, NationalIdOwnerless, MobileInvalid: as the rules say.
    """
    national_id, kind = check_national_id(new.national_id, is_demo=is_demo)
    known = person_id_of(national_id, vault=vault, session=session)
    if known is not None:
        return known
    person = Person(
        name=new.name.strip(),
        id_kind=kind,
        national_id_sealed="",
        national_id_index=vault.blind(national_id),
        national_id_masked=mask_national_id(national_id),
        born_on=new.born_on,
        mobile="",
        email=new.email.strip(),
        registered_address=new.registered_address.strip(),
        contact_address=new.contact_address.strip() or new.registered_address.strip(),
        account_id=new.account_id,
        created_at=clock.now(),
    )
    session.add(person)
    session.flush()  # the seal is bound to the row's id
    person.national_id_sealed = vault.seal(national_id, _place(person.id))
    _keep_mobile(person, check_mobile(new.mobile) if new.mobile else "", vault)
    session.flush()
    return person.id


def sealed_columns(
    national_id: str, mobile: str, person_id: int, vault: Vault
) -> dict[str, str | None]:
    """Give the columns of a checked national id and mobile number for a row of an import."""
    return {
        "national_id_sealed": vault.seal(national_id, _place(person_id)),
        "mobile": mask_mobile(mobile),
        "mobile_sealed": vault.seal(mobile, _mobile_place(person_id)) if mobile else None,
    }


def person_id_of(national_id: str, *, vault: Vault, session: Session) -> int | None:
    """Find the person of a checked national id by its keyed hash; None when unknown."""
    wanted = Person.national_id_index.in_(vault.blinds(national_id))
    return session.scalars(select(Person.id).where(wanted).limit(1)).first()


def change_contact(person_id: int, contact: Contact, *, vault: Vault, session: Session) -> None:
    """Change how a person is reached; the mobile number is sealed.

    Raises:
        PersonNotFound: there is none.
        MobileInvalid: the number is no mobile number.
    """
    person = _person(person_id, session)
    if contact.mobile is not None:
        _keep_mobile(person, check_mobile(contact.mobile) if contact.mobile else "", vault)
    person.email = person.email if contact.email is None else contact.email.strip()
    if contact.registered_address is not None:
        person.registered_address = contact.registered_address.strip()
    if contact.contact_address is not None:
        person.contact_address = contact.contact_address.strip()
    session.flush()


def correct_identity(
    person_id: int, *, name: str | None = None, born_on: date | None = None, session: Session
) -> None:
    """Correct name or date of birth, on request and after proof; None leaves it as it is.

    Raises:
        PersonNotFound: there is none.
    """
    person = _person(person_id, session)
    person.name = person.name if name is None else name.strip()
    person.born_on = person.born_on if born_on is None else born_on
    session.flush()


def read_mobile(person_id: int, *, vault: Vault, session: Session) -> str:
    """Read a person's mobile number in full; "" without one.

    Raises:
        PersonNotFound: there is none.
        KeyMissing, SealBroken: as `Vault.open`.
    """
    return _mobile(_person(person_id, session), vault)


def last_digits(person_id: int, *, vault: Vault, session: Session) -> str:
    """Tell the last four digits of a national id, to compare them with what somebody typed.

    Raises:
        PersonNotFound: there is none.
        KeyMissing, SealBroken: as `Vault.open`.
    """
    person = _person(person_id, session)
    return vault.open(person.national_id_sealed, _place(person.id))[-4:]


def hold(person_id: int, *, session: Session) -> None:
    """Let nobody else change a person until the commit; who tries at the same moment waits.

    Raises:
        PersonNotFound: there is none.
    """
    if session.get(Person, person_id, with_for_update=True, populate_existing=True) is None:
        raise PersonNotFound(str(person_id))


def link_account(person_id: int, account_id: int, *, session: Session) -> None:
    """Give a person an account.

    Raises:
        PersonNotFound: there is none.
    """
    _person(person_id, session).account_id = account_id
    session.flush()


def agree_to_electronic_service(
    person_id: int, since: datetime | None, *, session: Session
) -> None:
    """Record since when a person agrees to electronic service; None takes the consent back.

    Raises:
        PersonNotFound: there is none.
    """
    _person(person_id, session).electronic_service_since = since
    session.flush()


def record_death(person_id: int, died_on: date, *, session: Session, clock: Clock) -> None:
    """Record that a person died.

    Raises:
        PersonNotFound: there is none.
        DeathInFuture: the day lies in the future.
    """
    if died_on > local_date(clock.now()):
        raise DeathInFuture(died_on.isoformat())
    _person(person_id, session).died_on = died_on
    session.flush()


def read_national_id(  # noqa: PLR0913  # who reads what, why, for which case: all of it is logged
    person_id: int,
    purpose: str,
    *,
    by: Actor,
    instance_id: str | None = None,
    vault: Vault,
    session: Session,
    clock: Clock,
) -> str:
    """Read a national id unmasked; who, when, why and for which case is written down first.

    Raises:
        PersonNotFound: there is none.
        PurposeMissing: the purpose is too short to mean anything.
        KeyMissing, SealBroken: as `Vault.open`.
    """
    person = _person(person_id, session)
    reading = Reading(
        person_id=person.id, field="national_id", purpose=purpose, instance_id=instance_id
    )
    note_reading(reading, by=by, session=session, clock=clock)
    return vault.open(person.national_id_sealed, _place(person.id))


def note_reading(reading: Reading, *, by: Actor, session: Session, clock: Clock) -> None:
    """Write down who is about to read sealed data of a person, when and why.

    Raises:
        PersonNotFound: there is no such person.
        PurposeMissing: the purpose is too short to mean anything.
    """
    reason = reading.purpose.strip()
    if len(reason) < MIN_PURPOSE_LENGTH:
        raise PurposeMissing(MIN_PURPOSE_LENGTH)
    session.add(
        PersonalDataAccess(
            at=clock.now(),
            person_id=_person(reading.person_id, session).id,
            field=reading.field,
            purpose=reason[:300],
            account_id=by.id,
            account_name=by.name,
            instance_id=reading.instance_id,
        )
    )
    session.flush()


def form_household(
    head_id: int, members: tuple[Member, ...], *, session: Session, clock: Clock
) -> int:
    """Put people together to a household; the head is a member as "self".

    Returns:
        The household's id.

    Raises:
        PersonNotFound: one of them is unknown.
    """
    for person_id in (head_id, *(each.person_id for each in members)):
        _person(person_id, session)
    household = Household(head_id=head_id, created_at=clock.now())
    session.add(household)
    session.flush()
    all_members = {head_id: Member(person_id=head_id, relation="self")}
    all_members |= {each.person_id: each for each in members if each.person_id != head_id}
    session.add_all(
        HouseholdMember(
            household_id=household.id,
            person_id=each.person_id,
            relation=each.relation,
            lives_in=each.lives_in,
        )
        for each in all_members.values()
    )
    session.flush()
    return household.id


def seal_anew(*, vault: Vault, session: Session, limit: int = 500) -> int:
    """Bring up to `limit` people under the newest key: national ids and mobile numbers.

    Numbers written before they were sealed are sealed now.

    Returns:
        How many were changed; 0 when all are.
    """
    head = f"{vault.newest}:"
    old = or_(
        ~Person.national_id_sealed.startswith(head, autoescape=True),
        and_(Person.mobile_sealed.is_(None), Person.mobile != ""),
        ~Person.mobile_sealed.startswith(head, autoescape=True),
    )
    people = session.scalars(select(Person).where(old).order_by(Person.id).limit(limit)).all()
    for person in people:
        national_id = vault.open(person.national_id_sealed, _place(person.id))
        person.national_id_sealed = vault.seal(national_id, _place(person.id))
        person.national_id_index = vault.blind(national_id)
        _keep_mobile(person, _mobile(person, vault), vault)
    session.flush()
    return len(people)


def _place(person_id: int) -> Place:
    return Place(table=Person.__tablename__, column="national_id_sealed", row=person_id)


def _keep_mobile(person: Person, mobile: str, vault: Vault) -> None:
    person.mobile_sealed = vault.seal(mobile, _mobile_place(person.id)) if mobile else None
    person.mobile = mask_mobile(mobile)


def _mobile(person: Person, vault: Vault) -> str:
    if person.mobile_sealed is None:
        return person.mobile
    return vault.open(person.mobile_sealed, _mobile_place(person.id))


def _mobile_place(person_id: int) -> Place:
    return Place(table=Person.__tablename__, column="mobile_sealed", row=person_id)


def _person(person_id: int, session: Session) -> Person:
    found = session.get(Person, person_id)
    if found is None:
        raise PersonNotFound(str(person_id))
    return found
