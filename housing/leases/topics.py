"""What any diagram may call around leases and homes, by topic."""

from collections.abc import Mapping
from datetime import date

from engine.calendar import local_date
from housing.leases import queries, service
from housing.places import service as places
from housing.slices import NOTHING, Call, Result, Verb


def end(call: Call, lease_id: int, reason: str, on: date | None = None) -> Result:
    """End a lease; `on` is the last day of rent, today when absent.

    Args:
        call: the circumstances.
        lease_id: the lease.
        reason: term, notice, termination or death.
        on: a day.
    """
    service.end(int(lease_id), on or local_date(call.now), reason, session=call.session)
    return NOTHING


def take_over(call: Call, lease_id: int, person_id: int, on: date | None = None) -> Result:
    """Put a person of the lease in the tenant's place: same term, same terms."""
    day = on or local_date(call.now)
    service.take_over(int(lease_id), int(person_id), day, session=call.session)
    return NOTHING


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
    "lease.end": end,
    "lease.take_over": take_over,
    "unit.set_state": set_unit_state,
}
