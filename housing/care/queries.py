"""Read care for pages; each function gives no more than its readers may see."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.records import Page
from engine.types import CITY, Actor
from housing.care.desk import case_by_number, month_words, report_by_number
from housing.care.figures import figures_of
from housing.care.models import (
    CareAccess,
    CareAction,
    CareCase,
    CareEmergency,
    CareFigure,
    CareNote,
    CareReport,
    CareSheet,
    CareSignal,
    CareVisit,
)
from housing.care.rules import FIGURES, LEVELS, figure
from housing.care.sealing import read_note
from housing.care.views import (
    AccessRow,
    ActionRow,
    CaseRow,
    EmergencyRow,
    FigureView,
    FlagRow,
    Overview,
    Progress,
    Record,
    ReportView,
    RequestRow,
    SheetView,
    SignalView,
    VisitRow,
)
from housing.places.queries import CommunityView, communities, units_by_id
from housing.vault import Vault


def communities_of(
    actor: Actor, roles: Collection[str], *, session: Session
) -> list[CommunityView]:
    """List the communities in which an actor holds one of the roles."""
    scopes = {scope for role, scope in actor.groups if role in roles}
    found = communities(session=session)
    return found if CITY in scopes else [each for each in found if each.scope in scopes]


def open_cases(
    codes: Collection[str],
    *,
    now: datetime,
    session: Session,
    offset: int = 0,
    limit: int = 50,
) -> Page[CaseRow]:
    """List the open cases of communities: most pressing level first, then the next visit."""
    conditions = (CareCase.community.in_(codes), CareCase.state != "closed")
    total = session.scalar(select(func.count(CareCase.id)).where(*conditions)) or 0
    rows = session.scalars(
        select(CareCase)
        .where(*conditions)
        .order_by(
            _pressing(),
            CareCase.next_visit_at.is_(None),
            CareCase.next_visit_at,
            CareCase.id,
        )
        .offset(offset)
        .limit(limit)
    ).all()
    names = _names(session)
    found = tuple(_row(each, names, now) for each in rows)
    return Page(rows=found, total=total, offset=offset, limit=limit)


def _pressing() -> ColumnElement[int]:
    levels = {code: rank for rank, code in enumerate(LEVELS)}
    return case(levels, value=CareCase.level, else_=1)


def _names(session: Session) -> dict[str, str]:
    return {each.code: each.name for each in communities(session=session)}


def _row(each: CareCase, names: dict[str, str], now: datetime) -> CaseRow:
    next_at = each.next_visit_at
    return CaseRow(
        number=each.number,
        community=each.community,
        community_name=names[each.community],
        unit_code=each.unit_code,
        state=each.state,
        level=each.level,
        opened_at=each.opened_at,
        next_visit_at=next_at,
        review_due_at=each.review_due_at,
        missed=each.missed,
        is_overdue=next_at is not None and local_date(next_at) < local_date(now),
    )


def flags(codes: Collection[str], *, session: Session) -> list[FlagRow]:
    """List the homes to which property managers are to pay attention, and what to do there."""
    cases = session.scalars(
        select(CareCase)
        .where(CareCase.community.in_(codes), CareCase.state != "closed")
        .order_by(CareCase.community, CareCase.unit_code)
    ).all()
    homes = units_by_id([each.unit_id for each in cases], session=session)
    return [
        FlagRow(number=each.number, home=homes[each.unit_id].label, advice=tuple(each.pm_advice))
        for each in cases
    ]


def flag(number: str, *, session: Session) -> FlagRow:
    """Read the flag of one case.

    Raises:
        CareCaseNotFound: there is none.
    """
    found = case_by_number(number, session=session)
    home = units_by_id([found.unit_id], session=session)[found.unit_id]
    advice = () if found.state == "closed" else tuple(found.pm_advice)
    return FlagRow(number=found.number, home=home.label, advice=advice)


def overview(number: str, *, now: datetime, session: Session) -> Overview:
    """Read level, dates and actions of a case.

    Raises:
        CareCaseNotFound: there is none.
    """
    found = case_by_number(number, session=session)
    visits = session.scalars(
        select(CareVisit).where(CareVisit.case_id == found.id).order_by(CareVisit.id.desc())
    )
    actions = session.scalars(
        select(CareAction).where(CareAction.case_id == found.id).order_by(CareAction.due_on)
    )
    emergencies = session.scalars(
        select(CareEmergency).where(CareEmergency.case_id == found.id).order_by(CareEmergency.id)
    )
    return Overview(
        case=_row(found, _names(session), now),
        instance_id=found.instance_id,
        source=found.source,
        closing_reason=found.closing_reason,
        closed_at=found.closed_at,
        visits=tuple(
            VisitRow(
                visited_at=each.visited_at,
                result=each.result,
                place=each.place,
                by_name=each.by_name,
                reviewed_at=each.reviewed_at,
            )
            for each in visits
        ),
        actions=tuple(
            ActionRow(
                kind=each.kind,
                who=each.who,
                due_on=each.due_on,
                state=each.state,
                ended_at=each.ended_at,
            )
            for each in actions
        ),
        emergencies=tuple(
            EmergencyRow(
                begun_at=each.begun_at,
                called=tuple(each.called),
                officer_told_at=each.officer_told_at,
                statutory_number=each.statutory_number,
            )
            for each in emergencies
        ),
    )


def record(number: str, *, vault: Vault, session: Session) -> Record:
    """Read all that is written of a case, confidential parts included; for social workers.

    Raises:
        CareCaseNotFound: there is none.
        KeyMissing, SealBroken: as `Vault.open`.
    """
    found = case_by_number(number, session=session)
    sheets = session.execute(
        select(CareSheet, CareNote)
        .outerjoin(CareNote, CareNote.sheet_id == CareSheet.id)
        .where(CareSheet.case_id == found.id)
        .order_by(CareSheet.id.desc())
    )
    signals = session.scalars(
        select(CareSignal).where(CareSignal.case_id == found.id).order_by(CareSignal.id)
    )
    return Record(
        flags=tuple(found.flags),
        contact_way=found.contact_way,
        is_quiet=found.is_quiet,
        signals=tuple(
            SignalView(
                source=each.source,
                seen=tuple(each.seen),
                text=each.text,
                phone=each.phone,
                seen_at=each.seen_at,
                is_danger=each.is_danger,
                by_name=each.by_name,
            )
            for each in signals
        ),
        sheets=tuple(
            SheetView(
                form_key=sheet.form_key,
                values=sheet.values,
                by_name=sheet.by_name,
                at=sheet.at,
                note=read_note(note, vault=vault) if note is not None else None,
            )
            for sheet, note in sheets
        ),
    )


def progress(places: Iterable[CommunityView], *, now: datetime, session: Session) -> list[Progress]:
    """Tell how each community stands."""
    return [_progress(each, now, session) for each in places]


def _progress(place: CommunityView, now: datetime, session: Session) -> Progress:
    here = select(CareCase.id).where(CareCase.community == place.code)
    cases = session.scalars(
        select(CareCase).where(CareCase.community == place.code, CareCase.state != "closed")
    ).all()
    names = {place.code: place.name}
    rows = [_row(each, names, now) for each in cases]
    figures = figures_of(place.code, local_date(now).replace(day=1), session=session)
    newest = session.scalars(
        select(CareReport)
        .where(CareReport.community == place.code)
        .order_by(CareReport.month_on.desc())
        .limit(1)
    ).first()
    open_actions = select(func.count()).where(
        CareAction.case_id.in_(here), CareAction.state == "open"
    )
    return Progress(
        community=place.code,
        name=place.name,
        by_level=Counter(each.level or "" for each in rows),
        overdue=sum(each.is_overdue for each in rows),
        visits=int(figures["visits"]),
        open_actions=session.scalar(open_actions) or 0,
        report_number=newest.number if newest else None,
        report_state=newest.state if newest else None,
    )


def requests_of(account_id: int, *, session: Session) -> list[RequestRow]:
    """List a resident's own requests: when, and whether somebody is at work; never more."""
    cases = session.scalars(
        select(CareCase)
        .where(CareCase.requester_id == account_id)
        .order_by(CareCase.opened_at.desc())
    )
    return [
        RequestRow(number=each.number, opened_at=each.opened_at, state=each.state) for each in cases
    ]


def access_log(
    *, session: Session, what: str | None = None, offset: int = 0, limit: int = 50
) -> Page[AccessRow]:
    """List who opened which case and what for, newest first; contents are not among it."""
    conditions = [CareAccess.what == what] if what else []
    total = session.scalar(select(func.count(CareAccess.id)).where(*conditions)) or 0
    rows = session.execute(
        select(CareAccess, CareCase.number)
        .join(CareCase, CareCase.id == CareAccess.case_id)
        .where(*conditions)
        .order_by(CareAccess.id.desc())
        .offset(offset)
        .limit(limit)
    )
    found = tuple(
        AccessRow(
            number=number,
            account_name=each.account_name,
            what=each.what,
            purpose=each.purpose,
            at=each.at,
        )
        for each, number in rows
    )
    return Page(rows=found, total=total, offset=offset, limit=limit)


def reports(
    codes: Collection[str], *, session: Session, offset: int = 0, limit: int = 50
) -> Page[ReportView]:
    """List the monthly reports of communities, newest month first."""
    condition = CareReport.community.in_(codes)
    total = session.scalar(select(func.count(CareReport.id)).where(condition)) or 0
    rows = session.scalars(
        select(CareReport)
        .where(condition)
        .order_by(CareReport.month_on.desc(), CareReport.community)
        .offset(offset)
        .limit(limit)
    )
    names = _names(session)
    found = tuple(_report(each, names, ()) for each in rows)
    return Page(rows=found, total=total, offset=offset, limit=limit)


def report(number: str, *, session: Session) -> ReportView:
    """Read a monthly report with its figures: the stored ones once it was handed in.

    Raises:
        CareReportNotFound: there is none.
    """
    found = report_by_number(number, session=session)
    stored = {
        each.code: each
        for each in session.scalars(select(CareFigure).where(CareFigure.report_id == found.id))
    }
    if stored:
        figures = tuple(
            FigureView(
                code=code,
                recorded=figure(stored[code].recorded),
                reported=figure(stored[code].reported),
            )
            for code in FIGURES
        )
    else:
        counted = figures_of(found.community, found.month_on, session=session)
        figures = tuple(
            FigureView(code=code, recorded=counted[code], reported=counted[code])
            for code in FIGURES
        )
    return _report(found, _names(session), figures)


def _report(each: CareReport, names: dict[str, str], figures: tuple[FigureView, ...]) -> ReportView:
    return ReportView(
        number=each.number,
        instance_id=each.instance_id,
        community=each.community,
        community_name=names[each.community],
        month_on=each.month_on,
        state=each.state,
        due_at=each.due_at,
        first_submitted_at=each.first_submitted_at,
        submitted_at=each.submitted_at,
        submitted_by=each.submitted_by,
        returned_count=each.returned_count,
        return_reason=each.return_reason,
        approved_at=each.approved_at,
        approved_by=each.approved_by,
        approval_no=each.approval_no,
        days_late=each.days_late,
        figure_reason=each.figure_reason,
        narrative=each.narrative,
        next_month=each.next_month,
        problems=each.problems,
        attachments=tuple(each.attachments),
        figures=figures,
        months=month_words(each),
    )
