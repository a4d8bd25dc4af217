"""Find cases by the person or the home they are about. Care cases are found by nobody this way."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from housing.applications.models import HousingApplication
from housing.leases.models import Lease
from housing.move_outs.models import MoveOutCase
from housing.persons.models import Person
from housing.places.models import Unit
from housing.renewals.models import RenewalCase
from housing.repairs.models import RepairTicket

MOST = 500
"""A text that more cases fit is too short to search by."""


def instances_about(text: str, *, session: Session) -> tuple[str, ...]:
    """List the ids of the cases whose person or home bears a text, at most MOST a kind.

    Args:
        text: part of a name, or of the code of a home, such as A-0305; two characters at least.
        session: any.
    """
    wanted = text.strip()
    if len(wanted) < 2:
        return ()
    is_person = Person.name.contains(wanted, autoescape=True)
    is_home = Unit.code.contains(wanted, autoescape=True)
    of_lease = or_(is_person, is_home)
    queries = (
        select(RepairTicket.instance_id).where(
            or_(
                RepairTicket.reporter_name.contains(wanted, autoescape=True),
                RepairTicket.unit_code.contains(wanted, autoescape=True),
            )
        ),
        select(HousingApplication.instance_id)
        .join(Person, Person.id == HousingApplication.person_id)
        .where(is_person),
        select(MoveOutCase.instance_id)
        .join(Lease, Lease.id == MoveOutCase.lease_id)
        .join(Person, Person.id == Lease.tenant_id)
        .join(Unit, Unit.id == Lease.unit_id)
        .where(of_lease),
        select(RenewalCase.instance_id)
        .join(Lease, Lease.id == RenewalCase.lease_id)
        .join(Person, Person.id == Lease.tenant_id)
        .join(Unit, Unit.id == Lease.unit_id)
        .where(of_lease),
    )
    found = (each for query in queries for each in session.scalars(query.limit(MOST)))
    return tuple(each for each in found if each is not None)
