"""Figures of repairs for supervisors; on time is measured against the original due date first."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import calendar_days_after
from housing.places.rules import COMMUNITY_PREFIX, code_of
from housing.records.models import FormSubmission
from housing.repairs.models import LedgerEntry, RepairOrder, RepairTicket
from housing.repairs.project import PENALTY_FORM
from housing.repairs.rules import (
    BEST_RATING,
    FINAL_STAGES,
    TRIAGE_DAYS,
    Punctuality,
    contractor_score,
    is_in_month,
    median_days,
    punctuality,
    share,
)

MERGED = "merged"

NOT_HIS_FAULT = frozenset({"held", "design_defect", "major_damage", "relocation"})
"""Outcomes of an order that say nothing about the contractor's punctuality."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractorFigures:
    """How a contractor did within a class.

    Attributes:
        repair_class: B1, B2 or C2; None over all of his classes.
        orders: all orders given.
        judged: orders whose original deadline was kept or missed; running ones are not.
        on_time: share of these within the original due date, 0 to 1; None without judged ones.
        on_time_extended: the same against the due date after granted extensions.
        late: orders past the original due date.
    """

    contractor: str
    contractor_name: str
    repair_class: str | None
    orders: int
    judged: int
    on_time: float | None
    on_time_extended: float | None
    late: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractorScore:
    """How a contractor did over all classes, and the score made of it.

    Attributes:
        first_time: share of his finished orders that were not sent back, 0 to 1.
        rating: mean of the ratings of tickets that he finished.
        median_days: from dispatch to done.
        substituted: orders that another performed in his place.
        penalties: contract penalties imposed on him.
        score: 0 to 100; see `rules.contractor_score`.
    """

    figures: ContractorFigures
    first_time: float | None
    rating: float | None
    median_days: float | None
    substituted: int
    penalties: int
    score: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassFigures:
    """How the tickets of one class went; money in TWD."""

    repair_class: str
    tickets: int
    on_time: float | None
    median_days: float | None
    rework_share: float | None
    cost_twd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RepairFigures:
    """Figures over all tickets of some communities; one merged into another counts with that one.

    Attributes:
        merged: tickets that are handled under another one; among the counts by_stage only.
        open_beyond_due: open tickets whose newest order is past its original due date.
        triaged_in_time: share of triaged tickets that were triaged within 2 days.
        rework_share: share of closed tickets that were sent back at least once.
        onsite_share: share of triaged tickets of class D.
        median_days_to_close: from report to closing.
        substitutions: orders of class C2, and what they cost and brought back in TWD.
        rating: mean of 1 to 5; None without ratings.
        ratings: how often each of 1 to 5 was given.
        scores: contractors over all of their classes, best first.
        by_stage, by_category, by_class: tickets counted.
    """

    tickets: int
    merged: int
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
    scores: tuple[ContractorScore, ...]
    classes: tuple[ClassFigures, ...]
    ratings: Mapping[int, int]
    by_stage: Mapping[str, int]
    by_category: Mapping[str, int]
    by_class: Mapping[str, int]


def figures(
    *,
    scopes: Collection[str] = (),
    month: tuple[int, int] | None = None,
    session: Session,
    now: datetime,
) -> RepairFigures:
    """Count repairs.

    Args:
        scopes: only these communities ("community:SW"); empty or with "city" means all.
        month: only what was reported in this year and month (Taipei); None means ever.
        session: any.
        now: running deadlines are judged at this instant.
    """
    reports = _tickets(scopes, month, session)
    found = [ticket for ticket in reports if ticket.stage != MERGED]
    ids = {ticket.id for ticket in reports}
    orders = _orders(reports, session)
    ledger = [e for e in session.scalars(select(LedgerEntry)) if e.ticket_id in ids]
    work = _Work(
        tickets=reports,
        orders=orders,
        returned=_returned(session),
        penalties=_penalties(reports, session),
        now=now,
    )
    closed = [ticket for ticket in found if ticket.stage == "closed"]
    triaged = [ticket for ticket in found if ticket.triaged_at is not None]
    ratings = [ticket.rating for ticket in found if ticket.rating is not None]
    return RepairFigures(
        tickets=len(found),
        merged=len(reports) - len(found),
        open=sum(ticket.stage not in FINAL_STAGES for ticket in found),
        open_beyond_due=_open_beyond_due(found, orders, now),
        triaged_in_time=_triaged_in_time(found, now),
        rework_share=share(sum(ticket.rework_count > 0 for ticket in closed), len(closed)),
        onsite_share=share(sum(t.repair_class == "D" for t in triaged), len(triaged)),
        median_days_to_close=_median_to_close(closed),
        rating=fmean(ratings) if ratings else None,
        substitutions=sum(order.repair_class == "C2" for order in orders),
        charged_twd=sum(entry.charged_twd for entry in ledger),
        recovered_twd=sum(entry.set_off_twd + entry.paid_twd for entry in ledger),
        contractors=_contractors(orders, now),
        scores=tuple(sorted(_scores(work), key=lambda each: -(each.score or 0))),
        classes=_classes(work),
        ratings={value: ratings.count(value) for value in range(1, BEST_RATING + 1)},
        by_stage=Counter(ticket.stage for ticket in reports),
        by_category=Counter(ticket.category for ticket in found),
        by_class=Counter(t.repair_class for t in found if t.repair_class is not None),
    )


def score_of(
    contractor: str,
    *,
    month: tuple[int, int] | None = None,
    session: Session,
    now: datetime,
) -> ContractorScore | None:
    """Score one contractor over all communities; None when it had no order."""
    found = figures(month=month, session=session, now=now)
    return next((each for each in found.scores if each.figures.contractor == contractor), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """What the figures are made of.

    Attributes:
        tickets: with the merged ones.
        returned: ids of tickets whose trouble came back.
        penalties: code of a contractor to how many were imposed on him.
    """

    tickets: Sequence[RepairTicket]
    orders: Sequence[RepairOrder]
    returned: frozenset[int]
    penalties: Mapping[str, int]
    now: datetime


def _returned(session: Session) -> frozenset[int]:
    again = select(RepairTicket.rework_of_id).where(
        RepairTicket.rework_of_id.is_not(None), RepairTicket.stage.not_in(("cancelled", "merged"))
    )
    return frozenset(each for each in session.scalars(again) if each is not None)


def _penalties(found: Iterable[RepairTicket], session: Session) -> Mapping[str, int]:
    cases = {ticket.instance_id for ticket in found}
    imposed = session.scalars(select(FormSubmission).where(FormSubmission.form_key == PENALTY_FORM))
    return Counter(str(each.values["contractor"]) for each in imposed if each.instance_id in cases)


def _median_to_close(closed: Iterable[RepairTicket]) -> float | None:
    return median_days([t.closed_at - t.submitted_at for t in closed if t.closed_at is not None])


def _classes(work: _Work) -> tuple[ClassFigures, ...]:
    codes = sorted({each.repair_class for each in work.tickets if each.repair_class is not None})
    return tuple(_class(code, work) for code in codes)


def _class(code: str, work: _Work) -> ClassFigures:
    found = [each for each in work.tickets if each.repair_class == code]
    ids = {each.id for each in found}
    orders = [each for each in work.orders if each.ticket_id in ids]
    closed = [each for each in found if each.stage == "closed"]
    kept = _kept(orders, work.now)
    return ClassFigures(
        repair_class=code,
        tickets=sum(each.stage != MERGED for each in found),
        on_time=share(sum(kept), len(kept)),
        median_days=_median_to_close(closed),
        rework_share=share(sum(each.rework_count > 0 for each in closed), len(closed)),
        cost_twd=sum(each.cost_twd or 0 for each in orders),
    )


def _kept(orders: Iterable[RepairOrder], now: datetime) -> list[bool]:
    """Tell of each order with a judged deadline whether the original one was kept."""
    judged = (_judge(each, now).original for each in orders if each.outcome not in NOT_HIS_FAULT)
    return [each for each in judged if each is not None]


def _scores(work: _Work) -> Iterable[ContractorScore]:
    sent_back = _sent_back(work)
    ratings = _ratings(work)
    for code in sorted({order.contractor for order in work.orders}):
        own = [order for order in work.orders if order.contractor == code]
        done = [order for order in own if order.done_at is not None]
        own_ratings = ratings.get(code, [])
        on_all = replace(_contractor(own, work.now), repair_class=None)
        first_time = share(sum(order.id not in sent_back for order in done), len(done))
        rating = fmean(own_ratings) if own_ratings else None
        yield ContractorScore(
            figures=on_all,
            first_time=first_time,
            rating=rating,
            median_days=median_days(
                [each.done_at - each.dispatched_at for each in done if each.done_at is not None]
            ),
            substituted=sum(order.substitute_for == code for order in work.orders),
            penalties=work.penalties.get(code, 0),
            score=contractor_score(
                on_time=on_all.on_time,
                first_time=first_time,
                rating=rating,
                penalties=work.penalties.get(code, 0),
            ),
        )


def _by_ticket(orders: Iterable[RepairOrder]) -> Mapping[int, list[RepairOrder]]:
    groups: dict[int, list[RepairOrder]] = {}
    for order in sorted(orders, key=lambda each: each.id):
        groups.setdefault(order.ticket_id, []).append(order)
    return groups


def _sent_back(work: _Work) -> frozenset[int]:
    """Find the orders whose finished work was sent back, or whose trouble returned in 30 days."""
    groups, found = _by_ticket(work.orders), set()
    for ticket in work.tickets:
        orders = groups.get(ticket.id, [])
        counts = [*(order.rework_count for order in orders[1:]), ticket.rework_count]
        found |= {
            order.id
            for order, count in zip(orders, counts, strict=False)
            if order.done_at is not None and count > order.rework_count
        }
        if orders and ticket.id in work.returned:
            found.add(orders[-1].id)
    return frozenset(found)


def _ratings(work: _Work) -> Mapping[str, list[int]]:
    """Give each rating to the contractor of the ticket's last order: his work was rated."""
    groups, found = _by_ticket(work.orders), dict[str, list[int]]()
    for ticket in work.tickets:
        if ticket.rating is not None and ticket.id in groups:
            found.setdefault(groups[ticket.id][-1].contractor, []).append(ticket.rating)
    return found


def _tickets(
    scopes: Collection[str], month: tuple[int, int] | None, session: Session
) -> Sequence[RepairTicket]:
    wanted = select(RepairTicket)
    if scopes and "city" not in scopes:
        codes = [code_of(scope) for scope in scopes if scope.startswith(COMMUNITY_PREFIX)]
        wanted = wanted.where(RepairTicket.community.in_(codes))
    found = session.scalars(wanted)
    return [each for each in found if month is None or is_in_month(each.submitted_at, month)]


def _orders(reports: Iterable[RepairTicket], session: Session) -> Sequence[RepairOrder]:
    """Read the orders of tickets; of a merged one only the work that was done and is paid."""
    stages = {ticket.id: ticket.stage for ticket in reports}
    return [
        each
        for each in session.scalars(select(RepairOrder))
        if each.ticket_id in stages and (stages[each.ticket_id] != MERGED or each.done_at)
    ]


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
