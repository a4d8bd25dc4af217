"""Pages of leases and moving out: one's own lease, notice, lists, the exit sheet, the bank."""

import base64
import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from engine import queries as engine_queries
from engine.queries import TaskFilter
from housing.demo import clock as demo_clock
from housing.move_outs import queries
from housing.people.queries import account_by_login

NOTICE = {
    "leaving_because": "work",
    "forward_address": "臺中市西區民權路 1 號",
    "phone": "0900000001",
    "bank_code": "004",
    "bank_account": "12345678901",
}


@pytest.fixture
def leaving(house, clock, signed_in):
    """Have resident1 give notice on the page; gives the case number and his browser."""
    house.deploy_packages()
    browser = signed_in("resident1")
    page = browser.open("/my-lease/notice")
    token = re.search(r'name="_token" value="([^"]+)"', page.text)[1]
    planned_on = (clock.now() + timedelta(days=40)).date().isoformat()
    answer = browser.send("/my-lease/notice", _token=token, planned_on=planned_on, **NOTICE)
    number = re.search(r"X\d{3}-\d{6}", answer.text)
    assert number, answer.text
    return number[0], browser


def test_a_tenant_sees_term_rent_deposit_and_how_to_leave(house, signed_in):
    house.deploy_packages()

    page = signed_in("resident1").open("/my-lease").text

    assert "我的租約" in page
    assert "東區尚武好宅 A-0501" in page
    assert "提出退租" in page
    assert "6,000" in page


def test_a_day_shows_what_leaving_costs_before_the_notice_is_sent(house, clock, signed_in):
    house.deploy_packages()
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()

    page = signed_in("resident1").open(f"/my-lease/notice?planned_on={tomorrow}").text

    assert "租金計至" in page
    assert "未滿一個月以一個月計" in page


def test_a_notice_is_given_once_and_can_be_taken_back(leaving, house):
    number, browser = leaving
    assert browser.open("/my-lease/notice").status_code == 302

    page = browser.send(f"/move-outs/{number}/withdraw")

    assert "已撤回退租" in page.text
    with house.reading() as session:
        assert queries.case_view(number, session=session).state == "withdrawn"


def test_another_resident_cannot_take_the_notice_back(leaving, signed_in):
    number, _browser = leaving
    stranger = signed_in("resident2")
    stranger.open("/")

    assert stranger.send(f"/move-outs/{number}/withdraw").status_code == 404


def test_the_office_finds_leases_by_home_and_begins_a_termination(house, clock, signed_in):
    house.deploy_packages()
    officer = signed_in("officer1")
    found = officer.open("/leases?q=A-0501")
    number = re.search(r"/leases/(L[\w-]+)", found.text)[1]
    page = officer.open(f"/leases/{number}/move-out")
    token = re.search(r'name="_token" value="([^"]+)"', page.text)[1]
    planned_on = (clock.now() + timedelta(days=20)).date().isoformat()

    answer = officer.send(
        f"/leases/{number}/move-out",
        _token=token,
        reason="termination",
        planned_on=planned_on,
        **NOTICE,
    )

    assert "終止租約" in answer.text
    listed = officer.open("/move-outs").text
    assert "終止租約" in listed
    assert officer.open("/leases?state=leaving").text.count("退租中") > 1


def test_the_list_of_leases_says_when_nothing_fits(house, signed_in):
    house.deploy_packages()

    assert "沒有符合條件的租約" in signed_in("officer1").open("/leases?q=nowhere").text
