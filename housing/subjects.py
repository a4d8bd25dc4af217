"""What the business adds to each process: how a case is opened, form context, checks, facts.

Cases and scenarios treat all processes alike; what differs stands in the subject of each slice.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engine import stand_ins
from engine.clock import Clock
from engine.records import Instance, StepResult, UserTask
from engine.types import Actor
from housing.announcements.subject import SUBJECT as ANNOUNCEMENTS
from housing.applications.call_subject import SUBJECTS as CALLS
from housing.applications.subject import SUBJECT as APPLICATIONS
from housing.care.subject import REPORTS as CARE_REPORTS
from housing.care.subject import SUBJECT as CARE
from housing.dispatches.subject import SUBJECT as DISPATCHES
from housing.move_outs.subject import SUBJECT as MOVE_OUTS
from housing.own_data.subject import SUBJECT as OWN_DATA
from housing.renewals.subject import SUBJECT as RENEWALS
from housing.repairs.subject import SUBJECT as REPAIRS
from housing.slices import UNREGISTERED, Subject, everybody_may
from housing.vault import Vault

SUBJECTS: Mapping[str, Subject] = {
    subject.process: subject
    for subject in (
        REPAIRS,
        APPLICATIONS,
        *CALLS,
        MOVE_OUTS,
        RENEWALS,
        OWN_DATA,
        CARE,
        CARE_REPORTS,
        DISPATCHES,
        ANNOUNCEMENTS,
    )
}
"""Key of a process to what it needs."""

FACT_KINDS = frozenset(kind for subject in SUBJECTS.values() for kind in subject.fact_kinds)
"""Every kind of facts that a scenario may expect."""


def subject_of(process_key: str) -> Subject:
    """Find what a process needs; one that the business knows nothing of needs nothing."""
    return SUBJECTS.get(process_key) or Subject(process=process_key, merging=UNREGISTERED)


def check_answers(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse answers that break a rule which the form's definition cannot know.

    Raises:
        Invalid: with a sentence for the person at the form.
    """
    subject_of(task.process_key).check(task, values, session=session)


def check_person(task: UserTask, by: Actor, *, session: Session) -> None:
    """Refuse a person who may not do a task although it is offered to his group.

    What somebody did on behalf of another counts as done by both, and who acts for somebody is
    refused what that one would be refused: four eyes are those of two people who did not act for
    each other in the case.

    Raises:
        NotAllowed: with a sentence for the person.
    """
    forbid = subject_of(task.process_key).forbid
    if forbid is everybody_may:
        return
    others = {by.on_behalf_of, *stand_ins.acted_together(task.instance_id, by.id, session)}
    for each in (by.id, *sorted(other for other in others - {None, by.id} if other)):
        forbid(task, Actor(id=each, name=by.name, groups=by.groups), session=session)


def business_context(task: UserTask, *, session: Session, now: datetime) -> Mapping[str, object]:
    """Give what the expressions of a task's form may name: prefills, options, bounds."""
    return context_of_case(task.process_key, task.business_key, session=session, now=now)


def context_of_case(
    process_key: str, business_key: str, *, session: Session, now: datetime
) -> Mapping[str, object]:
    """Give what the forms of a case may name, also those that come with a message."""
    return subject_of(process_key).context(business_key, session=session, now=now)


def keep(  # noqa: PLR0913  # the face of a subject
    task: UserTask,
    values: Mapping[str, object],
    *,
    by: Actor,
    session: Session,
    clock: Clock,
    vault: Vault | None = None,
) -> Mapping[str, object]:
    """Give what the record of the case keeps of answers; a subject may keep the rest to itself."""
    subject = subject_of(task.process_key)
    return subject.keep(task, values, by=by, session=session, clock=clock, vault=vault)


def announce(result: StepResult, *, session: Session, clock: Clock) -> None:
    """Tell the person to whom a step just gave a task of his own."""
    for task in result.open_tasks:
        if task.created_at == clock.now():
            subject_of(task.process_key).announce(task, session=session, clock=clock)


def facts_of(
    case: Instance, *, session: Session, now: datetime
) -> Mapping[str, Mapping[str, object]]:
    """Give what scenarios may expect of the business's own records, by kind."""
    return subject_of(case.process_key).facts(case.business_key, session=session, now=now)
