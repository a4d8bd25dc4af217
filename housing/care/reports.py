"""What the diagram `care.monthly` calls: open, submit, return and lock monthly work reports."""

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.records import StepResult
from engine.types import Actor
from housing.care.desk import report_of, tell_station
from housing.care.figures import figures_of
from housing.care.models import CareFigure, CareReport
from housing.care.rules import FIGURES, days_late, next_month, report_due, report_number, tenths
from housing.places.queries import communities
from housing.places.rules import community_scope
from housing.records.service import latest_answers
from housing.slices import NOTHING, Call, Result

PROCESS = "care.monthly"


def open_reports(call: Call) -> Result:
    """Open this month's report for each community that has none."""
    opened = [
        open_report(
            each.code, by=call.by, engine=call.engine, session=call.session, clock=call.clock
        )
        for each in communities(session=call.session)
    ]
    return {"opened": sum(each is not None for each in opened)}


def open_report(
    community: str, *, by: Actor, engine: ProcessEngine, session: Session, clock: Clock
) -> StepResult | None:
    """Open a community's report of this month and start its process; None when there is one."""
    month_on = local_date(clock.now()).replace(day=1)
    known = select(CareReport.id).where(
        CareReport.community == community, CareReport.month_on == month_on
    )
    if session.scalar(known) is not None:
        return None
    report = _new_report(community, month_on, clock)
    session.add(report)
    session.flush()
    variables = {
        "report_id": report.id,
        "returned_count": 0,
        "month_end_on": _last_day(month_on),
    }
    result = engine.start(
        PROCESS,
        variables,
        business_key=report.number,
        scope=community_scope(community),
        by=by,
        session=session,
    )
    report.instance_id = result.instance_id
    fields = {"until": report.due_at}
    tell_station(report, "care_report_opened", fields, session=session, clock=clock)
    return result


def _new_report(community: str, month_on: date, clock: Clock) -> CareReport:
    return CareReport(
        number=report_number(month_on, community),
        community=community,
        month_on=month_on,
        state="draft",
        opened_at=clock.now(),
        due_at=report_due(month_on),
        returned_count=0,
        return_reason="",
        days_late=0,
        figure_reason="",
        narrative="",
        next_month="",
        problems="",
        attachments=[],
    )


def _last_day(month_on: date) -> date:
    return date.fromordinal(next_month(month_on).toordinal() - 1)


def submit_report(call: Call, report_id: int) -> Result:
    """Take a report in: both values of each figure, the words, and the day it came first."""
    report = report_of(report_id, session=call.session)
    values = latest_answers(
        report.instance_id or call.instance.id, "care_monthly/report", session=call.session
    )
    call.session.execute(delete(CareFigure).where(CareFigure.report_id == report.id))
    call.session.add_all(_figures(report, values, call.session))
    report.state = "submitted"
    report.submitted_at, report.submitted_by = call.now, call.by.name
    report.first_submitted_at = report.first_submitted_at or call.now
    for name in ("figure_reason", "narrative", "next_month", "problems"):
        setattr(report, name, str(values.get(name) or ""))
    attachments = values.get("attachments")
    report.attachments = list(attachments) if isinstance(attachments, list) else []
    return NOTHING


def _figures(
    report: CareReport, values: Mapping[str, object], session: Session
) -> Iterator[CareFigure]:
    recorded = figures_of(report.community, report.month_on, session=session)
    for code in FIGURES:
        yield CareFigure(
            report_id=report.id,
            code=code,
            recorded=tenths(recorded[code]),
            reported=tenths(values.get(code, recorded[code])),
        )


def return_report(call: Call, report_id: int) -> Result:
    """Send a report back to be corrected, with the reason of whoever returned it."""
    report = report_of(report_id, session=call.session)
    forms = ("care_monthly/review", "care_monthly/approval")
    since = report.submitted_at
    reasons = [
        latest_answers(call.instance.id, form, since=since, session=call.session).get(
            "return_reason"
        )
        for form in forms
    ]
    report.state = "returned"
    report.returned_count += 1
    report.return_reason = next((str(each) for each in reversed(reasons) if each), "")
    tell_station(report, "care_report_returned", {}, session=call.session, clock=call.clock)
    return {"returned_count": report.returned_count}


def lock_report(call: Call, report_id: int) -> Result:
    """Lock an approved report; from the day it came first, lateness is counted for the payment."""
    report = report_of(report_id, session=call.session)
    answers = latest_answers(call.instance.id, "care_monthly/approval", session=call.session)
    first_on = local_date(report.first_submitted_at or call.now)
    report.days_late = days_late(first_on, local_date(report.due_at))
    report.state = "late_approved" if report.days_late else "approved"
    report.approved_at, report.approved_by = call.now, call.by.name
    report.approval_no = str(answers.get("approval_no") or "")
    fields = {"approval_no": report.approval_no, "days_late": report.days_late}
    tell_station(report, "care_report_approved", fields, session=call.session, clock=call.clock)
    return {"days_late": report.days_late}
