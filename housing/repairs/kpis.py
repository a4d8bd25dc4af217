"""Figures of repairs for supervisors; on time is measured against the original due date first."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import calendar_days_after
from housing.places.rules import COMMUNITY_PREFIX, code_of
from housing.repairs.models import LedgerEntry, RepairOrder, RepairTicket
from housing.repairs.rules import (
    FINAL_STAGES,
    TRIAGE_DAYS,
    Punctuality,
    median_days,
    punctuality,
    share,
)

NOT_HIS_FAULT = frozenset({"held", "design_defect", "major_damage", "relocation"})
"""Outcomes of an order that say nothing about the contractor's punctuality."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractorFigures:
    """How a contractor did within a class.

    Attributes:
        orders: all orders given.
        judged: orders whose original deadline was kept or missed; running ones are not.
        on_time: share of these within the original due date, 0 to 1; None without judged ones.
        on_time_extended: the same against the due date after granted extensions.
        late: orders past the original due date.
    """

    contractor: str
    contractor_name: str
    repair_class: str
    orders: int
    judged: int
    on_time: float | None
    on_time_extended: float | None
    late: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RepairFigures:
    """Figures over all tickets of some communities.

    Attributes:
        open_beyond_due: open tickets whose newest order is past its original due date.
        triaged_in_time: share of triaged tickets that were triaged within 2 days.
        rework_share: share of closed tickets that were sent back at least once.
        onsite_share: share of triaged tickets of class D.
        median_days_to_close: from report to closing.
        substitutions: orders of class C2, and what they cost and brought back in TWD.
        rating: mean of 1 to 5; None without ratings.
        by_stage, by_category, by_class: tickets counted.
    """

    tickets: int
    open: int
    open_beyond_due: int
    triaged_in_time: float | None
    rework_share: float | None
    onsite_share: float | None
    median_days_to_close: float | None
    rating: float | None
    substitutions: int
    charged_twd: int
    recovered_twd: int
    contractors: tuple[ContractorFigures, ...]
    by_stage: Mapping[str, int]
    by_category: Mapping[str, int]
    by_class: Mapping[str, int]


def figures(*, scopes: Collection[str] = (), session: Session, now: datetime) -> RepairFigures:
    """Count repairs.

    Args:
        scopes: only these communities ("community:SW"); empty or with "city" means all.
        session: any.
        now: running deadlines are judged at this instant.
    """
    found = _tickets(scopes, session)
    ids = {ticket.id for ticket in found}
    orders = [o for o in session.scalars(select(RepairOrder)) if o.ticket_id in ids]
    ledger = [e for e in session.scalars(select(LedgerEntry)) if e.ticket_id in ids]
    closed = [ticket for ticket in found if ticket.stage == "closed"]
    triaged = [ticket for ticket in found if ticket.triaged_at is not None]
    ratings = [ticket.rating for ticket in found if ticket.rating is not None]
    return RepairFigures(
        tickets=len(found),
        open=sum(ticket.stage not in FINAL_STAGES for ticket in found),
        open_beyond_due=_open_beyond_due(found, orders, now),
        triaged_in_time=_triaged_in_time(found, now),
        rework_share=share(sum(ticket.rework_count > 0 for ticket in closed), len(closed)),
        onsite_share=share(sum(t.repair_class == "D" for t in triaged), len(triaged)),
        median_days_to_close=median_days(
            [t.closed_at - t.submitted_at for t in closed if t.closed_at is not None]
        ),
        rating=fmean(ratings) if ratings else None,
        substitutions=sum(order.repair_class == "C2" for order in orders),
        charged_twd=sum(entry.charged_twd for entry in ledger),
        recovered_twd=sum(entry.set_off_twd + entry.paid_twd for entry in ledger),
        contractors=_contractors(orders, now),
        by_stage=Counter(ticket.stage for ticket in found),
        by_category=Counter(ticket.category for ticket in found),
        by_class=Counter(t.repair_class for t in found if t.repair_class is not None),
    )


def _tickets(scopes: Collection[str], session: Session) -> Sequence[RepairTicket]:
    wanted = select(RepairTicket)
    if scopes and "city" not in scopes:
        codes = [code_of(scope) for scope in scopes if scope.startswith(COMMUNITY_PREFIX)]
        wanted = wanted.where(RepairTicket.community.in_(codes))
    return list(session.scalars(wanted))


def _triaged_in_time(found: Iterable[RepairTicket], now: datetime) -> float | None:
    judged = [
        (ticket.triaged_at or now) <= calendar_days_after(ticket.submitted_at, TRIAGE_DAYS)
        for ticket in found
        if ticket.triaged_at is not None
        or (
            ticket.stage == "submitted"
            and now > calendar_days_after(ticket.submitted_at, TRIAGE_DAYS)
        )
    ]
    return share(sum(judged), len(judged))


def _open_beyond_due(
    found: Iterable[RepairTicket], orders: Iterable[RepairOrder], now: datetime
) -> int:
    newest = {order.ticket_id: order for order in sorted(orders, key=lambda each: each.id)}
    running = [newest[t.id] for t in found if t.stage not in FINAL_STAGES and t.id in newest]
    return sum(order.done_at is None and order.original_due_at < now for order in running)


def _contractors(orders: Iterable[RepairOrder], now: datetime) -> tuple[ContractorFigures, ...]:
    groups: dict[tuple[str, str], list[RepairOrder]] = {}
    for order in orders:
        groups.setdefault((order.contractor, order.repair_class), []).append(order)
    return tuple(_contractor(groups[key], now) for key in sorted(groups))


def _contractor(orders: Sequence[RepairOrder], now: datetime) -> ContractorFigures:
    judged = [
        judgement
        for order in orders
        if order.outcome not in NOT_HIS_FAULT
        and (judgement := _judge(order, now)).original is not None
    ]
    on_time = sum(each.original is True for each in judged)
    return ContractorFigures(
        contractor=orders[0].contractor,
        contractor_name=orders[0].contractor_name,
        repair_class=orders[0].repair_class,
        orders=len(orders),
        judged=len(judged),
        on_time=share(on_time, len(judged)),
        on_time_extended=share(sum(each.extended is not False for each in judged), len(judged)),
        late=len(judged) - on_time,
    )


def _judge(order: RepairOrder, now: datetime) -> Punctuality:
    return punctuality(
        original_due_at=order.original_due_at,
        due_at=order.due_at,
        done_at=order.done_at,
        now=now,
    )
