"""Bind an account to the person whose it is: applications, leases and letters then appear in it."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from housing.applications.models import HousingApplication
from housing.leases import queries as leases
from housing.letters.models import LetterRow
from housing.people import audit, memberships
from housing.persons import queries as persons
from housing.persons import service as person_verbs
from housing.places import service as places
from housing.places.rules import community_scope
from housing.records.rules import account_party
from housing.records.service import take_in
from housing.sign_up.errors import PersonDead, PersonHasAccount


def bind(person_id: int, account_id: int, *, session: Session, clock: Clock) -> None:
    """Let an account stand for a person whose identity is proven.

    Raises:
        PersonNotFound: there is none.
        PersonHasAccount: another account stands for the person.
        PersonDead: the person has died.
    """
    person_verbs.hold(person_id, session=session)
    person = persons.person(person_id, session=session)
    if person.account_id not in {None, account_id}:
        raise PersonHasAccount
    if person.died_on is not None:
        raise PersonDead
    other = persons.person_of_account(account_id, session=session)
    if other is not None and other.id != person_id:
        raise PersonHasAccount
    person_verbs.link_account(person_id, account_id, session=session)
    _take_applications(person_id, account_id, session)
    _take_letters(person_id, account_id, session)
    _take_homes(person_id, account_id, session, clock)
    audit.write("identity_bound", account_id, session=session, now=clock.now())


def _take_applications(person_id: int, account_id: int, session: Session) -> None:
    own = HousingApplication.person_id == person_id
    nobodys = HousingApplication.account_id.is_(None)
    found = session.scalars(select(HousingApplication.instance_id).where(own, nobodys)).all()
    session.execute(update(HousingApplication).where(own, nobodys).values(account_id=account_id))
    for instance_id in filter(None, found):
        take_in(instance_id, account_party(account_id), "reporter", session=session)


def _take_letters(person_id: int, account_id: int, session: Session) -> None:
    """Let the person see the cases in which the office wrote to him."""
    found = session.scalars(
        select(LetterRow.instance_id)
        .where(LetterRow.person_id == person_id, LetterRow.instance_id.is_not(None))
        .distinct()
    )
    for instance_id in filter(None, found):
        take_in(instance_id, account_party(account_id), "reporter", session=session)


def _take_homes(person_id: int, account_id: int, session: Session, clock: Clock) -> None:
    today = local_date(clock.now())
    for lease in leases.leases_of_person(person_id, session=session):
        living = {each.person_id for each in leases.parties_of(lease.id, on=today, session=session)}
        if person_id not in living:
            continue
        scope = community_scope(lease.community_code)
        memberships.give(account_id, "resident", scope, session=session)
        places.move_in(lease.unit_id, [account_id], on=today, session=session)
