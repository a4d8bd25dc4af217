"""What cases and scenarios need of announcements."""

from collections.abc import Mapping

from sqlalchemy import select

from engine.records import StepResult
from housing.announcements import facts, questions, service
from housing.announcements.errors import AnnouncementNotFound
from housing.announcements.models import Announcement
from housing.announcements.operations import CORRECTION_FORM, WITHDRAWAL_FORM
from housing.announcements.rules import MANAGER_ROLES, OFFICE_ROLES
from housing.announcements.service import CORRECT_MESSAGE, WITHDRAW_MESSAGE
from housing.errors import ScenarioUnplayable
from housing.people.queries import account_by_login
from housing.repairs import incidents
from housing.slices import Desk, Opening, Subject

READERS = OFFICE_ROLES | MANAGER_ROLES | {"process_supervisor", "administrator"}


def _open(opening: Opening, desk: Desk) -> StepResult:
    result = service.send_draft(
        opening.token,
        opening.values,
        by=desk.by,
        engine=desk.engine,
        session=desk.session,
        clock=desk.clock,
    )
    if result is None:
        raise ScenarioUnplayable("the same draft was sent before")
    return result


def _post(instance_id: str, message: str, values: Mapping[str, object], desk: Desk) -> StepResult:
    number = _number_of(instance_id, desk)
    act = service.correct if message == CORRECT_MESSAGE else service.withdraw
    return act(
        number, values, by=desk.by, engine=desk.engine, session=desk.session, clock=desk.clock
    )


def _read(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Let residents read it: their logins under `who`; with `acknowledge` they confirm it too."""
    number = _number_of(instance_id or "", desk)
    logins = values["who"]
    for login in logins if isinstance(logins, list) else [logins]:
        found = account_by_login(str(login), session=desk.session)
        if found is None:
            raise ScenarioUnplayable(f"there is nobody called {login}")
        act = service.acknowledge if values.get("acknowledge") is True else service.mark_read
        act(number, found.id, session=desk.session, clock=desk.clock)


def _incident_over(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Tell the announcement that its mass incident is over, as closing the repair case does."""
    del values
    number = _number_of(instance_id or "", desk)
    incidents.tell_over(number, by=desk.by, engine=desk.engine, session=desk.session)


def _number_of(instance_id: str, desk: Desk) -> str:
    number = desk.session.scalar(
        select(Announcement.number).where(Announcement.instance_id == instance_id)
    )
    if number is None:
        raise AnnouncementNotFound(instance_id)
    return number


SUBJECT = Subject(
    process=service.PROCESS,
    start_form=service.DRAFT_FORM,
    message_forms={CORRECT_MESSAGE: CORRECTION_FORM, WITHDRAW_MESSAGE: WITHDRAWAL_FORM},
    message_senders={CORRECT_MESSAGE: frozenset(), WITHDRAW_MESSAGE: frozenset()},
    open=_open,
    post=_post,
    check=questions.check,
    context=questions.context,
    opening=questions.opening,
    readers=READERS,
    facts=facts.facts,
    fact_kinds=facts.KINDS,
    verbs={"read": _read, "incident_over": _incident_over},
)
