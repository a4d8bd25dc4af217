"""The verbs of requests about one's own data: ask, extend, apply, decide, close."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import sla_queries
from engine.calendar import local_date
from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.records import StepResult
from engine.sla_orders import Grounds
from engine.types import CITY, Actor, InstanceRef
from forms.dates import republic_year
from housing.applications.models import HousingApplication
from housing.applications.rules import FINAL_STATES
from housing.delivery import devices
from housing.leases import queries as leases
from housing.notices.service import notify
from housing.own_data.desk import place_of, read_grounds, read_wanted, request_by_number
from housing.own_data.errors import AlreadyExtended, DataNotKept, OwnRequest
from housing.own_data.models import DataCorrection, DataRequest, DataRequestSerial
from housing.own_data.rules import (
    CLOSING_DAYS,
    EXTENSION_DAYS,
    FIELDS_OF_ACCOUNTS,
    check_wanted,
    request_number,
)
from housing.people import service as accounts
from housing.people.models import Account
from housing.persons import service as persons
from housing.persons.models import Person
from housing.persons.queries import person_of_account
from housing.persons.service import Contact
from housing.records.rules import account_party
from housing.records.service import take_in
from housing.serials import take_serials
from housing.slices import Desk
from housing.vault import Place, Vault

PROCESS = "personal_data.request"
REQUEST_FORM = "personal_data/request"
CLOCK = "pdpa_30d"
ENDED_APPLICATIONS = FINAL_STATES - {"qualified"}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRequest:
    """What somebody asks for.

    Attributes:
        token: idempotency key of the form.
        kind: of `rules.KINDS`.
        field: of `rules.FIELDS`; "" unless something is to be corrected.
        wanted: the right value.
        grounds: why.
    """

    token: str
    kind: str
    field: str = ""
    wanted: str = dataclasses.field(default="", repr=False)
    grounds: str = dataclasses.field(default="", repr=False)


def read_form(token: str, values: Mapping[str, object]) -> NewRequest:
    """Read a request from the answers of its form."""
    is_correction = values.get("kind") == "correct"
    return NewRequest(
        token=token,
        kind=str(values["kind"]),
        field=str(values.get("field") or "") if is_correction else "",
        wanted=str(values.get("wanted") or "") if is_correction else "",
        grounds=str(values.get("grounds") or ""),
    )


def ask(new: NewRequest, desk: Desk) -> StepResult | None:
    """Take a request in: it becomes a case; the same token makes no second one.

    Raises:
        DataNotKept: what is to be corrected is not kept of an account that no person stands behind.
        BirthDateInvalid, MobileInvalid, EmailInvalid, NameMissing: the right value cannot be one.
    """
    try:
        with desk.session.begin_nested():
            return _ask(new, desk)
    except IntegrityError:
        if not _is_known(new.token, desk.session):
            raise
        return None  # the same page was sent twice at the same moment; the other one has it


def _ask(new: NewRequest, desk: Desk) -> StepResult | None:
    by, session, now = desk.by, desk.session, desk.clock.now()
    if _is_known(new.token, session):
        return None
    year = republic_year(local_date(now))
    wanted = check_wanted(new.field, new.wanted, today=local_date(now)) if new.field else ""
    person = person_of_account(int(by.id), session=session)
    if person is None and new.field not in {"", "other", *FIELDS_OF_ACCOUNTS}:
        raise DataNotKept
    row = DataRequest(
        number=request_number(year, take_serials(DataRequestSerial, year, session=session)),
        token=new.token,
        account_id=int(by.id),
        person_id=person.id if person is not None else None,
        kind=new.kind,
        field=new.field,
        wanted_sealed="",
        grounds_sealed="",
        received_at=now,
        state="open",
    )
    session.add(row)
    session.flush()
    row.wanted_sealed = _seal(row, "wanted_sealed", wanted, desk.vault)
    row.grounds_sealed = _seal(row, "grounds_sealed", new.grounds, desk.vault)
    result = desk.engine.start(
        PROCESS,
        {"request_id": row.id, "kind": row.kind},
        business_key=row.number,
        scope=CITY,
        by=by,
        session=session,
    )
    row.instance_id = result.instance_id
    take_in(result.instance_id, account_party(by.id), "reporter", session=session)
    return result


def extend(  # noqa: PLR0913  # the face of the room
    number: str, reason: str, *, by: Actor, engine: ProcessEngine, session: Session, clock: Clock
) -> None:
    """Extend the period once by 30 days; the person is told why (個資法 §13 II).

    Raises:
        DataRequestNotFound: there is none.
        OwnRequest: it is his own.
        AlreadyExtended: it was extended, or decided.
        DeadlineReasonMissing, RoleNotHeld: see `engine.sla_orders.Grounds`.
    """
    row = request_by_number(number, session=session)
    forbid_own(row, by)
    if row.extended_at is not None or row.state != "open" or row.instance_id is None:
        raise AlreadyExtended
    role = "officer" if by.belongs_to("officer", CITY) else "section_chief"
    clocks = sla_queries.clocks_of(row.instance_id, session)
    clock_id = next(each.id for each in clocks if each.sla_id == CLOCK)
    grounds = Grounds(by=by, role=role, reason=reason)
    moved = engine.deadlines.extend(
        clock_id, amount=EXTENSION_DAYS, grounds=grounds, session=session
    )
    _note_extension(row, session, clock)
    tell(row, "data_request_extended", {"until": moved.due_at, "reason": reason}, session, clock)


def forbid_own(row: DataRequest, by: Actor) -> None:
    """Refuse who would decide on his own request.

    Raises:
        OwnRequest: it is his own.
    """
    if by.id == str(row.account_id):
        raise OwnRequest


def correct(row: DataRequest, *, by: Actor, vault: Vault, session: Session, clock: Clock) -> None:
    """Write the right value into the register and the account; before and after are kept sealed.

    "other" is done by hand: the officer says in his words what he did.
    """
    wanted = read_wanted(row, vault)
    if row.field == "other" or not wanted:
        return
    person_id = person_id_of(row, session)
    before = _present(row, person_id, vault, session)
    if person_id is not None:
        _correct_person(person_id, row.field, wanted, vault, session)
    _correct_account(row.account_id, row.field, wanted, vault, session, clock)
    kept = DataCorrection(
        request_id=row.id,
        field=row.field,
        before_sealed="",
        after_sealed="",
        at=clock.now(),
        by_id=by.id,
        by_name=by.name,
    )
    session.add(kept)
    session.flush()
    kept.before_sealed = vault.seal(before, _correction_place(kept, "before_sealed"))
    kept.after_sealed = vault.seal(wanted, _correction_place(kept, "after_sealed"))


def person_id_of(row: DataRequest, session: Session) -> int | None:
    """Tell who asks, also when that was proven only after he had asked; None while it is not."""
    person = person_of_account(row.account_id, session=session)
    return person.id if person is not None else row.person_id


def is_needed(row: DataRequest, session: Session) -> bool:
    """Tell whether a lease or an application runs that needs the data of who asks."""
    mine = HousingApplication.account_id == row.account_id
    person_id = person_id_of(row, session)
    if person_id is not None:
        if leases.leases_of_person(person_id, session=session):
            return True
        mine = or_(mine, HousingApplication.person_id == person_id)
    running = select(HousingApplication.id).where(
        mine, HousingApplication.state.not_in(ENDED_APPLICATIONS)
    )
    return session.scalar(running.limit(1)) is not None


def close_due(*, session: Session, clock: Clock) -> int:
    """Close the accounts whose owners asked for it and whose day has come; once a day.

    Who has begun something since that needs his data goes on: his account stays open.

    Returns:
        How many were closed.
    """
    today = local_date(clock.now())
    due = session.scalars(select(DataRequest).where(DataRequest.closes_on <= today)).all()
    for row in due:
        row.closes_on = None
    closed = [row for row in due if not is_needed(row, session)]
    for row in closed:
        accounts.disable(row.account_id, session=session, clock=clock)
        devices.forget_all(row.account_id, session=session)
        account = session.get_one(Account, row.account_id)
        account.email = account.email_verified_at = None
        account.mobile = account.mobile_sealed = account.mobile_verified_at = None
    return len(closed)


def closing_day(today: date) -> date:
    """Tell the day an account is closed after a granted request."""
    return today + timedelta(days=CLOSING_DAYS)


def tell(
    row: DataRequest, kind: str, fields: Mapping[str, object], session: Session, clock: Clock
) -> None:
    """Tell the person something about the request."""
    instance = InstanceRef(id=row.instance_id or "", business_key=row.number, scope=CITY)
    notify([row.account_id], kind, fields, instance=instance, session=session, clock=clock)


def seal_anew(*, vault: Vault, session: Session, limit: int = 200) -> int:
    """Bring up to `limit` requests and corrections under the newest key.

    Returns:
        How many were changed; 0 when all are.
    """
    head = f"{vault.newest}:"
    old = ~DataRequest.wanted_sealed.startswith(head, autoescape=True)
    requests = session.scalars(select(DataRequest).where(old).limit(limit)).all()
    for row in requests:
        wanted, grounds = read_wanted(row, vault), read_grounds(row, vault)
        row.wanted_sealed = _seal(row, "wanted_sealed", wanted, vault)
        row.grounds_sealed = _seal(row, "grounds_sealed", grounds, vault)
    older = ~DataCorrection.before_sealed.startswith(head, autoescape=True)
    corrections = session.scalars(select(DataCorrection).where(older).limit(limit)).all()
    for kept in corrections:
        for column in ("before_sealed", "after_sealed"):
            place = _correction_place(kept, column)
            setattr(kept, column, vault.seal(vault.open(getattr(kept, column), place), place))
    session.flush()
    return len(requests) + len(corrections)


def _is_known(token: str, session: Session) -> bool:
    return session.scalar(select(DataRequest.id).where(DataRequest.token == token)) is not None


def _note_extension(row: DataRequest, session: Session, clock: Clock) -> None:
    """Note that the period was extended; of two who do it at the same moment one is refused.

    The case's own lock was taken before: the other one's row is there to be seen.
    """
    is_first = DataRequest.extended_at.is_(None)
    noted = session.execute(
        update(DataRequest)
        .where(DataRequest.id == row.id, is_first)
        .values(extended_at=clock.now())
        .returning(DataRequest.id)
    )
    if noted.first() is None:
        raise AlreadyExtended


def _present(row: DataRequest, person_id: int | None, vault: Vault, session: Session) -> str:
    """Read the field as it stands before it is corrected."""
    if person_id is None and row.field == "mobile":
        return accounts.read_mobile(row.account_id, vault=vault, session=session)
    if person_id is None:
        return str(getattr(session.get_one(Account, row.account_id), row.field, "") or "")
    if row.field == "mobile":
        return persons.read_mobile(person_id, vault=vault, session=session)
    return str(getattr(session.get_one(Person, person_id), row.field))


def _correct_person(person_id: int, name: str, wanted: str, vault: Vault, session: Session) -> None:
    if name == "name":
        persons.correct_identity(person_id, name=wanted, session=session)
    elif name == "born_on":
        persons.correct_identity(person_id, born_on=date.fromisoformat(wanted), session=session)
    else:
        persons.change_contact(person_id, Contact(**{name: wanted}), vault=vault, session=session)


def _correct_account(  # noqa: PLR0913  # what of whom becomes what
    account_id: int, name: str, wanted: str, vault: Vault, session: Session, clock: Clock
) -> None:
    account = session.get_one(Account, account_id)
    if name == "name":
        account.name = wanted
    elif name in {"mobile", "email"}:
        mobile = accounts.read_mobile(account_id, vault=vault, session=session)
        contact = {"mobile": mobile, "email": account.email or "", name: wanted}
        accounts.change_contact(account_id, **contact, vault=vault, session=session, clock=clock)


def _seal(row: DataRequest, column: str, text: str, vault: Vault) -> str:
    return vault.seal(text, place_of(row.id, column))


def _correction_place(kept: DataCorrection, column: str) -> Place:
    return Place(table=DataCorrection.__tablename__, column=column, row=kept.id)
