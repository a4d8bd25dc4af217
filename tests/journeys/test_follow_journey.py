"""A case is followed with its QR code by somebody without an account, on a phone."""

from io import BytesIO

import pytest
from playwright.sync_api import Page

from housing.demo import pictures
from housing.people.queries import account_by_login
from housing.repairs import service as repairs
from housing.repairs.service import Report
from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

TAP = {
    "where": "unit",
    "place": "廚房水槽下方",
    "category": "water",
    "text": "水龍頭關不緊，整晚滴水。",
    "phone": "0912345678",
}


def test_a_qr_code_leads_to_the_progress_and_the_end_asks_once(person, served, browser):
    number = report(served.application)
    resident = person("resident1", 390)
    resident.open(f"/cases/{number}")
    check_accessible(resident.page)
    address = resident.page.locator(".follow-address").inner_text()
    path = address[address.index("/follow/") :]

    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-TW")
    page = context.new_page()
    page.goto(served.url + path)
    check_accessible(page)
    words = page.locator("main").inner_text()
    assert "分案中" in words
    assert "水龍頭" not in words

    guess(page, served.url, number)
    take_back(served.application, number)
    page.goto(served.url + path)
    check_accessible(page)
    answer(page)
    assert resident.complaints == []
    context.close()


def guess(page: Page, url: str, number: str) -> None:
    """Enter a wrong code."""
    page.goto(f"{url}/follow")
    page.locator("#number").fill(number)
    page.locator("#code").fill("0000-0000-0000")
    with page.expect_navigation():
        page.locator("main form button").click()
    check_accessible(page)
    assert "不相符" in page.locator("main").inner_text()


def answer(page: Page) -> None:
    """Give four stars; the question does not come back."""
    page.locator('input[name="stars"][value="4"]').check()
    page.get_by_role("button", name="送出").click()
    page.wait_for_load_state()
    assert "感謝您的填答" in page.locator("main").inner_text()
    assert page.locator('input[name="stars"]').count() == 0


def report(application) -> str:
    with application.unit_of_work() as session:
        by = account_by_login("resident1", session=session).actor
        photo = application.files.save(
            BytesIO(pictures.draw("water")), "tap.png", by=by, session=session
        )
        values = {**TAP, "photos": [photo.id]}
        return repairs.report(
            Report(token="follow", values=values),  # noqa: S106  # an idempotency key
            by=by,
            engine=application.engine,
            session=session,
            clock=application.clock,
        ).number


def take_back(application, number: str) -> None:
    with application.unit_of_work() as session:
        by = account_by_login("resident1", session=session).actor
        repairs.cancel(number, by=by, engine=application.engine, session=session)
