"""What the diagrams `app.periodic` and `app.rolling` call: a call's stages, its list, its queue."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.calendar import end_of_local_day, local_date
from engine.errors import BusinessError
from housing.applications.desk import application_of, round_of, settings_of, tell
from housing.applications.errors import ObjectionClosed, RoundDatesInvalid
from housing.applications.listing import publish_version
from housing.applications.models import CallRound, HousingApplication, ListObjection
from housing.applications.queueing import head_of
from housing.applications.rounds import draft_of_form, review_due, update_round
from housing.applications.rules import FINAL_STATES, REVIEW_DAYS
from housing.records.service import latest_answers
from housing.slices import NOTHING, Call, Result

NOTICE_TOO_SHORT = "NOTICE_TOO_SHORT"
DRAFT_FORMS: Mapping[str, str] = {
    "periodic": "application_periodic/draft",
    "rolling": "application_rolling/draft",
}
OBJECTION_FORM = "application_periodic/objection"
VACANCY_FORM = "application_rolling/vacancy"


def set_stage(call: Call, round_id: int, stage: str) -> Result:
    """Move a call to a stage that ends it: dropped or ended."""
    call_round = round_of(round_id, session=call.session)
    call_round.stage = stage
    call_round.closed_at = call_round.closed_at or call.now
    return NOTHING


def update_draft(call: Call, round_id: int) -> Result:
    """Take over what was changed in the draft."""
    call_round = round_of(round_id, session=call.session)
    form_key = DRAFT_FORMS[call_round.kind]
    answers = latest_answers(call.instance.id, form_key, session=call.session)
    update_round(call_round, draft_of_form(call_round.kind, answers), session=call.session)
    return NOTHING


def publish(call: Call, round_id: int, earliest: datetime | None) -> Result:
    """Publish a call; a periodic one at least 30 days before its intake (出租辦法 art. 6).

    Args:
        call: the circumstances.
        round_id: the call.
        earliest: the intake opens after this instant; None for a rolling call.

    Raises:
        BusinessError: NOTICE_TOO_SHORT, the intake would open too soon.
    """
    call_round = round_of(round_id, session=call.session)
    if earliest is not None and call_round.opens_at <= earliest:
        raise BusinessError(NOTICE_TOO_SHORT)
    call_round.stage, call_round.published_at = "published", call.now
    return {"opens_at": call_round.opens_at}


def open_intake(call: Call, round_id: int) -> Result:
    """Open the intake."""
    call_round = round_of(round_id, session=call.session)
    call_round.stage = "open"
    return {"closes_at": call_round.closes_at}


def extend_close(call: Call, round_id: int) -> Result:
    """Move the closing time for all; the cases of the call look it up when the old one comes."""
    call_round = round_of(round_id, session=call.session)
    answers = latest_answers(
        call.instance.id, "application_periodic/extend_close", session=call.session
    )
    call_round.closes_at = datetime.fromisoformat(str(answers["new_closes_at"]))
    call_round.review_due_at = review_due(call_round.closes_at)
    return {"closes_at": call_round.closes_at}


def close_intake(call: Call, round_id: int) -> Result:
    """Close the intake; the review is due 60 days later."""
    call_round = round_of(round_id, session=call.session)
    call_round.stage, call_round.closed_at = "closed", call.now
    return {
        "review_due": call_round.review_due_at,
        "is_review_first": settings_of(call_round).is_review_first,
    }


def extend_review(call: Call, round_id: int) -> Result:
    """Give the review 60 days more, once, and tell every applicant whose case is open."""
    call_round = round_of(round_id, session=call.session)
    answers = latest_answers(
        call.instance.id, "application_periodic/extend_review", session=call.session
    )
    if answers.get("review_extension") != "extend" or call_round.review_due_at is None:
        return NOTHING
    due_on = local_date(call_round.review_due_at) + timedelta(days=REVIEW_DAYS)
    call_round.review_due_at = end_of_local_day(due_on)
    rows = select(HousingApplication.account_id).where(
        HousingApplication.round_id == call_round.id,
        HousingApplication.state.not_in(FINAL_STATES),
        HousingApplication.account_id.is_not(None),
    )
    accounts = [each for each in call.session.scalars(rows.distinct()) if each is not None]
    fields = {"round": call_round.title, "until": call_round.review_due_at}
    tell(call, "call_review_extended", accounts, fields)
    return NOTHING


def publish_list(call: Call, round_id: int, until: datetime) -> Result:
    """Publish the list: lottery numbers only, never names or classes beside them."""
    call_round = round_of(round_id, session=call.session)
    publish_version(call_round, "published", at=call.now, session=call.session)
    call_round.stage, call_round.listed_at = "listed", call.now
    call_round.objections_until = until
    return {"objections_until": until}


def freeze(call: Call, round_id: int) -> Result:
    """Freeze the list with its SHA-256; nothing changes it afterwards."""
    call_round = round_of(round_id, session=call.session)
    version = publish_version(call_round, "frozen", at=call.now, session=call.session)
    call_round.stage, call_round.frozen_at = "frozen", call.now
    call_round.list_sha256 = version.sha256
    return {"is_review_first": settings_of(call_round).is_review_first}


def record_objection(call: Call, round_id: int) -> Result:
    """Keep an officer's decision on the oldest open objection."""
    row = open_objections(int(round_id), session=call.session)[0]
    answers = latest_answers(
        call.instance.id, "application_periodic/objection_decision", session=call.session
    )
    row.outcome = str(answers["objection_outcome"])
    row.decision, row.decided_at = str(answers["objection_decision"]), call.now
    return NOTHING


def pull_head(call: Call, round_id: int) -> Result:
    """Call who is first for a vacant home: the draw's waiting list, then the queue.

    Returns:
        pull_result: waiting_list, called or nobody.
    """
    call_round = round_of(round_id, session=call.session)
    answers = latest_answers(call.instance.id, VACANCY_FORM, session=call.session)
    if int(str(answers.get("list_waiting") or 0)) > 0:
        return {"pull_result": "waiting_list"}
    wanted = answers.get("vacant_class")
    site, room_type = str(answers["vacant_site"]), str(answers["vacant_room_type"])
    household_class = str(wanted) if wanted else None
    place = head_of(call_round.id, site, room_type, household_class, session=call.session)
    if place is None:
        return {"pull_result": "nobody"}
    place.state, place.offered_at = "offered", call.now
    application = application_of(place.application_id, session=call.session)
    if application.account_id is not None:
        fields = {"site": site, "room_type": room_type}
        tell(call, "call_vacancy", [application.account_id], fields)
    return {"pull_result": "called"}


def open_objections(round_id: int, *, session: Session) -> list[ListObjection]:
    """List the objections nobody has decided, oldest first."""
    rows = select(ListObjection).where(
        ListObjection.round_id == round_id, ListObjection.decided_at.is_(None)
    )
    return list(session.scalars(rows.order_by(ListObjection.id)))


def ensure_objections_taken(call_round: CallRound, now: datetime) -> None:
    """Check that the list takes objections now.

    Raises:
        ObjectionClosed: it is not published, or the working days are over.
    """
    until = call_round.objections_until
    if call_round.stage != "listed" or until is None or now > until:
        raise ObjectionClosed(call_round.number)


def ensure_later_close(call_round: CallRound, closes_at: object, now: datetime) -> None:
    """Check that a new closing time lies after the old one and in the future.

    Raises:
        RoundDatesInvalid: it does not.
    """
    instant = closes_at if isinstance(closes_at, datetime) else None
    if instant is None or call_round.closes_at is None:
        raise RoundDatesInvalid
    if instant <= max(call_round.closes_at, now):
        raise RoundDatesInvalid


def open_reviews(round_id: int, *, session: Session) -> int:
    """Count the applications of a call that nobody has decided."""
    rows = select(func.count()).where(
        HousingApplication.round_id == round_id, HousingApplication.state.not_in(FINAL_STATES)
    )
    return session.scalar(rows) or 0
