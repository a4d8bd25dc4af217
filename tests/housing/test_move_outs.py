"""Moving out: its rules, the exit sheet line by line, the bank, four eyes, keys sent twice."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from engine import queries as engine_queries
from engine.calendar import local_date
from engine.db import metadata
from engine.queries import TaskFilter
from engine.types import SYSTEM, Actor
from housing import packages, subjects
from housing.bootstrap import build
from housing.demo import world
from housing.errors import KeyMissing
from housing.letters.queries import letters_of
from housing.move_outs import accounts, added_items, bank, handover, overview, queries, service
from housing.move_outs.desk import lease_of
from housing.move_outs.errors import (
    CannotWithdraw,
    InquiryNotOpen,
    ItemIncomplete,
    ItemNameMissing,
    MoveOutRunning,
    SamePersonChecks,
    SheetNotFinished,
)
from housing.move_outs.handover import Finding
from housing.move_outs.models import BankInquiry
from housing.move_outs.overview import Wanted
from housing.move_outs.rules import (
    age_years,
    compensation,
    is_signed,
    problems_of_item,
    refund,
    rent_of_last_month,
)
from housing.move_outs.service import Notice
from housing.people.queries import account_by_login
from housing.persons import queries as persons
from housing.persons.errors import PurposeMissing
from housing.places import handovers
from housing.places.errors import ItemNotFound, SheetFinal
from housing.records.models import FormSubmission
from housing.records.service import latest_answers
from housing.repairs.service import Report, report
from housing.settings import Settings
from housing.vault import Vault

ACCOUNT = {"bank_code": "004", "bank_account": "12345678901"}
NUMBER_OF_METERS = {"water": "120", "electric": "4310"}


@pytest.fixture
def house(tmp_path, sqlite_url, clock):
    """A house in the demo city that knows how to move out."""
    made = build(
        Settings(var=tmp_path, database_url=sqlite_url, secret_key="x" * 40, bank="simulator"),
        clock=clock,
    )
    with made.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with made.unit_of_work() as session:
        world.found(vault=made.vault, session=session, clock=clock)
        made.engine.deploy(packages.resources("move_out"), by=SYSTEM, session=session)
    yield made
    made.dispose()


@pytest.fixture
def leave(house, clock):
    """Give notice for the lease of resident1; gives the number of the case."""

    def give(*, vault: Vault | None = None, **changes: object) -> str:
        with house.unit_of_work() as session:
            by = account_by_login("resident1", session=session).actor
            lease = queries.lease_of_account(int(by.id), session=session)
            notice = Notice(
                token="t",  # noqa: S106  # an idempotency key
                lease_id=lease.id,
                reason="notice",
                planned_on=local_date(clock.now()) + timedelta(days=40),
            )
            opened = service.open_case(
                replace(notice, **changes),
                by=by,
                engine=house.engine,
                session=session,
                clock=clock,
                vault=vault,
            )
            return engine_queries.instance(opened.instance_id, session).business_key

    return give


@pytest.fixture
def sheet(house, clock, leave):
    """Begin the exit sheet of a notice; gives the number and the ids of its lines."""
    number = leave()
    with house.unit_of_work() as session:
        service.open_sheet(number, session=session, clock=clock)
    return number, [each.line.id for each in read(house, number, clock).items]


def read(house, number, clock):
    with house.reading() as session:
        return handover.read(number, session=session, today=local_date(clock.now()))


def note(house, number, item_id, found, clock):
    with house.unit_of_work() as session:
        handover.save_finding(number, item_id, found, by=SYSTEM, session=session, clock=clock)


def sign(house, number, clock):
    with house.unit_of_work() as session:
        handover.save_readings(
            number,
            meters=NUMBER_OF_METERS,
            keys=[{"kind": "key", "serial": "", "count": 2}],
            session=session,
            clock=clock,
        )
        for role in ("tenant", "property_manager"):
            signature = {"role": role, "name": "x", "typed": "林安安"}
            handover.save_signature(number, signature, by=SYSTEM, session=session, clock=clock)


def report_a_tap(house, clock):
    values = {"where": "unit", "place": "廚房", "category": "water", "phone": "0912345678"}
    with house.unit_of_work() as session:
        house.engine.deploy(packages.resources("repair"), by=SYSTEM, session=session)
        by = account_by_login("resident1", session=session).actor
        tap = Report(token="tap", values={**values, "text": "水龍頭關不緊，整晚滴水。"})  # noqa: S106
        report(tap, by=by, engine=house.engine, session=session, clock=clock)


def finish(house, number, clock):
    with house.unit_of_work() as session:
        handover.finish(number, by=SYSTEM, engine=house.engine, session=session, clock=clock)


def test_the_whole_leaving_month_is_paid_and_a_part_of_it_by_days():
    assert rent_of_last_month(10_000, date(2024, 7, 31)) == 10_000
    assert rent_of_last_month(10_000, date(2024, 7, 10)) == 3_226


def test_staying_on_costs_a_thirtieth_of_the_rent_a_day():
    assert compensation(10_000, date(2024, 7, 10), date(2024, 7, 25)) == 5_000
    assert compensation(10_000, date(2024, 7, 10), date(2024, 7, 1)) == 0


@given(st.integers(0, 100_000), st.lists(st.integers(-5_000, 50_000)))
def test_deposit_is_what_is_refunded_and_what_is_taken(deposit, lines):
    assert refund(deposit, lines) + sum(lines) == deposit


def test_only_whole_years_of_use_count():
    assert age_years(date(2024, 4, 1), date(2027, 3, 31)) == 2
    assert age_years(date(2024, 4, 1), date(2027, 4, 2)) == 3
    assert age_years(date(2024, 4, 1), date(2023, 1, 1)) == 0


@pytest.mark.parametrize(
    ("details", "photos", "problems"),
    [
        ({}, [], ["finding"]),
        ({"finding": "wear"}, [], []),
        ({"finding": "damage", "price_twd": 10}, [], ["photo"]),
        ({"finding": "missing"}, [], ["price"]),
        ({"finding": "missing", "price_twd": 10, "is_disputed": True}, [], ["reason"]),
        ({"finding": "damage", "price_twd": 10}, ["p"], []),
    ],
)
def test_an_item_says_what_is_missing(details, photos, problems):
    assert problems_of_item(details, photos) == problems


def test_a_signature_is_drawn_typed_or_refused_with_a_reason():
    assert is_signed({"file_id": "f"})
    assert is_signed({"typed": "林安安"})
    assert is_signed({"refused_because": "不同意點退結果"})
    assert not is_signed({"refused_because": "不"})
    assert not is_signed(None)


def test_one_lease_is_ended_in_one_case_only(leave):
    leave()

    with pytest.raises(MoveOutRunning):
        leave(token="u")  # noqa: S106


def test_only_a_tenants_own_notice_can_be_taken_back(house, leave):
    number = leave(reason="termination")

    with house.unit_of_work() as session:
        case = engine_queries.by_business_key(number, session)
        with pytest.raises(CannotWithdraw):
            service.withdraw(case.id, by=SYSTEM, engine=house.engine, session=session)


def test_leaving_before_thirty_days_costs_rent_on(house, clock, leave):
    with house.reading() as session:
        by = account_by_login("resident1", session=session)
        lease = queries.lease_of_account(by.id, session=session)
        today = local_date(clock.now())
        found = overview.leaving(
            lease, today + timedelta(days=1), now=clock.now(), today=today, session=session
        )

    assert found.leave_on == today + timedelta(days=1)
    assert found.rent_until >= today + timedelta(days=30)
    assert found.is_short


def test_the_sheet_stands_beside_the_entry_with_price_span_and_age(house, clock, sheet):
    number, ids = sheet
    page = read(house, number, clock)

    assert len(ids) > 5
    assert all(each.entry is not None and each.entry.condition == "good" for each in page.items)
    assert all(each.price_twd and each.life_span_years for each in page.items)
    assert page.missing == ("items", "meters", "keys", "signatures")


def test_what_was_saved_of_one_item_stays_when_the_page_is_read_again(house, clock, sheet):
    number, ids = sheet
    note(house, number, ids[0], Finding(finding="wear", remark="淡色痕跡"), clock)

    item = read(house, number, clock).items[0]

    assert (item.finding, item.line.remark, item.line.condition) == ("wear", "淡色痕跡", "worn")


def test_a_damage_without_photo_is_refused_and_nothing_is_kept(house, clock, sheet):
    number, ids = sheet
    with pytest.raises(ItemIncomplete):
        note(house, number, ids[0], Finding(finding="damage", price_twd=100), clock)

    assert read(house, number, clock).items[0].finding == ""


def test_a_line_of_another_sheet_cannot_be_set(house, clock, sheet):
    number, ids = sheet
    with house.reading() as session:
        case = queries.case_view(number, session=session)
        entry = handovers.newest_sheet(case.unit_id, "entry", session=session)

    with pytest.raises(ItemNotFound):
        note(house, number, entry.items[0].id, Finding(finding="wear"), clock)
    assert entry.items[0].id not in ids


def test_a_sheet_is_final_only_when_all_is_noted_and_then_for_good(house, clock, sheet):
    number, ids = sheet
    with pytest.raises(SheetNotFinished):
        finish(house, number, clock)
    for item_id in ids:
        note(house, number, item_id, Finding(finding="as_entry"), clock)
    sign(house, number, clock)

    finish(house, number, clock)

    assert read(house, number, clock).sheet.is_final
    with pytest.raises(SheetFinal):
        note(house, number, ids[0], Finding(finding="wear"), clock)


def test_the_signed_sheet_holds_added_items_and_the_repairs_of_the_household(house, clock, sheet):
    number, ids = sheet
    for item_id in ids:
        note(house, number, item_id, Finding(finding="as_entry"), clock)
    missing = Finding(finding="missing", price_twd=900)
    with house.unit_of_work() as session:
        added_items.add(
            number, "洗衣架", "balcony", missing, by=SYSTEM, session=session, clock=clock
        )
    report_a_tap(house, clock)
    sign(house, number, clock)
    finish(house, number, clock)

    page = read(house, number, clock)
    with house.reading() as session:
        case = engine_queries.by_business_key(number, session)
        letters = letters_of(case.id, session=session)
    (letter,) = [each for each in letters if each.kind == "handover"]
    words = json.dumps(letter.content, ensure_ascii=False)
    assert (page.items[-1].is_added, page.items[-1].price_twd) == (True, 900)
    assert [each.text for each in page.repairs] == ["水龍頭關不緊，整晚滴水。"]
    assert page.sheet.repairs[0]["number"] == page.repairs[0].number
    assert "洗衣架" in words
    assert "900" in words
    assert page.repairs[0].number in words
    assert "水龍頭關不緊" in words


def test_an_item_of_the_register_cannot_be_taken_out(house, clock, sheet):
    number, ids = sheet

    with pytest.raises(ItemNotFound), house.unit_of_work() as session:
        added_items.remove(number, ids[0], session=session, clock=clock)


@pytest.mark.parametrize("name", ["  ", "x" * 101])
def test_an_added_item_needs_a_name(house, clock, sheet, name):
    wear = Finding(finding="wear")

    with pytest.raises(ItemNameMissing), house.unit_of_work() as session:
        added_items.add(sheet[0], name, "", wear, by=SYSTEM, session=session, clock=clock)


def test_the_simulated_bank_leaves_the_answer_to_a_person(house, clock, leave):
    inquiry_id = inquire(house, leave(), clock)

    assert house.ask_bank() == 0
    answer(house, inquiry_id, clock)
    with pytest.raises(InquiryNotOpen):
        answer(house, inquiry_id, clock)
    with house.reading() as session:
        assert queries.open_inquiries(session=session) == []


def test_a_bank_that_knows_answers_without_a_person(house, clock, leave):
    class Knowing:
        def check(self, inquiry):
            return inquiry.account_number == "12345678901"

    inquire(house, leave(), clock)

    ask = {
        "database": house.database,
        "engine": house.engine,
        "clock": clock,
        "vault": house.vault,
    }
    assert bank.ask(Knowing(), **ask) == 1
    assert bank.ask(Knowing(), **ask) == 0


def test_an_account_is_sealed_and_only_the_bank_and_a_logged_reader_see_it(house, clock, leave):
    number = leave(values=ACCOUNT, vault=house.vault)
    by = Actor(id="901", name="金")
    with house.unit_of_work() as session:
        case = service.case_by_number(number, session=session)
        kept = latest_answers(case.instance_id, "move_out/notice", session=session)
        tenant_id = lease_of(case, session=session).tenant_id
        read_it = partial(
            accounts.read_account, number, by=by, vault=house.vault, session=session, clock=clock
        )
        with pytest.raises(PurposeMissing):
            read_it("x")
        whole = read_it("匯退押金給承租人")
        readings = persons.readings_of(tenant_id, session=session)

    assert kept["bank_account"] == "*******8901"
    assert whole == "12345678901"
    assert [(each.field, each.account_name) for each in readings] == [("bank_account", "金")]


def test_a_notice_with_an_account_is_not_taken_in_without_keys(leave):
    with pytest.raises(KeyMissing):
        leave(values=ACCOUNT)


def test_accounts_from_before_sealing_are_sealed_and_follow_the_keys(house, clock, leave):
    number = leave(values=ACCOUNT, vault=house.vault)
    inquiry_id = inquire(house, number, clock)
    with house.unit_of_work() as session:
        form = session.scalars(select(FormSubmission)).one()
        form.values = {**form.values, **ACCOUNT}  # as an older version wrote it
    both = Vault(keys={**house.vault.keys, "k9": b"2" * 32})

    assert house.renew_seals() >= 2
    assert house.renew_seals() == 0
    with house.unit_of_work() as session:
        while accounts.seal_anew(vault=both, session=session):
            pass
        inquiry = session.get_one(BankInquiry, inquiry_id)
        plain = f"{session.scalars(select(FormSubmission)).one().values} {inquiry.account_number}"
        only_new = Vault(keys={"k9": b"2" * 32})
        whole = accounts.asked_number(inquiry, vault=only_new, session=session)

    assert "12345678901" not in plain
    assert whole == "12345678901"


def test_a_bank_that_is_away_is_asked_again(house, clock, leave):
    class Away:
        def check(self, inquiry):
            raise ConnectionError(inquiry.number)

    inquire(house, leave(), clock)

    ask = {"database": house.database, "engine": house.engine, "clock": clock}
    assert bank.ask(Away(), vault=house.vault, **ask) == 0
    with house.reading() as session:
        assert len(queries.open_inquiries(session=session)) == 1


def test_who_drew_a_settlement_up_never_checks_it(house, leave):
    both = frozenset({("finance", "city"), ("officer", "city")})
    drawer, other = (Actor(id=each, name=each, groups=both) for each in ("901", "902"))
    number = leave()
    with house.unit_of_work() as session:
        case = engine_queries.by_business_key(number, session)
        engine, why = house.engine, {"reason": "test", "by": SYSTEM, "session": session}
        engine.move_token(case.id, "until_inspection", "join_settlement", **why)
        (task,) = engine_queries.open_tasks(TaskFilter(instance_id=case.id), session).rows
        engine.complete(task.id, {"adjustment_twd": 0}, by=drawer, session=session)
        (check,) = engine_queries.open_tasks(TaskFilter(instance_id=case.id), session).rows

        subjects.check_person(check, other, session=session)
        with pytest.raises(SamePersonChecks):
            subjects.check_person(check, drawer, session=session)


def test_lists_show_only_the_communities_one_works_for(house, clock, leave):
    leave()
    today = local_date(clock.now())
    with house.reading() as session:
        here, count = overview.move_outs_listed(
            Wanted(scopes=("community:SW",)), today=today, session=session
        )
        _rows, elsewhere = overview.move_outs_listed(
            Wanted(scopes=("community:PX",)), today=today, session=session
        )
        leaving, _ = overview.leases_listed(Wanted(state="leaving"), today=today, session=session)

    assert (count, elsewhere) == (1, 0)
    assert here[0].vacancy_days is None
    assert [each.move_out for each in leaving] == [here[0].number]


def inquire(house, number, clock) -> int:
    with house.unit_of_work() as session:
        case = service.case_by_number(number, session=session)
        row = BankInquiry(
            idem="k",
            case_id=case.id,
            bank_code="004",
            account_number="12345678901",
            holder_name="林安安",
            asked_at=clock.now(),
        )
        session.add(row)
        session.flush()
        return row.id


def answer(house, inquiry_id, clock) -> None:
    with house.unit_of_work() as session:
        service.answer_inquiry(
            inquiry_id,
            is_match=True,
            by=SYSTEM,
            engine=house.engine,
            session=session,
            clock=clock,
        )
