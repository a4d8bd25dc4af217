"""The verbs of dispatches: ask several units, note the answer, withdraw the question."""

from datetime import timedelta

from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.records import Instance, StepResult
from engine.types import Actor, InstanceRef
from forms.dates import republic_year
from housing.dispatches.errors import CaseClosedToDispatch
from housing.dispatches.models import CaseDispatch, DispatchSerial
from housing.dispatches.rules import Question, dispatch_number
from housing.dispatches.views import by_number
from housing.notices.service import notify
from housing.people.queries import accounts_in
from housing.serials import take_serials
from housing.slices import NOTHING, Call, Result

PROCESS = "case.dispatch"
ANSWERED_MESSAGE = "dispatch.answered"
"""Sent to the case that asked, keyed by its number, for diagrams that wait for it."""

WITHDRAW_MESSAGE = "dispatch.withdraw"
KEPT = timedelta(days=1)
"""How long the news of an answer waits for a case whose diagram waits for it."""


def ask(  # noqa: PLR0913  # the face of the room
    parent: Instance,
    asked: Question,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> StepResult:
    """Ask several units from a case: each gets a task of its own, with its own due date.

    The caller makes sure that the actor works on the case and that its subject lets others know
    of it.

    Raises:
        CaseClosedToDispatch: the case has ended or is suspended.
    """
    if parent.status != "active":
        raise CaseClosedToDispatch(parent.business_key)
    row = _new_row(parent, asked, by=by, session=session, clock=clock)
    variables = {
        "dispatch_number": row.number,
        "units": [each.to_json() for each in asked.units],
        "unit_count": len(asked.units),
        "lead_group": asked.lead.group,
        "completion": asked.completion,
        "asked_on": local_date(row.asked_at),
    }
    result = engine.start(
        PROCESS, variables, business_key=row.number, scope=parent.scope, by=by, session=session
    )
    row.instance_id = result.instance_id
    session.flush()
    _tell_units(row, asked, by=by, scope=parent.scope, session=session, clock=clock)
    return result


def report(call: Call, dispatch_number: str) -> Result:
    """Note that a question is answered; tell who asked, and the case that may wait for it."""
    row = by_number(dispatch_number, session=call.session)
    row.state, row.ended_at = "answered", call.now
    notify(
        [row.asked_by],
        "dispatch_answered",
        {"parent": row.parent_number},
        instance=call.instance,
        session=call.session,
        clock=call.clock,
    )
    call.engine.publish_message(
        ANSWERED_MESSAGE,
        row.parent_number,
        {"dispatch_number": row.number},
        ttl=KEPT,
        message_id=f"{ANSWERED_MESSAGE}:{row.number}",
        by=call.by,
        session=call.session,
    )
    return NOTHING


def withdraw(call: Call, dispatch_number: str) -> Result:
    """Note that a question was withdrawn; its open tasks are gone."""
    row = by_number(dispatch_number, session=call.session)
    row.state, row.ended_at = "withdrawn", call.now
    return NOTHING


def _new_row(
    parent: Instance, asked: Question, *, by: Actor, session: Session, clock: Clock
) -> CaseDispatch:
    now = clock.now()
    year = republic_year(local_date(now))
    row = CaseDispatch(
        number=dispatch_number(year, take_serials(DispatchSerial, year, session=session)),
        parent_id=parent.id,
        parent_number=parent.business_key,
        instance_id=None,
        question=asked.text,
        units=[each.to_json() for each in asked.units],
        completion=asked.completion,
        asked_by=by.id,
        asked_by_name=by.name,
        asked_at=now,
        state="open",
        ended_at=None,
    )
    session.add(row)
    session.flush()
    return row


def _tell_units(  # noqa: PLR0913  # who is told what about which case
    row: CaseDispatch,
    asked: Question,
    *,
    by: Actor,
    scope: str,
    session: Session,
    clock: Clock,
) -> None:
    members = {
        each.id
        for unit in asked.units
        for each in accounts_in(unit.group, scope, session=session)
        if str(each.id) != by.id
    }
    notify(
        sorted(members),
        "dispatch_asked",
        {"parent": row.parent_number, "name": by.name},
        instance=InstanceRef(id=row.instance_id or "", business_key=row.number, scope=scope),
        session=session,
        clock=clock,
    )
