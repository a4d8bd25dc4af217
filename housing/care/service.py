"""The verbs of care that people do outside the diagram: signal, leave, and reading on record."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.errors import MessageNotExpected
from engine.process_engine import ProcessEngine
from engine.records import StepResult
from engine.types import Actor
from housing.care.desk import next_number, open_case_of, tell_group, tell_household
from housing.care.errors import CareNotYours, HomeMissing, PurposeUnknown
from housing.care.models import CareAccess, CareCase, CareSignal
from housing.care.rules import (
    MANAGER_ROLES,
    OFFICE_ROLES,
    PURPOSES,
    SOCIAL_ROLES,
)
from housing.places.queries import unit, units_of
from housing.places.rules import community_scope

PROCESS = "care.case"
SIGNAL_FORM = "care_case/signal"
SIGNAL_MESSAGE = "care.new_signal"
LEFT_MESSAGE = "care.household_left"


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """A sign that a household may need help.

    Attributes:
        key: idempotency key; the same key makes one signal.
        unit_id: the home; None means the reporter's own.
        contact_way: any, phone_only or office.
    """

    key: str
    source: str
    unit_id: int
    seen_at: datetime
    seen: tuple[str, ...] = ()
    text: str = ""
    phone: str = ""
    is_danger: bool = False
    contact_way: str = "any"


@dataclass(frozen=True, kw_only=True, slots=True)
class Signalled:
    """What came of a signal.

    Attributes:
        is_new_case: False when the household had an open case, or the key had been used.
        result: the step it led to; None when the case waits for something else.
    """

    number: str
    is_new_case: bool
    result: StepResult | None


def read_signal(  # noqa: PLR0913  # the face of the room
    key: str,
    values: Mapping[str, object],
    unit_id: int | None,
    *,
    by: Actor,
    session: Session,
    now: datetime,
) -> Signal:
    """Read a signal from the answers of its form, for a home the reporter may speak about.

    Raises:
        CareNotYours: he neither lives there nor works for the community.
        HomeMissing: no home was named and he has none.
    """
    homes = units_of(int(by.id), on=local_date(now), session=session)
    own = {home.id for home in homes}
    wanted = unit_id if unit_id is not None else next(iter(own), None)
    if wanted is None:
        raise HomeMissing
    scope = unit(wanted, session=session).scope
    source = str(values.get("source") or "request")
    if wanted in own and source == "request":
        return _signal(key, source, wanted, values, now)
    allowed = SOCIAL_ROLES | OFFICE_ROLES | MANAGER_ROLES
    if not any(by.belongs_to(role, scope) for role in allowed):
        raise CareNotYours
    return _signal(key, source, wanted, values, now)


def _signal(
    key: str, source: str, unit_id: int, values: Mapping[str, object], now: datetime
) -> Signal:
    seen, seen_at = values.get("seen"), values.get("seen_at")
    return Signal(
        key=key,
        source=source,
        unit_id=unit_id,
        seen_at=seen_at if isinstance(seen_at, datetime) else now,
        seen=tuple(str(each) for each in seen) if isinstance(seen, list) else (),
        text=str(values.get("seen_text") or ""),
        phone=str(values.get("phone") or ""),
        is_danger=values.get("danger_now") is True,
        contact_way=str(values.get("contact_way") or "any"),
    )


def signal(
    new: Signal, *, by: Actor, engine: ProcessEngine, session: Session, clock: Clock
) -> Signalled:
    """Take a signal in: it opens a case, or joins the open case of the household.

    Two signals at one moment make one case: the home of an open case is unique.
    """
    known = session.scalar(select(CareSignal).where(CareSignal.key == new.key))
    if known is not None:
        number = session.get_one(CareCase, known.case_id).number
        return Signalled(number=number, is_new_case=False, result=None)
    case = open_case_of(new.unit_id, session=session)
    if case is not None:
        return _join(case, new, by, engine=engine, session=session, clock=clock)
    try:
        with session.begin_nested():
            return _open(new, by, engine=engine, session=session, clock=clock)
    except IntegrityError:
        case = open_case_of(new.unit_id, session=session)
        if case is None:
            raise
        return _join(case, new, by, engine=engine, session=session, clock=clock)


def _open(
    new: Signal, by: Actor, *, engine: ProcessEngine, session: Session, clock: Clock
) -> Signalled:
    home, now = unit(new.unit_id, session=session), clock.now()
    is_resident_s = new.source == "request" and by.belongs_to("resident", home.scope)
    case = CareCase(
        number=next_number(session, now),
        community=home.community_code,
        unit_id=home.id,
        unit_code=home.code,
        open_unit_id=home.id,
        source=new.source,
        opened_at=now,
        requester_id=int(by.id) if is_resident_s else None,
        state="triage",
        flags=[],
        is_quiet=new.contact_way != "any",
        contact_way=new.contact_way,
        has_photo_consent=False,
        pm_advice=[],
        missed=0,
    )
    session.add(case)
    session.flush()
    _keep(new, case, by, session=session, clock=clock)
    variables = {"care_id": case.id, "source": new.source, "is_danger": new.is_danger}
    result = engine.start(
        PROCESS,
        variables,
        business_key=case.number,
        scope=home.scope,
        by=by,
        session=session,
    )
    case.instance_id = result.instance_id
    tell_group(case, "care_signal", ("social_worker",), {}, session=session, clock=clock)
    if new.source == "request":
        tell_household(case, "care_request_received", {}, session=session, clock=clock)
    return Signalled(number=case.number, is_new_case=True, result=result)


def _join(  # noqa: PLR0913  # the face of the room
    case: CareCase,
    new: Signal,
    by: Actor,
    *,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> Signalled:
    _keep(new, case, by, session=session, clock=clock)
    case.is_quiet = case.is_quiet or new.contact_way != "any"
    kind = "care_danger" if new.is_danger else "care_signal_joined"
    groups = ["social_worker"]
    if new.is_danger:
        groups += ["social_worker_lead", "officer"]
    tell_group(case, kind, groups, {}, session=session, clock=clock)
    result = None
    with suppress(MessageNotExpected):  # at work on it already
        result = engine.send_message(
            case.instance_id or "", SIGNAL_MESSAGE, {}, by=by, session=session
        )
    return Signalled(number=case.number, is_new_case=False, result=result)


def _keep(new: Signal, case: CareCase, by: Actor, *, session: Session, clock: Clock) -> None:
    session.add(
        CareSignal(
            case_id=case.id,
            key=new.key,
            source=new.source,
            seen=list(new.seen),
            text=new.text,
            phone=new.phone,
            seen_at=new.seen_at,
            is_danger=new.is_danger,
            by_id=by.id,
            by_name=by.name,
            at=clock.now(),
        )
    )
    session.flush()


def household_left(
    unit_id: int, reason: str, *, by: Actor, engine: ProcessEngine, session: Session
) -> StepResult | None:
    """Hand a household's open case over (move_out) or end it (death); None without one.

    Args:
        unit_id: the home they left.
        reason: move_out or death.
        by: who says so.
        engine: runs the case.
        session: of the unit of work.
    """
    case = open_case_of(unit_id, session=session)
    if case is None or case.instance_id is None:
        return None
    values = {"leave_reason": reason}
    return engine.send_message(case.instance_id, LEFT_MESSAGE, values, by=by, session=session)


def note_access(  # noqa: PLR0913  # the face of the room
    case_id: int, what: str, purpose: str, *, by: Actor, session: Session, clock: Clock
) -> None:
    """Write down that somebody opened a case, or tried to.

    Args:
        case_id: the case.
        what: overview, record, confidential or refused.
        purpose: a code of `rules.PURPOSES`; "" for an overview or an attempt.
        by: who.
        session: of the unit of work.
        clock: tells when.

    Raises:
        PurposeUnknown: a record is opened without a purpose.
    """
    if what in ("record", "confidential") and purpose not in PURPOSES:
        raise PurposeUnknown
    session.add(
        CareAccess(
            case_id=case_id,
            account_id=by.id,
            account_name=by.name,
            what=what,
            purpose=purpose,
            at=clock.now(),
        )
    )
    session.flush()


def scope_of(case: CareCase) -> str:
    """Name the scope of a case: its community."""
    return community_scope(case.community)
