"""Pages of SLA clocks: the list of what is late, a case's service levels, extending, waiving."""

from datetime import timedelta

import pytest

from engine import queries, sla_queries

CASE_LEVEL = "case_30d"


@pytest.fixture
def number(reported):
    return reported().number


@pytest.fixture
def clock_of(house, number):
    """Read a clock of the reported case by the id of its service level."""

    def read(sla_id):
        with house.reading() as session:
            case = queries.by_business_key(number, session)
            clocks = {each.sla_id: each for each in sla_queries.clocks_of(case.id, session)}
        return clocks[sla_id]

    return read


def walk(house, clock, period):
    """Move the clock onward and fire what falls due, each at its own instant."""
    until = clock.now() + period
    while True:
        with house.reading() as session:
            due = house.engine.due_jobs(session, until, 1)
        if not due:
            clock.set(until)
            return
        clock.set(max(due[0].due_at, clock.now()))
        with house.unit_of_work() as session:
            house.engine.fire(due[0].id, session=session)


def test_staff_see_the_service_levels_of_a_case_with_their_basis(signed_in, number):
    page = signed_in("officer1").open(f"/cases/{number}/clocks")

    assert page.status_code == 200
    assert "附件3 社會住宅報修流程圖：2 日內分案" in page.text
    assert "全案處理" in page.text


def test_residents_do_not_open_the_office_page_of_service_levels(signed_in, number):
    assert signed_in("resident1").open(f"/cases/{number}/clocks").status_code in (403, 404)


def test_an_officer_extends_a_deadline_with_a_reason(signed_in, number, clock_of):
    before, officer = clock_of("triage_2d"), signed_in("officer1")
    officer.open(f"/clocks/{before.id}")

    page = officer.send(
        f"/clocks/{before.id}/extend", how="units", amount="3", reason="連續假期人力不足"
    )

    assert clock_of("triage_2d").due_at == before.due_at + timedelta(days=3)
    assert "連續假期人力不足" in page.text


def test_an_extension_may_be_given_as_a_day(signed_in, number, clock_of):
    before, officer = clock_of("triage_2d"), signed_in("officer1")
    officer.open(f"/clocks/{before.id}")
    day = (before.due_at + timedelta(days=5)).date()

    officer.send(f"/clocks/{before.id}/extend", how="day", until=day.isoformat(), reason="待料")

    assert clock_of("triage_2d").due_at == before.due_at + timedelta(days=5)


@pytest.mark.parametrize(
    "fields",
    [
        {"how": "units", "amount": "3", "reason": " "},
        {"how": "units", "amount": "0", "reason": "待料"},
        {"how": "units", "amount": "x", "reason": "待料"},
        {"how": "day", "until": "2001-01-01", "reason": "待料"},
        {"how": "day", "until": "soon", "reason": "待料"},
    ],
)
def test_a_wrong_extension_is_said_beside_its_field(signed_in, number, clock_of, fields):
    before, officer = clock_of("triage_2d"), signed_in("officer1")
    officer.open(f"/clocks/{before.id}")

    page = officer.send(f"/clocks/{before.id}/extend", **fields)

    assert page.status_code == 422
    assert "field-error" in page.text
    assert clock_of("triage_2d").due_at == before.due_at


def test_waiving_asks_for_a_confirmation(signed_in, number, clock_of):
    clock, officer = clock_of("triage_2d"), signed_in("officer1")
    officer.open(f"/clocks/{clock.id}")

    page = officer.send(f"/clocks/{clock.id}/waive", reason="住戶同意延後")
    assert page.status_code == 422
    assert clock_of("triage_2d").state == "running"

    officer.send(f"/clocks/{clock.id}/waive", reason="住戶同意延後", confirmed="yes")
    assert clock_of("triage_2d").state == "waived"


def test_a_property_manager_may_neither_extend_nor_waive(signed_in, number, clock_of):
    clock, manager = clock_of("triage_2d"), signed_in("manager1")
    manager.open("/")

    assert manager.send(f"/clocks/{clock.id}/waive", reason="x", confirmed="yes").status_code == 403
    assert manager.send(f"/clocks/{clock.id}/extend", how="units", amount="1").status_code == 403


def test_the_list_shows_what_is_overdue_and_says_when_nothing_is(house, clock, signed_in, number):
    officer = signed_in("officer1")
    assert number not in officer.open("/deadlines/late").text

    walk(house, clock, timedelta(days=4))

    signed_in_again = signed_in("officer1")
    page = signed_in_again.open("/deadlines/late")
    assert number in page.text
    assert "已逾期" in page.text
    assert signed_in_again.open("/deadlines/late?view=all&after=nonsense").status_code == 200
