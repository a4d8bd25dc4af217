"""What cases and scenarios need of moving out."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.records import StepResult, UserTask
from engine.types import CITY, Actor
from housing.errors import ScenarioUnplayable
from housing.leases import queries as leases
from housing.leases import service as lease_service
from housing.leases.queries import LeaseView, lease_by_number
from housing.leases.service import CoResident, Movement, NewLease
from housing.letters.subject import VERBS as LETTER_VERBS
from housing.move_outs import accounts, queries, service
from housing.move_outs.desk import case_of_instance, exit_sheet
from housing.move_outs.errors import (
    HeirNotEntitled,
    NotYourLease,
    SamePersonChecks,
    SheetNotFinished,
)
from housing.move_outs.rules import HEIRS
from housing.people.queries import account_by_login
from housing.persons import service as persons
from housing.persons.queries import person_of_account
from housing.persons.service import NewPerson
from housing.places.queries import units_in
from housing.places.service import NewItem
from housing.records.service import latest_answers
from housing.slices import Desk, Opening, Subject

OFFICE = ("officer", "section_chief")
TAKE_OVER_FORM = "move_out/take_over"
OWNERLESS = ("A100000001", "A200000003")


def open_notice(opening: Opening, desk: Desk) -> StepResult:
    """Open a move-out from its form: the tenant's own lease, or any by an officer.

    Raises:
        NotYourLease: the actor is neither the tenant nor an officer.
    """
    values = dict(opening.values)
    is_office = _is_office(desk.by)
    named = _named_lease(opening.options, desk) if is_office else None
    if named is not None:
        wanted = named
    else:
        own = queries.lease_of_account(int(desk.by.id), session=desk.session)
        if own is None:
            raise NotYourLease
        wanted = own
    notice = service.Notice(
        token=opening.token,
        lease_id=wanted.id,
        reason=str(values.get("reason") or "notice") if is_office else "notice",
        planned_on=_day(values.get("planned_on")),
        died_on=_day(values.get("died_on")),
        values=values,
        part_month=str(opening.options.get("part_month") or service.WHOLE_MONTH),
    )
    return service.open_case(
        notice,
        by=desk.by,
        engine=desk.engine,
        session=desk.session,
        clock=desk.clock,
        vault=desk.vault,
    )


def _is_office(by: Actor) -> bool:
    return any(by.belongs_to(role, CITY) for role in OFFICE)


def opening(*, session: Session, by: Actor) -> Mapping[str, object]:
    """Let only the office choose another reason than the tenant's own notice."""
    del session  # who asks is enough
    return {"is_office": _is_office(by)}


def _named_lease(options: Mapping[str, object], desk: Desk) -> LeaseView | None:
    """Find the lease an officer means: by its number, or by the home."""
    if number := options.get("lease"):
        return lease_by_number(str(number), session=desk.session)
    if home := options.get("unit"):
        on = local_date(desk.clock.now())
        return leases.lease_of_unit(_unit(str(home), desk), on=on, session=desk.session)
    return None


def _post(
    instance_id: str, message: str, values: Mapping[str, object], desk: Desk
) -> StepResult | None:
    if message == service.WITHDRAW_MESSAGE:
        return service.withdraw(instance_id, by=desk.by, engine=desk.engine, session=desk.session)
    return desk.engine.send_message(instance_id, message, values, by=desk.by, session=desk.session)


def _check(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse answers that break a rule of moving out.

    Raises:
        HeirNotEntitled: the person is no spouse or direct relative, or does not live there.
        SheetNotFinished: the handover is reported done without its signed sheet.
    """
    if task.element_id == "review_take_over" and values.get("is_take_over_granted"):
        _check_heir(task, session)
    if task.element_id == "handover" and values.get("handover_result") == "done":
        case = case_of_instance(task.instance_id, session=session)
        sheet = exit_sheet(case, session=session)
        if sheet is None or not sheet.is_final:
            raise SheetNotFinished


def _forbid(task: UserTask, by: Actor, *, session: Session) -> None:
    """Keep the one who drew a settlement up from checking it.

    Raises:
        SamePersonChecks: he did.
    """
    if task.element_id != "check_settlement":
        return
    if queries.settled_by(task.instance_id, session=session) == by.id:
        raise SamePersonChecks


def _check_heir(task: UserTask, session: Session) -> None:
    answers = latest_answers(task.instance_id, TAKE_OVER_FORM, session=session)
    is_entitled = answers.get("relation") in HEIRS and answers.get("is_living_in") is True
    if not is_entitled or answers.get("has_consent") == "no":
        raise HeirNotEntitled


def found_lease(_instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Set the scene of a scenario: a tenant, perhaps a spouse, and their lease.

    Args:
        _instance_id: none yet.
        values: unit "SW A-0501", tenant and spouse (logins), start_on, end_on, rent_twd,
            deposit_twd, household_class, years_before, arrears_twd.
        desk: the office's.
    """
    home = _unit(str(values["unit"]), desk)
    tenant = _person(str(values["tenant"]), 1, desk)
    _clear(home, tenant, desk)
    spouse = values.get("spouse")
    family = (
        (CoResident(person_id=_person(str(spouse), 2, desk), relation="spouse"),) if spouse else ()
    )
    lease_id = lease_service.sign(
        NewLease(
            key=f"scenario:{values['unit']}",
            unit_id=home,
            tenant_id=tenant,
            start_on=date.fromisoformat(str(values["start_on"])),
            end_on=_day(values.get("end_on")),
            rent_twd=_number(values.get("rent_twd"), 10_000),
            deposit_twd=_number(values.get("deposit_twd"), 20_000),
            co_residents=tuple(family),
            household_class=str(values.get("household_class") or "general"),
            months_before=12 * _number(values.get("years_before"), 0),
        ),
        by=desk.by,
        session=desk.session,
        clock=desk.clock,
    )
    deposit = _number(values.get("deposit_twd"), 20_000)
    paid = Movement(lease_id=lease_id, kind="paid", amount_twd=deposit, key=f"paid:{lease_id}")
    lease_service.record_deposit(paid, by=desk.by, session=desk.session, clock=desk.clock)
    owed = _number(values.get("arrears_twd"), 0)
    if owed:
        rent = Movement(lease_id=lease_id, kind="rent", amount_twd=owed, key=f"owed:{lease_id}")
        due_on = local_date(desk.clock.now()) - timedelta(days=40)
        lease_service.charge(rent, due_on, session=desk.session, clock=desk.clock)


def _clear(unit_id: int, tenant_id: int, desk: Desk) -> None:
    """End what the founded city lets to these people, so that the scenario's lease stands alone."""
    today = local_date(desk.clock.now())
    standing = [leases.lease_of_unit(unit_id, on=today, session=desk.session)]
    standing += leases.leases_of_person(tenant_id, session=desk.session)
    for each in standing:
        if each is not None and each.state == "active":
            lease_service.end(each.id, each.start_on, "term", session=desk.session)


def pay_arrears(_instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Let the tenant of a home pay what he owes."""
    home = _unit(str(values["unit"]), desk)
    lease = leases.lease_of_unit(home, on=local_date(desk.clock.now()), session=desk.session)
    if lease is None:
        raise ScenarioUnplayable("the home is not let")
    amount = _number(values.get("amount_twd"), 0)
    paid = Movement(lease_id=lease.id, kind="payment", amount_twd=amount, key=f"pays:{lease.id}")
    lease_service.record_payment(paid, session=desk.session, clock=desk.clock)


def fill_sheet(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Sign the exit sheet as the page on the tablet does.

    Args:
        instance_id: the case.
        values: items, a list of {name, condition, finding, price_twd, is_disputed,
            dispute_reason, life_span_years, age_years}.
        desk: the property manager's.
    """
    case = case_of_instance(instance_id or "", session=desk.session)
    rows = values.get("items")
    items = (
        [_item(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    )
    sheet = service.ExitSheet(
        items=tuple(items),
        meters={"water": "120", "electric": "4310"},
        keys=({"kind": "key", "serial": "", "count": 2},),
        signatures=({"role": "tenant"}, {"role": "property_manager"}),
    )
    service.sign_sheet(case.number, sheet, session=desk.session, clock=desk.clock)


def answer_bank(_instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Answer the oldest open inquiry as the bank would."""
    waiting = queries.open_inquiries(session=desk.session)
    if not waiting:
        raise ScenarioUnplayable("the bank was asked nothing")
    service.answer_inquiry(
        waiting[0].id,
        is_match=values.get("is_match") is not False,
        by=desk.by,
        engine=desk.engine,
        session=desk.session,
        clock=desk.clock,
    )


def _item(row: Mapping[str, Any]) -> NewItem:
    details = {key: row[key] for key in row.keys() - {"name", "condition", "room"}}
    return NewItem(
        name=str(row["name"]),
        room=str(row.get("room") or "living_room"),
        condition=str(row.get("condition") or "good"),
        details=details,
    )


def _unit(text: str, desk: Desk) -> int:
    community, _, code = text.partition(" ")
    found = [each for each in units_in(community, session=desk.session) if each.code == code]
    if not found:
        raise ScenarioUnplayable(f"there is no home {text}")
    return found[0].id


def _person(login: str, serial: int, desk: Desk) -> int:
    """Register the person of an account, with an id that has no owner."""
    found = account_by_login(login, session=desk.session)
    if found is None:
        raise ScenarioUnplayable(f"there is no account {login}")
    known = person_of_account(int(found.id), session=desk.session)
    if known is not None:
        return known.id
    new = NewPerson(
        name=found.name,
        national_id=OWNERLESS[serial - 1],
        born_on=date(1980, 1, serial),
        mobile=f"09000000{serial:02}",
        account_id=int(found.id),
    )
    person_id = persons.find_or_register(
        new, vault=desk.vault, is_demo=desk.is_demo, session=desk.session, clock=desk.clock
    )
    since = desk.clock.now()
    persons.agree_to_electronic_service(person_id, since, session=desk.session)
    return person_id


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else (date.fromisoformat(str(value)) if value else None)


def _number(value: object, otherwise: int) -> int:
    return int(str(value)) if value is not None else otherwise


VERBS = {
    **LETTER_VERBS,
    "found_lease": found_lease,
    "pay_arrears": pay_arrears,
    "fill_sheet": fill_sheet,
    "answer_bank": answer_bank,
}
"""What scenarios of leases may do outside the forms."""

SUBJECT = Subject(
    process=service.PROCESS,
    start_form=accounts.NOTICE_FORM,
    opening=opening,
    message_forms={
        service.WITHDRAW_MESSAGE: None,
        service.EXTENSION_MESSAGE: "move_out/extend_take_over",
    },
    message_senders={service.WITHDRAW_MESSAGE: frozenset(), service.EXTENSION_MESSAGE: frozenset()},
    open=open_notice,
    post=_post,
    check=_check,
    forbid=_forbid,
    keep=accounts.keep,
    context=queries.context,
    facts=queries.facts,
    fact_kinds=queries.FACT_KINDS,
    verbs=VERBS,
)
