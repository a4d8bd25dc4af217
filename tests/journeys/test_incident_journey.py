"""A lift stands still: one outage, two reporters, one word to both, in a real browser."""

import pytest

from tests.journeys.accessibility import check_accessible
from tests.journeys.test_repair_journey import finish, main_text, take

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

PHONE, DESK = 390, 1280


def test_one_outage_is_told_and_closed_for_everybody_who_reported_it(person, photo):
    manager, resident, officer = (
        person("manager1", DESK),
        person("resident1", PHONE),
        person("officer1", DESK),
    )

    first = report_the_lift(manager, photo)
    open_the_incident(manager, first)
    resident.open("/repairs/new")
    assert "維修廠商已通知" in main_text(resident)
    second = report_the_lift(resident, photo)
    join_and_tell(manager, first, second)
    resident.open("/repairs")
    assert "更換門機零件" in main_text(resident)
    repair_and_close(manager, photo)

    resident.open(f"/cases/{second}")
    assert "已併案" in main_text(resident)
    look_at_the_statistics(officer)
    assert [each.complaints for each in (manager, resident, officer)] == [[]] * 3


def report_the_lift(someone, photo) -> str:
    """Report that the lift of the community stands still; returns the case number."""
    someone.open("/repairs/new")
    if someone.page.locator('select[name="_place"]').count():
        someone.page.locator('select[name="_place"]').select_option("community:SW")
    someone.choose("where", "common")
    someone.write("place", "A 棟電梯")
    someone.page.locator('select[name="category"]').select_option("lift")
    someone.write("text", "電梯停在 3 樓不動，門打不開。")
    someone.attach("photos", photo)
    someone.write("phone", "0900000001")
    someone.press("送出")
    if someone.page.get_by_role("button", name="不是").count():
        check_accessible(someone.page)
        someone.press("不是")
    return someone.page.url.rpartition("/")[2]


def open_the_incident(manager, number: str) -> None:
    """Make the report a mass incident."""
    manager.open(f"/cases/{number}/incident")
    check_accessible(manager.page)
    manager.write("announcement", "A 棟電梯故障，維修廠商已通知，請改走樓梯。")
    manager.press("開設並通知")
    assert "大規模事故" in main_text(manager)


def join_and_tell(manager, first: str, second: str) -> None:
    """Merge the second report into the incident, then tell both how it goes on."""
    manager.open("/repairs/incidents")
    check_accessible(manager.page)
    manager.page.get_by_role("link", name="電梯").first.click()
    manager.page.wait_for_load_state()
    assert second in main_text(manager)
    check_accessible(manager.page)
    manager.page.get_by_role("button", name=second).click()
    manager.page.wait_for_load_state()
    manager.write("text", "廠商已到場，正在更換門機零件。")
    manager.press("通知 2 件")
    assert {first, second} <= set(manager.page.locator("main .row-head a").all_inner_texts())
    check_accessible(manager.page)


def repair_and_close(manager, photo) -> None:
    """It was simple after all: started anew on site, confirmed and closed."""
    take(manager, "分案")
    manager.choose("is_duplicate", "false")
    manager.choose("broken", "false")
    manager.write("finding", "控制器當機，重新啟動後恢復正常。")
    manager.attach("photos", photo)
    finish(manager)
    take(manager, "現場排除")
    manager.choose("onsite_result", "fixed")
    manager.write("note", "重新啟動控制器，試乘正常。")
    finish(manager)
    take(manager, "確認修繕結案")
    manager.choose("confirm_result", "close")
    finish(manager)
    manager.open("/repairs/incidents")
    assert "已結案" in main_text(manager)


def look_at_the_statistics(officer) -> None:
    """The officer reads the figures of the month."""
    officer.open("/repairs/statistics")
    check_accessible(officer.page)
    assert "修繕統計" in main_text(officer)
