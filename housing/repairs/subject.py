"""What cases and scenarios need of repairs."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.records import StepResult, UserTask
from housing.errors import ScenarioUnplayable
from housing.letters.subject import VERBS as LETTER_VERBS
from housing.repairs import facts, incidents, questions, service
from housing.repairs.desk import ticket_by_instance, ticket_by_number
from housing.repairs.merging import MERGING
from housing.slices import Desk, Opening, Subject


def _open(opening: Opening, desk: Desk) -> StepResult:
    place = facts.named_place(opening.options, session=desk.session)
    report = service.Report(
        token=opening.token,
        values=opening.values,
        unit_id=place.unit_id,
        community=place.community,
    )
    return service.start_report(
        report, by=desk.by, engine=desk.engine, session=desk.session, clock=desk.clock
    )


def _post(instance_id: str, message: str, values: Mapping[str, object], desk: Desk) -> StepResult:
    number = ticket_by_instance(instance_id, session=desk.session).number
    if message == service.CANCEL_MESSAGE:
        return service.cancel(number, by=desk.by, engine=desk.engine, session=desk.session)
    return service.request_extension(
        number, values, by=desk.by, engine=desk.engine, session=desk.session, clock=desk.clock
    )


def _open_incident(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    ticket = ticket_by_instance(instance_id or "", session=desk.session)
    incidents.open_incident(
        ticket.number,
        str(values["announcement"]),
        by=desk.by,
        session=desk.session,
        clock=desk.clock,
    )


def _tell_incident(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    number = ticket_by_instance(instance_id or "", session=desk.session).number
    incident = incidents.incident_of(number, session=desk.session)
    if incident is None:
        raise ScenarioUnplayable(f"no mass incident was opened from {number}")
    news = incidents.News(kind=str(values["kind"]), text=str(values["text"]))
    incidents.tell_all(incident.id, news, by=desk.by, session=desk.session, clock=desk.clock)


def _context(business_key: str, *, session: Session, now: datetime) -> Mapping[str, object]:
    ticket = ticket_by_number(business_key, session=session)
    return questions.context(ticket, session=session, now=now)


def _announce(task: UserTask, *, session: Session, clock: Clock) -> None:
    questions.announce(task, session=session, clock=clock)


SUBJECT = Subject(
    process=service.PROCESS,
    start_form=service.REPORT_FORM,
    message_forms={
        service.CANCEL_MESSAGE: None,
        service.EXTENSION_MESSAGE: service.EXTENSION_FORM,
    },
    message_senders={service.CANCEL_MESSAGE: frozenset(), service.EXTENSION_MESSAGE: frozenset()},
    open=_open,
    post=_post,
    check=questions.check,
    context=_context,
    merging=MERGING,
    announce=_announce,
    facts=facts.facts,
    fact_kinds=facts.KINDS,
    verbs={**LETTER_VERBS, "open_incident": _open_incident, "tell_incident": _tell_incident},
)
