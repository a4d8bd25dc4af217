"""Facts of care by plain names, for scenarios."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from housing.care.desk import case_by_number, report_by_number
from housing.care.models import (
    CareAction,
    CareEmergency,
    CareFigure,
    CareNote,
    CareSheet,
    CareSignal,
    CareVisit,
)
from housing.care.rules import figure

KINDS = frozenset({"care", "care_report"})
"""The kinds of facts below."""


def facts(number: str, *, session: Session, **_when: object) -> Mapping[str, Mapping[str, object]]:
    """Give the facts of a care case.

    Raises:
        CareCaseNotFound: there is none of this number.
    """
    case = case_by_number(number, session=session)
    actions = session.scalars(
        select(CareAction).where(CareAction.case_id == case.id).order_by(CareAction.id)
    ).all()
    emergency = session.scalars(
        select(CareEmergency)
        .where(CareEmergency.case_id == case.id)
        .order_by(CareEmergency.id.desc())
        .limit(1)
    ).first()
    visits = session.scalars(
        select(CareVisit).where(CareVisit.case_id == case.id).order_by(CareVisit.id)
    ).all()
    notes = select(func.count(CareNote.sheet_id)).join(CareSheet, CareSheet.id == CareNote.sheet_id)
    signals = select(func.count()).where(CareSignal.case_id == case.id)
    return {
        "care": {
            "number": case.number,
            "state": case.state,
            "level": case.level,
            "source": case.source,
            "is_quiet": case.is_quiet,
            "missed": case.missed,
            "next_visit_at": case.next_visit_at,
            "review_due_at": case.review_due_at,
            "closing_reason": case.closing_reason,
            "signals": session.scalar(signals),
            "visits": len(visits),
            "bsrs5": visits[-1].bsrs5 if visits else None,
            "reviewed_by": visits[-1].reviewed_by if visits else None,
            "actions": [each.state for each in actions],
            "statutory_number": emergency.statutory_number if emergency else None,
            "called": emergency.called if emergency else None,
            "notes": session.scalar(notes.where(CareSheet.case_id == case.id)),
        }
    }


def report_facts(
    number: str, *, session: Session, **_when: object
) -> Mapping[str, Mapping[str, object]]:
    """Give the facts of a monthly report.

    Raises:
        CareReportNotFound: there is none of this number.
    """
    report = report_by_number(number, session=session)
    rows = session.scalars(select(CareFigure).where(CareFigure.report_id == report.id))
    figures = {each.code: each for each in rows}
    visits = figures.get("visits")
    return {
        "care_report": {
            "number": report.number,
            "state": report.state,
            "due_at": report.due_at,
            "first_submitted_at": report.first_submitted_at,
            "submitted_at": report.submitted_at,
            "approved_at": report.approved_at,
            "approval_no": report.approval_no,
            "days_late": report.days_late,
            "returned_count": report.returned_count,
            "visits_recorded": figure(visits.recorded) if visits else None,
            "visits_reported": figure(visits.reported) if visits else None,
            "figure_reason": report.figure_reason,
        }
    }
