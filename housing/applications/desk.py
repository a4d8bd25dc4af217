"""What the verbs of applications share: finding rows, moving states, telling people."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from housing.applications.errors import ApplicationNotFound, RoundNotFound
from housing.applications.models import (
    ApplicationDocument,
    ApplicationFinding,
    ApplicationMember,
    ApplicationSite,
    CallRound,
    CallSerial,
    HousingApplication,
)
from housing.applications.rules import RoundSettings, republic_year
from housing.notices.service import notify
from housing.people.queries import accounts_in
from housing.slices import Call


def application_of(application_id: object, *, session: Session) -> HousingApplication:
    """Find an application by its id.

    Raises:
        ApplicationNotFound: there is none.
    """
    found = session.get(HousingApplication, int(str(application_id)))
    if found is None:
        raise ApplicationNotFound(str(application_id))
    return found


def application_by_number(number: str, *, session: Session) -> HousingApplication:
    """Find an application by its number.

    Raises:
        ApplicationNotFound: there is none.
    """
    wanted = HousingApplication.number == number.strip().upper()
    found = session.scalar(select(HousingApplication).where(wanted))
    if found is None:
        raise ApplicationNotFound(number)
    return found


def round_of(round_id: object, *, session: Session) -> CallRound:
    """Find a call by its id.

    Raises:
        RoundNotFound: there is none.
    """
    found = session.get(CallRound, int(str(round_id)))
    if found is None:
        raise RoundNotFound(str(round_id))
    return found


def round_by_number(number: str, *, session: Session) -> CallRound:
    """Find a call by its number.

    Raises:
        RoundNotFound: there is none.
    """
    found = session.scalar(select(CallRound).where(CallRound.number == number.strip().upper()))
    if found is None:
        raise RoundNotFound(number)
    return found


def settings_of(call_round: CallRound) -> RoundSettings:
    """Read the settings of a call."""
    return RoundSettings.read(call_round.settings)


def members_of(application_id: int, *, session: Session) -> list[ApplicationMember]:
    """List the persons beside the applicant."""
    wanted = ApplicationMember.application_id == application_id
    return list(session.scalars(select(ApplicationMember).where(wanted)))


def sites_of(application_id: int, *, session: Session) -> list[str]:
    """List the sites of an application by preference."""
    rows = select(ApplicationSite.site).where(ApplicationSite.application_id == application_id)
    return list(session.scalars(rows.order_by(ApplicationSite.preference)))


def papers_of(application_id: int, *, session: Session) -> frozenset[str]:
    """Name the readable papers of an application."""
    rows = select(ApplicationDocument.kind).where(
        ApplicationDocument.application_id == application_id, ApplicationDocument.is_readable
    )
    return frozenset(session.scalars(rows))


def open_findings(application_id: int, *, session: Session) -> list[ApplicationFinding]:
    """List the findings that are neither corrected nor cured, oldest first."""
    rows = select(ApplicationFinding).where(
        ApplicationFinding.application_id == application_id, ApplicationFinding.is_open
    )
    return list(session.scalars(rows.order_by(ApplicationFinding.id)))


def move(application: HousingApplication, state: str, *, at: datetime) -> None:
    """Move an application to a state and remember when."""
    application.state, application.state_at = state, at


def next_serial(kind: str, now: datetime, session: Session) -> tuple[int, int]:
    """Take the next serial of a year of the Republic; the counter's row is locked.

    Returns:
        The year and the serial.
    """
    year = republic_year(now)
    counter = session.get(CallSerial, (kind, year), with_for_update=True)
    if counter is None:
        counter = _first_of_year(kind, year, session)
    counter.last_serial += 1
    session.flush()
    return year, counter.last_serial


def _first_of_year(kind: str, year: int, session: Session) -> CallSerial:
    try:
        with session.begin_nested():
            session.add(CallSerial(kind=kind, republic_year=year, last_serial=0))
    except IntegrityError:
        pass  # somebody began the year at the same moment
    return session.get_one(CallSerial, (kind, year), with_for_update=True)


def tell(
    call: Call, kind: str, to: Collection[int], fields: Mapping[str, object] | None = None
) -> None:
    """Write a notice about the case to the outbox."""
    notify(to, kind, fields or {}, instance=call.instance, session=call.session, clock=call.clock)


def tell_applicant(
    call: Call, application: HousingApplication, kind: str, fields: Mapping[str, object]
) -> None:
    """Tell the applicant, if he has an account; others get letters."""
    if application.account_id is not None:
        tell(call, kind, [application.account_id], fields)


def tell_group(call: Call, group: str, kind: str, fields: Mapping[str, object]) -> None:
    """Tell everybody who holds a role in the scope of the case."""
    people = accounts_in(group, call.instance.scope, session=call.session)
    tell(call, kind, [each.id for each in people], fields)
