"""Leases: who rents which home until when; deposit, arrears, take-over, renewal."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.db import metadata
from engine.types import SYSTEM
from housing.bootstrap import build
from housing.demo import world
from housing.leases import queries, service
from housing.leases.errors import AmountInvalid, LeasePeriodInvalid, NotOnTheLease, UnitIsLet
from housing.leases.rules import end_of_term, months_between, overdue, years_used
from housing.leases.service import CoResident, Movement, NewLease
from housing.people.queries import account_by_login
from housing.persons import queries as persons
from housing.places import handovers
from housing.places import queries as places
from housing.places import service as homes
from housing.places.errors import SheetFinal, UnitStateNotReachable
from housing.places.rules import vacancy_days
from housing.places.service import NewItem, NewSheet, StateChange
from housing.settings import Settings

TODAY = date(2026, 3, 2)


@pytest.fixture
def session(tmp_path, sqlite_url, clock):
    """A unit of work in the demo city."""
    made = build(Settings(var=tmp_path, database_url=sqlite_url, secret_key="x" * 40), clock=clock)
    with made.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with made.unit_of_work() as session:
        world.found(vault=made.vault, session=session, clock=clock)
        yield session
    made.dispose()


@pytest.fixture
def lease(session):
    """The lease of resident1, on which a spouse and a child stand."""
    return queries.leases_of_person(tenant(session).id, session=session)[0]


def tenant(session, login="resident1"):
    account = account_by_login(login, session=session)
    return persons.person_of_account(account.id, session=session)


def money(lease_id, kind, amount_twd, key="k"):
    return Movement(lease_id=lease_id, kind=kind, amount_twd=amount_twd, key=key)


def test_a_term_ends_the_day_before_three_years_later():
    assert end_of_term(date(2024, 4, 1)) == date(2027, 3, 31)
    assert end_of_term(date(2024, 2, 29)) == date(2027, 2, 27)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 12))
def test_a_whole_term_counts_as_its_years(start_on, years):
    used = years_used(start_on, 0, end_of_term(start_on, years))
    is_short = start_on.day == 29 and start_on.month == 2 and years % 4
    assert used == years or (is_short and used < years)


def test_months_before_count_too():
    assert years_used(date(2024, 4, 1), 36, date(2027, 3, 31)) == Decimal("6.00")
    assert months_between(date(2024, 4, 1), date(2024, 3, 1)) == 0


def test_a_charge_is_overdue_from_the_day_after_and_a_payment_counts_at_once():
    entries = [(date(2026, 1, 15), 6000), (date(2026, 2, 15), 6000), (date(2026, 2, 20), -6000)]

    assert overdue(entries, date(2026, 1, 15)) == 0
    assert overdue(entries, date(2026, 1, 16)) == 6000
    assert overdue(entries, date(2026, 2, 19)) == 12000
    assert overdue(entries, date(2026, 2, 20)) == 6000
    assert overdue([(date(2026, 1, 1), -500)], TODAY) == 0


def test_the_lease_of_a_home_is_found_by_day_person_and_end(session, lease):
    assert lease.number.startswith("L113-")
    assert queries.lease_of_unit(lease.unit_id, on=TODAY, session=session) == lease
    assert queries.lease_of_unit(lease.unit_id, on=date(2020, 1, 1), session=session) is None
    assert queries.lease_by_number(lease.number, session=session) == lease
    soon = queries.ending_between(TODAY, date(2026, 6, 30), session=session)
    assert [each.end_on for each in soon] == [date(2026, 5, 31)] * 2
    in_sw = queries.ending_between(
        TODAY, date(2026, 6, 30), scopes=["community:SW"], session=session
    )
    assert in_sw == []


def test_a_home_is_not_let_twice(session, lease, clock):
    again = NewLease(
        key="again",
        unit_id=lease.unit_id,
        tenant_id=lease.tenant_id,
        start_on=TODAY,
        rent_twd=1,
        deposit_twd=2,
    )
    with pytest.raises(UnitIsLet):
        service.sign(again, by=SYSTEM, session=session, clock=clock)


def test_a_lease_does_not_end_before_it_begins(session, lease, clock):
    backwards = NewLease(
        key="back",
        unit_id=lease.unit_id,
        tenant_id=lease.tenant_id,
        start_on=TODAY,
        end_on=date(2026, 3, 1),
        rent_twd=1,
        deposit_twd=2,
    )
    with pytest.raises(LeasePeriodInvalid):
        service.sign(backwards, by=SYSTEM, session=session, clock=clock)


def test_the_same_key_signs_once(session, clock):
    free = places.units_in_state("ready", session=session)[0]
    new = NewLease(
        key="once",
        unit_id=free.id,
        tenant_id=tenant(session).id,
        start_on=TODAY,
        rent_twd=6000,
        deposit_twd=12000,
    )
    first = service.sign(new, by=SYSTEM, session=session, clock=clock)

    assert service.sign(new, by=SYSTEM, session=session, clock=clock) == first
    assert places.unit(free.id, session=session).state == "leased"
    assert queries.lease(first, session=session).number.startswith("L115-")


def test_a_spouse_on_the_lease_takes_it_over_with_the_same_term(session, lease):
    parties = queries.parties_of(lease.id, on=TODAY, session=session)
    spouse = next(each for each in parties if each.relation == "spouse")

    service.take_over(lease.id, spouse.person_id, TODAY, session=session)

    after = queries.lease(lease.id, session=session)
    assert (after.tenant_id, after.end_on) == (spouse.person_id, lease.end_on)
    assert places.residents_of(lease.unit_id, on=date(2026, 3, 3), session=session) == []


def test_a_stranger_takes_nothing_over(session, lease):
    stranger = tenant(session, "resident2")

    with pytest.raises(NotOnTheLease):
        service.take_over(lease.id, stranger.id, TODAY, session=session)


def test_an_ended_lease_lets_its_people_go(session, lease):
    service.end(lease.id, TODAY, "notice", session=session)

    ended = queries.lease(lease.id, session=session)
    assert (ended.state, ended.ended_on, ended.end_reason) == ("ended", TODAY, "notice")
    assert places.residents_of(lease.unit_id, on=date(2026, 3, 3), session=session) == []


def test_a_renewal_carries_years_and_deposit_over(session, lease, clock):
    new = NewLease(
        key="renew",
        unit_id=lease.unit_id,
        tenant_id=lease.tenant_id,
        start_on=date(2027, 4, 1),
        rent_twd=lease.rent_twd,
        deposit_twd=lease.deposit_twd,
        co_residents=(CoResident(person_id=2, relation="spouse"),),
        previous_id=lease.id,
    )
    renewed = queries.lease(
        service.sign(new, by=SYSTEM, session=session, clock=clock), session=session
    )

    assert renewed.years_used() == Decimal("6.00")
    assert queries.deposit_held(lease.id, session=session) == 0
    assert queries.deposit_held(renewed.id, session=session) == lease.deposit_twd
    assert queries.lease(lease.id, session=session).end_reason == "renewed"


def test_a_deposit_is_settled_to_the_dollar(session, lease, clock):
    held = queries.deposit_held(lease.id, session=session)
    for kind, amount in (("withheld", 1600), ("refunded", held - 1600)):
        for _ in range(2):  # the second call changes nothing
            entry = money(lease.id, kind, amount, key=kind)
            service.record_deposit(entry, by=SYSTEM, session=session, clock=clock)

    assert queries.deposit_held(lease.id, session=session) == 0
    assert [each.kind for each in queries.deposit_lines(lease.id, session=session)] == [
        "paid",
        "withheld",
        "refunded",
    ]


def test_arrears_fall_with_each_payment(session, lease, clock):
    service.charge(money(lease.id, "rent", 6000), date(2026, 2, 15), session=session, clock=clock)
    assert queries.arrears(lease.id, on=TODAY, session=session) == 6000

    service.record_payment(money(lease.id, "payment", 2500, key="p"), session=session, clock=clock)
    assert queries.arrears(lease.id, on=TODAY, session=session) == 3500
    assert [each.amount_twd for each in queries.account_lines(lease.id, session=session)] == [
        6000,
        -2500,
    ]


def test_no_amount_is_zero_or_less(session, lease, clock):
    with pytest.raises(AmountInvalid):
        service.record_payment(money(lease.id, "payment", 0), session=session, clock=clock)


def test_a_home_goes_through_its_states_and_counts_vacancy_days(session, lease, clock):
    days = {"notice_given": 2, "vacant": 10, "preparing": 12, "ready": 20, "offered": 25}
    for state, day in days.items():
        change = StateChange(
            unit_id=lease.unit_id, to_state=state, on=date(2026, 3, day), key=f"t:{state}"
        )
        for _ in range(2):
            homes.change_state(change, by=SYSTEM, session=session, clock=clock)

    assert handovers.vacancy_of(lease.unit_id, until=date(2026, 4, 1), session=session) == 22
    lines = handovers.states_of(lease.unit_id, session=session)
    assert [each.to_state for each in lines] == ["leased", *days]


def test_a_let_home_cannot_be_offered(session, lease, clock):
    change = StateChange(unit_id=lease.unit_id, to_state="offered", on=TODAY, key="x")
    with pytest.raises(UnitStateNotReachable):
        homes.change_state(change, by=SYSTEM, session=session, clock=clock)


def test_vacancy_stops_while_somebody_lives_there():
    changes = [
        (date(2026, 1, 1), "vacant"),
        (date(2026, 1, 11), "leased"),
        (date(2026, 2, 1), "vacant"),
    ]
    assert vacancy_days(changes, date(2026, 2, 6)) == 15
    assert vacancy_days([], TODAY) == 0


def test_the_entry_sheet_lists_the_asset_register_with_building_model_numbers(session, lease):
    sheet = handovers.newest_sheet(lease.unit_id, "entry", session=session)

    assert sheet.is_final
    assert len(sheet.items) == len(places.assets_of_unit(lease.unit_id, session=session))
    assert all(each.bim_id.startswith("SW-A-0501-") and each.room for each in sheet.items)
    assert set(sheet.meters) == {"water", "electric", "gas"}


def test_an_exit_sheet_is_filled_in_until_it_is_final(session, lease):
    new = NewSheet(unit_id=lease.unit_id, kind="exit", held_on=TODAY, key="exit")
    sheet_id = homes.open_sheet(new, session=session)
    first = handovers.sheet(sheet_id, session=session).items[0]
    damage = NewItem(
        name=first.name, asset_id=first.asset_id, condition="defect", remark="牆面破損"
    )
    homes.record_items(sheet_id, [damage, NewItem(name="晒衣架")], session=session)
    homes.finish_sheet(sheet_id, meters={"water": "9"}, keys=[], signatures=[], session=session)

    sheet = handovers.sheet(sheet_id, session=session)
    assert sheet.items[0].condition == "defect"
    assert sheet.items[-1].name == "晒衣架"
    with pytest.raises(SheetFinal):
        homes.record_items(sheet_id, [damage], session=session)
