"""Lists for the office and the tenant's own page: leases, move-outs, what leaving costs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine import definition_queries
from engine.decisions import parse_decisions
from engine.types import CITY
from housing.leases import queries as leases
from housing.leases.models import Lease
from housing.leases.queries import LeaseView, MoneyLine
from housing.move_outs.desk import running_case_of
from housing.move_outs.models import MoveOutCase
from housing.move_outs.queries import lease_of_account
from housing.move_outs.rules import rent_of_last_month
from housing.move_outs.service import PROCESS, WHOLE_MONTH
from housing.persons.models import Person
from housing.places import handovers
from housing.places.models import Community, Unit
from housing.places.queries import unit
from housing.places.rules import code_of

LEASE_STATES = ("active", "ending", "leaving", "ended")
"""Filters of the list: running, ending within 120 days, with a move-out, over."""

MOVE_OUT_STATES = ("open", "handed_over", "settled", "closed", "withdrawn", "taken_over")
OVER = ("withdrawn", "taken_over", "closed")
SOON = timedelta(days=120)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which part of a list to read.

    Attributes:
        scopes: of communities, or the city.
        text: a number, a home or a name.
        state: of `LEASE_STATES` or `MOVE_OUT_STATES`; "" for all.
    """

    scopes: Collection[str] = (CITY,)
    text: str = ""
    state: str = ""
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaseRow:
    """A lease as a line; `move_out` is the number of the case in which it ends, or None."""

    number: str
    home: str
    tenant_id: int
    tenant_name: str
    end_on: date
    state: str
    arrears_twd: int
    move_out: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveOutRow:
    """A move-out as a line; `vacancy_days` are null as long as the household lives there."""

    number: str
    home: str
    tenant_name: str
    reason: str
    state: str
    leave_on: date | None
    handed_over_on: date | None
    vacancy_days: int | None
    refunded_twd: int | None
    opened_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnLease:
    """A tenant's lease as his page shows it.

    Attributes:
        lines: what was charged and paid, newest first.
        move_out: number of the case in which it ends, or None.
        is_only_notice: that case can still be taken back by the tenant.
    """

    lease: LeaseView
    home: str
    deposit_held_twd: int
    arrears_twd: int
    lines: tuple[MoneyLine, ...]
    move_out: str | None
    leave_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """What leaving on a day means: the last day, the last day of rent, and the last rent."""

    leave_on: date
    rent_until: date
    last_rent_twd: int

    @property
    def is_short(self) -> bool:
        """Tell whether rent runs on after the household has left."""
        return self.rent_until > self.leave_on


def leases_listed(wanted: Wanted, *, today: date, session: Session) -> tuple[list[LeaseRow], int]:
    """List leases, those that end first on top, with their total."""
    found = (
        select(Lease, Unit.code, Community.name, Person.name)
        .join(Unit, Unit.id == Lease.unit_id)
        .join(Community, Community.code == Unit.community_code)
        .join(Person, Person.id == Lease.tenant_id)
        .where(*_scoped(wanted), *_of_state(wanted.state, today))
    )
    if wanted.text:
        found = found.where(_matches(wanted.text, Lease.number))
    total = _count(found, session)
    rows = session.execute(
        found.order_by(Lease.end_on, Lease.id).offset(wanted.offset).limit(wanted.limit)
    ).all()
    leaving = _leaving([row[0].id for row in rows], session)
    return [
        LeaseRow(
            number=lease.number,
            home=f"{community} {code}",
            tenant_id=lease.tenant_id,
            tenant_name=name,
            end_on=lease.end_on,
            state=lease.state,
            arrears_twd=leases.arrears(lease.id, on=today, session=session),
            move_out=leaving.get(lease.id),
        )
        for lease, code, community, name in rows
    ], total


def move_outs_listed(
    wanted: Wanted, *, today: date, session: Session
) -> tuple[list[MoveOutRow], int]:
    """List move-outs, the newest first, with their total."""
    found = (
        select(MoveOutCase, Unit.code, Community.name, Person.name)
        .join(Unit, Unit.id == MoveOutCase.unit_id)
        .join(Community, Community.code == Unit.community_code)
        .join(Lease, Lease.id == MoveOutCase.lease_id)
        .join(Person, Person.id == Lease.tenant_id)
        .where(*_scoped(wanted))
    )
    if wanted.state:
        found = found.where(MoveOutCase.state == wanted.state)
    if wanted.text:
        found = found.where(_matches(wanted.text, MoveOutCase.number))
    total = _count(found, session)
    rows = session.execute(
        found.order_by(MoveOutCase.id.desc()).offset(wanted.offset).limit(wanted.limit)
    )
    return [
        MoveOutRow(
            number=case.number,
            home=f"{community} {code}",
            tenant_name=name,
            reason=case.reason,
            state=case.state,
            leave_on=case.leave_on,
            handed_over_on=case.handed_over_on,
            vacancy_days=vacancy_since(case.unit_id, case.handed_over_on, today, session=session),
            refunded_twd=case.refunded_twd,
            opened_at=case.opened_at,
        )
        for case, code, community, name in rows
    ], total


def vacancy_since(
    unit_id: int, since_on: date | None, today: date, *, session: Session
) -> int | None:
    """Count the days on which a home stood empty since a handover, up to the next lease."""
    if since_on is None:
        return None
    until = handovers.vacancy_of(unit_id, until=today, session=session)
    return until - handovers.vacancy_of(unit_id, until=since_on, session=session)


def own_lease(account_id: int, *, today: date, session: Session) -> OwnLease | None:
    """Read the running lease of a tenant's account; None when he has none."""
    lease = lease_of_account(account_id, session=session)
    if lease is None:
        return None
    case = running_case_of(lease.id, session=session)
    lines = leases.account_lines(lease.id, session=session)
    return OwnLease(
        lease=lease,
        home=unit(lease.unit_id, session=session).label,
        deposit_held_twd=leases.deposit_held(lease.id, session=session),
        arrears_twd=leases.arrears(lease.id, on=today, session=session),
        lines=tuple(reversed(lines)),
        move_out=case.number if case else None,
        leave_on=case.leave_on if case else None,
    )


def running_number(lease_id: int, *, session: Session) -> str | None:
    """Find the number of the move-out in which a lease ends, or None."""
    case = running_case_of(lease_id, session=session)
    return case.number if case else None


def leaving(
    lease: LeaseView, planned_on: date, *, now: datetime, today: date, session: Session
) -> Leaving:
    """Tell what the deployed decision `leaving_terms` says of a notice given today.

    Raises:
        DefinitionNotFound: the process is not deployed.
        DecisionFailed: the decision cannot be read or says nothing.
    """
    deployed = definition_queries.definition(PROCESS, None, session)
    table = definition_queries.resource(deployed.id, "leaving_terms.dmn", session)
    terms = parse_decisions(table).evaluate(
        "leaving_terms",
        {
            "reason": "notice",
            "part_month": WHOLE_MONTH,
            "planned_on": planned_on,
            "notice_on": today,
            "lease_end_on": lease.end_on,
        },
        now=now,
    )
    value = terms.value if isinstance(terms.value, dict) else {}
    leave_on, rent_until = value["leave_on"], value["rent_until"]
    return Leaving(
        leave_on=leave_on,
        rent_until=rent_until,
        last_rent_twd=rent_of_last_month(lease.rent_twd, rent_until),
    )


def _scoped(wanted: Wanted) -> list[ColumnElement[bool]]:
    if CITY in wanted.scopes:
        return []
    return [Unit.community_code.in_([code_of(each) for each in wanted.scopes])]


def _of_state(state: str, today: date) -> list[ColumnElement[bool]]:
    running = Lease.state == "active"
    leaving_ids = select(MoveOutCase.lease_id).where(MoveOutCase.state.not_in(OVER))
    by_state: dict[str, list[ColumnElement[bool]]] = {
        "active": [running],
        "ending": [running, Lease.end_on <= today + SOON],
        "leaving": [Lease.id.in_(leaving_ids)],
        "ended": [Lease.state == "ended"],
    }
    return by_state.get(state, [])


def _matches(text: str, number: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    wanted = text.strip().upper()
    return or_(
        func.upper(number).contains(wanted, autoescape=True),
        func.upper(Unit.code).contains(wanted, autoescape=True),
        Person.name.contains(text.strip(), autoescape=True),
    )


def _count(
    found: Select[Lease, str, str, str] | Select[MoveOutCase, str, str, str], session: Session
) -> int:
    rows = found.order_by(None).subquery()
    return int(session.scalar(select(func.count()).select_from(rows)) or 0)


def _leaving(lease_ids: Collection[int], session: Session) -> dict[int, str]:
    rows = session.execute(
        select(MoveOutCase.lease_id, MoveOutCase.number).where(
            MoveOutCase.lease_id.in_(lease_ids), MoveOutCase.state.not_in(OVER)
        )
    )
    return {row.lease_id: row.number for row in rows}
