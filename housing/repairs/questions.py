"""What the business adds to the forms of repairs: context, checks, a word to who is next."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.records import UserTask
from engine.types import InstanceRef
from housing.notices.service import notify
from housing.repairs.desk import (
    merge_target,
    orders_of,
    place_of,
    residents_of,
    ticket_by_number,
    words_of,
)
from housing.repairs.errors import QuoteSumDiffers
from housing.repairs.models import LedgerEntry, RepairIncident, RepairTicket
from housing.repairs.prices import day_of_quote, price_table, prices_on
from housing.repairs.project import PERIODS, PROJECT, check_period, contractors_of, free_homes
from housing.repairs.rules import (
    FINAL_STAGES,
    Account,
    Line,
    ensure_table_prices,
    is_self_repairable,
    recover,
    total_of,
    whole,
)

ACCEPTANCE_FORM = "repair/acceptance"


def context(ticket: RepairTicket, *, session: Session, now: datetime) -> Mapping[str, object]:
    """Give the names that a repair form's expressions may use.

    Returns:
        number, category, text, place, is_common_area, self_repairable, in_warranty (proposed),
        is_emergency, rework_count; consumables and open_tickets as {value, label} lists; of the
        newest order contractor_name, due_at, original_due_at, visit_at; of the ledger
        charged_twd, balance_twd; of a project contractors and free_homes as such lists.
    """
    return {
        "now": now,
        "number": ticket.number,
        "category": ticket.category,
        "text": ticket.text,
        "place": place_of(ticket, session=session),
        "is_common_area": ticket.is_common_area,
        "is_emergency": ticket.is_emergency,
        "self_repairable": is_self_repairable(ticket.category),
        "in_warranty": ticket.is_in_warranty,
        "rework_count": ticket.rework_count,
        "consumables": _consumables(ticket, session, now),
        "open_tickets": _open_tickets(ticket, session),
        **_project_context(ticket, session),
        **_order_context(ticket, session),
        **_ledger_context(ticket, session),
    }


def check(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse answers that break a rule of repairs.

    Raises:
        TicketNotFound, DuplicateOfItself: a report cannot be merged into that ticket.
        QuoteNotFromTable, QuoteSumDiffers: a quote's lines do not hold.
        BalanceBelowZero: more would be recovered than was charged.
        PeriodEndsBeforeItBegins: rehousing or works would end before they begin.
    """
    ticket = ticket_by_number(task.business_key, session=session)
    if task.form_key == "repair/triage" and values.get("duplicate_of"):
        merge_target(ticket, values["duplicate_of"], session=session)
    if task.form_key == "repair/quote":
        _check_quote(task, values, session)
    if task.form_key is not None and task.form_key in PERIODS:
        check_period(task.form_key, values)
    if task.form_key == "repair/recovery":
        _check_recovery(ticket, values, session)


def announce(task: UserTask, *, session: Session, clock: Clock) -> None:
    """Ask the residents to accept the work when their task has just come up."""
    if task.form_key != ACCEPTANCE_FORM:
        return
    ticket = ticket_by_number(task.business_key, session=session)
    notify(
        residents_of(ticket, session=session),
        "acceptance_asked",
        {**words_of(ticket, session=session), "until": task.due_at},
        instance=InstanceRef(id=task.instance_id, business_key=task.business_key, scope=task.scope),
        session=session,
        clock=clock,
    )


def open_entry_of(ticket_id: int, *, session: Session) -> LedgerEntry | None:
    """Find the newest ledger entry of a ticket."""
    entries = select(LedgerEntry).where(LedgerEntry.ticket_id == ticket_id)
    return session.scalars(entries.order_by(LedgerEntry.id.desc()).limit(1)).first()


def quote_lines(rows: object) -> list[Line]:
    """Read the lines of a quote's form: item, quantity, unit_price."""
    if not isinstance(rows, list):
        return []
    return [_line(row) for row in rows if isinstance(row, Mapping)]


def _line(row: Mapping[str, object]) -> Line:
    item = row.get("item_code")
    return Line(
        text=str(row.get("item") or item or ""),
        item=str(item) if item else None,
        quantity=whole(row.get("quantity")),
        unit_price_twd=whole(row.get("unit_price")),
    )


def _check_quote(task: UserTask, values: Mapping[str, object], session: Session) -> None:
    lines = quote_lines(values.get("lines"))
    amount_twd = whole(values.get("amount_twd"))
    if lines and total_of(lines) != amount_twd:
        raise QuoteSumDiffers(total_of(lines), amount_twd)
    ensure_table_prices(lines, prices_on(local_date(task.created_at), session=session))


def _check_recovery(ticket: RepairTicket, values: Mapping[str, object], session: Session) -> None:
    entry = open_entry_of(ticket.id, session=session)
    if entry is not None:
        recover(
            Account(charged_twd=entry.charged_twd),
            set_off_twd=whole(values.get("set_off_twd")),
            paid_twd=whole(values.get("recovered_twd")),
        )


def _consumables(
    ticket: RepairTicket, session: Session, now: datetime
) -> Sequence[Mapping[str, object]]:
    on = day_of_quote(ticket.instance_id, now, session=session)
    items = price_table(on, session=session)
    own_first = sorted(items, key=lambda item: (item.category != ticket.category, item.code))
    return [
        {
            "value": each.code,
            "label": f"{each.name}（每{each.unit} {each.now.unit_price_twd:,} 元）",
        }
        for each in own_first
    ]


def _open_tickets(ticket: RepairTicket, session: Session) -> Sequence[Mapping[str, object]]:
    of_incident = RepairTicket.id.in_(select(RepairIncident.ticket_id))
    others = session.execute(
        select(RepairTicket, of_incident)
        .where(
            RepairTicket.community == ticket.community,
            RepairTicket.stage.not_in(FINAL_STAGES),
            RepairTicket.id != ticket.id,
        )
        .order_by(RepairTicket.category != ticket.category, ~of_incident, RepairTicket.submitted_at)
        .limit(100)
    )
    return [
        {
            "value": each.number,
            "label": f"{'【大規模事故】' if is_incident else ''}"
            f"{each.number} {each.place} {each.text[:30]}",
        }
        for each, is_incident in others
    ]


def _order_context(ticket: RepairTicket, session: Session) -> Mapping[str, object]:
    orders = orders_of(ticket.id, session=session)
    if not orders:
        return {}
    order = orders[-1]
    return {
        "contractor_name": order.contractor_name,
        "due_at": order.due_at,
        "original_due_at": order.original_due_at,
        "visit_at": order.visit_at,
    }


def _project_context(ticket: RepairTicket, session: Session) -> Mapping[str, object]:
    if ticket.stage != PROJECT:
        return {}
    return {
        "contractors": contractors_of(ticket, session=session),
        "free_homes": free_homes(ticket, session=session),
    }


def _ledger_context(ticket: RepairTicket, session: Session) -> Mapping[str, object]:
    entry = open_entry_of(ticket.id, session=session)
    if entry is None:
        return {}
    account = Account(
        charged_twd=entry.charged_twd, set_off_twd=entry.set_off_twd, paid_twd=entry.paid_twd
    )
    return {"charged_twd": account.charged_twd, "balance_twd": account.balance_twd}
