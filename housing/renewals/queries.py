"""Read renewals for forms and scenarios."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from housing.leases import queries as leases
from housing.leases.models import Lease
from housing.leases.queries import LeaseView
from housing.places.queries import unit
from housing.records.service import latest_answers
from housing.renewals.models import RenewalCase
from housing.renewals.rules import next_term

REVIEW_FORM = "lease_renewal/review"
KEY_PREFIX = "R-"


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalView:
    """A renewal and its lease.

    Attributes:
        lease: the one that ends.
        new_lease: the one that continues it, or None.
    """

    instance_id: str
    lease: LeaseView
    new_lease: LeaseView | None
    opened_at: datetime


def renewal(business_key: str, *, session: Session) -> RenewalView:
    """Read a renewal by the business key of its case, R-<number of the lease>.

    Raises:
        LeaseNotFound: there is no such lease.
    """
    lease = leases.lease_by_number(business_key.removeprefix(KEY_PREFIX), session=session)
    row = session.scalars(select(RenewalCase).where(RenewalCase.lease_id == lease.id)).one()
    new = row.new_lease_id
    return RenewalView(
        instance_id=row.instance_id,
        lease=lease,
        new_lease=None if new is None else leases.lease(new, session=session),
        opened_at=row.opened_at,
    )


def context(business_key: str, *, session: Session, now: datetime) -> Mapping[str, object]:
    """Give the names that the forms of a renewal may use beside the process's variables."""
    found = renewal(business_key, session=session)
    answers = latest_answers(found.instance_id, REVIEW_FORM, session=session)
    start_on, end_on = next_term(found.lease.end_on, None)
    rows = answers.get("defects")
    defects = [str(row["text"]) for row in rows] if isinstance(rows, list) else []
    return {
        "now": now,
        "review_reason": answers.get("reason") or "—",
        "defects_text": "、".join(defects) or "—",
        "next_start_on": start_on,
        "next_end_on": end_on,
    }


def facts(
    business_key: str, *, session: Session, now: datetime
) -> Mapping[str, Mapping[str, object]]:
    """Give the facts of a renewal: old_lease and new_lease."""
    del now  # a renewal has no facts of the instant
    found = renewal(business_key, session=session)
    new = found.new_lease
    return {
        "old_lease": {
            "state": found.lease.state,
            "end_reason": found.lease.end_reason,
            "years_used": found.lease.years_used(),
        },
        "new_lease": {}
        if new is None
        else {
            "start_on": new.start_on,
            "end_on": new.end_on,
            "rent_twd": new.rent_twd,
            "deposit_held_twd": leases.deposit_held(new.id, session=session),
        },
    }


FACT_KINDS = frozenset({"old_lease", "new_lease"})
"""The kinds of facts above."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalState:
    """How far the renewal of a lease is.

    Attributes:
        number: business key of its case.
        status: of the process instance.
        new_lease: number of the lease that continues it, or None.
    """

    number: str
    status: str
    new_lease: str | None


def state_of(lease_id: int, *, session: Session) -> RenewalState | None:
    """Read how far the renewal of a lease is; None when the tenant was not invited yet."""
    row = session.get(RenewalCase, lease_id)
    if row is None:
        return None
    case = engine_queries.instance(row.instance_id, session)
    new = row.new_lease_id
    return RenewalState(
        number=case.business_key,
        status=case.status,
        new_lease=None if new is None else leases.lease(new, session=session).number,
    )


def running(lease_numbers: Collection[str], *, session: Session) -> dict[str, str]:
    """Map lease numbers to the renewals that run for them."""
    rows = session.execute(
        select(Lease.number, RenewalCase.instance_id)
        .join(RenewalCase, RenewalCase.lease_id == Lease.id)
        .where(Lease.number.in_(lease_numbers))
    )
    return {
        number: f"{KEY_PREFIX}{number}"
        for number, instance_id in rows
        if engine_queries.instance(instance_id, session).status == "active"
    }


def home_of(view: RenewalView, *, session: Session) -> str:
    """Name the home of a renewal: community and unit."""
    return unit(view.lease.unit_id, session=session).label
