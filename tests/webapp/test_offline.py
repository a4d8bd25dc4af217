"""A report that waited on a phone makes one case, for the person who wrote it, whatever happens."""

import io
import json
import re
from uuid import uuid4

import pytest
from PIL import Image

from housing.cases.queries import draft_of
from housing.people import queries as people
from housing.records import service as records
from housing.repairs.queries import my_tickets
from webapp.report_page import DRAFT_KEY

REPORTS = "/offline/reports"
ANSWERS = {
    "where": "unit",
    "place": "廚房水槽下方",
    "category": "water",
    "text": "水龍頭一直漏水，關不緊。",
    "phone": "0912345678",
}


@pytest.fixture
def house(house):
    """The city with its processes deployed."""
    house.deploy_packages()
    return house


@pytest.fixture
def send(house):
    """Send a report as a phone does: it asks whose session this is, then sends."""

    def make(browser, token: str, **changes: object):
        known = browser.client.get("/offline/session").json
        data = {**ANSWERS, "photos": a_photo(), "_token": token, "_account": known["account"]}
        headers = {"X-CSRFToken": known["csrf"]}
        return browser.client.post(REPORTS, data={**data, **changes}, headers=headers)

    return make


@pytest.fixture
def tickets(house):
    """Name the tickets of resident1."""

    def find() -> list[str]:
        with house.reading() as session:
            account = people.account_by_login("resident1", session=session)
            return [each.number for each in my_tickets(account.id, session=session)]

    return find


def a_photo() -> tuple[io.BytesIO, str]:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (30, 90, 160)).save(target, "JPEG")
    target.seek(0)
    return target, "水龍頭.jpg"


def test_a_report_sent_twice_is_one_case(send, signed_in, tickets):
    resident, token = signed_in("resident1"), uuid4().hex
    first, second = send(resident, token), send(resident, token)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert tickets() == [first.json["number"]]
    assert resident.open(first.json["url"]).status_code == 200


def test_a_report_leaves_the_draft_of_the_ordinary_page_alone(send, signed_in, house, clock):
    resident = signed_in("resident1")
    with house.unit_of_work() as session:
        by = people.account_by_login("resident1", session=session).actor
        records.save_draft(DRAFT_KEY, {"text": "別件"}, by=by, session=session, clock=clock)
    assert send(resident, uuid4().hex).status_code == 201

    with house.reading() as session:
        assert draft_of(DRAFT_KEY, by=by, session=session).values == {"text": "別件"}


def test_after_the_session_ended_a_report_waits_for_the_next_sign_in(send, signed_in, tickets):
    resident = signed_in("resident1")
    mark = resident.client.get("/offline/session").json["account"]
    resident.open("/")
    resident.send("/sign-out")

    assert resident.client.get("/offline/session").json == {"account": "", "csrf": ""}
    stamp = {"csrf_token": resident.stamp}
    assert send(resident, uuid4().hex, _account=mark, **stamp).status_code in (400, 401)
    assert tickets() == []


def test_a_report_of_somebody_else_on_the_same_phone_is_not_taken(send, signed_in, tickets):
    neighbour = signed_in("resident2")
    mark = signed_in("resident1").client.get("/offline/session").json["account"]

    assert send(neighbour, uuid4().hex, _account=mark).status_code == 401
    assert tickets() == []


def test_what_is_wrong_is_named_so_that_the_phone_can_show_it(send, signed_in):
    refused = send(signed_in("resident1"), uuid4().hex, phone="12", place="")

    assert refused.status_code == 422
    labels = [each["label"] for each in refused.json["errors"]]
    assert labels == ["詳細位置", "聯絡電話"]
    assert all(each["words"] for each in refused.json["errors"])


def test_a_similar_report_is_sent_after_a_second_look_only(send, signed_in, tickets):
    resident, token = signed_in("resident1"), uuid4().hex
    first = send(resident, uuid4().hex).json["number"]
    asked = send(resident, token)

    assert asked.status_code == 409
    assert asked.json["similar"][0]["words"].startswith(first)
    assert send(resident, token, _confirmed="1").status_code == 201
    assert len(tickets()) == 2


def test_without_the_form_token_nothing_is_taken(signed_in, tickets):
    resident = signed_in("resident1")
    mark = resident.client.get("/offline/session").json["account"]
    answer = resident.client.post(REPORTS, data={**ANSWERS, "_account": mark})

    assert answer.status_code == 400
    assert tickets() == []


@pytest.mark.parametrize("address", ["/offline", "/offline/repair"])
def test_pages_kept_on_a_phone_are_the_same_for_everybody(address, signed_in, visitor):
    mine, strangers = signed_in("resident1").open(address).text, visitor.open(address).text

    assert mine == strangers
    assert "林安安" not in mine
    assert "csrf" not in mine


def test_pages_kept_on_a_phone_speak_its_language(visitor):
    page = visitor.open("/offline/repair?language=en").text

    assert "What happened?" in page
    assert '<html lang="en">' in page


def test_the_service_worker_names_only_what_can_be_fetched_without_signing_in(visitor):
    kept = json.loads(re.match(r"self\.ANJU = (.*);\n", visitor.open("/sw.js").text)[1])
    addresses = [*kept["assets"], *(each["address"] for each in kept["pages"])]

    answers = [visitor.client.get(each, buffered=True) for each in addresses]
    assert {each.status_code for each in answers} == {200}
    assert all("?v=" in each and not each.endswith("=") for each in kept["assets"])


def test_the_service_worker_is_asked_for_again_but_sent_only_when_it_changed(visitor):
    mark = visitor.open("/sw.js").headers["ETag"]

    assert visitor.client.get("/sw.js", headers={"If-None-Match": mark}).status_code == 304
