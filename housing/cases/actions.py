"""What people may do with a case beside its tasks: send a message that it waits for right now."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.errors import InstanceNotActive
from engine.records import Instance
from engine.types import Actor
from forms.schema import Field, Form
from housing.cases.errors import ActionPast, ActionUnknown
from housing.cases.rules import Viewer
from housing.records.forms import form_of_case
from housing.records.service import Answers, record
from housing.slices import STARTER, Desk
from housing.subjects import announce, subject_of

DEFAULT_SENDERS = frozenset({"officer"})
REASON_KEY = "cases/reason"
"""Key under which the reason is kept of a message that has no form."""

REASON_FORM = Form(
    id="cases_reason",
    title="理由",
    components=(
        Field(
            type="textarea",
            name="reason",
            key="reason",
            label="理由",
            is_required=True,
            min_length=2,
            max_length=300,
        ),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAction:
    """A message that somebody may send to a case now.

    Attributes:
        message: its name.
        form_key: of the form that comes with it; None when a reason is enough.
        element_id: what waits for it in the diagram.
        form: to fill in, in the version that the case runs on.
    """

    message: str
    form_key: str | None
    element_id: str
    form: Form


def actions_of(
    case: Instance, viewer: Viewer, by: Actor, *, session: Session
) -> tuple[CaseAction, ...]:
    """List what somebody may send to a case now; nothing while it is suspended or ended."""
    if case.status != "active":
        return ()
    forms = subject_of(case.process_key).message_forms
    return tuple(
        CaseAction(
            message=each.name,
            form_key=forms[each.name],
            element_id=each.element_id,
            form=_form(forms[each.name], case, session),
        )
        for each in engine_queries.awaited_messages(case.id, session)
        if each.name in forms and _may_send(each.name, case, viewer, by)
    )


def action_of(
    case: Instance, message: str, viewer: Viewer, by: Actor, *, session: Session
) -> CaseAction:
    """Find one action.

    Raises:
        ActionUnknown: the process knows no such message, or this person may not send it.
        InstanceNotActive: the case is suspended or has ended.
        ActionPast: the case does not wait for it now.
    """
    is_known = message in subject_of(case.process_key).message_forms
    if not is_known or not _may_send(message, case, viewer, by):
        raise ActionUnknown(message)
    if case.status != "active":
        raise InstanceNotActive(case.status)
    found = actions_of(case, viewer, by, session=session)
    action = next((each for each in found if each.message == message), None)
    if action is None:
        raise ActionPast(message)
    return action


def act(case: Instance, action: CaseAction, values: Mapping[str, object], desk: Desk) -> None:
    """Send a message with the checked values of its form; a reason is kept with the case.

    Raises:
        MessageNotExpected: the case went on meanwhile.
        Invalid, Conflict: the subject refuses the values.
    """
    if action.form_key is None:
        answers = Answers(
            instance_id=case.id,
            element_id=action.element_id,
            form=REASON_FORM,
            form_key=REASON_KEY,
            values=values,
        )
        record(answers, by=desk.by, session=desk.session, clock=desk.clock)
        values = {}
    result = subject_of(case.process_key).post(case.id, action.message, values, desk)
    if result is not None:
        announce(result, session=desk.session, clock=desk.clock)


def _form(form_key: str | None, case: Instance, session: Session) -> Form:
    if form_key is None:
        return REASON_FORM
    return form_of_case(form_key, case.definition_id, session=session)


def _may_send(message: str, case: Instance, viewer: Viewer, by: Actor) -> bool:
    senders = subject_of(case.process_key).message_senders.get(message, DEFAULT_SENDERS)
    if STARTER in senders and by.id == case.started_by:
        return True
    return viewer.relation in senders or any(by.belongs_to(role, case.scope) for role in senders)
