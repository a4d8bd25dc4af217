"""A case is followed with its number and code, by anybody and without a name on the page."""

import re

import pytest

from engine import queries
from housing.notices import queries as notices
from housing.notices.queries import MailboxFilter
from housing.people.queries import account_by_login
from housing.progress import codes
from housing.progress.queries import FOLLOWED
from housing.progress.service import MOST_WRONG
from scheduler.relay import Relay


@pytest.fixture
def house(house):
    """The city with its processes deployed."""
    house.deploy_packages()
    return house


def address(house, number: str) -> str:
    with house.reading() as session:
        case = queries.by_business_key(number, session)
    return f"/follow/{number}/{codes.grouped(codes.code_of(case.id, house.vault))}"


def test_number_and_code_open_the_progress_of_a_case(house, reported, visitor):
    number = reported().number
    code = address(house, number).rpartition("/")[2]
    visitor.open("/follow")

    page = visitor.send("/follow", number=number.lower(), code=f" {code.lower()} ")

    assert page.status_code == 200
    assert "分案中" in page.text
    assert "過去案件數太少" in page.text
    assert page.headers["X-Robots-Tag"].startswith("noindex")


def test_the_page_names_nobody(house, reported, visitor):
    page = visitor.open(address(house, reported().number))

    with house.reading() as session:
        who = queries.by_business_key(page.request.path.split("/")[2], session).started_by
    assert "resident1" not in page.text
    assert "水龍頭" not in page.text
    assert "0912345678" not in page.text
    assert f"account:{who}" not in page.text


def test_a_wrong_code_and_an_absent_case_answer_alike(house, reported, visitor):
    number = reported().number
    wrong = visitor.open(f"/follow/{number}/0000-0000-0000")
    absent = visitor.open("/follow/R115-999999/0000-0000-0000")

    assert wrong.status_code == absent.status_code == 404
    assert _without_token(wrong.text) == _without_token(absent.text)


def _without_token(page: str) -> str:
    plain = re.sub(r"/follow/[^&\"' ]+", "", page)
    return re.sub(r'(nonce|value|hx-headers)=("[^"]*"|\'[^\']*\')', "", plain)


def test_who_guesses_is_not_answered_for_a_while(house, reported, visitor):
    right = address(house, reported().number)
    for _ in range(MOST_WRONG):
        visitor.open("/follow/R115-999999/0000-0000-0000")

    assert visitor.open(right).status_code == 429


def test_whoever_takes_part_is_led_to_the_whole_page(house, reported, signed_in):
    number = reported("resident1").number

    answer = signed_in("resident1").open(address(house, number))

    assert answer.headers["Location"] == f"/cases/{number}"


def test_the_case_page_shows_its_code(house, reported, signed_in):
    number = reported("resident1").number

    page = signed_in("resident1").open(f"/cases/{number}")

    assert address(house, number).rpartition("/")[2] in page.text


def test_a_residents_mail_leads_to_the_progress_and_no_officers_does(house, reported):
    path = address(house, reported("resident1").number)
    Relay(house).run()

    with house.reading() as session:
        mails = notices.delivered(MailboxFilter(channel="mail"), session=session)
        resident = str(account_by_login("resident1", session=session).id)
        by_reader = {each.recipient: each.body for each in mails}
    assert path in by_reader[resident]
    assert [body for reader, body in by_reader.items() if reader != resident and path in body] == []


def test_cases_of_care_have_no_such_page():
    assert not [each for each in FOLLOWED if each.startswith("care.")]


def test_the_page_speaks_english(house, reported, visitor):
    path = address(house, reported().number)
    visitor.open("/follow")
    visitor.send("/language", language="en", next="/follow")

    page = visitor.open(path)

    assert "Stages of the case" in page.text
    assert "分案中" not in page.text
