"""What the diagram calls around substitute performance (代履行): last call, charge, recovery."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from engine.calendar import end_of_local_day
from housing.records.service import latest_answers
from housing.repairs.desk import order_of, people_of, tell, ticket_of
from housing.repairs.errors import LedgerEntryNotFound
from housing.repairs.models import LedgerEntry
from housing.repairs.rules import Account, recover, whole
from housing.slices import NOTHING, Call, Result


def serve_last_call(call: Call, ticket_id: int, order_id: int) -> Result:
    """Serve the last call before substitute performance (代履行); gives the instant of service."""
    ticket = ticket_of(ticket_id, session=call.session)
    order = order_of(order_id, session=call.session)
    order.last_call_served_at = order.last_call_served_at or call.now
    people = people_of(order.contractor, session=call.session)
    tell(call, ticket, "last_call", people, {"contractor": order.contractor_name})
    return {"served_at": order.last_call_served_at}


def charge_contractor(call: Call, ticket_id: int, order_id: int, amount_twd: Decimal) -> Result:
    """Charge the cost of substitute performance to the contractor who failed.

    Args:
        call: the circumstances.
        ticket_id: the ticket.
        order_id: the failed order.
        amount_twd: what the substitute cost.

    Returns:
        ledger_entry_id.
    """
    ticket = ticket_of(ticket_id, session=call.session)
    failed = order_of(order_id, session=call.session)
    entry = call.session.scalar(select(LedgerEntry).where(LedgerEntry.idem == call.key))
    if entry is None:
        entry = LedgerEntry(
            idem=call.key,
            ticket_id=ticket.id,
            order_id=failed.id,
            contractor=failed.contractor,
            charged_twd=int(amount_twd or 0),
            charged_at=call.now,
            demanded_at=call.now,
            set_off_twd=0,
            paid_twd=0,
        )
        call.session.add(entry)
        call.session.flush()
    ticket.payer = "contractor"
    fields = {"amount_twd": entry.charged_twd, "contractor": failed.contractor_name}
    tell(call, ticket, "cost_charged", people_of(failed.contractor, session=call.session), fields)
    return {"ledger_entry_id": entry.id}


def record_recovery(
    call: Call, ledger_entry_id: int, recovered_twd: Decimal | None, outcome: str
) -> Result:
    """Enter what came back of a charge: set off against the deposit, or paid.

    Args:
        call: the circumstances.
        ledger_entry_id: the charge.
        recovered_twd: paid by the contractor, beside the set-off of the form.
        outcome: recovered or legal.

    Raises:
        BalanceBelowZero: more would come back than was charged.
    """
    entry = call.session.get(LedgerEntry, int(ledger_entry_id))
    if entry is None:
        raise LedgerEntryNotFound(int(ledger_entry_id))
    answers = latest_answers(call.instance.id, "repair/recovery", session=call.session)
    after = recover(
        Account(charged_twd=entry.charged_twd),
        set_off_twd=whole(answers.get("set_off_twd")),
        paid_twd=whole(recovered_twd),
    )
    entry.set_off_twd, entry.paid_twd = after.set_off_twd, after.paid_twd
    entry.outcome, entry.settled_at = outcome, call.now
    if served_on := answers.get("notice_served_on"):
        entry.notice_served_at = end_of_local_day(date.fromisoformat(str(served_on)[:10]))
    return NOTHING
