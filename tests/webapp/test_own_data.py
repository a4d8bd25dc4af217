"""One's own data: a copy for its owner alone, and requests that are decided within 30 days."""

import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest

from engine.queries import TaskFilter, by_business_key, open_tasks
from housing import background_kinds
from housing.demo.accounts import PASSWORD
from housing.own_data import service
from housing.own_data.desk import request_by_number
from housing.own_data.service import NewRequest
from housing.people.queries import account_by_login
from housing.persons.queries import person_of_account
from housing.slices import Desk

WRONG = "not it"
ASKED = {
    "kind": "correct",
    "field": "contact_address",
    "wanted": "臺中市示範路 99 號",
    "grounds": "已遷居，請更正通訊地址。",
}


@pytest.fixture
def copied(house, signed_in, reported):
    """A resident's browser and the path of the copy that was made for her, who reported once."""
    reported("resident1")
    browser = signed_in("resident1")
    browser.open("/account/data")
    browser.send("/account/data/copies")
    assert background_kinds.run_next(house)
    page = browser.open("/account/data")
    return browser, re.search(r"/account/data/copies/[0-9a-f]{32}", page.text)[0]


def test_a_copy_holds_the_persons_tables_and_says_what_is_left_out(copied):
    browser, path = copied
    archive = zipfile.ZipFile(io.BytesIO(browser.client.get(path).data))
    data = json.loads(archive.read("data.json"))
    page = archive.read("readme.html").decode()

    assert data["parts"]["account"]["rows"][0]["帳號"] == "resident1"
    assert data["parts"]["leases"]["rows"]
    assert data["parts"]["person"]["rows"][0]["手機號碼"].startswith("09")
    assert "who_looked" in data["parts"]
    assert data["parts"]["forms"]["rows"][0]["內容"]["哪一類問題？"] == "水管、漏水、馬桶"
    assert re.search(r"<td>78年\d+月\d+日", page)  # born on
    assert "第 10 條但書" in data["left_out"][0]
    assert "林安安" in page
    assert "****" in page


def test_a_copy_is_fetched_by_its_owner_alone_for_seven_days(copied, signed_in, clock):
    _browser, path = copied
    assert signed_in("resident2").open(path).status_code == 404
    clock.advance(timedelta(days=7))
    again = signed_in("resident1")

    assert again.open(path).status_code == 404


def test_after_ten_minutes_the_password_is_asked_for_again(copied, clock):
    browser, path = copied
    clock.advance(timedelta(minutes=11))
    refused = browser.open(path)
    assert refused.status_code == 303
    browser.open(refused.headers["Location"])
    wrong = browser.send("/account/confirm", password=WRONG, next="/account/data")
    assert wrong.status_code == 422
    right = browser.send("/account/confirm", password=PASSWORD, next="/account/data")

    assert path in right.text
    assert browser.client.get(path).data[:2] == b"PK"


def test_the_file_on_disk_is_sealed_and_a_second_copy_waits_a_day(copied, house):
    browser, path = copied
    kept = house.settings.exports_path / f"{path.rpartition('/')[2]}.sealed"

    assert kept.read_bytes()[:2] != b"PK"
    assert "一日內已製作過" in browser.send("/account/data/copies").text


def test_a_request_is_a_case_with_the_clock_of_the_law_and_its_words_for_its_readers(
    house, signed_in
):
    browser = signed_in("resident1")
    browser.open("/account/data/request")
    listed = browser.send("/account/data/request", **ASKED)
    assert "P115-000001" in listed.text
    case = browser.open("/cases/P115-000001")
    assert "臺中市示範路 99 號" in case.text
    assert "115/04/01" in case.text
    assert signed_in("resident2").open("/cases/P115-000001").status_code == 404

    officer = signed_in("officer1")
    officer.open("/cases/P115-000001")
    officer.send("/data-requests/P115-000001/extend", reason="須調閱紙本卷宗查證。")
    assert "115/05/0" in officer.open("/cases/P115-000001").text
    with house.reading() as session:
        found = by_business_key("P115-000001", session)
        (task,) = open_tasks(TaskFilter(instance_id=found.id), session).rows
    officer.open(f"/tasks/{task.id}")
    officer.send(f"/tasks/{task.id}/claim")
    form = {"decision": "grant", "reason": "已更正。", "_version": "1"}
    officer.send(f"/tasks/{task.id}", **form)
    with house.reading() as session:
        owner = account_by_login("resident1", session=session)
        assert person_of_account(owner.id, session=session).contact_address == ASKED["wanted"]


@pytest.mark.parametrize(
    ("field", "wanted", "words"),
    [("mobile", "12345", "手機號碼應為 09 開頭"), ("name", "林" * 101, "請填寫身分證上的姓名")],
)
def test_a_wrong_value_is_refused_and_what_was_typed_stays(signed_in, field, wanted, words):
    browser = signed_in("resident1")
    browser.open("/account/data/request")
    refused = browser.send("/account/data/request", **{**ASKED, "field": field, "wanted": wanted})

    assert refused.status_code == 422
    assert wanted in refused.text
    assert words in refused.text


def test_what_is_not_kept_of_an_account_is_not_taken_for_a_correction(signed_in):
    browser = signed_in("officer1")  # no person of the register
    browser.open("/account/data/request")

    assert "尚無此項資料" in browser.send("/account/data/request", **ASKED).text
    assert (
        "P115-000001"
        in browser.send(
            "/account/data/request", **{**ASKED, "field": "name", "wanted": "許承辦員"}
        ).text
    )


def test_a_copy_that_was_stopped_can_be_ordered_again_at_once(signed_in):
    browser = signed_in("resident1")
    browser.open("/account/data")
    page = browser.send("/account/data/copies")
    browser.send(re.search(r'action="(/background/[^"]+/stop[^"]*)"', page.text)[1])

    assert "複製本製作中，備妥後" in browser.send("/account/data/copies").text


def test_an_account_whose_owner_rents_again_is_not_closed_after_all(house, clock):
    with house.unit_of_work() as session:
        owner = account_by_login("resident1", session=session)
        new = NewRequest(token="t", kind="delete", grounds="遷出外縣市")  # noqa: S106
        desk = Desk(
            by=owner.actor,
            engine=house.engine,
            session=session,
            clock=clock,
            vault=house.vault,
            is_demo=True,
        )
        service.ask(new, desk)
        request_by_number("P115-000001", session=session).closes_on = date(2026, 3, 2)
        session.flush()

        assert service.close_due(session=session, clock=clock) == 0
        assert account_by_login("resident1", session=session).state == "active"
        assert request_by_number("P115-000001", session=session).closes_on is None
