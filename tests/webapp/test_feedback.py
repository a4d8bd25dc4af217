"""Whoever a case was about is asked once how it was handled; the answer does not lead back."""

import pytest
from sqlalchemy import select

from engine import queries
from housing.feedback import rules
from housing.feedback.models import Feedback
from housing.feedback.rules import PERIOD
from housing.people.queries import account_by_login
from housing.progress import codes
from housing.repairs import service as repairs
from housing.repairs.models import RepairTicket


@pytest.fixture
def house(house):
    """The city with its processes deployed."""
    house.deploy_packages()
    return house


@pytest.fixture
def ended(house, reported) -> str:
    """A case of resident1 that was taken back, and so ended without a rating."""
    number = reported().number
    with house.unit_of_work() as session:
        by = account_by_login("resident1", session=session).actor
        repairs.cancel(number, by=by, engine=house.engine, session=session)
    return number


def kept(house) -> list[tuple[int, str, str]]:
    with house.reading() as session:
        rows = session.scalars(select(Feedback))
        return [(each.stars, each.sentence, each.month) for each in rows]


def address(house, number: str) -> str:
    with house.reading() as session:
        case = queries.by_business_key(number, session)
    return f"/follow/{number}/{codes.grouped(codes.code_of(case.id, house.vault))}"


def test_whoever_has_the_code_answers_once_and_blots_what_is_personal(house, ended, visitor):
    page = visitor.open(address(house, ended))
    assert 'name="stars"' in page.text

    said = "很快，請回電 0912-345-678 或 A123456789。"
    visitor.send(f"{address(house, ended)}/feedback", stars="4", sentence=said)
    again = visitor.send(f"{address(house, ended)}/feedback", stars="1")

    assert kept(house) == [(4, "很快，請回電 ▇▇▇ 或 ▇▇▇。", "2026-03")]
    assert "無法填答滿意度" in again.text
    assert 'name="stars"' not in again.text


def test_the_resident_answers_on_the_case_page(house, ended, signed_in):
    browser = signed_in("resident1")
    assert 'name="stars"' in browser.open(f"/cases/{ended}").text

    browser.send(f"/cases/{ended}/feedback", stars="5")

    assert [stars for stars, _words, _month in kept(house)] == [5]


@pytest.mark.parametrize("stars", ["", "0", "6", "many"])
def test_other_than_one_to_five_stars_are_refused(house, ended, visitor, stars):
    visitor.open(address(house, ended))

    answer = visitor.send(f"{address(house, ended)}/feedback", stars=stars)

    assert "請選擇一至五顆星" in answer.text
    assert kept(house) == []


def test_nobody_is_asked_after_a_month_or_about_a_rated_repair(house, ended, visitor, clock):
    with house.unit_of_work() as session:
        ticket = session.scalars(select(RepairTicket).where(RepairTicket.number == ended)).one()
        ticket.rating = 5
    assert 'name="stars"' not in visitor.open(address(house, ended)).text

    with house.unit_of_work() as session:
        ticket = session.scalars(select(RepairTicket).where(RepairTicket.number == ended)).one()
        ticket.rating = None
    clock.advance(PERIOD * 2)
    assert 'name="stars"' not in visitor.open(address(house, ended)).text


def test_small_groups_are_hidden_and_never_one_alone():
    found = rules.means({"a": (9, 45), "b": (6, 18), "c": (2, 3)})

    assert [(each.key, each.count, each.mean) for each in found] == [
        ("a", 9, 5),
        ("b", None, None),
        ("c", None, None),
    ]


def test_chiefs_see_the_results_and_others_do_not(house, ended, visitor, signed_in):
    visitor.open(address(house, ended))
    visitor.send(f"{address(house, ended)}/feedback", stars="4", sentence="謝謝")

    page = signed_in("chief1").open("/feedback")

    assert page.status_code == 200
    assert "不顯示" in page.text
    assert "謝謝" not in page.text
    assert signed_in("resident1").open("/feedback").status_code == 403
