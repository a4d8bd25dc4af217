"""Read move-outs for pages, forms and scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.calendar import local_date
from housing.leases import queries as leases
from housing.leases.queries import LeaseView
from housing.move_outs.desk import case_by_number, exit_sheet, lease_of
from housing.move_outs.models import BankInquiry, MoveOutCase, SettlementLine
from housing.persons.queries import person, person_of_account
from housing.places import handovers
from housing.places.handovers import ItemView
from housing.places.queries import unit
from housing.records.service import latest_answers

RELATIONS: Mapping[str, str] = {
    "spouse": "配偶",
    "child": "子女",
    "parent": "父母",
    "grandchild": "孫子女",
    "grandparent": "祖父母",
}
"""What the form of a take-over stores, to what officers read in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of a settlement."""

    kind: str
    text: str
    amount_twd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Inquiry:
    """A question to the bank that waits for its answer; the account number is masked."""

    id: int
    number: str
    bank_code: str
    account_number: str
    holder_name: str
    asked_at: datetime


def open_inquiries(*, session: Session) -> list[Inquiry]:
    """List the questions that the bank has not answered, oldest first."""
    rows = session.execute(
        select(BankInquiry, MoveOutCase.number)
        .join(MoveOutCase, MoveOutCase.id == BankInquiry.case_id)
        .where(BankInquiry.answered_at.is_(None))
        .order_by(BankInquiry.id)
    )
    return [
        Inquiry(
            id=row.id,
            number=number,
            bank_code=row.bank_code,
            account_number=row.account_number,
            holder_name=row.holder_name,
            asked_at=row.asked_at,
        )
        for row, number in rows
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseView:
    """A move-out as its case page shows it.

    Attributes:
        tenant_account: id of the tenant's account, or None.
        deposit_twd: what was paid, whatever became of it since.
        is_deemed: the handover was deemed done.
    """

    number: str
    home: str
    unit_id: int
    lease_number: str
    tenant_name: str
    tenant_account: int | None
    reason: str
    state: str
    leave_on: date | None
    rent_until: date | None
    handed_over_on: date | None
    is_deemed: bool
    deposit_twd: int
    refunded_twd: int | None


def case_view(number: str, *, session: Session) -> CaseView:
    """Read a move-out for its case page.

    Raises:
        MoveOutNotFound: there is none.
    """
    case = case_by_number(number, session=session)
    lease = lease_of(case, session=session)
    tenant = person(lease.tenant_id, session=session)
    deposit = leases.deposit_lines(case.lease_id, session=session)
    return CaseView(
        number=case.number,
        home=unit(case.unit_id, session=session).label,
        unit_id=case.unit_id,
        lease_number=lease.number,
        tenant_name=tenant.name,
        tenant_account=tenant.account_id,
        reason=case.reason,
        state=case.state,
        leave_on=case.leave_on,
        rent_until=case.rent_until,
        handed_over_on=case.handed_over_on,
        is_deemed=case.is_deemed,
        deposit_twd=sum(line.amount_twd for line in deposit if line.kind == "paid"),
        refunded_twd=case.refunded_twd,
    )


def disputed_items(number: str, *, session: Session) -> list[ItemView]:
    """List the items of the exit sheet that the tenant disputes."""
    sheet = exit_sheet(case_by_number(number, session=session), session=session)
    items = sheet.items if sheet is not None else ()
    return [each for each in items if each.details.get("is_disputed")]


def lease_of_account(account_id: int, *, session: Session) -> LeaseView | None:
    """Find the running lease whose tenant an account is; None when it is nobody's."""
    someone = person_of_account(account_id, session=session)
    if someone is None:
        return None
    found = leases.leases_of_person(someone.id, session=session)
    return next((each for each in found if each.tenant_id == someone.id), None)


def settlement(number: str, *, session: Session) -> list[Line]:
    """List the lines of a settlement that are not zero."""
    case = case_by_number(number, session=session)
    rows = session.scalars(
        select(SettlementLine)
        .where(SettlementLine.case_id == case.id, SettlementLine.amount_twd != 0)
        .order_by(SettlementLine.id)
    )
    return [Line(kind=row.kind, text=row.text, amount_twd=row.amount_twd) for row in rows]


def context(number: str, *, session: Session, now: datetime) -> Mapping[str, object]:
    """Give the names that the forms of a move-out may use beside the process's variables."""
    case = case_by_number(number, session=session)
    lines = settlement(number, session=session)
    deposit = leases.deposit_held(case.lease_id, session=session)
    words = "；".join(f"{line.text} {line.amount_twd:,} 元" for line in lines) or "無應扣款項"
    heir = latest_answers(case.instance_id or "", "move_out/take_over", session=session)
    return {
        "now": now,
        "number": number,
        "settlement_words": f"押金 {deposit:,} 元。{words}。",
        "relation_words": RELATIONS.get(str(heir.get("relation")), "—"),
    }


def facts(number: str, *, session: Session, now: datetime) -> Mapping[str, Mapping[str, object]]:
    """Give the facts of a move-out: move_out, lease, unit and settlement."""
    case = case_by_number(number, session=session)
    lease = lease_of(case, session=session)
    home = unit(case.unit_id, session=session)
    lines = settlement(number, session=session)
    deposit = leases.deposit_lines(case.lease_id, session=session)
    return {
        "move_out": {
            "reason": case.reason,
            "state": case.state,
            "leave_on": case.leave_on,
            "rent_until": case.rent_until,
            "handed_over_on": case.handed_over_on,
            "is_deemed": case.is_deemed,
            "refunded_twd": case.refunded_twd,
        },
        "lease": {
            "state": lease.state,
            "end_on": lease.end_on,
            "ended_on": lease.ended_on,
            "end_reason": lease.end_reason,
            "tenant": person(lease.tenant_id, session=session).name,
            "arrears_twd": leases.arrears(lease.id, on=date.max, session=session),
        },
        "unit": {
            "state": home.state,
            "vacancy_days": handovers.vacancy_of(
                case.unit_id, until=local_date(now), session=session
            ),
        },
        "settlement": {
            **{line.kind: line.amount_twd for line in lines},
            **{f"deposit_{line.kind}": line.amount_twd for line in deposit},
        },
    }


FACT_KINDS = frozenset({"move_out", "lease", "unit", "settlement"})
"""The kinds of facts above."""


def settled_by(instance_id: str, *, session: Session) -> str | None:
    """Tell who drew the settlement up last."""
    lines = engine_queries.history_of(instance_id, session)
    done = [
        line.actor_id
        for line in lines
        if line.kind == "task_completed" and line.element_id == "settle"
    ]
    return done[-1] if done else None
