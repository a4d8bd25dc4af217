"""Gather all that is kept about a person: every table, but nothing that speaks of others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, inspect, or_, select
from sqlalchemy.orm import Session

from engine.queries import instance
from forms.errors import FormNotFound
from forms.words import Answer, answers
from housing.applications.models import (
    ApplicationConsent,
    ApplicationDocument,
    HousingApplication,
    QueuePlace,
)
from housing.delivery.models import PushDevice
from housing.files.models import StoredFileRow
from housing.leases.models import AccountEntry, DepositEntry, Lease
from housing.letters.models import LetterRow
from housing.notices import queries as notices
from housing.notices.models import NoticePreference
from housing.own_data import columns
from housing.own_data.columns import Sheet
from housing.own_data.models import DataExport, DataRequest
from housing.people import service as accounts
from housing.people.models import Account, AuditEntry, Membership, Passkey, WebSession
from housing.people.queries import account
from housing.persons import service as persons
from housing.persons.models import HouseholdMember, Person, PersonalDataAccess
from housing.persons.queries import person_of_account
from housing.persons.rules import mask_name
from housing.places.models import Residency
from housing.records.forms import form_of_case
from housing.records.models import FormSubmission
from housing.repairs.models import RepairTicket
from housing.sign_up.models import FirstSignIn, IdentityClaim
from housing.vault import Vault

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a copy: its rows by the Chinese names of their columns."""

    key: str
    title: str
    rows: Sequence[Row]


def gather(account_id: int, *, vault: Vault, session: Session) -> list[Part]:
    """Gather the parts of a person's data, account first; parts without rows are kept empty.

    What staff wrote and was told in their work is the data of those it is about, and left out.
    """
    person = person_of_account(account_id, session=session)
    parts = _of_account(account_id, vault, session)
    if person is not None:
        parts += _of_person(person.id, vault, session)
    if not account(account_id, session=session).works_here:
        parts.append(_notices(account_id, session))
        parts += _of_cases(account_id, person.id if person else None, session)
    return parts


def _of_account(account_id: int, vault: Vault, session: Session) -> list[Part]:
    mobile = accounts.read_mobile(account_id, vault=vault, session=session)
    return [
        _with_mobile(_part(columns.ACCOUNT, Account.id == account_id, session), mobile),
        _part(columns.ROLES, Membership.account_id == account_id, session),
        _part(columns.CLAIM, IdentityClaim.account_id == account_id, session),
        _part(columns.SESSIONS, WebSession.account_id == account_id, session),
        _part(columns.PASSKEYS, Passkey.account_id == account_id, session),
        _part(columns.DEVICES, PushDevice.account_id == account_id, session),
        _part(columns.PREFERENCES, NoticePreference.account_id == account_id, session),
        _part(columns.AUDIT, AuditEntry.account_id == account_id, session),
        _part(columns.REQUESTS, DataRequest.account_id == account_id, session),
        _part(columns.EXPORTS, DataExport.account_id == account_id, session),
    ]


def _notices(account_id: int, session: Session) -> Part:
    told = [
        {"時間": each.written_at, "主旨": each.subject, "內容": each.body}
        for each in notices.notices_of(account_id, session=session)
    ]
    return Part(key="notices", title="通知", rows=told)


def _of_person(person_id: int, vault: Vault, session: Session) -> list[Part]:
    person = _part(columns.PERSON, Person.id == person_id, session)
    mobile = persons.read_mobile(person_id, vault=vault, session=session)
    return [
        _with_mobile(person, mobile),
        _household(person_id, session),
        _part(columns.ACCESS, PersonalDataAccess.person_id == person_id, session),
        _part(columns.LETTERS_OF_ACCESS, FirstSignIn.person_id == person_id, session),
        _part(columns.LETTERS, LetterRow.person_id == person_id, session),
        *_of_leases(person_id, session),
    ]


def _with_mobile(part: Part, mobile: str) -> Part:
    """Add the number, which is sealed at rest, to the rows of a part."""
    return replace(part, rows=[{**row, "手機號碼": mobile} for row in part.rows])


def _household(person_id: int, session: Session) -> Part:
    """Name the household's people by relation, their names masked: they are third persons."""
    own = select(HouseholdMember.household_id).where(HouseholdMember.person_id == person_id)
    pairs = session.execute(
        select(HouseholdMember.relation, Person.name)
        .join(Person, Person.id == HouseholdMember.person_id)
        .where(HouseholdMember.household_id.in_(own), HouseholdMember.person_id != person_id)
        .order_by(HouseholdMember.person_id)
    )
    rows = [{"關係": relation, "姓名（遮罩）": mask_name(name)} for relation, name in pairs]
    return Part(key="household", title="同戶成員", rows=rows)


def _of_leases(person_id: int, session: Session) -> list[Part]:
    """Tell of leases whose tenant the person is; who lives along gets no account of the tenant."""
    own = select(Lease.id).where(Lease.tenant_id == person_id)
    return [
        _part(columns.LEASES, Lease.tenant_id == person_id, session),
        _part(columns.DEPOSITS, DepositEntry.lease_id.in_(own), session),
        _part(columns.ENTRIES, AccountEntry.lease_id.in_(own), session),
    ]


def _of_cases(account_id: int, person_id: int | None, session: Session) -> list[Part]:
    mine = HousingApplication.account_id == account_id
    if person_id is not None:
        mine = or_(mine, HousingApplication.person_id == person_id)
    own = select(HousingApplication.id).where(mine)
    return [
        _part(columns.APPLICATIONS, mine, session),
        _part(columns.CONSENTS, ApplicationConsent.application_id.in_(own), session),
        _part(columns.PAPERS, ApplicationDocument.application_id.in_(own), session),
        _part(columns.PLACES, QueuePlace.application_id.in_(own), session),
        _part(columns.HOMES, Residency.account_id == account_id, session),
        _part(columns.REPAIRS, RepairTicket.reporter_id == account_id, session),
        _forms(account_id, session),
        _part(columns.FILES, StoredFileRow.uploaded_by == str(account_id), session),
    ]


def _forms(account_id: int, session: Session) -> Part:
    """Tell what the person filled in, in the words of each form as his case has it."""
    found = session.scalars(
        select(FormSubmission)
        .where(FormSubmission.account_id == str(account_id))
        .order_by(FormSubmission.id)
    )
    rows = [_filled_in(row, session) for row in found]
    return Part(key="forms", title="您填寫的表單", rows=rows)


def _filled_in(row: FormSubmission, session: Session) -> Row:
    try:
        definition_id = instance(row.instance_id, session).definition_id
        form = form_of_case(row.form_key, definition_id, session=session)
    except FormNotFound:  # its package is no longer there: the answers as they were kept
        return {"時間": row.at, "表單": row.form_key, "步驟": row.element_name, "內容": row.values}
    said = _said(answers(form, row.values))
    return {"時間": row.at, "表單": form.title, "步驟": row.element_name, "內容": said}


def _said(found: Iterable[Answer]) -> Row:
    return {each.label: _value_of(each) for each in found}


def _value_of(answer: Answer) -> object:
    if answer.rows:
        return [_said(row) for row in answer.rows]
    if answer.file_ids:
        return f"{len(answer.file_ids)} 個檔案"
    return f"{answer.value}{answer.suffix}" if answer.suffix else answer.value


def _part(sheet: Sheet, wanted: ColumnElement[bool], session: Session) -> Part:
    keys = inspect(sheet.table).primary_key
    found = session.scalars(select(sheet.table).where(wanted).order_by(*keys))
    rows = [{words: _plain(row, name) for name, words in sheet.columns.items()} for row in found]
    return Part(key=sheet.key, title=sheet.title, rows=rows)


def _plain(row: object, name: str) -> object:
    value = getattr(row, name)
    return value if isinstance(value, str | int | bool | date | datetime | None) else _text(value)


def _text(value: object) -> object:
    return value if isinstance(value, dict | list) else str(value)
