"""Read repairs for pages: lists, one case in a resident's words, what is open at a place."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.records import Page
from housing.places.rules import COMMUNITY_PREFIX, code_of
from housing.records.queries import Turn, turns_of
from housing.repairs.desk import orders_of, place_of, ticket_by_number
from housing.repairs.models import (
    ChargeBack,
    LedgerEntry,
    QuoteLine,
    RepairFollower,
    RepairOrder,
    RepairQuote,
    RepairStageChange,
    RepairTicket,
)
from housing.repairs.rules import (
    FINAL_STAGES,
    Account,
    Line,
    Milestone,
    milestones,
    punctuality,
)
from housing.repairs.views import (
    CaseSummary,
    LedgerView,
    OrderView,
    QuoteView,
    TicketFilter,
    TicketRow,
)

TITLE_LENGTH = 60


def my_tickets(account_id: int, *, session: Session) -> list[TicketRow]:
    """List the tickets a person reported or follows, open ones first, then newest first."""
    followed = select(RepairFollower.ticket_id).where(RepairFollower.account_id == account_id)
    mine = or_(RepairTicket.reporter_id == account_id, RepairTicket.id.in_(followed))
    found = session.scalars(select(RepairTicket).where(mine).order_by(*_open_first()))
    return _rows(list(found), session)


def tickets(wanted: TicketFilter, *, session: Session) -> Page[TicketRow]:
    """List tickets for staff, newest first."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count(RepairTicket.id)).where(*conditions)) or 0
    found = session.scalars(
        select(RepairTicket)
        .where(*conditions)
        .order_by(RepairTicket.submitted_at.desc(), RepairTicket.id.desc())
        .offset(wanted.offset)
        .limit(wanted.limit)
    )
    rows = tuple(_rows(list(found), session))
    return Page(rows=rows, total=total, offset=wanted.offset, limit=wanted.limit)


def tickets_of_instances(
    instance_ids: Collection[str], *, session: Session
) -> dict[str, TicketRow]:
    """Map instances to their tickets, for the inbox."""
    found = session.scalars(
        select(RepairTicket).where(RepairTicket.instance_id.in_(list(instance_ids)))
    )
    return {row.instance_id or "": row for row in _rows(list(found), session)}


def open_tickets_of_place(
    community: str, unit_id: int | None, category: str | None, *, session: Session
) -> list[TicketRow]:
    """List open tickets of a home, or of a community's common area: "already reported?".

    Args:
        community: code.
        unit_id: the home; None for the common area.
        category: only this one, or None for all.
        session: any.
    """
    conditions = [
        RepairTicket.community == community,
        RepairTicket.stage.not_in(FINAL_STAGES),
        RepairTicket.is_common_area if unit_id is None else RepairTicket.unit_id == unit_id,
    ]
    if category is not None:
        conditions.append(RepairTicket.category == category)
    found = session.scalars(
        select(RepairTicket).where(*conditions).order_by(RepairTicket.submitted_at.desc())
    )
    return _rows(list(found), session)


def tickets_of_home(unit_id: int, *, session: Session) -> list[TicketRow]:
    """List what was ever reported of a home, the newest first."""
    found = session.scalars(
        select(RepairTicket)
        .where(RepairTicket.unit_id == unit_id, RepairTicket.is_common_area.is_(False))
        .order_by(RepairTicket.submitted_at.desc(), RepairTicket.id.desc())
    )
    return _rows(list(found), session)


def number_of_token(token: str, account_id: int, *, session: Session) -> str | None:
    """Find the ticket that a person made with a token; None when there is none."""
    return session.scalar(
        select(RepairTicket.number).where(
            RepairTicket.token == token, RepairTicket.reporter_id == account_id
        )
    )


def ticket(number: str, *, session: Session) -> TicketRow:
    """Read one ticket as a line, by its number.

    Raises:
        TicketNotFound: there is none.
    """
    return _rows([ticket_by_number(number, session=session)], session)[0]


def case_summary(number: str, *, session: Session, now: datetime) -> CaseSummary:
    """Read all of a ticket that its case page shows.

    Raises:
        TicketNotFound: there is none.
    """
    row = ticket_by_number(number, session=session)
    orders = orders_of(row.id, session=session)
    turns = turns_of(row.instance_id, session=session) if row.instance_id else ()
    charge_back = select(ChargeBack.amount_twd).where(ChargeBack.ticket_id == row.id)
    followers = select(func.count()).where(RepairFollower.ticket_id == row.id)
    quotes = _quotes(row.id, session)
    return CaseSummary(
        ticket=_rows([row], session)[0],
        unit_id=row.unit_id,
        full_place=place_of(row, session=session),
        text=row.text,
        phone=row.phone,
        reporter_id=row.reporter_id,
        reporter_name=row.reporter_name,
        visit_times=tuple(row.visit_times),
        may_enter_without_presence=row.may_enter_without_presence,
        payer=row.payer,
        is_in_warranty=row.is_in_warranty,
        measures=tuple(row.measures),
        rating=row.rating,
        outcome=row.outcome,
        milestones=_milestones(row, turns, has_quote=bool(quotes), session=session),
        turns=turns,
        orders=tuple(_order_view(order, now) for order in orders),
        quotes=quotes,
        ledger=_ledger(row.id, session),
        photos=tuple(row.photos),
        cost_twd=sum(order.cost_twd or 0 for order in orders),
        charge_back_twd=session.scalar(charge_back),
        followers=session.scalar(followers) or 0,
        rework_of=_number_of(row.rework_of_id, session),
    )


def _open_first() -> tuple[ColumnElement[bool], ColumnElement[datetime], ColumnElement[int]]:
    return (
        RepairTicket.stage.in_(FINAL_STAGES),
        RepairTicket.submitted_at.desc(),
        RepairTicket.id.desc(),
    )


def _conditions(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    equal = {
        RepairTicket.category: wanted.category,
        RepairTicket.repair_class: wanted.repair_class,
    }
    conditions += [column == value for column, value in equal.items() if value is not None]
    if wanted.scopes and "city" not in wanted.scopes:
        codes = [code_of(scope) for scope in wanted.scopes if scope.startswith(COMMUNITY_PREFIX)]
        conditions.append(RepairTicket.community.in_(codes))
    if wanted.stages:
        conditions.append(RepairTicket.stage.in_(wanted.stages))
    if wanted.is_open is not None:
        ended = RepairTicket.stage.in_(FINAL_STAGES)
        conditions.append(~ended if wanted.is_open else ended)
    if wanted.text:
        conditions.append(_matches(wanted.text))
    return [*conditions, *_order_conditions(wanted)]


def _matches(text: str) -> ColumnElement[bool]:
    columns = (RepairTicket.number, RepairTicket.place, RepairTicket.text, RepairTicket.unit_code)
    return or_(*(column.icontains(text.strip(), autoescape=True) for column in columns))


def _order_conditions(wanted: TicketFilter) -> Iterable[ColumnElement[bool]]:
    newest = select(func.max(RepairOrder.id)).group_by(RepairOrder.ticket_id)
    orders = select(RepairOrder.ticket_id).where(RepairOrder.id.in_(newest))
    if wanted.contractor is not None:
        mine = orders.where(RepairOrder.contractor == wanted.contractor)
        yield RepairTicket.id.in_(mine)
    if wanted.overdue_at is not None:
        late = orders.where(RepairOrder.due_at < wanted.overdue_at, RepairOrder.done_at.is_(None))
        yield RepairTicket.id.in_(late)
        yield RepairTicket.stage.not_in(FINAL_STAGES)


def _rows(found: Sequence[RepairTicket], session: Session) -> list[TicketRow]:
    orders = _newest_orders([each.id for each in found], session)
    leads = _numbers_of({each.duplicate_of_id for each in found} - {None}, session)
    return [_row(each, orders.get(each.id), leads.get(each.duplicate_of_id)) for each in found]


def _numbers_of(ticket_ids: Collection[int | None], session: Session) -> dict[int | None, str]:
    if not ticket_ids:
        return {}
    rows = select(RepairTicket.id, RepairTicket.number).where(RepairTicket.id.in_(ticket_ids))
    return {row.id: row.number for row in session.execute(rows)}


def _newest_orders(ticket_ids: Sequence[int], session: Session) -> dict[int, RepairOrder]:
    if not ticket_ids:
        return {}
    orders = session.scalars(
        select(RepairOrder).where(RepairOrder.ticket_id.in_(ticket_ids)).order_by(RepairOrder.id)
    )
    return {order.ticket_id: order for order in orders}


def _row(each: RepairTicket, order: RepairOrder | None, merged_into: str | None) -> TicketRow:
    return TicketRow(
        id=each.id,
        number=each.number,
        instance_id=each.instance_id,
        community=each.community,
        unit_code=each.unit_code,
        place=each.place,
        category=each.category,
        title=each.text[:TITLE_LENGTH],
        stage=each.stage,
        stage_at=each.stage_at,
        submitted_at=each.submitted_at,
        closed_at=each.closed_at,
        is_emergency=each.is_emergency,
        repair_class=each.repair_class,
        contractor_name=order.contractor_name if order else None,
        due_at=order.due_at if order else None,
        original_due_at=order.original_due_at if order else None,
        rework_count=each.rework_count,
        late_contractor=each.late_contractor,
        photo=each.photos[0] if each.photos else None,
        merged_into=merged_into,
    )


def _order_view(order: RepairOrder, now: datetime) -> OrderView:
    return OrderView(
        id=order.id,
        contractor=order.contractor,
        contractor_name=order.contractor_name,
        repair_class=order.repair_class,
        dispatched_at=order.dispatched_at,
        original_due_at=order.original_due_at,
        due_at=order.due_at,
        extension_reason=order.extension_reason,
        visit_at=order.visit_at,
        missed_visits=order.missed_visits,
        done_at=order.done_at,
        outcome=order.outcome,
        substitute_for=order.substitute_for,
        rework_count=order.rework_count,
        cost_twd=order.cost_twd,
        parts=order.parts,
        is_late=order.is_late,
        punctuality=punctuality(
            original_due_at=order.original_due_at,
            due_at=order.due_at,
            done_at=order.done_at,
            now=now,
        ),
    )


def _quotes(ticket_id: int, session: Session) -> tuple[QuoteView, ...]:
    quotes = session.scalars(
        select(RepairQuote).where(RepairQuote.ticket_id == ticket_id).order_by(RepairQuote.id)
    )
    return tuple(_quote_view(quote, session) for quote in quotes)


def _quote_view(quote: RepairQuote, session: Session) -> QuoteView:
    lines = session.scalars(
        select(QuoteLine).where(QuoteLine.quote_id == quote.id).order_by(QuoteLine.id)
    )
    return QuoteView(
        id=quote.id,
        amount_twd=quote.amount_twd,
        lines=tuple(
            Line(
                text=line.text,
                item=line.item,
                quantity=line.quantity,
                unit_price_twd=line.unit_price_twd,
            )
            for line in lines
        ),
        quoted_at=quote.quoted_at,
        quoted_by=quote.quoted_by,
        decision=quote.decision,
        decided_at=quote.decided_at,
        decided_by=quote.decided_by,
        sign_off_number=quote.sign_off_number,
    )


def _ledger(ticket_id: int, session: Session) -> tuple[LedgerView, ...]:
    entries = session.scalars(
        select(LedgerEntry).where(LedgerEntry.ticket_id == ticket_id).order_by(LedgerEntry.id)
    )
    return tuple(ledger_view(entry) for entry in entries)


def ledger_view(entry: LedgerEntry) -> LedgerView:
    """Make the read model of a ledger entry."""
    return LedgerView(
        id=entry.id,
        contractor=entry.contractor,
        account=Account(
            charged_twd=entry.charged_twd, set_off_twd=entry.set_off_twd, paid_twd=entry.paid_twd
        ),
        charged_at=entry.charged_at,
        notice_served_at=entry.notice_served_at,
        demanded_at=entry.demanded_at,
        outcome=entry.outcome,
        settled_at=entry.settled_at,
    )


def _milestones(
    row: RepairTicket, turns: Sequence[Turn], *, has_quote: bool, session: Session
) -> tuple[Milestone, ...]:
    changes = session.execute(
        select(RepairStageChange.stage, RepairStageChange.at)
        .where(RepairStageChange.ticket_id == row.id)
        .order_by(RepairStageChange.id)
    )
    entered = {"submitted": row.submitted_at, **dict(changes.all())}
    return milestones(
        row.stage,
        elements=[turn.element_id for turn in turns],
        entered_at=entered,
        has_quote=has_quote,
    )


def _number_of(ticket_id: int | None, session: Session) -> str | None:
    return _numbers_of({ticket_id} - {None}, session).get(ticket_id)
