"""The weekly look at leases and accounts: who moved in as 關懷戶, who owes two months of rent."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from housing.care.desk import open_case_of
from housing.care.models import CareSignal
from housing.care.service import Signal, signal
from housing.leases.models import Lease
from housing.leases.queries import arrears
from housing.slices import Call, Result

NEW_FOR_DAYS = 31
"""So long a move-in counts as new; the watch comes more often, and no home twice."""

MONTHS_OWED = 2


def watch(call: Call) -> Result:
    """Open a case for each household that moved in as 關懷戶 or owes two months of rent."""
    opened = 0
    for new in _signals(call):
        if _is_known(new, call.session):
            continue
        made = signal(new, by=call.by, engine=call.engine, session=call.session, clock=call.clock)
        opened += made.is_new_case
    return {"opened": opened}


def _is_known(new: Signal, session: Session) -> bool:
    """Tell whether the signal came before, or the household's open case has one of its source."""
    same = CareSignal.key == new.key
    case = open_case_of(new.unit_id, session=session)
    if case is not None:
        same = or_(same, and_(CareSignal.case_id == case.id, CareSignal.source == new.source))
    return session.scalar(select(CareSignal.id).where(same).limit(1)) is not None


def _signals(call: Call) -> Iterator[Signal]:
    today = local_date(call.now)
    leases = call.session.scalars(select(Lease).where(Lease.state == "active").order_by(Lease.id))
    for lease in leases:
        if _is_new_care_household(lease, today):
            yield _signal(f"move_in:{lease.id}", "move_in", lease, call)
        owed = arrears(lease.id, on=today, session=call.session)
        if lease.rent_twd > 0 and owed >= MONTHS_OWED * lease.rent_twd:
            yield _signal(f"arrears:{lease.id}:{today:%Y%m}", "arrears", lease, call)


def _is_new_care_household(lease: Lease, today: date) -> bool:
    is_new = today - timedelta(days=NEW_FOR_DAYS) <= lease.start_on <= today
    return is_new and lease.household_class.lower() == "care" and lease.previous_id is None


def _signal(key: str, source: str, lease: Lease, call: Call) -> Signal:
    return Signal(key=key, source=source, unit_id=lease.unit_id, seen_at=call.now)
