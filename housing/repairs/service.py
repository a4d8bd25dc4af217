"""What people do with repairs beside their tasks: report, take back, ask for more time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.calendar import calendar_days_after, local_date
from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.records import StepResult
from engine.types import CITY, Actor, InstanceRef
from forms.dates import republic_year
from housing.notices.service import notify
from housing.places.queries import in_warranty, in_warranty_common, unit, units_of
from housing.places.queries import residents_of as people_in
from housing.places.rules import code_of, community_scope
from housing.records.forms import form_in_service
from housing.records.rules import account_party
from housing.records.service import Answers, discard_draft, record, take_in
from housing.repairs.desk import (
    orders_of,
    scope_of,
    ticket_by_instance,
    ticket_by_number,
    words_of,
)
from housing.repairs.errors import (
    ExtensionNotLater,
    NotYourOrder,
    NotYourReport,
    NotYourUnit,
    StageNotReachable,
)
from housing.repairs.models import RepairOrder, RepairSerial, RepairTicket
from housing.repairs.rules import (
    QUOTE_LIMIT_TWD,
    TRIAGE_DAYS,
    Origin,
    is_emergency,
    is_rework,
    is_self_repairable,
    ticket_number,
    visit_times,
)
from housing.serials import take_serials

PROCESS = "repair.ticket"
REPORT_FORM = "repair/report"
EXTENSION_FORM = "repair/extension"
CANCEL_MESSAGE = "repair.cancel"
EXTENSION_MESSAGE = "repair.request_extension"
MANAGERS = ("property_manager", "property_manager_lead")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A report of something broken, as somebody hands it in.

    Attributes:
        token: idempotency key of the page; the same token makes one ticket.
        values: of the form `repair/report`, checked.
        unit_id: the home; None means the reporter's own.
        community: code, for a common area; None means the reporter's own.
        keeps_draft: it was not written in the draft of the report page, which stays.
    """

    token: str
    values: Mapping[str, object]
    unit_id: int | None = None
    community: str | None = None
    keeps_draft: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reported:
    """What came of a report.

    Attributes:
        is_new: False when the token had been used before.
    """

    ticket_id: int
    number: str
    instance_id: str
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    community: str
    unit_id: int | None
    unit_code: str | None
    is_reporter_home: bool


def report(
    new: Report, *, by: Actor, engine: ProcessEngine, session: Session, clock: Clock
) -> Reported:
    """Make a ticket from a report and start its process, once a token.

    A trouble that returns within 30 days after closing, at the same place and of the same
    category, is linked to the closed ticket and goes to the same contractor as rework.

    Raises:
        NotYourUnit: the reporter neither lives there nor manages the community.
        NotYourReport: the token was used by somebody else.
    """
    known = _by_token(new.token, session)
    if known is not None:
        return _known(known, by)
    try:
        with session.begin_nested():
            result = start_report(new, by=by, engine=engine, session=session, clock=clock)
    except IntegrityError:
        # The same page was sent twice at the same moment; the other one has it.
        known = _by_token(new.token, session)
        if known is None:
            raise
        return _known(known, by)
    ticket = ticket_by_instance(result.instance_id, session=session)
    return Reported(
        ticket_id=ticket.id,
        number=ticket.number,
        instance_id=result.instance_id,
        is_new=True,
    )


def start_report(
    new: Report, *, by: Actor, engine: ProcessEngine, session: Session, clock: Clock
) -> StepResult:
    """Make a ticket from a report whose token is new, and start its process.

    Raises:
        NotYourUnit: the reporter neither lives there nor manages the community.
    """
    place = _place(new, by, session=session, clock=clock)
    ticket = _new_ticket(new, place, by, session=session, clock=clock)
    variables = _start_variables(ticket, place, session=session, clock=clock)
    result = engine.start(
        PROCESS,
        variables,
        business_key=ticket.number,
        scope=community_scope(ticket.community),
        by=by,
        session=session,
    )
    ticket.instance_id = result.instance_id
    _keep_report(new, ticket, result.instance_id, by, session=session, clock=clock)
    return result


def cancel(number: str, *, by: Actor, engine: ProcessEngine, session: Session) -> StepResult:
    """Take a report back before anybody was sent.

    Raises:
        TicketNotFound: there is no such ticket.
        NotYourReport: the actor is neither the reporter nor a manager of the community.
        MessageNotExpected: somebody was sent already, or the case has ended.
    """
    ticket = ticket_by_number(number, session=session)
    may = by.id == str(ticket.reporter_id) or _manages(by, scope_of(ticket))
    if not may or ticket.instance_id is None:
        raise NotYourReport(ticket.number)
    return engine.send_message(ticket.instance_id, CANCEL_MESSAGE, {}, by=by, session=session)


def request_extension(  # noqa: PLR0913  # the face of the room
    number: str,
    values: Mapping[str, object],
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> StepResult:
    """Ask for more time for the running order of a ticket.

    Args:
        number: of the ticket.
        values: of the form `repair/extension`, checked: until (date), reason (code), detail.
        by: somebody of the contractor who has the order.
        engine: runs the case.
        session: of the unit of work.
        clock: tells when it was asked.

    Raises:
        TicketNotFound: there is no such ticket.
        NotYourOrder: the running order is another contractor's.
        ExtensionNotLater: the order is due on that day or later already.
        MessageNotExpected: no order runs.
    """
    ticket = ticket_by_number(number, session=session)
    orders = orders_of(ticket.id, session=session)
    if not orders or ticket.instance_id is None:
        raise StageNotReachable(ticket.stage, "dispatched")
    if not by.belongs_to("contractor", f"contractor:{orders[-1].contractor}"):
        raise NotYourOrder(orders[-1].id)
    _ensure_later(values.get("until"), orders[-1])
    form = form_in_service(EXTENSION_FORM, session=session)
    answers = Answers(
        instance_id=ticket.instance_id, form=form, form_key=EXTENSION_FORM, values=values
    )
    record(answers, by=by, session=session, clock=clock)
    names = form.variable_names()
    variables = {name: value for name, value in values.items() if name in names}
    return engine.send_message(
        ticket.instance_id, EXTENSION_MESSAGE, variables, by=by, session=session
    )


def next_number(session: Session, now: datetime) -> str:
    """Take the next ticket number of the year of the Republic."""
    year = republic_year(local_date(now))
    return ticket_number(year, take_serials(RepairSerial, year, session=session))


def earlier_closed(ticket: RepairTicket, *, session: Session) -> RepairTicket | None:
    """Find the closed ticket whose trouble came back within 30 days; None when there is none."""
    same_place = (
        RepairTicket.place == ticket.place
        if ticket.unit_id is None
        else RepairTicket.unit_id == ticket.unit_id
    )
    closed = session.scalars(
        select(RepairTicket)
        .where(
            RepairTicket.community == ticket.community,
            RepairTicket.category == ticket.category,
            RepairTicket.is_common_area == ticket.is_common_area,
            RepairTicket.stage == "closed",
            RepairTicket.id != ticket.id,
            same_place,
        )
        .order_by(RepairTicket.closed_at.desc())
        .limit(1)
    ).first()
    if closed is None or closed.closed_at is None:
        return None
    if not orders_of(closed.id, session=session):
        return None  # nobody was sent, so there is nobody to send again
    return closed if is_rework(closed.closed_at, ticket.submitted_at) else None


def _ensure_later(until: object, order: RepairOrder) -> None:
    if isinstance(until, date) and local_date(order.due_at) >= until:
        raise ExtensionNotLater(local_date(order.due_at).isoformat())


def _by_token(token: str, session: Session) -> RepairTicket | None:
    return session.scalar(select(RepairTicket).where(RepairTicket.token == token))


def _known(ticket: RepairTicket, by: Actor) -> Reported:
    if by.id != str(ticket.reporter_id):
        raise NotYourReport(ticket.number)
    return Reported(
        ticket_id=ticket.id,
        number=ticket.number,
        instance_id=ticket.instance_id or "",
        is_new=False,
    )


def _place(new: Report, by: Actor, *, session: Session, clock: Clock) -> _Place:
    homes = units_of(int(by.id), on=local_date(clock.now()), session=session)
    if new.values.get("where") == "common":
        community = new.community or next((home.community_code for home in homes), None)
        community = community or _managed_community(by)
        is_allowed = community is not None and (
            _manages(by, community_scope(community))
            or any(home.community_code == community for home in homes)
        )
        if community is None or not is_allowed:
            raise NotYourUnit
        return _Place(community=community, unit_id=None, unit_code=None, is_reporter_home=False)
    wanted = new.unit_id if new.unit_id is not None else next((home.id for home in homes), None)
    if wanted is None:
        raise NotYourUnit
    home = unit(wanted, session=session)
    is_own = any(each.id == home.id for each in homes)
    if not is_own and not _manages(by, community_scope(home.community_code)):
        raise NotYourUnit
    return _Place(
        community=home.community_code,
        unit_id=home.id,
        unit_code=home.code,
        is_reporter_home=is_own,
    )


def _manages(by: Actor, scope: str) -> bool:
    return any(by.belongs_to(role, scope) for role in MANAGERS)


def _managed_community(by: Actor) -> str | None:
    scopes = (scope for role, scope in sorted(by.groups) if role in MANAGERS and scope != CITY)
    return next((code_of(scope) for scope in scopes), None)


def _new_ticket(
    new: Report, place: _Place, by: Actor, *, session: Session, clock: Clock
) -> RepairTicket:
    now, values = clock.now(), new.values
    ticket = RepairTicket(
        number=next_number(session, now),
        token=new.token,
        community=place.community,
        unit_id=place.unit_id,
        unit_code=place.unit_code,
        is_common_area=place.unit_id is None,
        place=str(values.get("place") or ""),
        category=str(values["category"]),
        text=str(values["text"]),
        phone=str(values.get("phone") or ""),
        visit_times=visit_times(values.get("visit_times")),
        may_enter_without_presence=values.get("entry_without_presence") is True,
        is_emergency=is_emergency(_signs(values.get("emergency"))),
        photos=_texts(values.get("photos")),
        reporter_id=int(by.id),
        reporter_name=by.name,
        submitted_at=now,
        stage="submitted",
        stage_at=now,
        measures=[],
        rework_count=0,
    )
    session.add(ticket)
    session.flush()
    return ticket


def _texts(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []


def _signs(value: object) -> Sequence[str]:
    """Read the emergency field: a list of signs, one sign, or a ticked box."""
    if isinstance(value, list):
        return [str(part) for part in value]
    return ["flood"] if value is True else [str(value)] if value else []


def _start_variables(
    ticket: RepairTicket, place: _Place, *, session: Session, clock: Clock
) -> dict[str, object]:
    earlier = earlier_closed(ticket, session=session)
    origin = _origin(earlier, session)
    if earlier is not None:
        ticket.rework_of_id, ticket.responsible_contractor = earlier.id, origin.contractor
    ticket.is_in_warranty = _is_in_warranty(ticket, session=session, clock=clock)
    return {
        "ticket_id": ticket.id,
        "reporter_id": str(ticket.reporter_id),
        "reporter_is_resident": place.is_reporter_home,
        "is_common_area": ticket.is_common_area,
        "category": ticket.category,
        "is_emergency": ticket.is_emergency,
        "rework_of": ticket.rework_of_id,
        "responsible_contractor": origin.contractor,
        "responsible_class": origin.repair_class,
        "self_repairable": is_self_repairable(ticket.category),
        "in_warranty": ticket.is_in_warranty,
        "quote_limit_twd": QUOTE_LIMIT_TWD,
        "rework_count": 0,
        "missed_visits": 0,
        "substituted": False,
        "objection": False,
    }


def _origin(earlier: RepairTicket | None, session: Session) -> Origin:
    orders = orders_of(earlier.id, session=session) if earlier is not None else []
    if not orders:
        return Origin(contractor=None, repair_class=None)
    last = orders[-1]
    repair_class = "B2" if last.repair_class == "C2" else last.repair_class
    return Origin(contractor=last.contractor, repair_class=repair_class)


def _is_in_warranty(ticket: RepairTicket, *, session: Session, clock: Clock) -> bool:
    today = local_date(clock.now())
    if ticket.unit_id is not None:
        return in_warranty(ticket.unit_id, ticket.category, on=today, session=session)
    return in_warranty_common(ticket.community, ticket.category, on=today, session=session)


def _keep_report(  # noqa: PLR0913
    new: Report,
    ticket: RepairTicket,
    instance_id: str,
    by: Actor,
    *,
    session: Session,
    clock: Clock,
) -> None:
    answers = Answers(
        instance_id=instance_id,
        form=form_in_service(REPORT_FORM, session=session),
        form_key=REPORT_FORM,
        values=new.values,
    )
    record(answers, by=by, session=session, clock=clock)
    if not new.keeps_draft:
        discard_draft(f"start:{PROCESS}", by=by, session=session)
    take_in(instance_id, account_party(by.id), "reporter", session=session)
    if ticket.unit_id is not None:
        today = local_date(clock.now())
        for account_id in people_in(ticket.unit_id, on=today, session=session):
            take_in(instance_id, account_party(account_id), "household", session=session)
    notify(
        [ticket.reporter_id],
        "repair_received",
        {
            **words_of(ticket, session=session),
            "until": calendar_days_after(ticket.submitted_at, TRIAGE_DAYS),
        },
        instance=InstanceRef(id=instance_id, business_key=ticket.number, scope=scope_of(ticket)),
        session=session,
        clock=clock,
    )
