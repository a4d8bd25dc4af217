"""Pages of leases and moving out: one's own lease, notice, lists, the exit sheet, the bank."""

import base64
import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from engine import queries as engine_queries
from engine.queries import TaskFilter
from housing.cases.service import Completion, submit_task
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


@pytest.fixture
def handing_over(leaving, house, clock, signed_in):
    """Bring the case to the day of the handover; gives its number and the manager's browser."""
    number, _browser = leaving
    clock.advance(timedelta(days=28))
    fire(house, clock)
    complete(house, clock, "inspect", {"items": [], "photos": [], "note": ""})
    clock.advance(timedelta(days=14))
    fire(house, clock)
    manager = signed_in("manager1")
    manager.open(f"/move-outs/{number}/handover")
    manager.send(f"/move-outs/{number}/handover")
    return number, manager


def fire(house, clock):
    """Fire what is due."""
    with house.reading() as session:
        due = house.engine.due_jobs(session, clock.now(), 100)
    for job in due:
        with house.unit_of_work() as session:
            house.engine.fire(job.id, session=session)


def complete(house, clock, element, values):
    """Complete the open task of an element as the manager."""
    with house.unit_of_work() as session:
        by = account_by_login("manager1", session=session).actor
        (task,) = engine_queries.open_tasks(TaskFilter(element_id=element), session).rows
        house.engine.claim(task.id, by=by, session=session)
        submit_task(
            Completion(task_id=task.id, values=values),
            by=by,
            engine=house.engine,
            session=session,
            clock=clock,
        )


def png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (640, 176), "white").save(target, "PNG")
    return target.getvalue()


def test_items_are_saved_one_by_one_and_a_damage_needs_a_photo(handing_over):
    number, manager = handing_over
    page = manager.open(f"/move-outs/{number}/handover").text
    first = re.search(r'id="item-(\d+)"', page)[1]
    address = f"/move-outs/{number}/handover/items/{first}"

    refused = manager.send(address, finding="damage", price_twd="4000", remark="刮痕很深")
    assert refused.status_code == 422
    assert "損壞須附照片" in refused.text
    assert "刮痕很深" in refused.text

    photo = (io.BytesIO(png()), "damage.png")
    kept = manager.send(address, finding="damage", price_twd="4000", new_photos=photo)
    assert kept.status_code == 200
    assert "已檢查 1" in manager.open(f"/move-outs/{number}/handover").text


def test_a_signature_is_drawn_typed_or_refused_with_a_reason(handing_over):
    number, manager = handing_over
    address = f"/move-outs/{number}/handover/signatures/tenant"
    drawing = "data:image/png;base64," + base64.b64encode(png()).decode()

    assert "請手寫簽名" in manager.send(address).text
    assert "signature-shown" in manager.send(address, drawing=drawing).text
    assert "輸入姓名：林安安" in manager.send(address, typed="林安安").text
    assert "拒絕簽名" in manager.send(address, refused_because="不同意點退結果，里長見證").text


def test_what_is_no_picture_is_no_signature(handing_over):
    number, manager = handing_over
    address = f"/move-outs/{number}/handover/signatures/tenant"

    page = manager.send(address, drawing="data:image/png;base64,%%%")
    assert "signature.png" in page.text
    assert "signature-shown" not in page.text


def test_what_stands_in_no_register_is_added_with_its_charge_and_taken_out_again(handing_over):
    number, manager = handing_over
    address = f"/move-outs/{number}/handover/items"
    typed = {"name": "陽台洗衣架", "finding": "damage", "price_twd": "900", "remark": "支架斷裂"}

    refused = manager.send(address, **typed)
    assert refused.status_code == 422
    assert "損壞須附照片" in refused.text
    assert 'value="陽台洗衣架"' in refused.text

    bad = [(io.BytesIO(png()), "rack.png"), (io.BytesIO(b"MZ"), "rack.exe")]
    half = manager.send(address, **typed, new_photos=bad)
    assert "rack.exe" in half.text
    (photo,) = re.findall(r'name="photos" value="([0-9a-f]{32})"', half.text)

    page = manager.send(address, **typed, photos=photo).text
    assert "陽台洗衣架" in page
    assert "清冊外" in page
    item = re.search(r"/handover/items/(\d+)/remove", page)[1]
    assert "陽台洗衣架" not in manager.send(f"{address}/{item}/remove").text
    assert manager.send(f"{address}/{item}/remove").status_code == 404


def test_only_managers_fill_the_sheet_in_and_the_office_reads_it(handing_over, signed_in):
    number, _manager = handing_over
    officer = signed_in("officer1")

    assert officer.open(f"/move-outs/{number}/handover").status_code == 200
    assert officer.send(f"/move-outs/{number}/handover/readings").status_code == 403
    assert signed_in("manager2").open(f"/move-outs/{number}/handover").status_code == 404


def test_the_simulated_bank_is_played_by_finance_only(house, signed_in):
    house.deploy_packages()

    assert "目前沒有待回覆的查詢" in signed_in("finance1").open("/simulator/bank").text
    assert signed_in("resident1").open("/simulator/bank").status_code == 403


def test_the_account_of_a_refund_is_masked_until_it_is_read_for_a_purpose(leaving, signed_in):
    number, resident = leaving
    address, finance = f"/move-outs/{number}/account", signed_in("finance1")

    assert "12345678901" not in resident.open(f"/cases/{number}").text
    assert address in finance.open(f"/cases/{number}").text
    assert "*******8901" in finance.open(address).text
    assert finance.send(address, purpose="x").status_code == 422
    assert "12345678901" in finance.send(address, purpose="匯退押金給承租人").text
    assert resident.open(address).status_code == 403
    assert signed_in("manager1").open(address).status_code == 403
