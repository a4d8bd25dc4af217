"""The verbs of leases: sign, end, take over, deposit, charges and payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.types import Actor
from forms.dates import republic_year
from housing.leases.errors import (
    AmountInvalid,
    LeaseEnded,
    LeaseNotFound,
    LeasePeriodInvalid,
    NotOnTheLease,
    UnitIsLet,
)
from housing.leases.models import AccountEntry, DepositEntry, Lease, LeaseParty, LeaseSerial
from housing.leases.rules import end_of_term, lease_number, signed_amount
from housing.persons.models import Person
from housing.places import service as places
from housing.places.models import Unit
from housing.serials import take_serials


@dataclass(frozen=True, kw_only=True, slots=True)
class CoResident:
    """A person who lives in the home beside the tenant; relation to the tenant."""

    person_id: int
    relation: str = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLease:
    """A lease to sign.

    Attributes:
        key: idempotency key; the same key gives the same lease.
        end_on: last day; three years less a day when absent.
        used_since: first day in social housing without a break; the start when absent.
        months_before: of social housing elsewhere.
        previous_id: the lease that this one continues, which ends with its term as "renewed".
    """

    key: str
    unit_id: int
    tenant_id: int
    start_on: date
    rent_twd: int
    deposit_twd: int
    co_residents: tuple[CoResident, ...] = ()
    end_on: date | None = None
    household_class: str = "general"
    used_since: date | None = None
    months_before: int = 0
    previous_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """Money of a lease.

    Attributes:
        kind: of `rules.DEPOSIT_KINDS` or `rules.CHARGE_KINDS`.
        amount_twd: above zero; the kind gives it its sign.
        key: idempotency key; the same key changes nothing a second time.
    """

    lease_id: int
    kind: str
    amount_twd: int
    key: str
    reason: str = ""
    instance_id: str | None = None


def sign(new: NewLease, *, by: Actor, session: Session, clock: Clock) -> int:
    """Sign a lease: its people move in on the first day, and the home is let.

    Returns:
        The lease's id.

    Raises:
        LeasePeriodInvalid: it ends before it begins.
        UnitIsLet: another lease runs in its time.
        UnitStateNotReachable: the home is not to be let.
    """
    known = session.scalars(select(Lease.id).where(Lease.idem == new.key)).first()
    if known is not None:
        return known
    end_on = new.end_on or end_of_term(new.start_on)
    _ensure_free(new, end_on, session)
    lease = Lease(
        number=_next_number(session, clock),
        idem=new.key,
        unit_id=new.unit_id,
        tenant_id=new.tenant_id,
        household_class=new.household_class,
        start_on=new.start_on,
        end_on=end_on,
        rent_twd=new.rent_twd,
        deposit_twd=new.deposit_twd,
        used_since=new.used_since or new.start_on,
        months_before=new.months_before,
        state="active",
        previous_id=new.previous_id,
        signed_at=clock.now(),
    )
    session.add(lease)
    session.flush()
    parties = {each.person_id: each for each in new.co_residents}
    _take_in(lease, new.tenant_id, "tenant", "self", new.start_on, session)
    for person_id, each in parties.items():
        _take_in(lease, person_id, "co_resident", each.relation, new.start_on, session)
    if new.previous_id is not None:
        _continue(_lease(new.previous_id, session), lease, by=by, session=session, clock=clock)
    _let(lease, by=by, session=session, clock=clock)
    return lease.id


def end(lease_id: int, on: date, reason: str, *, session: Session) -> None:
    """End a lease; `on` is the last day of rent. The home's state is the handover's matter.

    Raises:
        LeaseNotFound: there is none.
        LeasePeriodInvalid: the day lies before the start.
    """
    lease = _lease(lease_id, session)
    if lease.state == "ended":
        return
    if on < lease.start_on:
        raise LeasePeriodInvalid
    lease.state, lease.ended_on, lease.end_reason = "ended", min(on, lease.end_on), reason
    session.execute(
        update(LeaseParty)
        .where(LeaseParty.lease_id == lease.id, LeaseParty.until_on.is_(None))
        .values(until_on=on)
    )
    places.move_out(lease.unit_id, on=on, session=session)
    session.flush()


def take_over(lease_id: int, person_id: int, on: date, *, session: Session) -> None:
    """Put a co-resident in the tenant's place from a day on: same term, same terms.

    Raises:
        LeaseNotFound, LeaseEnded: there is no running lease.
        NotOnTheLease: the person is not registered on it.
    """
    lease = _running(lease_id, session)
    if lease.tenant_id == person_id:
        return
    present = select(LeaseParty).where(
        LeaseParty.lease_id == lease.id, LeaseParty.until_on.is_(None)
    )
    parties = {row.person_id: row for row in session.scalars(present)}
    heir = parties.get(person_id)
    if heir is None:
        raise NotOnTheLease
    former = parties.get(lease.tenant_id)
    if former is not None:
        former.until_on = on
        accounts = _accounts([former.person_id], session)
        places.move_out(lease.unit_id, on=on, account_ids=accounts, session=session)
    heir.role, heir.relation, lease.tenant_id = "tenant", "self", person_id
    session.flush()


def record_deposit(movement: Movement, *, by: Actor, session: Session, clock: Clock) -> None:
    """Record a movement of a lease's deposit.

    Raises:
        LeaseNotFound: there is none.
        AmountInvalid: the amount is not above zero.
    """
    if _is_known(DepositEntry, movement.key, session):
        return
    session.add(
        DepositEntry(
            idem=movement.key,
            lease_id=_lease(movement.lease_id, session).id,
            kind=movement.kind,
            amount_twd=signed_amount(movement.kind, _amount(movement)),
            at=clock.now(),
            reason=movement.reason,
            actor_id=by.id,
            instance_id=movement.instance_id,
        )
    )
    session.flush()


def charge(movement: Movement, due_on: date, *, session: Session, clock: Clock) -> None:
    """Charge an amount to a lease, due on a day.

    Raises:
        LeaseNotFound: there is none.
        AmountInvalid: the amount is not above zero.
    """
    _enter(movement, _amount(movement), due_on, session, clock)


def record_payment(movement: Movement, *, session: Session, clock: Clock) -> None:
    """Record money that came for a lease today.

    Raises:
        LeaseNotFound: there is none.
        AmountInvalid: the amount is not above zero.
    """
    _enter(movement, -_amount(movement), local_date(clock.now()), session, clock)


def _enter(
    movement: Movement, amount_twd: int, due_on: date, session: Session, clock: Clock
) -> None:
    if _is_known(AccountEntry, movement.key, session):
        return
    session.add(
        AccountEntry(
            idem=movement.key,
            lease_id=_lease(movement.lease_id, session).id,
            kind=movement.kind,
            amount_twd=amount_twd,
            due_on=due_on,
            text=movement.reason,
            at=clock.now(),
            instance_id=movement.instance_id,
        )
    )
    session.flush()


def _amount(movement: Movement) -> int:
    if movement.amount_twd <= 0:
        raise AmountInvalid
    return movement.amount_twd


def _is_known(table: type[DepositEntry | AccountEntry], key: str, session: Session) -> bool:
    return session.scalars(select(table.id).where(table.idem == key)).first() is not None


def _ensure_free(new: NewLease, end_on: date, session: Session) -> None:
    if end_on < new.start_on:
        raise LeasePeriodInvalid
    session.get(Unit, new.unit_id, with_for_update=True)  # one signing a home at a time
    others = session.scalars(
        select(Lease).where(
            Lease.unit_id == new.unit_id,
            Lease.state == "active",
            Lease.start_on <= end_on,
            Lease.end_on >= new.start_on,
        )
    )
    for other in others:
        raise UnitIsLet(other.end_on.isoformat())


def _continue(previous: Lease, lease: Lease, *, by: Actor, session: Session, clock: Clock) -> None:
    """Carry years and deposit over to the next term; the household stays where it is."""
    lease.used_since, lease.months_before = previous.used_since, previous.months_before
    previous.state, previous.ended_on, previous.end_reason = "ended", previous.end_on, "renewed"
    session.execute(
        update(LeaseParty)
        .where(LeaseParty.lease_id == previous.id, LeaseParty.until_on.is_(None))
        .values(until_on=previous.end_on)
    )
    held = session.scalar(
        select(func.sum(DepositEntry.amount_twd)).where(DepositEntry.lease_id == previous.id)
    )
    for lease_id, kind in ((previous.id, "carried_on"), (lease.id, "carried_over")):
        if held:
            movement = Movement(
                lease_id=lease_id, kind=kind, amount_twd=held, key=f"{kind}:{lease.id}"
            )
            record_deposit(movement, by=by, session=session, clock=clock)
    session.flush()


def _let(lease: Lease, *, by: Actor, session: Session, clock: Clock) -> None:
    parties = select(LeaseParty.person_id).where(LeaseParty.lease_id == lease.id)
    accounts = _accounts(session.scalars(parties).all(), session)
    places.move_in(lease.unit_id, accounts, on=lease.start_on, session=session)
    unit = session.get_one(Unit, lease.unit_id)
    if unit.state == "leased":
        return
    change = places.StateChange(
        unit_id=unit.id,
        to_state="leased",
        on=lease.start_on,
        key=f"lease:{lease.id}",
        reason=lease.number,
    )
    places.change_state(change, by=by, session=session, clock=clock)


def _take_in(  # noqa: PLR0913  # one line of the lease
    lease: Lease, person_id: int, role: str, relation: str, on: date, session: Session
) -> None:
    session.add(
        LeaseParty(
            lease_id=lease.id,
            person_id=person_id,
            role=role,
            relation=relation,
            from_on=on,
            until_on=None,
        )
    )
    session.flush()


def _accounts(person_ids: Iterable[int], session: Session) -> list[int]:
    found = select(Person.account_id).where(
        Person.id.in_(list(person_ids)), Person.account_id.is_not(None)
    )
    return [each for each in session.scalars(found) if each is not None]


def _next_number(session: Session, clock: Clock) -> str:
    """Take the next number of the year of the Republic."""
    year = republic_year(local_date(clock.now()))
    return lease_number(year, take_serials(LeaseSerial, year, session=session))


def _lease(lease_id: int, session: Session) -> Lease:
    found = session.get(Lease, lease_id)
    if found is None:
        raise LeaseNotFound(str(lease_id))
    return found


def _running(lease_id: int, session: Session) -> Lease:
    lease = _lease(lease_id, session)
    if lease.state == "ended":
        raise LeaseEnded(lease.number)
    return lease
