"""A supervisor tries a draft on a phone, saves the run as a scenario and has all scenarios run."""

import pytest
from playwright.sync_api import expect

from housing.drafts import service
from housing.people import queries as people
from tests import garden
from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture
def draft(served) -> str:
    """The address of an open draft of the garden process."""
    application = served.application
    with application.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        opened = service.open_draft(
            garden.files(),
            title="菜園",
            based_on=None,
            detail={},
            by=by,
            session=session,
            clock=application.clock,
        )
        return f"/drafts/{opened.id}"


def test_a_draft_is_tried_saved_as_a_scenario_and_run(draft, person):
    someone = person("supervisor1", 390)
    page = someone.page
    someone.open(f"{draft}/try")
    someone.press("開始試跑")
    expect(page.get_by_role("note")).to_contain_text("均為虛構")
    page.get_by_role("link", name="填寫表單").click()
    someone.press("於試跑中送出")
    expect(page.locator("[data-element-id=look].is-now").first).to_be_attached()
    check_accessible(page)
    someone.press("填寫表單")
    page.get_by_text("不合適", exact=True).click()
    someone.press("於試跑中送出")
    expect(page.get_by_role("heading", name="已結束：不核給")).to_be_visible()
    page.get_by_text("存為情境").click()
    someone.write("name", "refused")
    someone.write("title", "菜園不合適，不予核給。")
    page.get_by_role("button", name="儲存", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("refused")

    someone.open(f"{draft}/scenarios")
    someone.press("執行全部情境")
    page.get_by_role("link", name="繼續").click(timeout=60_000)

    expect(page.get_by_role("heading", name="全部情境通過")).to_be_visible()
    check_accessible(page)
    assert someone.complaints == []
