"""A broken tap, from the resident's photo to the closed case, in a real browser."""

import re

import pytest

from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


PHONE, DESK = 390, 1280


def test_a_tap_that_the_warranty_contractor_ignores_is_repaired_in_his_place(person, photo):
    resident, manager = person("resident1", PHONE), person("manager1", PHONE)
    warranty, repairer = person("warranty1", PHONE), person("repair1", PHONE)
    officer, supervisor = person("officer1", DESK), person("supervisor1", DESK)

    number = report_a_tap(resident, photo)
    find_it_in_warranty(manager, photo)
    warranty.open("/tasks?view=team")
    assert number in main_text(warranty)

    pass_days(supervisor, 8)
    decide_substitute_performance(officer, supervisor)
    repair_it(repairer, photo)
    confirm_it(manager, resident)

    resident.open(f"/cases/{number}")
    check_accessible(resident.page)
    assert "已結案" in main_text(resident)
    take(officer, "追償")
    assert "3,800" in main_text(officer).replace("3800", "3,800")
    look_at_the_case(officer, number)
    everybody = (resident, manager, warranty, repairer, officer, supervisor)
    assert [someone.complaints for someone in everybody] == [[]] * 6


def report_a_tap(resident, photo) -> str:
    """Report a dripping tap with a photo; returns the case number."""
    check_accessible(resident.page)
    resident.open("/repairs/new")
    check_accessible(resident.page)
    resident.choose("where", "unit")
    resident.write("place", "浴室洗手台")
    resident.page.locator('select[name="category"]').select_option("water")
    resident.write("text", "水龍頭關不緊，一直滴水。")
    resident.attach("photos", photo)
    resident.write("phone", "0900000001")
    resident.press("送出")
    check_accessible(resident.page)
    number = resident.page.url.rpartition("/")[2]
    assert re.fullmatch(r"R\d{3}-\d{6}", number), resident.page.url
    return number


def find_it_in_warranty(manager, photo) -> None:
    """Triage: broken, not simple, no human cause, in warranty."""
    take(manager, "分案")
    for name in ("is_duplicate", "simple", "human_cause"):
        manager.choose("broken", "true")
        manager.choose(name, "false")
    manager.choose("in_warranty", "true")
    manager.choose("in_table", "true")
    manager.write("finding", "止水閥老化，非人為損壞。")
    manager.attach("photos", photo)
    finish(manager)


def pass_days(supervisor, days: int) -> None:
    """Move the demo clock; every deadline on the way is enforced."""
    for _ in range(days):
        supervisor.press("+1 天")
    supervisor.open("/processes")
    check_accessible(supervisor.page)


def decide_substitute_performance(officer, supervisor) -> None:
    """The order is late: last call, then substitute performance (C2)."""
    take(officer, "未完成案件處理")
    officer.write("explanation", "保固廠商逾期未到場。")
    finish(officer)
    pass_days(supervisor, 4)
    take(officer, "代履行簽辦")
    officer.write("notice_no", "中市住服字第1150000001號")
    officer.write("notice_served_on", officer.today)
    officer.choose("in_table", "true")
    finish(officer)


def repair_it(repairer, photo) -> None:
    """The repair contractor books a visit and reports the work with a photo."""
    take(repairer, "約定到場時間")
    repairer.write("visit_at", "2099-01-01T10:00")
    finish(repairer)
    take(repairer, "到場修繕並回報")
    repairer.choose("work_outcome", "done")
    repairer.write("what", "更換水龍頭，試水 10 分鐘無滴漏。")
    repairer.attach("photos_after", photo)
    repairer.write("hours", "1.5")
    repairer.write("cost_twd", "3800")
    finish(repairer)


def confirm_it(manager, resident) -> None:
    """The manager confirms, the resident accepts."""
    take(manager, "確認修繕結案")
    manager.choose("confirm_result", "close")
    finish(manager)
    resident.open("/repairs")
    check_accessible(resident.page)
    take(resident, "確認修繕結果", view="mine")
    resident.choose("acceptance", "accept")
    resident.choose("rating", "5")
    finish(resident)


def look_at_the_case(someone, number: str) -> None:
    """Open the case with its diagram."""
    someone.open(f"/cases/{number}")
    someone.page.locator(".djs-container svg").first.wait_for()
    check_accessible(someone.page)


def take(someone, name: str, view: str = "team") -> None:
    """Open the inbox, open the task of this name, claim it when it is nobody's."""
    someone.open(f"/tasks?view={view}")
    check_accessible(someone.page)
    someone.page.locator("main").get_by_role("link", name=name).first.click()
    someone.page.wait_for_load_state()
    if someone.page.get_by_role("button", name="認領").count():
        someone.press("認領")
    check_accessible(someone.page)


def finish(someone) -> None:
    """Complete the task whose form is open."""
    someone.press("完成")
    assert "已完成" in main_text(someone)


def main_text(someone) -> str:
    return someone.page.locator("body").inner_text()
