"""What the diagrams `lease.renewal` and `lease.watch` call."""

from datetime import date, timedelta

from sqlalchemy import select

from engine.calendar import end_of_local_day, local_date
from housing.leases import queries as leases
from housing.leases import service as lease_service
from housing.leases.queries import LeaseView
from housing.leases.service import CoResident, NewLease
from housing.move_outs import service as move_outs
from housing.move_outs.desk import running_case_of
from housing.persons.queries import person
from housing.places.queries import unit
from housing.places.rules import community_scope
from housing.records.rules import account_party
from housing.records.service import take_in
from housing.renewals.models import RenewalCase
from housing.renewals.queries import KEY_PREFIX
from housing.renewals.rules import INVITED_BEFORE, apply_until
from housing.slices import NOTHING, Call, Result

PROCESS = "lease.renewal"
ENDING_MESSAGE = "lease.ends_soon"


def invite_due(call: Call) -> Result:
    """Open a renewal for each lease that ends within 120 days and has none yet.

    Returns:
        opened: how many.
    """
    today = local_date(call.now)
    ending = leases.ending_between(today, today + INVITED_BEFORE, session=call.session)
    known = set(
        call.session.scalars(
            select(RenewalCase.lease_id).where(RenewalCase.lease_id.in_([e.id for e in ending]))
        )
    )
    due = [each for each in ending if each.id not in known and not _is_leaving(call, each)]
    for lease in due:
        _invite(call, lease)
    return {"opened": len(due)}


def open_case(call: Call, lease_id: int) -> Result:
    """Read a lease that ends soon, and let its tenant see the case.

    Returns:
        What the diagram and its forms need: lease_number, home, tenant_id, tenant_account (or
        null), ends_on, apply_until, apply_until_on, rent_twd.
    """
    lease = leases.lease(int(lease_id), session=call.session)
    if call.session.get(RenewalCase, lease.id) is None:
        row = RenewalCase(lease_id=lease.id, instance_id=call.instance.id, opened_at=call.now)
        call.session.add(row)
    account = person(lease.tenant_id, session=call.session).account_id
    if account is not None:
        take_in(call.instance.id, account_party(account), "tenant", session=call.session)
    until = apply_until(lease.end_on)
    return {
        "lease_number": lease.number,
        "home": unit(lease.unit_id, session=call.session).label,
        "tenant_id": lease.tenant_id,
        "tenant_account": None if account is None else str(account),
        "ends_on": lease.end_on,
        "apply_until": max(end_of_local_day(until), call.now + timedelta(days=1)),
        "apply_until_on": until,
        "rent_twd": lease.rent_twd,
    }


def sign_lease(call: Call, lease_id: int, start_on: date, end_on: date, rent_twd: int) -> Result:
    """Sign the lease that continues one; years and deposit are carried over.

    Returns:
        lease_number of the new one.
    """
    old = leases.lease(int(lease_id), session=call.session)
    others = [
        CoResident(person_id=each.person_id, relation=each.relation)
        for each in leases.parties_of(old.id, session=call.session)
        if each.role != "tenant" and each.until_on is None
    ]
    new = NewLease(
        key=call.key,
        unit_id=old.unit_id,
        tenant_id=old.tenant_id,
        start_on=start_on,
        end_on=end_on,
        rent_twd=int(rent_twd),
        deposit_twd=old.deposit_twd,
        co_residents=tuple(others),
        household_class=old.household_class,
        previous_id=old.id,
    )
    new_id = lease_service.sign(new, by=call.by, session=call.session, clock=call.clock)
    call.session.get_one(RenewalCase, old.id).new_lease_id = new_id
    return {"lease_number": leases.lease(new_id, session=call.session).number}


def open_move_out(call: Call, lease_id: int) -> Result:
    """Open the move-out of a lease that is not renewed; one that runs already is enough."""
    lease = leases.lease(int(lease_id), session=call.session)
    if running_case_of(lease.id, session=call.session) is None:
        notice = move_outs.Notice(
            token=f"renewal:{lease.id}",
            lease_id=lease.id,
            reason="term",
            planned_on=lease.end_on,
        )
        move_outs.open_case(
            notice, by=call.by, engine=call.engine, session=call.session, clock=call.clock
        )
    return NOTHING


def _is_leaving(call: Call, lease: LeaseView) -> bool:
    return running_case_of(lease.id, session=call.session) is not None


def _invite(call: Call, lease: LeaseView) -> None:
    """Begin a renewal; the same lease begins one only."""
    call.engine.publish_message(
        ENDING_MESSAGE,
        f"{KEY_PREFIX}{lease.number}",
        {"lease_id": lease.id},
        message_id=f"renewal:{lease.id}",
        scope=community_scope(lease.community_code),
        by=call.by,
        session=call.session,
    )
