"""A resident with a phone and no network reports a leak, is pushed later, and answers."""

import json
import re
from datetime import timedelta

import pytest

from housing.demo import clock
from housing.notices import queries
from housing.notices.queries import MailboxFilter
from housing.people import queries as people
from housing.repairs.queries import my_tickets
from scheduler.relay import Relay
from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

PHONE = 390
LEAK = "水龍頭把手斷了，一直滴水。"
EXPECTED = (
    "Failed to load resource: net::ERR_INTERNET_DISCONNECTED",
    "Failed to load resource: the server responded with a status of 413",  # where the page sends it
)
TOO_LARGE = """() => new Promise((done, fail) => {
  const request = indexedDB.open('anju', 1);
  request.onerror = fail;
  request.onsuccess = () => {
    const change = request.result.transaction(['drafts', 'state'], 'readwrite');
    const whose = change.objectStore('state').get('whose');
    whose.onsuccess = () => change.objectStore('drafts').put({
      token: 'f'.repeat(32), account: whose.result.account, state: 'waiting', photos: [],
      fields: [['text', 'x'.repeat(3e6)]], problem: null, title: 'too large', savedAt: Date.now(),
    });
    change.oncomplete = done;
  };
})"""
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  for (let look = 0; look < 400; look += 1) {
    const shown = await worker.getNotifications();
    if (shown.length) return shown.map(each => [each.title, each.data.url]);
    await new Promise(again => setTimeout(again, 50));
  }
  return [];
}"""


def test_a_report_without_network_is_sent_once_and_its_question_answered(person, served, photo):
    resident = person("resident1", PHONE)
    settle(resident)
    keep_one_that_no_server_takes(resident)
    write_without_network(resident, photo)
    number = come_back(resident, served)

    clock.advance(served.application, timedelta(minutes=61))  # a phone rings once an hour
    ask_the_resident(person("manager1", PHONE), photo)
    title, address = push(resident, served)
    assert title
    assert address == f"/cases/{number}"
    answer(resident, address, photo)

    look_around(resident)
    assert [each for each in resident.complaints if not each.startswith(EXPECTED)] == []


def settle(resident) -> None:
    """The phone keeps what it needs without network."""
    check(resident)
    resident.page.wait_for_function("navigator.serviceWorker.controller !== null")
    resident.page.wait_for_function("localStorage.getItem('anju.account') !== null")


def keep_one_that_no_server_takes(resident) -> None:
    """An older report waits too; it is refused in no words of ours and holds up no other."""
    resident.page.evaluate(TOO_LARGE)


def write_without_network(resident, photo) -> None:
    """Report a leak with a photo; it waits on the phone."""
    page = resident.page
    page.context.set_offline(True)
    resident.open("/repairs/new")
    check(resident)
    resident.press("有網路時送出")
    page.get_by_text("請填寫：發生了什麼事？").wait_for()
    resident.choose("where", "unit")
    resident.write("place", "浴室洗手台")
    page.locator('select[name="category"]').select_option("water")
    resident.write("text", LEAK)
    resident.write("phone", "0900000001")
    resident.attach("photos", photo)
    page.locator("[data-kept-photos] img").wait_for()
    page.get_by_role("button", name="有網路時送出").click()
    page.locator('[data-is="waiting"]').nth(1).wait_for()
    check(resident)
    assert LEAK in words(resident)
    assert "尚未送出" in words(resident)


def come_back(resident, served) -> str:
    """With network it is sent, once, by whoever of page and service worker is first."""
    page = resident.page
    page.context.set_offline(False)
    page.locator('[data-is="sent"]').wait_for()
    refused = page.locator('[data-is="problem"]')
    refused.wait_for()
    page.once("dialog", lambda dialog: dialog.accept())
    refused.get_by_role("button", name="移除").click()
    refused.wait_for(state="hidden")
    resident.open("/")
    page.get_by_role("button", name="知道了").click()
    page.locator("[data-drafts]").wait_for(state="hidden")
    with served.application.reading() as session:
        account = people.account_by_login("resident1", session=session)
        (ticket,) = my_tickets(account.id, session=session)
    assert ticket.title.startswith(LEAK[:8])
    assert ticket.photo is not None
    return str(ticket.number)


def ask_the_resident(manager, photo) -> None:
    """The manager finds that the resident broke it and asks him to mend it."""
    manager.open("/tasks?view=team")
    manager.page.locator("main").get_by_role("link", name="分案").first.click()
    manager.page.wait_for_load_state()
    manager.press("認領")
    manager.choose("is_duplicate", "false")
    for name, value in (("broken", "true"), ("simple", "false"), ("human_cause", "true")):
        manager.choose(name, value)
    manager.choose("in_warranty", "true")
    manager.choose("in_table", "true")
    manager.write("finding", "把手遭外力扳斷。")
    manager.attach("photos", photo)
    manager.page.locator(".photo-list img").first.wait_for()
    manager.press("完成")
    assert "已完成" in words(manager)


def push(resident, served) -> list[str]:
    """Hand the message that left for the resident to his phone, as a push service does."""
    Relay(served.application).run()
    with served.application.reading() as session:
        account = people.account_by_login("resident1", session=session)
        wanted = MailboxFilter(recipient=str(account.id), channel="push")
        newest = queries.delivered(wanted, session=session)[0]
    page = resident.page
    page.context.grant_permissions(["notifications"])
    browser = page.context.new_cdp_session(page)
    registrations = []
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(event["registrations"]),
    )
    browser.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    message = {"title": newest.subject, "body": newest.body, "url": newest.url, "tag": "t"}
    browser.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": f"{served.url}/",
            "registrationId": registrations[-1]["registrationId"],
            "data": json.dumps(message),
        },
    )
    (shown,) = page.evaluate(SHOWN)
    return shown


def answer(resident, address: str, photo) -> None:
    """Open what the push message leads to, and answer with a photo."""
    resident.open("/")
    needed = resident.page.locator("a.need")
    assert "自行修繕並回報" in needed.inner_text()
    assert re.search(r"\d{3}/\d\d/\d\d（.）", needed.inner_text())
    check(resident)
    resident.open(address)
    resident.page.get_by_role("link", name="開啟待辦").first.click()
    resident.page.wait_for_load_state()
    resident.choose("self_repair_result", "done")
    resident.page.locator('[name="done_note"]').wait_for()
    resident.write("done_note", "換了新的把手。")
    resident.attach("photos", photo)
    resident.page.locator(".photo-list img").first.wait_for()
    resident.press("完成")
    assert "已完成" in words(resident)


def look_around(resident) -> None:
    """Nothing is left to do, and the case goes on."""
    resident.open("/")
    assert resident.page.locator("a.need").count() == 0
    assert "我們處理中" in words(resident)


def words(someone) -> str:
    return str(someone.page.locator("body").inner_text())


def check(someone) -> None:
    """No violation that axe can find, nothing wider than the screen, nothing too small to press."""
    check_accessible(someone.page)
    small = someone.page.locator("main .action, main .need, main .contacts a, main .btn")
    heights = [box["height"] for each in small.all() if (box := each.bounding_box())]
    assert min(heights, default=48) >= 44, heights
