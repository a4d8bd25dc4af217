"""Pages of calls and applications: who sees what, and what is kept of it."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select, text

from housing.applications import mydata
from housing.applications.errors import DrawRanksInvalid, TransferUsed
from housing.applications.models import ApplicationChange, ApplicationConsent, HousingApplication
from housing.applications.rounds import NewRound, open_at_once
from housing.applications.rules import read_ranks
from housing.people.models import Account
from housing.persons.models import Person
from housing.persons.rules import complete_national_id
from housing.records.models import FormSubmission

NATIONAL_ID = complete_national_id("A09990007")
STEPS = (
    {"round": "", "site1": "SW", "room_type": "1BR", "household_class": "general"},
    {
        "name": "何安居",
        "nat_id": NATIONAL_ID,
        "dob": "1990-05-20",
        "mobile": "0900000001",
        "address_registered": "臺中市東區樂業路 1 號",
        "city_link": "registered",
    },
    {},
    {
        "owns_home": "none",
        "income_month_person": "30000",
        "property_value": "0",
        "other_subsidy": "false",
        "years_used": "0",
        "has_arrears": "false",
    },
    {"use_mydata": "false"},
    {"consent_privacy": "true", "consent_electronic": "true", "consent_truth": "true"},
)


@pytest.fixture
def call(house, clock) -> str:
    """An open rolling call."""
    house.deploy_packages()
    with house.unit_of_work() as session:
        new = NewRound(kind="rolling", title="梧棲三民好宅隨到隨辦")
        return open_at_once(new, session=session, clock=clock).number


@pytest.fixture
def applied(call, signed_in):
    """Apply in six steps; gives the case number and the applicant's browser."""

    def make(login: str = "applicant1"):
        browser = signed_in(login)
        for place, fields in enumerate(STEPS, start=1):
            address = f"/apply/{call}/step{place}"
            browser.open(address)
            answer = browser.send(address, **{**fields, **({"round": call} if place == 1 else {})})
        found = re.search(r"A\d{3}-\d{6}", answer.text)
        assert found, answer.text
        return found[0], browser

    return make


def test_strangers_see_the_calls_and_no_draft(call, house, visitor):
    page = visitor.open("/calls")

    assert page.status_code == 200
    assert "梧棲三民好宅隨到隨辦" in page.text
    assert visitor.open(f"/calls/{call}").status_code == 200
    assert visitor.open("/calls/C999-99").status_code == 404


def test_an_application_is_kept_without_the_national_id_in_its_record(applied, house):
    number, _browser = applied()

    with house.reading() as session:
        forms = session.scalars(select(FormSubmission)).all()
        kept = [str(each.values) for each in forms]
        consents = session.scalars(select(ApplicationConsent)).all()
        raw = [str(row) for row in session.execute(text("SELECT * FROM person"))]
    assert any("何安居" in each for each in kept)
    assert [each for each in (*kept, *raw) if NATIONAL_ID in each] == []
    assert {each.kind: each.is_given for each in consents} == {
        "privacy": True,
        "mydata": False,
        "electronic": True,
        "truth": True,
    }
    assert number.startswith("A")


def test_a_draft_is_sealed_and_comes_back(call, house, signed_in):
    browser = signed_in("applicant1")
    for place in (1, 2):
        address = f"/apply/{call}/step{place}"
        browser.open(address)
        browser.send(address, **{**STEPS[place - 1], **({"round": call} if place == 1 else {})})

    with house.reading() as session:
        rows = [str(row) for row in session.execute(text("SELECT * FROM application_draft"))]
    assert len(rows) == 1
    assert NATIONAL_ID not in rows[0]
    assert NATIONAL_ID in browser.open(f"/apply/{call}/step2").text


def test_nobody_else_opens_or_withdraws_an_application(applied, signed_in, house):
    number, _browser = applied()
    other = signed_in("applicant2")

    assert other.open(f"/cases/{number}").status_code == 404
    other.open("/applications")
    assert other.send(f"/applications/{number}/withdraw").status_code == 404
    with house.reading() as session:
        assert session.scalars(select(HousingApplication.state)).all() == ["under_review"]


def test_the_applicant_withdraws(applied, house):
    number, browser = applied()
    browser.open(f"/cases/{number}")
    browser.send(f"/applications/{number}/withdraw")

    with house.reading() as session:
        assert session.scalars(select(HousingApplication.state)).all() == ["withdrawn"]


def test_officers_find_an_application_in_the_inbox_and_applicants_only_their_own(
    applied, signed_in
):
    number, _browser = applied()

    assert number in signed_in("officer1").open("/applications?state=under_review").text
    assert number not in signed_in("officer1").open("/applications?channel=paper").text
    assert number not in signed_in("applicant2").open("/applications").text
    assert number in signed_in("applicant1").open("/applications").text


@pytest.mark.parametrize("login", ["applicant1", "resident1", "manager1"])
def test_only_officers_key_in_paper_and_draft_calls(call, signed_in, login):
    browser = signed_in(login)

    assert browser.open(f"/applications/paper/{call}").status_code == 403
    assert browser.open("/calls/new/periodic").status_code == 403


def test_a_transfer_of_mydata_is_used_once_and_late_ones_fail(call, house, clock):
    with house.unit_of_work() as session:
        token = mydata.ask("7", call, session=session, clock=clock)
        with pytest.raises(TransferUsed):
            mydata.answer(token, "8", "ready", session=session, clock=clock)
        mydata.answer(token, "7", "ready", session=session, clock=clock)
        assert mydata.use("7", call, session=session, clock=clock)
        assert not mydata.use("7", call, session=session, clock=clock)

        late = mydata.ask("7", call, session=session, clock=clock)
        clock.advance(timedelta(seconds=61))
        assert mydata.answer(late, "7", "ready", session=session, clock=clock).state == "failed"


def test_the_applicant_changes_his_address_and_the_case_says_so_without_saying_what(
    applied, signed_in, house
):
    number, browser = applied()
    address = f"/cases/{number}/actions/application.change"
    browser.open(address)
    new = {"address_registered": "臺中市西區民權路 9 號", "room_type": "3BR"}
    browser.send(address, **new)
    shown = browser.open(f"/cases/{number}").text

    with house.reading() as session:
        row = session.scalars(select(HousingApplication)).one()
        person = session.get_one(Person, row.person_id)
        fields = session.scalars(select(ApplicationChange.fields)).all()
        history = str(session.execute(text("SELECT * FROM history")).all())
    # a rolling call reviews at once, so what is applied for stands fast
    assert (row.room_type, person.registered_address) == ("1BR", new["address_registered"])
    assert person.contact_address == new["address_registered"]  # left empty: the same
    assert fields == [["address_contact", "address_registered"]]
    assert "送件後之變更" in shown
    assert "何安居" in shown
    assert "民權路" not in history
    assert signed_in("applicant2").open(address).status_code == 404


def test_nobody_changes_how_a_person_with_another_account_is_reached(applied, house):
    number, browser = applied()
    with house.unit_of_work() as session:
        row = session.scalars(select(HousingApplication)).one()
        other = session.scalars(select(Account.id).where(Account.login == "applicant2")).one()
        session.get_one(Person, row.person_id).account_id = other
    address = f"/cases/{number}/actions/application.change"
    browser.open(address)

    assert browser.send(address, address_registered="他人地址 1 號").status_code == 409


def test_a_consent_taken_back_sends_letters_by_post_and_stands_there_twice(
    applied, signed_in, house
):
    number, browser = applied()
    address = f"/applications/{number}/consents/electronic"
    other = signed_in("applicant2")
    other.open("/applications")
    assert other.send(address).status_code == 404
    browser.open(f"/cases/{number}")
    first, again = browser.send(address), browser.send(address)
    carrying = browser.send(f"/applications/{number}/consents/privacy")

    with house.reading() as session:
        row = session.scalars(select(HousingApplication)).one()
        kept = session.scalars(
            select(ApplicationConsent.is_given)
            .where(ApplicationConsent.kind == "electronic")
            .order_by(ApplicationConsent.id)
        ).all()
        since = session.get_one(Person, row.person_id).electronic_service_since
    assert (first.status_code, again.status_code, carrying.status_code) == (200, 409, 409)
    assert (kept, since) == ([True, False], None)


def test_only_officers_record_a_draw_and_only_of_a_call_that_waits_for_it(call, signed_in):
    address = f"/calls/{call}/draw"
    officer = signed_in("officer1")

    assert signed_in("applicant1").open(address).status_code == 403
    assert "不須登錄抽籤結果" in officer.open(address).text
    assert (
        officer.send(address, ranks=(BytesIO(b"C115-01-000001,1"), "ranks.csv")).status_code == 409
    )
    assert officer.send(address, ranks=(BytesIO(b"\xff\xfe"), "ranks.csv")).status_code == 422


def test_the_file_of_a_draw_is_read_strictly():
    assert read_ranks("\ufeffnumber,rank\r\nC115-01-000002,1\r\n\r\nC115-01-000001;2\r\n") == {
        "C115-01-000002": 1,
        "C115-01-000001": 2,
    }
    for wrong in ("C115-01-000001,1\nC115-01-000001,2", "C115-01-000001,1\nx,2", "a\nb"):
        with pytest.raises(DrawRanksInvalid):
            read_ranks(wrong)
