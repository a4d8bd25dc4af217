"""What the verbs of moving out share: finding the case, its lease, its numbers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from forms.dates import republic_year
from housing.leases import queries as leases
from housing.leases.queries import LeaseView
from housing.move_outs.errors import MoveOutNotFound
from housing.move_outs.models import MoveOutCase, MoveOutSerial
from housing.move_outs.rules import move_out_number
from housing.places import handovers
from housing.places.handovers import SheetView
from housing.places.queries import unit
from housing.serials import take_serials


def case_of_instance(instance_id: str, *, session: Session) -> MoveOutCase:
    """Find the move-out of a process instance.

    Raises:
        MoveOutNotFound: there is none.
    """
    found = session.scalar(select(MoveOutCase).where(MoveOutCase.instance_id == instance_id))
    if found is None:
        raise MoveOutNotFound(instance_id)
    return found


def case_by_number(number: str, *, session: Session) -> MoveOutCase:
    """Find a move-out by its number.

    Raises:
        MoveOutNotFound: there is none.
    """
    wanted = number.strip().upper()
    found = session.scalar(select(MoveOutCase).where(MoveOutCase.number == wanted))
    if found is None:
        raise MoveOutNotFound(number)
    return found


def number_by_token(token: str, *, session: Session) -> str:
    """Find the number of a move-out by the key of the form that opened it.

    Raises:
        MoveOutNotFound: there is none.
    """
    found = session.scalar(select(MoveOutCase.number).where(MoveOutCase.token == token))
    if found is None:
        raise MoveOutNotFound(token)
    return found


def running_case_of(lease_id: int, *, session: Session) -> MoveOutCase | None:
    """Find the move-out in which a lease is being ended, if any."""
    over = ("withdrawn", "taken_over", "closed")
    wanted = select(MoveOutCase).where(
        MoveOutCase.lease_id == lease_id, MoveOutCase.state.not_in(over)
    )
    return session.scalars(wanted.limit(1)).first()


def lease_of(case: MoveOutCase, *, session: Session) -> LeaseView:
    """Read the lease of a move-out."""
    return leases.lease(case.lease_id, session=session)


def home_of(case: MoveOutCase, *, session: Session) -> str:
    """Name the home as letters do: community and unit."""
    return unit(case.unit_id, session=session).label


def exit_sheet(case: MoveOutCase, *, session: Session) -> SheetView | None:
    """Read the exit handover sheet of a move-out; None as long as there is none."""
    sheet = handovers.newest_sheet(case.unit_id, "exit", session=session)
    return sheet if sheet is not None and sheet.lease_id == case.lease_id else None


def next_number(session: Session, clock: Clock) -> str:
    """Take the next number of the year of the Republic."""
    year = republic_year(local_date(clock.now()))
    return move_out_number(year, take_serials(MoveOutSerial, year, session=session))
