"""What the diagram `care.case` calls: one function a topic.

Ids and codes go in and out; what people wrote is read from the sheets of the slice. Every
function may run twice for one call and then leaves what it left the first time.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from engine.calendar import end_of_local_day, local_date
from housing.care.desk import case_of, newest_sheet, tell_group, tell_household
from housing.care.models import CareAction, CareCase, CareEmergency, CareSheet, CareVisit
from housing.care.rules import (
    REFUSAL_MONTHS,
    REVIEW_MONTHS,
    bsrs_score,
    months_later,
    outcome_of,
    visits_begin,
)
from housing.slices import NOTHING, Call, Result

ALARMED = ("social_worker", "social_worker_lead", "officer")


def alarm(call: Call, care_id: int) -> Result:
    """Tell social workers, their lead and officers at once that somebody is in danger."""
    case = case_of(care_id, session=call.session)
    tell_group(case, "care_danger", ALARMED, {}, session=call.session, clock=call.clock)
    return NOTHING


def record_triage(call: Call, care_id: int, level: str, frequency_days: int) -> Result:
    """Keep level and risk flags of the triage; the first instant of triage stays."""
    del frequency_days  # the interval belongs to the level; the plan sets the day
    case = case_of(care_id, session=call.session)
    values = newest_sheet(case.id, "triage", session=call.session).values
    case.level = level
    case.flags = _texts(values.get("flags"))
    case.contact_way = str(values.get("contact_way") or case.contact_way)
    case.is_quiet = values.get("household_violence") is True or case.contact_way != "any"
    case.triaged_at = case.triaged_at or call.now
    return {"level": level}


def begin_emergency(call: Call, care_id: int) -> Result:
    """Raise a case to emergency; lead and officers are told at once."""
    case = case_of(care_id, session=call.session)
    case.state, case.level = "emergency", "emergency"
    call.session.add(CareEmergency(case_id=case.id, begun_at=call.now, called=[]))
    groups = ("social_worker_lead", "officer")
    tell_group(case, "care_emergency", groups, {}, session=call.session, clock=call.clock)
    return NOTHING


def record_emergency(call: Call, care_id: int) -> Result:
    """Keep who was called, when the officer knew, and the number of the statutory report."""
    case = case_of(care_id, session=call.session)
    emergency = call.session.scalars(
        select(CareEmergency)
        .where(CareEmergency.case_id == case.id)
        .order_by(CareEmergency.id.desc())
        .limit(1)
    ).one()
    rescue = newest_sheet(case.id, "rescue", session=call.session).values
    statutory = newest_sheet(case.id, "statutory", session=call.session).values
    emergency.called = _texts(rescue.get("called"))
    emergency.called_at = _instant(rescue.get("called_at"))
    emergency.officer_told_at = newest_sheet(case.id, "informed", session=call.session).at
    number = statutory.get("statutory_number")
    emergency.statutory_number = str(number) if number else None
    emergency.statutory_at = _instant(statutory.get("statutory_at"))
    return NOTHING


def record_plan(call: Call, care_id: int) -> Result:
    """Keep the plan: level, next visit, review in three months; tell the household."""
    case = case_of(care_id, session=call.session)
    values = newest_sheet(case.id, "plan", session=call.session).values
    case.state, case.consent, case.missed = "active", "agreed", 0
    case.level = str(values["plan_level"])
    case.has_photo_consent = values.get("photo_consent") is True
    case.pm_advice = _texts(values.get("pm_advice"))
    case.worker_id = call.by.id
    _plan_visit(case, _day(values["next_date"]))
    _plan_review(case, call.now)
    fields = {"visit_on": _day(values["next_date"])}
    tell_household(case, "care_visit_planned", fields, session=call.session, clock=call.clock)
    return _schedule(case)


def record_refusal(call: Call, care_id: int) -> Result:
    """Respect a refusal; the level is looked at again in a month."""
    case = case_of(care_id, session=call.session)
    case.state, case.consent, case.next_visit_at = "refused", "refused", None
    again_on = months_later(local_date(call.now), REFUSAL_MONTHS)
    return {"refusal_until": visits_begin(again_on)}


def record_visit(call: Call, care_id: int) -> Result:
    """Make the visit of the newest record and tell where it leads.

    Returns:
        visit_id, outcome, level, missed, next_visit_at, and the actions with their due dates.
    """
    case = case_of(care_id, session=call.session)
    sheet = newest_sheet(case.id, "visit", session=call.session)
    visit = _visit(case, sheet, call)
    is_missed = visit.result == "not_met"
    case.missed = case.missed + 1 if is_missed else 0
    outcome = outcome_of(sheet.values, case.missed)
    actions: list[dict[str, object]] = []
    if outcome == "met":
        case.level = str(sheet.values["risk"])
        visit.level = case.level
        _plan_visit(case, _day(sheet.values["next_date"]))
        actions = list(_actions(visit, sheet.values.get("actions"), call))
    if outcome == "not_met":
        managers = ("property_manager",)
        tell_group(case, "care_knock", managers, {}, session=call.session, clock=call.clock)
    call.session.flush()
    return {
        "visit_id": visit.id,
        "outcome": outcome,
        "missed": case.missed,
        "actions": actions,
        **_schedule(case),
    }


def plan_next(call: Call, care_id: int, days: int, *, is_found: bool = False) -> Result:
    """Plan the next visit so many days from today; who was found well is not missed any more."""
    case = case_of(care_id, session=call.session)
    case.missed = 0 if is_found else case.missed
    _plan_visit(case, local_date(call.now) + timedelta(days=int(days)))
    return _schedule(case)


def pass_record(call: Call, care_id: int, visit_id: int) -> Result:
    """Note that the lead passed the record of a visit."""
    del care_id
    visit = call.session.get_one(CareVisit, int(visit_id))
    visit.reviewed_at, visit.reviewed_by = call.now, call.by.name
    return NOTHING


def record_action(call: Call, care_id: int, action_id: int, result: str) -> Result:
    """Keep how a referral or other action ended."""
    action = call.session.get_one(CareAction, int(action_id))
    values = newest_sheet(int(care_id), "referral", session=call.session).values
    action.state, action.ended_at = result, call.now
    action.reference = str(values.get("referral_ref") or "")
    return NOTHING


def record_review(call: Call, care_id: int) -> Result:
    """Keep the three-monthly review: level, next visit, next review."""
    case = case_of(care_id, session=call.session)
    values = newest_sheet(case.id, "quarterly", session=call.session).values
    case.level = str(values["new_level"])
    _plan_visit(case, _day(values["next_date"]))
    _plan_review(case, call.now)
    return _schedule(case)


def close_case(call: Call, care_id: int, reason: str) -> Result:
    """Close a case; what is still open of its actions is cancelled."""
    case = case_of(care_id, session=call.session)
    was_running = case.state in ("active", "refused")
    case.state, case.closed_at, case.closing_reason = "closed", call.now, reason
    case.open_unit_id, case.next_visit_at, case.review_due_at = None, None, None
    open_actions = select(CareAction).where(
        CareAction.case_id == case.id, CareAction.state == "open"
    )
    for action in call.session.scalars(open_actions):
        action.state, action.ended_at = "cancelled", call.now
    if was_running and reason not in ("deceased", "transferred"):
        tell_household(case, "care_closed", {}, session=call.session, clock=call.clock)
    return NOTHING


def _visit(case: CareCase, sheet: CareSheet, call: Call) -> CareVisit:
    known = call.session.scalar(select(CareVisit).where(CareVisit.sheet_id == sheet.id))
    if known is not None:
        return known
    values = sheet.values
    visit = CareVisit(
        sheet_id=sheet.id,
        case_id=case.id,
        due_at=case.next_visit_at or call.now,
        visited_at=_instant(values["visited_at"]) or call.now,
        minutes=int(str(values["minutes"])),
        place=str(values["place"]),
        result=str(values["visit_result"]),
        bsrs5=bsrs_score(values),
        is_danger=values.get("danger") is True,
        level=case.level,
        by_id=sheet.by_id,
        by_name=sheet.by_name,
    )
    call.session.add(visit)
    call.session.flush()
    return visit


def _actions(visit: CareVisit, rows: object, call: Call) -> Iterable[dict[str, object]]:
    for row in rows if isinstance(rows, list) else []:
        action = CareAction(
            visit_id=visit.id,
            case_id=visit.case_id,
            kind=str(row["what"]),
            who=str(row["who"]),
            due_on=_day(row["due"]),
            state="open",
            reference="",
        )
        call.session.add(action)
        call.session.flush()
        yield {"id": action.id, "due_at": end_of_local_day(action.due_on)}


def _plan_visit(case: CareCase, on: date) -> None:
    case.next_visit_at = visits_begin(on)


def _plan_review(case: CareCase, now: datetime) -> None:
    case.review_due_at = visits_begin(months_later(local_date(now), REVIEW_MONTHS))


def _schedule(case: CareCase) -> Mapping[str, object]:
    return {
        "level": case.level,
        "next_visit_at": case.next_visit_at,
        "review_due_at": case.review_due_at,
    }


def _texts(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None
