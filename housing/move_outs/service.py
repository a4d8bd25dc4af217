"""The verbs of moving out: open a case, take a notice back, fill the exit sheet, hear the bank."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.records import StepResult
from engine.types import SYSTEM, Actor
from housing.leases import queries as leases
from housing.leases.queries import LeaseView
from housing.move_outs.accounts import NOTICE_FORM, seal_answers
from housing.move_outs.desk import (
    case_by_number,
    case_of_instance,
    exit_sheet,
    home_of,
    next_number,
    running_case_of,
)
from housing.move_outs.errors import CannotWithdraw, InquiryNotOpen, MoveOutRunning
from housing.move_outs.models import BankInquiry, MoveOutCase
from housing.move_outs.rules import HEIRS
from housing.persons.queries import person
from housing.places import service as places
from housing.places.queries import unit
from housing.places.rules import community_scope
from housing.places.service import NewItem
from housing.records.forms import form_in_service
from housing.records.rules import account_party
from housing.records.service import Answers, record, take_in
from housing.vault import Vault

PROCESS = "lease.move_out"
WITHDRAW_MESSAGE = "move_out.withdraw"
EXTENSION_MESSAGE = "move_out.extend_take_over"
CLOSING_MESSAGE = "lease.closing"
BANK_MESSAGE = "bank.account_checked"
WHOLE_MONTH = "whole"


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A lease is to end.

    Attributes:
        token: idempotency key.
        reason: of `rules.REASONS`.
        planned_on: the day on which the household means to leave.
        died_on: day of the tenant's death.
        values: of the form, when there is one.
        part_month: whole or pro_rata, for the rent of the last month.
    """

    token: str
    lease_id: int
    reason: str
    planned_on: date | None = None
    died_on: date | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    part_month: str = WHOLE_MONTH


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitSheet:
    """An exit handover as it is signed: items, meters, keys, signatures."""

    items: tuple[NewItem, ...]
    meters: Mapping[str, object]
    keys: tuple[Mapping[str, object], ...]
    signatures: tuple[Mapping[str, object], ...]


def open_case(  # noqa: PLR0913  # the face of the room
    notice: Notice,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
    vault: Vault | None = None,
) -> StepResult:
    """Open a move-out and start its process. A notice that names an account needs the vault.

    Raises:
        KeyMissing: it names an account and there is no vault.
        LeaseNotFound: there is no such lease.
        MoveOutRunning: the lease is being ended already.
    """
    lease = leases.lease(notice.lease_id, session=session)
    running = running_case_of(lease.id, session=session)
    if running is not None:
        raise MoveOutRunning(lease.number, running.number)
    case = MoveOutCase(
        token=notice.token,
        number=next_number(session, clock),
        lease_id=lease.id,
        unit_id=lease.unit_id,
        reason=notice.reason,
        notice_on=local_date(clock.now()),
        heir_id=_heir(lease, session) if notice.reason == "death" else None,
        state="open",
        is_deemed=False,
        opened_at=clock.now(),
    )
    session.add(case)
    session.flush()
    result = engine.start(
        PROCESS,
        _variables(case, lease, notice, session),
        business_key=case.number,
        scope=community_scope(lease.community_code),
        by=by,
        session=session,
    )
    case.instance_id = result.instance_id
    kept = seal_answers(case, notice.values, vault=vault, session=session, clock=clock)
    _keep(case, lease, kept, result.instance_id, by=by, session=session, clock=clock)
    return result


def withdraw(instance_id: str, *, by: Actor, engine: ProcessEngine, session: Session) -> StepResult:
    """Take a notice back before the exit handover.

    Raises:
        MoveOutNotFound: there is no such case.
        CannotWithdraw: the lease ends for another reason, or the home is offered already.
        MessageNotExpected: the day of the handover has come.
    """
    case = case_of_instance(instance_id, session=session)
    home = unit(case.unit_id, session=session)
    if case.reason != "notice" or home.state != "notice_given":
        raise CannotWithdraw
    return engine.send_message(instance_id, WITHDRAW_MESSAGE, {}, by=by, session=session)


def open_sheet(number: str, *, session: Session, clock: Clock) -> int:
    """Open the exit sheet of a move-out, filled in from the home's register, once.

    Returns:
        The sheet's id.
    """
    case = case_by_number(number, session=session)
    known = exit_sheet(case, session=session)
    if known is not None:
        return known.id
    new = places.NewSheet(
        unit_id=case.unit_id,
        kind="exit",
        held_on=local_date(clock.now()),
        key=f"exit:{case.number}",
        lease_id=case.lease_id,
        instance_id=case.instance_id,
    )
    return places.open_sheet(new, session=session)


def sign_sheet(number: str, sheet: ExitSheet, *, session: Session, clock: Clock) -> None:
    """Complete the exit sheet: from now on it is final.

    Raises:
        SheetFinal: the sheet was signed before.
    """
    sheet_id = open_sheet(number, session=session, clock=clock)
    places.record_items(sheet_id, sheet.items, session=session)
    places.finish_sheet(
        sheet_id,
        meters=sheet.meters,
        keys=sheet.keys,
        signatures=sheet.signatures,
        held_on=local_date(clock.now()),
        session=session,
    )


def answer_inquiry(  # noqa: PLR0913  # the answer, who gave it, and where it goes
    inquiry_id: int,
    *,
    is_match: bool,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> None:
    """Take the bank's answer in; the case that waits for it goes on.

    Raises:
        InquiryNotOpen: there is none, or it was answered.
    """
    inquiry = session.get(BankInquiry, inquiry_id, with_for_update=True)
    if inquiry is None or inquiry.answered_at is not None:
        raise InquiryNotOpen
    inquiry.is_match, inquiry.answered_at, inquiry.answered_by = is_match, clock.now(), by.id
    session.flush()
    engine.publish_message(
        BANK_MESSAGE,
        str(inquiry.id),
        {"is_account_good": is_match},
        message_id=f"bank:{inquiry.id}",
        by=by,
        session=session,
    )


def announce_closing(case: MoveOutCase, *, engine: ProcessEngine, session: Session) -> None:
    """Tell a renewal that still runs for this lease that it is over."""
    engine.publish_message(
        CLOSING_MESSAGE,
        str(case.lease_id),
        message_id=f"closing:{case.number}",
        by=SYSTEM,
        session=session,
    )


def _heir(lease: LeaseView, session: Session) -> int | None:
    """Find who may take over: the spouse before direct relatives, as they stand on the lease."""
    parties = [
        each
        for each in leases.parties_of(lease.id, session=session)
        if each.role != "tenant" and each.relation in HEIRS and each.until_on is None
    ]
    parties.sort(key=lambda each: each.relation != "spouse")
    return parties[0].person_id if parties else None


def _variables(
    case: MoveOutCase, lease: LeaseView, notice: Notice, session: Session
) -> dict[str, object]:
    return {
        "lease_id": lease.id,
        "lease_number": lease.number,
        "unit_id": lease.unit_id,
        "home": home_of(case, session=session),
        "tenant_id": lease.tenant_id,
        "tenant_account": _account(lease.tenant_id, session),
        "heir_id": case.heir_id,
        "heir_account": None if case.heir_id is None else _account(case.heir_id, session),
        "reason": notice.reason,
        "notice_on": case.notice_on,
        "planned_on": notice.planned_on,
        "died_on": notice.died_on,
        "lease_end_on": lease.end_on,
        "part_month": notice.part_month,
        "absent_count": 0,
        "has_goods": False,
        "goods_cost_twd": 0,
    }


def _account(person_id: int, session: Session) -> str | None:
    found = person(person_id, session=session).account_id
    return None if found is None else str(found)


def _keep(  # noqa: PLR0913
    case: MoveOutCase,
    lease: LeaseView,
    values: Mapping[str, object],
    instance_id: str,
    *,
    by: Actor,
    session: Session,
    clock: Clock,
) -> None:
    """Keep the form, and let tenant and heir see the case."""
    if values:
        answers = Answers(
            instance_id=instance_id,
            form=form_in_service(NOTICE_FORM, session=session),
            form_key=NOTICE_FORM,
            values=values,
        )
        record(answers, by=by, session=session, clock=clock)
    for person_id in {lease.tenant_id, case.heir_id} - {None}:
        account = _account(int(person_id or 0), session)
        if account is not None:
            take_in(instance_id, account_party(account), "tenant", session=session)
    session.flush()
