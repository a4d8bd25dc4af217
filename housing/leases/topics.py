"""What any diagram may call around leases and homes, by topic."""

from collections.abc import Mapping
from datetime import date

from engine.calendar import local_date
from housing.leases import queries
from housing.places import service as places
from housing.slices import NOTHING, Call, Result, Verb


def set_unit_state(call: Call, unit_id: int, state: str, on: date | None = None) -> Result:
    """Bring a home into another state; today when no day is given."""
    change = places.StateChange(
        unit_id=int(unit_id),
        to_state=state,
        on=on or local_date(call.now),
        key=call.key,
        reason=call.instance.business_key,
        instance_id=call.instance.id,
    )
    places.change_state(change, by=call.by, session=call.session, clock=call.clock)
    return NOTHING


def read(call: Call, lease_id: int, on: date | None = None) -> Result:
    """Read what decisions about a lease ask for.

    Returns:
        unit_id, tenant_id, start_on, end_on, years_used (at the end of the term), arrears_twd (on
        the day), deposit_held_twd, household_class.
    """
    lease = queries.lease(int(lease_id), session=call.session)
    day = on or local_date(call.now)
    return {
        "unit_id": lease.unit_id,
        "tenant_id": lease.tenant_id,
        "start_on": lease.start_on,
        "end_on": lease.end_on,
        "years_used": lease.years_used(),
        "arrears_twd": queries.arrears(lease.id, on=day, session=call.session),
        "deposit_held_twd": queries.deposit_held(lease.id, session=call.session),
        "household_class": lease.household_class,
    }


TOPICS: Mapping[str, Verb] = {
    "lease.read": read,
    "unit.set_state": set_unit_state,
}
