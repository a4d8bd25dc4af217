"""Facts of a ticket by plain names, for the scenarios of the package `repair`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.letters.queries import LetterView, letters_of
from housing.places.models import Unit
from housing.repairs import incidents
from housing.repairs.queries import case_summary
from housing.repairs.views import CaseSummary, LedgerView, OrderView

KINDS = frozenset(
    {"ticket", "order", "ledger", "incident", "contractor_letters", "resident_letters"}
)
"""The kinds of facts below."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedPlace:
    """Where a manager reports for: a home, a community's common area, or neither given."""

    unit_id: int | None
    community: str | None


def named_place(options: Mapping[str, object], *, session: Session) -> NamedPlace:
    """Read a place as scenarios write it: unit "SW A-0501", community "SW"."""
    community = options.get("community")
    unit_id = None
    if name := options.get("unit"):
        community, _, code = str(name).partition(" ")
        home = select(Unit.id).where(Unit.community_code == community, Unit.code == code)
        unit_id = session.scalars(home).one()
    return NamedPlace(unit_id=unit_id, community=str(community) if community else None)


def facts(number: str, *, session: Session, now: datetime) -> Mapping[str, Mapping[str, object]]:
    """Give the facts of a ticket, with its newest order and ledger entry, incident and letters.

    Raises:
        TicketNotFound: there is none of this number.
    """
    case = case_summary(number, session=session, now=now)
    letters = letters_of(case.ticket.instance_id or "", session=session)
    return {
        "ticket": _ticket(case),
        "order": _order(case.orders[-1]) if case.orders else {},
        "ledger": _entry(case.ledger[-1]) if case.ledger else {},
        "incident": _incident(number, session),
        "contractor_letters": _sent([each for each in letters if each.contractor_code]),
        "resident_letters": _sent([each for each in letters if each.person_id]),
    }


def _sent(letters: Sequence[LetterView]) -> Mapping[str, object]:
    """Give the kinds of letters, oldest first, and when the newest was served."""
    return {
        "kinds": [each.kind for each in letters],
        "served_at": letters[-1].served_at if letters else None,
    }


def _incident(number: str, session: Session) -> Mapping[str, object]:
    incident = incidents.incident_of(number, session=session)
    if incident is None:
        return {}
    return {
        "announcement": incident.announcement,
        "is_open": incident.is_open,
        "reports": len(incident.reports),
        "candidates": len(incidents.candidates(incident, session=session)),
        "news": [each.kind for each in incident.news],
    }


def _ticket(case: CaseSummary) -> Mapping[str, object]:
    return {
        "number": case.ticket.number,
        "stage": case.ticket.stage,
        "repair_class": case.ticket.repair_class,
        "payer": case.payer,
        "rework_count": case.ticket.rework_count,
        "late_contractor": case.ticket.late_contractor,
        "is_emergency": case.ticket.is_emergency,
        "outcome": case.outcome,
        "rating": case.rating,
        "measures": list(case.measures),
        "duplicate_of": case.ticket.merged_into,
        "rework_of": case.rework_of,
        "followers": case.followers,
        "charge_back_twd": case.charge_back_twd,
        "cost_twd": case.cost_twd,
        "orders": len(case.orders),
        "quotes": len(case.quotes),
    }


def _order(order: OrderView) -> Mapping[str, object]:
    return {
        "contractor": order.contractor,
        "repair_class": order.repair_class,
        "due_at": order.due_at,
        "original_due_at": order.original_due_at,
        "is_late": order.is_late,
        "is_extended": order.is_extended,
        "outcome": order.outcome,
        "cost_twd": order.cost_twd,
        "substitute_for": order.substitute_for,
        "rework_count": order.rework_count,
    }


def _entry(entry: LedgerView) -> Mapping[str, object]:
    return {
        "contractor": entry.contractor,
        "charged_twd": entry.account.charged_twd,
        "set_off_twd": entry.account.set_off_twd,
        "paid_twd": entry.account.paid_twd,
        "balance_twd": entry.account.balance_twd,
        "outcome": entry.outcome,
    }
