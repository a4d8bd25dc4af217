"""What cases and scenarios need of calls, periodic and rolling."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import StepResult, UserTask
from engine.types import CITY
from housing.applications import calls, drawing
from housing.applications.desk import round_by_number, settings_of
from housing.applications.errors import DrawNotAwaited, HomesUnfilled, ObjectionsOpen, ReviewsOpen
from housing.applications.listing import newest_list
from housing.applications.models import CallRound, ListObjection, QueuePlace
from housing.applications.rounds import check_dates, draft_of_form, draft_round
from housing.places.queries import communities
from housing.records.forms import form_in_service
from housing.records.service import Answers, record
from housing.slices import Desk, Opening, Subject

PERIODIC, ROLLING = "app.periodic", "app.rolling"
CLOSERS = frozenset({"section_chief"})
SENDERS: Mapping[str, frozenset[str]] = {
    "call.extend_close": CLOSERS,
    drawing.DRAW_MESSAGE: frozenset(),  # has a page of its own
}
FACT_KINDS = frozenset({"round", "list"})
MESSAGE_FORMS: Mapping[str, str | None] = {
    "call.extend_close": "application_periodic/extend_close",
    "call.objection": calls.OBJECTION_FORM,
    drawing.DRAW_MESSAGE: drawing.DRAW_FORM,
}


def open_call(kind: str, values: Mapping[str, object], desk: Desk) -> StepResult:
    """Write the draft of a call and start its process.

    Raises:
        RoundDatesInvalid, RoundUnitsMissing: as `rounds.draft_round`.
    """
    new = draft_of_form(kind, values)
    check_dates(new)
    call_round = draft_round(new, session=desk.session, clock=desk.clock)
    result = desk.engine.start(
        PERIODIC if kind == "periodic" else ROLLING,
        {"round_id": call_round.id},
        business_key=call_round.number,
        scope=CITY,
        by=desk.by,
        session=desk.session,
    )
    call_round.instance_id = result.instance_id
    _keep(result.instance_id, calls.DRAFT_FORMS[kind], values, desk)
    return result


def post(instance_id: str, message: str, values: Mapping[str, object], desk: Desk) -> StepResult:
    """Send a message of a person to a call: a new closing time, an objection, a vacancy."""
    wanted = CallRound.instance_id == instance_id
    call_round = desk.session.scalars(select(CallRound).where(wanted)).one()
    if message == "call.extend_close":
        calls.ensure_later_close(call_round, values.get("new_closes_at"), desk.clock.now())
    if message == drawing.DRAW_MESSAGE:
        result = drawing.keep_result(call_round, str(values.get("ranks_csv") or ""), desk)
        values = {"ranks_count": result.count, "ranks_sha256": result.sha256}
    if message == "call.objection":
        _note_objection(call_round, values, desk)
    form_key = MESSAGE_FORMS.get(message) or calls.VACANCY_FORM
    _keep(instance_id, form_key, values, desk)
    return desk.engine.send_message(instance_id, message, {}, by=desk.by, session=desk.session)


def send_draw(number: str, text: str, desk: Desk) -> StepResult:
    """Record the result of a call's draw.

    Raises:
        RoundNotFound: there is no such call.
        DrawNotAwaited, DrawRanksInvalid: as `drawing.keep_result`.
    """
    call_round = round_by_number(number, session=desk.session)
    if call_round.instance_id is None:
        raise DrawNotAwaited(number)
    values = {"ranks_csv": text}
    return post(call_round.instance_id, drawing.DRAW_MESSAGE, values, desk)


def _note_objection(call_round: CallRound, values: Mapping[str, object], desk: Desk) -> None:
    now = desk.clock.now()
    calls.ensure_objections_taken(call_round, now)
    desk.session.add(
        ListObjection(
            idem=f"{call_round.id}:{desk.by.id}:{now.isoformat()}",
            round_id=call_round.id,
            lottery_number=str(values["lottery_number"]),
            text=str(values["objection_text"]),
            raised_at=now,
        )
    )
    desk.session.flush()


def _keep(instance_id: str, form_key: str, values: Mapping[str, object], desk: Desk) -> None:
    form = form_in_service(form_key, session=desk.session)
    answers = Answers(instance_id=instance_id, form=form, form_key=form_key, values=values)
    record(answers, by=desk.by, session=desk.session, clock=desk.clock)


def _open(kind: str) -> Callable[[Opening, Desk], StepResult]:
    def opening(wanted: Opening, desk: Desk) -> StepResult:
        return open_call(kind, wanted.values, desk)

    return opening


def check(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse what breaks a rule of the business.

    Raises:
        ReviewsOpen: cases are still under review.
        ObjectionsOpen: objections are not decided.
        RoundDatesInvalid: the changed draft ends before it begins.
    """
    call_round = round_by_number(task.business_key, session=session)
    if task.element_id == "redraft":
        check_dates(draft_of_form(call_round.kind, values))
    if task.element_id == "confirm_reviews" and (
        count := calls.open_reviews(call_round.id, session=session)
    ):
        raise ReviewsOpen(count)
    if task.element_id == "freeze_list" and (
        found := calls.open_objections(call_round.id, session=session)
    ):
        raise ObjectionsOpen(len(found))
    if task.element_id == "confirm_filled" and (
        left := drawing.homes_left(call_round.id, session=session)
    ):
        raise HomesUnfilled(left)


def context(business_key: str, *, session: Session, now: datetime) -> Mapping[str, object]:
    """Give what the forms of a call may name."""
    del now
    call_round = round_by_number(business_key, session=session)
    count = calls.open_reviews(call_round.id, session=session)
    objections = calls.open_objections(call_round.id, session=session)
    return {
        **opening(session=session),
        "round": {
            "title": call_round.title,
            "opens_at": call_round.opens_at,
            "closes_at": call_round.closes_at,
            "income_limit_twd": call_round.income_limit_twd,
            "property_limit_twd": call_round.property_limit_twd,
            "years_limit": call_round.years_limit,
            **settings_of(call_round).stored(),
        },
        "review_words": f"尚在審查：{count} 件。",
        "filled_words": f"尚有 {drawing.homes_left(call_round.id, session=session)} 戶待審定。",
        "objection_words": "；".join(
            f"{each.lottery_number}：{each.text}" for each in objections[:1]
        ),
    }


def opening(*, session: Session, **_asked: object) -> Mapping[str, object]:
    """Give what the draft of a call offers: the communities, and the usual limits."""
    found = communities(session=session)
    return {
        "sites": [{"value": each.code, "label": each.name} for each in found],
        "round": {
            "income_limit_twd": 57_509,
            "property_limit_twd": 5_790_000,
            "years_limit": 6,
            "may_extend_online": False,
            "second_check_percent": 10,
            "is_review_first": True,
            "queue_by": "qualified",
            "uses_score": False,
        },
    }


def facts(number: str, *, session: Session, now: datetime) -> Mapping[str, Mapping[str, object]]:
    """Give the facts of a call and of its newest list."""
    del now
    call_round = round_by_number(number, session=session)
    newest = newest_list(call_round.id, session=session)
    waiting = session.scalars(select(QueuePlace).where(QueuePlace.round_id == call_round.id))
    return {
        "round": {
            "number": call_round.number,
            "stage": call_round.stage,
            "opens_at": call_round.opens_at,
            "closes_at": call_round.closes_at,
            "review_due_at": call_round.review_due_at,
            "income_limit_twd": call_round.income_limit_twd,
            "list_sha256": call_round.list_sha256,
            "queue": [each.state for each in waiting],
        },
        "list": {
            "kind": newest.kind,
            "version": newest.version,
            "count": newest.count,
            "entries": newest.entries,
        }
        if newest is not None
        else {},
    }


SUBJECTS = tuple(
    Subject(
        process=process,
        start_form=calls.DRAFT_FORMS[kind],
        message_forms=MESSAGE_FORMS
        if kind == "periodic"
        else {"queue.vacancy": calls.VACANCY_FORM},
        message_senders=SENDERS if kind == "periodic" else {},
        open=_open(kind),
        post=post,
        check=check,
        context=context,
        opening=opening,
        facts=facts,
        fact_kinds=FACT_KINDS,
    )
    for process, kind in ((PERIODIC, "periodic"), (ROLLING, "rolling"))
)
