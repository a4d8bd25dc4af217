"""What cases and scenarios need of applications."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import StepResult
from housing.applications import changes, drawing, facts, questions, service
from housing.applications.desk import round_by_number
from housing.applications.merging import MERGING
from housing.applications.models import CallOffer, CallRound, HousingApplication
from housing.applications.rounds import NewRound, open_at_once
from housing.letters.subject import VERBS as LETTER_VERBS
from housing.slices import Desk, Opening, Subject

APPEAL_MESSAGE = "application.appeal_upheld"
RESTORE_MESSAGE = "application.restored"
DECEASED_MESSAGE = "application.deceased"
READERS = frozenset(
    {"officer", "section_chief", "ethics_office", "process_supervisor", "administrator"}
)
"""Who opens applications of others: those who review, decide, audit or repair."""

FORMS = {
    service.WITHDRAW_MESSAGE: None,
    service.EXTENSION_MESSAGE: "application_review/extension",
    changes.CHANGE_MESSAGE: changes.CHANGE_FORM,
    APPEAL_MESSAGE: "application_review/appeal_upheld",
    RESTORE_MESSAGE: "application_review/restored",
    DECEASED_MESSAGE: "application_review/deceased",
}


def house_of(desk: Desk) -> service.House:
    """Give what taking an application in needs."""
    return service.House(
        vault=desk.vault,
        is_demo=desk.is_demo,
        engine=desk.engine,
        session=desk.session,
        clock=desk.clock,
    )


def _open(opening: Opening, desk: Desk) -> StepResult:
    postmark = opening.options.get("postmark_on")
    submission = service.Submission(
        token=opening.token,
        values=opening.values,
        postmark_on=date.fromisoformat(str(postmark)) if postmark else None,
        has_mydata=opening.options.get("mydata") is True,
    )
    return service.submit(submission, by=desk.by, house=house_of(desk))


def _post(instance_id: str, message: str, values: Mapping[str, object], desk: Desk) -> StepResult:
    wanted = HousingApplication.instance_id == instance_id
    application = desk.session.scalars(select(HousingApplication).where(wanted)).one()
    if message == service.WITHDRAW_MESSAGE:
        return service.withdraw(
            application.number, by=desk.by, engine=desk.engine, session=desk.session
        )
    if message == service.EXTENSION_MESSAGE:
        return service.request_extension(
            application.number,
            values,
            by=desk.by,
            engine=desk.engine,
            session=desk.session,
            clock=desk.clock,
        )
    if message == changes.CHANGE_MESSAGE:
        return changes.change(application, values, by=desk.by, house=house_of(desk))
    if message == RESTORE_MESSAGE:
        questions.check_restoration(application, values, session=desk.session, now=desk.clock.now())
    return service.send_form(
        application,
        (message, str(FORMS[message])),
        values,
        by=desk.by,
        engine=desk.engine,
        session=desk.session,
        clock=desk.clock,
    )


def _open_round(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Let a scenario have an open call: number, kind, closes_at, settings."""
    del instance_id
    closes_at = values.get("closes_at")
    open_at_once(
        NewRound(
            number=str(values["number"]),
            kind=str(values.get("kind") or "periodic"),
            title=str(values.get("title") or "情境招租案"),
            closes_at=datetime.fromisoformat(str(closes_at)) if closes_at else None,
            settings=_settings(values.get("settings")),
        ),
        session=desk.session,
        clock=desk.clock,
    )


def _move_close(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Let a scenario have the chief move the closing time of a call."""
    del instance_id
    found = round_by_number(str(values["number"]), session=desk.session)
    found.closes_at = datetime.fromisoformat(str(values["closes_at"]))


def _call_up(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Let a scenario have an application's turn come, as the draw of its call would."""
    del values
    wanted = select(HousingApplication).where(HousingApplication.instance_id == instance_id)
    drawing.call_up(
        desk.session.scalars(wanted),
        engine=desk.engine,
        session=desk.session,
        now=desk.clock.now(),
    )


def _settings(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _context(business_key: str, *, session: Session, now: datetime) -> Mapping[str, object]:
    return questions.context(business_key, session=session, now=now)


def _opening(*, session: Session, **_asked: object) -> Mapping[str, object]:
    """Give what the application form offers: open calls and their sites."""
    rounds = session.scalars(select(CallRound).where(CallRound.stage.in_(("open", "closed"))))
    sites = session.scalars(select(CallOffer.site).distinct().order_by(CallOffer.site))
    return {
        "rounds": [{"value": each.number, "label": each.title} for each in rounds],
        "sites": [{"value": each, "label": each} for each in sites],
    }


SUBJECT = Subject(
    process=service.PROCESS,
    start_form=service.APPLICATION_FORM,
    message_forms=FORMS,
    message_senders={
        service.EXTENSION_MESSAGE: frozenset(),
        changes.CHANGE_MESSAGE: frozenset({"officer", "reporter"}),
    },
    open=_open,
    post=_post,
    check=questions.check,
    forbid=questions.forbid,
    context=_context,
    opening=_opening,
    readers=READERS,
    merging=MERGING,
    facts=facts.facts,
    fact_kinds=facts.KINDS,
    verbs={
        **LETTER_VERBS,
        "open_round": _open_round,
        "move_close": _move_close,
        "call_up": _call_up,
    },
)
