"""Find cases by the person or the home they are about. Care cases are found by nobody this way."""

from typing import Any

from sqlalchemy import Select, or_, select, union_all
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
    queries = _about(wanted)
    found = (each for query in queries for each in session.scalars(query.limit(MOST)))
    return tuple(each for each in found if each is not None)


def cases_with(text: str) -> Select[str | None]:
    """Ask for the cases whose person, home, place or report bears a text.

    The query is not run: the inbox looks with it among the tasks that somebody may see.
    """
    wanted = text.strip()
    is_reported = or_(
        RepairTicket.place.contains(wanted, autoescape=True),
        RepairTicket.text.contains(wanted, autoescape=True),
    )
    found = union_all(
        *_about(wanted),
        select(RepairTicket.instance_id).where(is_reported),
    ).subquery()
    return select(found.c.instance_id).where(found.c.instance_id.is_not(None))


def _about(wanted: str) -> tuple[Select[Any], ...]:
    is_person = Person.name.contains(wanted, autoescape=True)
    is_home = Unit.code.contains(wanted, autoescape=True)
    of_lease = or_(is_person, is_home)
    return (
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
