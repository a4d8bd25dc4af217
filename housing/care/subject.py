"""What cases and scenarios need of care."""

from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.records import StepResult
from housing.care import facts, questions, reports, service
from housing.care.rules import OFFICE_ROLES, SOCIAL_ROLES
from housing.care.service import Signal
from housing.errors import ScenarioUnplayable
from housing.places.models import Unit
from housing.slices import Desk, Opening, Subject

REPORT_READERS = SOCIAL_ROLES | OFFICE_ROLES | {"finance", "process_supervisor", "administrator"}


def _home(name: object, session: Session) -> int:
    """Find a home as scenarios write it: "SW A-0501"."""
    community, _, code = str(name).partition(" ")
    home = select(Unit.id).where(Unit.community_code == community, Unit.code == code)
    return session.scalars(home).one()


def _open(opening: Opening, desk: Desk) -> StepResult:
    named = opening.options.get("unit")
    unit_id = _home(named, desk.session) if named else None
    new = service.read_signal(
        opening.token,
        opening.values,
        unit_id,
        by=desk.by,
        session=desk.session,
        now=desk.clock.now(),
    )
    made = service.signal(
        new, by=desk.by, engine=desk.engine, session=desk.session, clock=desk.clock
    )
    if made.result is None:
        raise ScenarioUnplayable("the signal joined a case that waits for something else")
    return made.result


def _signal(
    _instance_id: str | None, values: Mapping[str, object], desk: Desk
) -> StepResult | None:
    """Bring a signal as another part of the house does: source, unit, danger."""
    new = Signal(
        key=uuid4().hex,
        source=str(values["source"]),
        unit_id=_home(values["unit"], desk.session),
        seen_at=desk.clock.now(),
        is_danger=values.get("danger") is True,
    )
    return service.signal(
        new, by=desk.by, engine=desk.engine, session=desk.session, clock=desk.clock
    ).result


def _pick(_instance_id: str | None, values: Mapping[str, object], desk: Desk) -> StepResult:
    """Go on with a case that a timer of another process opened: its number."""
    case = engine_queries.by_business_key(str(values["number"]), desk.session)
    return StepResult(
        instance_id=case.id,
        version=case.version,
        status=case.status,
        open_tasks=(),
        end_events=(),
        flows=(),
    )


def _open_report(
    _instance_id: str | None, values: Mapping[str, object], desk: Desk
) -> StepResult | None:
    """Open a community's report of this month before the 25th."""
    return reports.open_report(
        str(values["community"]),
        by=desk.by,
        engine=desk.engine,
        session=desk.session,
        clock=desk.clock,
    )


def _leave(_instance_id: str | None, values: Mapping[str, object], desk: Desk) -> StepResult | None:
    """Let a household leave: unit, reason move_out or death."""
    unit_id = _home(values["unit"], desk.session)
    reason = str(values["reason"])
    return service.household_left(
        unit_id, reason, by=desk.by, engine=desk.engine, session=desk.session
    )


SUBJECT = Subject(
    process=service.PROCESS,
    start_form=service.SIGNAL_FORM,
    open=_open,
    check=questions.check,
    context=questions.context,
    keep=questions.keep,
    readers=SOCIAL_ROLES,
    seals_notes=True,
    facts=facts.facts,
    fact_kinds=facts.KINDS,
    verbs={"signal": _signal, "leave": _leave, "pick": _pick},
)

REPORTS = Subject(
    process=reports.PROCESS,
    check=questions.check_report,
    context=questions.report_context,
    readers=REPORT_READERS,
    facts=facts.report_facts,
    fact_kinds=facts.KINDS,
    verbs={"open": _open_report, "pick": _pick},
)
