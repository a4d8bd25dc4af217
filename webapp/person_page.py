"""What the page of a person shows, to officers in whose scope he lives or was written to."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.calendar import local_date
from engine.types import CITY
from housing.leases import queries as leases
from housing.leases.queries import LeaseView
from housing.letters import queries as letters
from housing.letters.queries import LetterView
from housing.persons import queries, service
from housing.persons.errors import PersonNotFound
from housing.persons.queries import AccessLine, PersonView
from housing.places import queries as places
from housing.places.queries import UnitView
from housing.places.rules import community_scope
from webapp import current

READERS = ("officer", "section_chief")


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaseLine:
    """A lease of the person with its home, what is owed today and what is held."""

    lease: LeaseView
    unit: UnitView
    arrears_twd: int
    deposit_twd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonPage:
    """All that the page shows; the mobile number in full, readings newest first."""

    person: PersonView
    mobile: str
    leases: Sequence[LeaseLine]
    letters: Sequence[LetterView]
    readings: Sequence[AccessLine]


def read(person_id: int) -> PersonPage:
    """Gather the page of a person.

    Raises:
        PersonNotFound: there is none, or he is no business of this request's person.
    """
    application = current.application()
    today = local_date(application.clock.now())
    with application.reading() as session:
        person = queries.person(person_id, session=session)
        found = leases.leases_of_person(person_id, is_active=False, session=session)
        units = places.units_by_id({each.unit_id for each in found}, session=session)
        page = PersonPage(
            person=person,
            mobile=service.read_mobile(person_id, vault=application.vault, session=session),
            leases=[
                LeaseLine(
                    lease=each,
                    unit=units[each.unit_id],
                    arrears_twd=leases.arrears(each.id, on=today, session=session),
                    deposit_twd=leases.deposit_held(each.id, session=session),
                )
                for each in reversed(found)
            ],
            letters=letters.letters_to(person_id, session=session)[::-1],
            readings=queries.readings_of(person_id, session=session)[::-1],
        )
    if not _may_see(page):
        raise PersonNotFound(str(person_id))
    return page


def reveal(person_id: int, purpose: str) -> str:
    """Read the national id in full for a purpose, which is written down.

    Raises:
        PersonNotFound: there is none.
        PurposeMissing: the purpose is too short.
    """
    application = current.application()
    with application.unit_of_work() as session:
        return service.read_national_id(
            person_id,
            purpose,
            by=current.actor(),
            vault=application.vault,
            session=session,
            clock=application.clock,
        )


def _may_see(page: PersonPage) -> bool:
    actor = current.actor()
    scopes = {CITY}
    scopes |= {community_scope(each.lease.community_code) for each in page.leases}
    scopes |= {each.scope for each in page.letters}
    return any(actor.belongs_to(role, scope) for role in READERS for scope in scopes)
