"""What the business adds to each process: how a case is opened, form context, checks, facts.

Cases and scenarios treat all processes alike; what differs stands here, one row a process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.records import Instance, StepResult, UserTask
from engine.types import Actor
from housing.errors import ScenarioUnplayable
from housing.repairs import facts as repair_facts
from housing.repairs import questions as repairs
from housing.repairs import service as repair_service
from housing.repairs.desk import ticket_by_number

REPAIRS = repair_service.PROCESS


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """A form that opens a case.

    Attributes:
        token: idempotency key.
        values: of the start form, checked.
        options: further keys of the subject, such as the home a manager reports for.
    """

    token: str
    values: Mapping[str, object]
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """With what a verb works: who acts, the engine, the session, the clock."""

    by: Actor
    engine: ProcessEngine
    session: Session
    clock: Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What one package of processes needs of the business.

    Attributes:
        start_form: key of the form that opens a case.
        message_forms: name of a message that people may send, to the key of its form or None.
        open: opens a case and gives its first step.
        post: sends a message of a person, by case number.
    """

    start_form: str
    message_forms: Mapping[str, str | None]
    open: Callable[[Opening, Desk], StepResult]
    post: Callable[[str, str, Mapping[str, object], Desk], StepResult]


def subject_of(package: str) -> Subject:
    """Find what a package needs.

    Raises:
        ScenarioUnplayable: the business knows nothing of this package.
    """
    if package not in SUBJECTS:
        raise ScenarioUnplayable(f"no subject for the package {package}")
    return SUBJECTS[package]


def check_answers(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse answers that break a rule which the form's definition cannot know.

    Raises:
        Invalid: with a sentence for the person at the form.
    """
    if task.process_key == REPAIRS:
        repairs.check(task, values, session=session)


def business_context(task: UserTask, *, session: Session, now: datetime) -> Mapping[str, object]:
    """Give what the expressions of a task's form may name: prefills, options, bounds."""
    return context_of_case(task.process_key, task.business_key, session=session, now=now)


def context_of_case(
    process_key: str, business_key: str, *, session: Session, now: datetime
) -> Mapping[str, object]:
    """Give what the forms of a case may name, also those that come with a message."""
    if process_key == REPAIRS:
        ticket = ticket_by_number(business_key, session=session)
        return repairs.context(ticket, session=session, now=now)
    return {}


def announce(result: StepResult, *, session: Session, clock: Clock) -> None:
    """Tell the person to whom a step just gave a task of his own."""
    for task in result.open_tasks:
        if task.process_key == REPAIRS and task.created_at == clock.now():
            repairs.announce(task, session=session, clock=clock)


def facts_of(
    case: Instance, *, session: Session, now: datetime
) -> Mapping[str, Mapping[str, object]]:
    """Give what scenarios may expect of the business's own records, by kind."""
    if case.process_key == REPAIRS:
        return repair_facts.facts(case.business_key, session=session, now=now)
    return {}


def _report(opening: Opening, desk: Desk) -> StepResult:
    place = repair_facts.named_place(opening.options, session=desk.session)
    report = repair_service.Report(
        token=opening.token,
        values=opening.values,
        unit_id=place.unit_id,
        community=place.community,
    )
    return repair_service.start_report(
        report, by=desk.by, engine=desk.engine, session=desk.session, clock=desk.clock
    )


def _post(number: str, message: str, values: Mapping[str, object], desk: Desk) -> StepResult:
    if message == repair_service.CANCEL_MESSAGE:
        return repair_service.cancel(number, by=desk.by, engine=desk.engine, session=desk.session)
    return repair_service.request_extension(
        number, values, by=desk.by, engine=desk.engine, session=desk.session, clock=desk.clock
    )


SUBJECTS: Mapping[str, Subject] = {
    "repair": Subject(
        start_form=repair_service.REPORT_FORM,
        message_forms={
            repair_service.CANCEL_MESSAGE: None,
            repair_service.EXTENSION_MESSAGE: repair_service.EXTENSION_FORM,
        },
        open=_report,
        post=_post,
    ),
}
"""Name of a package to what it needs."""
