"""What the verbs of applications share: finding rows, moving states, telling people."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from forms.dates import republic_year
from housing.applications.errors import ApplicationNotFound, RoundNotFound
from housing.applications.models import (
    ApplicationChange,
    ApplicationConsent,
    ApplicationDocument,
    ApplicationFinding,
    ApplicationMember,
    ApplicationSite,
    CallRound,
    CallSerial,
    HousingApplication,
)
from housing.applications.rules import RoundSettings
from housing.notices.service import notify
from housing.people.queries import accounts_in
from housing.serials import take_serials
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


def consents_of(application_id: int, *, session: Session) -> Mapping[str, ApplicationConsent]:
    """Give the newest row of each consent; a kind nobody was asked for is absent."""
    rows = select(ApplicationConsent).where(ApplicationConsent.application_id == application_id)
    return {each.kind: each for each in session.scalars(rows.order_by(ApplicationConsent.id))}


def changes_of(application_id: int, *, session: Session) -> list[ApplicationChange]:
    """List the changes of an application, the newest first."""
    rows = select(ApplicationChange).where(ApplicationChange.application_id == application_id)
    return list(session.scalars(rows.order_by(ApplicationChange.id.desc())))


def move(application: HousingApplication, state: str, *, at: datetime) -> None:
    """Move an application to a state and remember when."""
    application.state, application.state_at = state, at


def next_serial(kind: str, now: datetime, session: Session, *, count: int = 1) -> tuple[int, int]:
    """Take the next serials of a year of the Republic.

    Returns:
        The year and the first serial.
    """
    year = republic_year(local_date(now))
    return year, take_serials(CallSerial, year, session=session, count=count, kind=kind)


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
