"""The accounts that deposits go back to: sealed, opened for the bank and for a logged reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.records import UserTask
from engine.types import Actor
from housing.errors import KeyMissing
from housing.move_outs.desk import case_by_number, case_of_instance, lease_of
from housing.move_outs.errors import AccountMissing
from housing.move_outs.models import BankInquiry, MoveOutCase, RefundAccount
from housing.persons.queries import person
from housing.persons.service import Reading, note_reading
from housing.records.models import FormSubmission
from housing.vault import Place, Vault

NOTICE_FORM = "move_out/notice"
ACCOUNT_FORM = "move_out/fix_account"
FIELD = "bank_account"
CODE_FIELD = "bank_code"
_SHOWN = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountView:
    """The account of a move-out, its number masked; the holder is the tenant."""

    number: str
    holder_name: str
    bank_code: str
    masked: str


def mask_account(number: str) -> str:
    """Hide an account number but for its last four digits."""
    return "*" * (len(number) - _SHOWN) + number[-_SHOWN:]


def seal_answers(
    case: MoveOutCase,
    values: Mapping[str, object],
    *,
    vault: Vault | None,
    session: Session,
    clock: Clock,
) -> Mapping[str, object]:
    """Seal the account of a form and give its answers with the number masked.

    Raises:
        KeyMissing: there is an account and no vault.
    """
    number = str(values.get(FIELD) or "")
    if not number:
        return values
    if vault is None:
        raise KeyMissing("-")
    code = str(values.get(CODE_FIELD) or "")
    row = _seal(case.id, code, number, clock.now(), vault=vault, session=session)
    return {**values, FIELD: row.masked}


def keep(
    task: UserTask,
    values: Mapping[str, object],
    *,
    session: Session,
    clock: Clock,
    vault: Vault | None,
    **_by: object,
) -> Mapping[str, object]:
    """Keep the account of a task's form sealed; the record of the case holds a mask.

    Raises:
        KeyMissing: there is an account and no vault.
    """
    if not values.get(FIELD):
        return values
    case = case_of_instance(task.instance_id, session=session)
    return seal_answers(case, values, vault=vault, session=session, clock=clock)


def newest(case_id: int, *, session: Session) -> RefundAccount | None:
    """Find the account that a case named last; None as long as there is none."""
    wanted = select(RefundAccount).where(RefundAccount.case_id == case_id)
    newest_first = wanted.order_by(RefundAccount.given_at.desc(), RefundAccount.id.desc())
    return session.scalars(newest_first.limit(1)).first()


def is_named(number: str, *, session: Session) -> bool:
    """Tell whether a move-out has an account.

    Raises:
        MoveOutNotFound: there is no such case.
    """
    return newest(case_by_number(number, session=session).id, session=session) is not None


def account_view(number: str, *, session: Session) -> AccountView:
    """Read the account of a move-out with its number masked.

    Raises:
        MoveOutNotFound: there is no such case.
        AccountMissing: it names no account.
    """
    case, row = _named(number, session)
    tenant_id = lease_of(case, session=session).tenant_id
    return AccountView(
        number=case.number,
        holder_name=person(tenant_id, session=session).name,
        bank_code=row.bank_code,
        masked=row.masked,
    )


def asked_number(inquiry: BankInquiry, *, vault: Vault, session: Session) -> str:
    """Open the number that a question to the bank is about.

    Raises:
        KeyMissing, SealBroken: as `Vault.open`.
    """
    if inquiry.account_id is None:
        return inquiry.account_number  # asked before accounts were sealed, or without one
    return _open(session.get_one(RefundAccount, inquiry.account_id), vault)


def read_account(  # noqa: PLR0913  # who reads what, why: all of it is logged
    number: str, purpose: str, *, by: Actor, vault: Vault, session: Session, clock: Clock
) -> str:
    """Read the account of a move-out unmasked; who, when, why is written down first.

    Raises:
        MoveOutNotFound: there is no such case.
        AccountMissing: it names no account.
        PurposeMissing: the purpose is too short to mean anything.
        KeyMissing, SealBroken: as `Vault.open`.
    """
    case, row = _named(number, session)
    tenant_id = lease_of(case, session=session).tenant_id
    reading = Reading(
        person_id=tenant_id, field=FIELD, purpose=purpose, instance_id=case.instance_id
    )
    note_reading(reading, by=by, session=session, clock=clock)
    return _open(row, vault)


def seal_anew(*, vault: Vault, session: Session, limit: int = 500) -> int:
    """Bring up to `limit` account numbers under the newest key.

    Numbers in questions to the bank and in records of forms from before sealing are sealed now.

    Returns:
        How many were changed; 0 when all are.
    """
    steps = (_seal_inquiries, _seal_records, _renew)
    return next((count for step in steps if (count := step(vault, session, limit))), 0)


def _named(number: str, session: Session) -> tuple[MoveOutCase, RefundAccount]:
    case = case_by_number(number, session=session)
    row = newest(case.id, session=session)
    if row is None:
        raise AccountMissing(case.number)
    return case, row


def _seal_inquiries(vault: Vault, session: Session, limit: int) -> int:
    plain = select(BankInquiry).where(
        BankInquiry.account_id.is_(None), BankInquiry.account_number != ""
    )
    rows = session.scalars(plain.order_by(BankInquiry.id).limit(limit)).all()
    for row in rows:
        account = _seal(
            row.case_id,
            row.bank_code,
            row.account_number,
            row.asked_at,
            vault=vault,
            session=session,
        )
        row.account_id, row.account_number = account.id, account.masked
    session.flush()
    return len(rows)


def _seal_records(vault: Vault, session: Session, limit: int) -> int:
    answer = FormSubmission.values[FIELD].as_string()
    plain = (
        select(FormSubmission, MoveOutCase.id)
        .join(MoveOutCase, MoveOutCase.instance_id == FormSubmission.instance_id)
        .where(FormSubmission.form_key.in_((NOTICE_FORM, ACCOUNT_FORM)))
        .where(answer.is_not(None), answer != "", ~answer.startswith("*"))
    )
    rows = session.execute(plain.order_by(FormSubmission.id).limit(limit)).all()
    for row, case_id in rows:
        code, number = str(row.values.get(CODE_FIELD) or ""), str(row.values[FIELD])
        account = _seal(case_id, code, number, row.at, vault=vault, session=session)
        row.values = {**row.values, FIELD: account.masked}
    session.flush()
    return len(rows)


def _renew(vault: Vault, session: Session, limit: int) -> int:
    old = ~RefundAccount.sealed.startswith(f"{vault.newest}:", autoescape=True)
    rows = session.scalars(
        select(RefundAccount).where(old).order_by(RefundAccount.id).limit(limit)
    ).all()
    for row in rows:
        row.sealed = vault.seal(_open(row, vault), _place(row.id))
    session.flush()
    return len(rows)


def _seal(  # noqa: PLR0913  # a row and what seals it
    case_id: int, code: str, number: str, at: datetime, *, vault: Vault, session: Session
) -> RefundAccount:
    masked = mask_account(number)
    row = RefundAccount(case_id=case_id, bank_code=code, masked=masked, sealed="", given_at=at)
    session.add(row)
    session.flush()  # the seal is bound to the row's id
    row.sealed = vault.seal(number, _place(row.id))
    session.flush()
    return row


def _open(row: RefundAccount, vault: Vault) -> str:
    return vault.open(row.sealed, _place(row.id))


def _place(account_id: int) -> Place:
    return Place(table=RefundAccount.__tablename__, column="sealed", row=account_id)
