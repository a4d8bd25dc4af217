"""What was ever repaired in a home: the life of its assets, for its page and the next handover."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.repairs.models import AssetHistory, RepairOrder, RepairTicket


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryLine:
    """One closed repair.

    Attributes:
        number: of the case.
        contractor_name: who worked last; None when nobody was sent.
        outcome: accepted, silent, ... as the case was closed.
        rework_count: how often the work was sent back.
    """

    number: str
    at: datetime
    place: str
    category: str
    text: str
    repair_class: str | None
    contractor_name: str | None
    cost_twd: int
    outcome: str
    rework_count: int


def history_of_unit(unit_id: int, *, session: Session) -> list[HistoryLine]:
    """List the closed repairs of a home, the newest first."""
    found = session.execute(
        select(AssetHistory, RepairTicket)
        .join(RepairTicket, RepairTicket.id == AssetHistory.ticket_id)
        .where(AssetHistory.unit_id == unit_id)
        .order_by(AssetHistory.at.desc(), AssetHistory.id.desc())
    ).all()
    names = _names([ticket.id for _, ticket in found], session)
    return [
        HistoryLine(
            number=ticket.number,
            at=line.at,
            place=line.place,
            category=line.category,
            text=ticket.text,
            repair_class=line.repair_class,
            contractor_name=names.get(ticket.id),
            cost_twd=line.cost_twd,
            outcome=line.outcome,
            rework_count=ticket.rework_count,
        )
        for line, ticket in found
    ]


def _names(ticket_ids: list[int], session: Session) -> dict[int, str]:
    """Map tickets to the name of the contractor of their last order."""
    orders = session.execute(
        select(RepairOrder.ticket_id, RepairOrder.contractor_name)
        .where(RepairOrder.ticket_id.in_(ticket_ids))
        .order_by(RepairOrder.id)
    )
    return dict(orders.all())
