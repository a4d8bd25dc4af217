"""What the diagram `repair.ticket` calls: one function a topic.

Inputs come from the diagram as FEEL values, results go back to it; ids and codes only. Every
function may run twice for one call and then leaves what it left the first time: rows carry the
call's key, all other changes set a value. What people wrote (free text, quote lines, parts) is
read from the record of the case, because it never enters the process.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from engine.calendar import end_of_local_day
from engine.errors import BusinessError
from housing.places.rules import contractor_scope
from housing.records.rules import account_party
from housing.records.service import latest_answers, take_in
from housing.repairs.desk import (
    contractor_of,
    group_of,
    merge_target,
    move,
    order_of,
    orders_of,
    people_of,
    rows_of,
    tell,
    tell_residents,
    ticket_of,
)
from housing.repairs.incidents import end_incident, tell_of_joining
from housing.repairs.merging import join
from housing.repairs.models import (
    AssetHistory,
    ChargeBack,
    RepairFollower,
    RepairOrder,
    RepairTicket,
)
from housing.repairs.rules import visit_times, whole
from housing.slices import NOTHING, Call, Result

ORDER_ENDED = "ORDER_ENDED"
LATE_REASONS = frozenset({"late"})
STAGE_NOTICES = {
    "self_repair": "repair_self",
    "resolved_onsite": "repair_resolved_onsite",
    "project": "repair_project",
}


def notify_emergency(call: Call, ticket_id: int) -> Result:
    """Tell the property managers and officers at once; the phone number goes with it."""
    ticket = ticket_of(ticket_id, session=call.session)
    managers = group_of("property_manager", ticket, session=call.session)
    officers = group_of("officer", ticket, session=call.session)
    fields = {"phone": ticket.phone}
    tell(call, ticket, "repair_emergency", [*managers, *officers], fields)
    return NOTHING


def record_triage(  # noqa: PLR0913  # the inputs of the diagram
    call: Call,
    ticket_id: int,
    repair_class: str,
    payer: str,
    due_days: Decimal,
    in_warranty: bool,
    human_cause: bool,
) -> Result:
    """Keep class, payer and findings of the triage; the first instant of triage stays."""
    del due_days  # the period begins at dispatch, with the order
    ticket = ticket_of(ticket_id, session=call.session)
    ticket.repair_class, ticket.payer = repair_class, payer
    ticket.is_in_warranty, ticket.has_human_cause = in_warranty, human_cause
    ticket.triaged_at = ticket.triaged_at or call.now
    move(call, ticket, "triaged")
    fields = {"repair_class": repair_class, "payer": payer}
    tell_residents(call, ticket, "repair_triaged", fields)
    return NOTHING


def merge_ticket(call: Call, ticket_id: int, duplicate_of: object) -> Result:
    """Merge a report into an open ticket of the same trouble; its reporter follows that one.

    Args:
        call: the circumstances.
        ticket_id: the later report.
        duplicate_of: number or id of the ticket that goes on.

    Raises:
        TicketNotFound: there is no such ticket.
        DuplicateOfItself: the other ticket has ended or is the same.
    """
    ticket = ticket_of(ticket_id, session=call.session)
    target = merge_target(ticket, duplicate_of, session=call.session)
    join(ticket, target, at=call.now, session=call.session)
    if call.session.get(RepairFollower, (target.id, ticket.reporter_id)) is None:
        call.session.add(
            RepairFollower(
                ticket_id=target.id,
                account_id=ticket.reporter_id,
                merged_ticket_id=ticket.id,
                since=call.now,
            )
        )
    if target.instance_id is not None:
        party = account_party(ticket.reporter_id)
        take_in(target.instance_id, party, "follower", session=call.session)
    fields = {"duplicate_of": target.number}
    tell(call, ticket, "repair_merged", [ticket.reporter_id], fields)
    tell_of_joining(call, target, ticket)
    return NOTHING


def cancel_ticket(call: Call, ticket_id: int) -> Result:
    """Take a report back before anybody was sent."""
    ticket = ticket_of(ticket_id, session=call.session)
    move(call, ticket, "cancelled")
    ticket.outcome = "cancelled"
    tell_residents(call, ticket, "repair_cancelled", {})
    managers = group_of("property_manager", ticket, session=call.session)
    tell(call, ticket, "repair_cancelled", managers, {})
    return NOTHING


def set_stage(call: Call, ticket_id: int, stage: str) -> Result:
    """Move a ticket to a stage and tell the residents where that concerns them."""
    ticket = ticket_of(ticket_id, session=call.session)
    move(call, ticket, stage)
    if kind := STAGE_NOTICES.get(stage):
        tell_residents(call, ticket, kind, {})
    return NOTHING


def dispatch(  # noqa: PLR0913  # the inputs of the diagram
    call: Call,
    ticket_id: int,
    repair_class: str,
    due_at: datetime,
    substitute_for: int | None = None,
    rework_count: int = 0,
) -> Result:
    """Give the work to a contractor; from this instant its clock runs.

    Rework and a new visit after a hold go to the contractor who had the work before.

    Args:
        call: the circumstances.
        ticket_id: the ticket.
        repair_class: B1 (warranty contractor) or B2 (repair contractor).
        due_at: end of the period.
        substitute_for: id of the failed order; the work is then class C2 at its contractor's cost.
        rework_count: how often the work was sent back so far.

    Returns:
        order_id, contractor_code, contractor_scope.

    Raises:
        NoContractorFor: nobody serves the community for this class.
    """
    ticket = ticket_of(ticket_id, session=call.session)
    order = call.session.scalar(select(RepairOrder).where(RepairOrder.idem == call.key))
    if order is None:
        company = contractor_of(call, ticket, repair_class)
        failed = order_of(substitute_for, session=call.session) if substitute_for else None
        order = RepairOrder(
            idem=call.key,
            ticket_id=ticket.id,
            contractor=company.code,
            contractor_name=company.name,
            repair_class="C2" if failed else repair_class,
            dispatched_at=call.now,
            original_due_at=due_at,
            due_at=due_at,
            substitute_for=failed.contractor if failed else None,
            rework_count=int(rework_count or 0),
            missed_visits=0,
            is_late=False,
        )
        call.session.add(order)
        call.session.flush()
        _announce_order(call, ticket, order)
    return {
        "order_id": order.id,
        "contractor_code": order.contractor,
        "contractor_scope": contractor_scope(order.contractor),
    }


def _announce_order(call: Call, ticket: RepairTicket, order: RepairOrder) -> None:
    take_in(
        call.instance.id,
        contractor_scope(order.contractor),
        "contractor",
        session=call.session,
    )
    move(call, ticket, "substituted" if order.substitute_for else "dispatched")
    fields = {"until": order.due_at, "contractor": order.contractor_name}
    people = people_of(order.contractor, session=call.session)
    tell(call, ticket, "order_placed", people, fields)
    tell_residents(call, ticket, "repair_dispatched", fields)
    if order.substitute_for:
        tell_residents(call, ticket, "repair_substituted", fields)


def record_visit(call: Call, order_id: int, visit_at: datetime, missed_visits: int = 0) -> Result:
    """Keep the appointment and tell the resident; gives the order's present due date."""
    order = order_of(order_id, session=call.session)
    ticket = ticket_of(order.ticket_id, session=call.session)
    order.visit_at, order.missed_visits = visit_at, int(missed_visits or 0)
    move(call, ticket, "scheduled")
    fields = {"visit_at": visit_at, "contractor": order.contractor_name}
    tell_residents(call, ticket, "visit_arranged", fields)
    return {"due_at": order.due_at}


def hold_ticket(call: Call, ticket_id: int, order_id: int) -> Result:
    """Put a ticket on hold after two visits at which nobody opened; the order ends."""
    ticket = ticket_of(ticket_id, session=call.session)
    order = order_of(order_id, session=call.session)
    order.outcome = "held"
    move(call, ticket, "on_hold")
    tell_residents(call, ticket, "repair_on_hold", {})
    return NOTHING


def resume_ticket(call: Call, ticket_id: int, order_id: int) -> Result:
    """Take a ticket from hold; the diagram dispatches it anew with a fresh clock."""
    ticket = ticket_of(ticket_id, session=call.session)
    order_of(order_id, session=call.session).outcome = "held"
    answers = latest_answers(call.instance.id, "repair/rebook", session=call.session)
    ticket.phone = str(answers.get("phone") or ticket.phone)
    ticket.visit_times = visit_times(answers.get("visit_times")) or ticket.visit_times
    tell_residents(call, ticket, "repair_resumed", {})
    return NOTHING


def grant_extension(call: Call, order_id: int, until: date | datetime, reason: str) -> Result:
    """Move an order's due date to the end of a day; the original date stays.

    Returns:
        due_at, the last second of that day in Taipei, never before the present due date.

    Raises:
        BusinessError: code ORDER_ENDED, when the order was done, late or held meanwhile.
    """
    order = order_of(order_id, session=call.session)
    if order.outcome is not None:
        raise BusinessError(ORDER_ENDED, "the order has ended")
    ticket = ticket_of(order.ticket_id, session=call.session)
    wanted = until if isinstance(until, datetime) else end_of_local_day(until)
    order.due_at = max(wanted, order.due_at)
    order.extension_reason, order.extended_at = reason, call.now
    fields = {"until": order.due_at, "original_until": order.original_due_at, "reason": reason}
    people = people_of(order.contractor, session=call.session)
    tell(call, ticket, "extension_granted", people, fields)
    tell_residents(call, ticket, "extension_granted", fields)
    return {"due_at": order.due_at}


def record_completion(
    call: Call, order_id: int, cost_twd: Decimal | None = None, hours: Decimal | None = None
) -> Result:
    """Keep the report that the work is done; done after the original date is late for ever."""
    order = order_of(order_id, session=call.session)
    ticket = ticket_of(order.ticket_id, session=call.session)
    order.done_at, order.outcome = call.now, "done"
    order.cost_twd = int(cost_twd) if cost_twd is not None else 0
    order.hours = hours
    order.parts = _parts(call, order)
    order.is_late = order.is_late or call.now > order.original_due_at
    ticket.done_at = call.now
    move(call, ticket, "done_reported")
    fields = {"contractor": order.contractor_name}
    managers = group_of("property_manager", ticket, session=call.session)
    tell(call, ticket, "completion_reported", managers, fields)
    return NOTHING


def _parts(call: Call, order: RepairOrder) -> str | None:
    rows = rows_of(call, "repair/completion", "parts", since=order.dispatched_at)
    return "、".join(f"{row.get('part')} {row.get('quantity')}" for row in rows)[:700] or None


def record_late(call: Call, order_id: int, reason: str) -> Result:
    """Keep that an order failed and why; a contractor who was late stays so in the statistics."""
    order = order_of(order_id, session=call.session)
    ticket = ticket_of(order.ticket_id, session=call.session)
    order.outcome = order.late_reason = reason
    order.is_late = order.is_late or reason in LATE_REASONS or call.now > order.original_due_at
    if order.is_late:
        ticket.late_contractor = ticket.late_contractor or order.contractor
    fields = {
        "contractor": order.contractor_name,
        "until": order.due_at,
        "original_until": order.original_due_at,
        "reason": reason,
    }
    officers = group_of("officer", ticket, session=call.session)
    people = people_of(order.contractor, session=call.session)
    tell(call, ticket, "order_late", [*officers, *people], fields)
    return NOTHING


def start_rework(call: Call, ticket_id: int, reason: str, rework_count: int) -> Result:
    """Send the work back to who did it; the resident and the contractor see why."""
    ticket = ticket_of(ticket_id, session=call.session)
    ticket.rework_count = int(rework_count)
    move(call, ticket, "rework")
    fields = {"reason": reason, "rework_count": ticket.rework_count}
    tell_residents(call, ticket, "repair_rework", fields)
    for order in orders_of(ticket.id, session=call.session)[-1:]:
        people = people_of(order.contractor, session=call.session)
        tell(call, ticket, "repair_rework", people, fields)
    return NOTHING


def record_project(call: Call, ticket_id: int, measure: object) -> Result:
    """Keep the measures the chief decided on: engineering, penalty, works, rehousing."""
    ticket = ticket_of(ticket_id, session=call.session)
    ticket.measures = (
        [str(each) for each in measure] if isinstance(measure, list) else [str(measure)]
    )
    return NOTHING


def close_ticket(call: Call, ticket_id: int, outcome: str) -> Result:
    """Close a ticket: asset history, the tenant's charge-back, the rating, a last notice."""
    ticket = ticket_of(ticket_id, session=call.session)
    orders = orders_of(ticket.id, session=call.session)
    answers = latest_answers(call.instance.id, "repair/acceptance", session=call.session)
    ticket.outcome, ticket.closed_at = outcome, ticket.closed_at or call.now
    ticket.rating = whole(answers.get("rating")) or None
    move(call, ticket, "closed")
    end_incident(call, ticket)
    cost_twd = sum(order.cost_twd or 0 for order in orders)
    _write_asset_history(call, ticket, orders, cost_twd)
    # What was performed in a failed contractor's place is charged to him, never a second time.
    owed_twd = sum(order.cost_twd or 0 for order in orders if order.substitute_for is None)
    if ticket.payer == "tenant" and owed_twd:
        _charge_tenant(call, ticket, owed_twd)
    tell_residents(call, ticket, "repair_closed", {})
    return NOTHING


def _write_asset_history(
    call: Call, ticket: RepairTicket, orders: Sequence[RepairOrder], cost_twd: int
) -> None:
    known = select(AssetHistory.id).where(AssetHistory.ticket_id == ticket.id)
    if call.session.scalar(known) is not None:
        return
    call.session.add(
        AssetHistory(
            ticket_id=ticket.id,
            community=ticket.community,
            unit_id=ticket.unit_id,
            place=ticket.place,
            category=ticket.category,
            at=call.now,
            repair_class=ticket.repair_class,
            contractor=orders[-1].contractor if orders else None,
            cost_twd=cost_twd,
            outcome=ticket.outcome or "",
        )
    )


def _charge_tenant(call: Call, ticket: RepairTicket, amount_twd: int) -> None:
    known = select(ChargeBack.id).where(ChargeBack.ticket_id == ticket.id)
    if call.session.scalar(known) is not None:
        return
    call.session.add(
        ChargeBack(
            ticket_id=ticket.id, unit_id=ticket.unit_id, amount_twd=amount_twd, made_at=call.now
        )
    )
    fields = {"amount_twd": amount_twd}
    tell(call, ticket, "charged_to_tenant", [ticket.reporter_id], fields)
