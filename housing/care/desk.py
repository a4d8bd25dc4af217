"""What the verbs of care share: finding rows, sheets, telling people."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.types import InstanceRef
from forms.dates import republic_year
from housing.care.errors import CareCaseNotFound, CareReportNotFound
from housing.care.models import CareCase, CareReport, CareSerial, CareSheet, CareSignal
from housing.care.rules import case_number
from housing.notices.service import notify
from housing.people.queries import accounts_in
from housing.places.queries import community, unit
from housing.places.queries import residents_of as people_in
from housing.places.rules import community_scope
from housing.serials import take_serials

OWN_NOTICES = "/messages"
"""The path on which everybody reads what he was told."""


def case_of(care_id: int, *, session: Session) -> CareCase:
    """Find a care case by its id.

    Raises:
        CareCaseNotFound: there is none.
    """
    found = session.get(CareCase, int(care_id))
    if found is None:
        raise CareCaseNotFound(str(care_id))
    return found


def case_by_number(number: str, *, session: Session) -> CareCase:
    """Find a care case by its number.

    Raises:
        CareCaseNotFound: there is none.
    """
    found = session.scalar(select(CareCase).where(CareCase.number == number.strip().upper()))
    if found is None:
        raise CareCaseNotFound(number)
    return found


def open_case_of(unit_id: int, *, session: Session) -> CareCase | None:
    """Find the open case of a home."""
    return session.scalar(select(CareCase).where(CareCase.open_unit_id == unit_id))


def report_of(report_id: int, *, session: Session) -> CareReport:
    """Find a monthly report by its id.

    Raises:
        CareReportNotFound: there is none.
    """
    found = session.get(CareReport, int(report_id))
    if found is None:
        raise CareReportNotFound(str(report_id))
    return found


def report_by_number(number: str, *, session: Session) -> CareReport:
    """Find a monthly report by its number.

    Raises:
        CareReportNotFound: there is none.
    """
    found = session.scalar(select(CareReport).where(CareReport.number == number.strip().upper()))
    if found is None:
        raise CareReportNotFound(number)
    return found


def next_number(session: Session, now: datetime) -> str:
    """Take the next case number of the year of the Republic."""
    year = republic_year(local_date(now))
    return case_number(year, take_serials(CareSerial, year, session=session))


def newest_sheet(care_id: int, *forms: str, session: Session) -> CareSheet:
    """Read the sheet of one of these forms that was handed in last.

    Raises:
        CareCaseNotFound: none was handed in.
    """
    wanted = [f"care_case/{form}" for form in forms]
    found = session.scalars(
        select(CareSheet)
        .where(CareSheet.case_id == care_id, CareSheet.form_key.in_(wanted))
        .order_by(CareSheet.id.desc())
        .limit(1)
    ).first()
    if found is None:
        raise CareCaseNotFound(str(care_id))
    return found


def signals_of(care_id: int, *, session: Session) -> list[CareSignal]:
    """List the signals of a case, oldest first."""
    signals = select(CareSignal).where(CareSignal.case_id == care_id)
    return list(session.scalars(signals.order_by(CareSignal.id)))


def tell_group(  # noqa: PLR0913  # the face of the room
    case: CareCase,
    kind: str,
    groups: Iterable[str],
    fields: Mapping[str, object],
    *,
    session: Session,
    clock: Clock,
) -> None:
    """Tell teams of the community something about a case: number and home, never what is wrong."""
    scope = community_scope(case.community)
    readers = {each.id for group in groups for each in accounts_in(group, scope, session=session)}
    home = unit(case.unit_id, session=session).label
    _notify(case, sorted(readers), kind, {"home": home, **fields}, session=session, clock=clock)


def tell_household(
    case: CareCase,
    kind: str,
    fields: Mapping[str, object],
    *,
    session: Session,
    clock: Clock,
) -> None:
    """Tell the household, unless the case is quiet: then nothing ever goes to the home.

    The case itself is not for the household to open: the notice leads to the person's notices.
    """
    if case.is_quiet:
        return
    on = local_date(clock.now())
    readers = people_in(case.unit_id, on=on, session=session)
    _notify(case, readers, kind, fields, url=OWN_NOTICES, session=session, clock=clock)


def _notify(  # noqa: PLR0913
    case: CareCase,
    readers: Iterable[int],
    kind: str,
    fields: Mapping[str, object],
    *,
    url: str | None = None,
    session: Session,
    clock: Clock,
) -> None:
    instance = InstanceRef(
        id=case.instance_id or "",
        business_key=case.number,
        scope=community_scope(case.community),
    )
    notify(readers, kind, fields, instance=instance, url=url, session=session, clock=clock)


def tell_station(
    report: CareReport,
    kind: str,
    fields: Mapping[str, object],
    *,
    session: Session,
    clock: Clock,
) -> None:
    """Tell the social service station of a community about its monthly report."""
    scope = community_scope(report.community)
    readers = [each.id for each in accounts_in("social_worker", scope, session=session)]
    instance = InstanceRef(id=report.instance_id or "", business_key=report.number, scope=scope)
    where = community(report.community, session=session).name
    context = {"community": where, "month": month_words(report), **fields}
    notify(readers, kind, context, instance=instance, session=session, clock=clock)


def month_words(report: CareReport) -> str:
    """Say the month of a report in the calendar of the Republic: 115 年 4 月."""
    return f"{republic_year(report.month_on)} 年 {report.month_on.month} 月"
