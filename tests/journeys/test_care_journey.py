"""A household nobody has seen for two days, from the manager's phone to the lead's review."""

import pytest

from housing.care import reports
from housing.people import queries as people
from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_an_observation_becomes_a_visit_that_the_lead_reviews(person):
    manager, worker = person("manager1", 390), person("social1", 390)
    lead, officer = person("sociallead1", 1280), person("officer1", 1280)

    observe(manager)
    triage(worker)
    plan(worker)
    number = visit(worker)
    review(lead)

    read_the_record(worker, number)
    officer.open(f"/care/cases/{number}")
    check_accessible(officer.page)
    assert "女兒來訪時曾爭執" not in text_of(officer)
    manager.open(f"/cases/{number}")
    check_accessible(manager.page)
    assert "兩日未見" in text_of(manager)
    assert "BSRS" not in text_of(manager)
    assert [each.complaints for each in (manager, worker, lead, officer)] == [[]] * 4


def test_a_report_is_returned_corrected_and_approved(person, served):
    open_a_report(served.application)
    worker, officer, chief = (person(login, 1280) for login in ("social1", "officer1", "chief1"))

    write_the_report(worker, "填報月報")
    take(officer, "審查月報")
    officer.choose("report_review", "return")
    officer.write("return_reason", "請補充轉介辦理情形。")
    finish(officer)
    write_the_report(worker, "補正月報")
    take(officer, "審查月報")
    officer.choose("report_review", "pass")
    finish(officer)
    take(chief, "核備")
    chief.choose("approval", "approve")
    chief.write("approval_no", "中市住服字第1150000009號")
    finish(chief)

    worker.open("/care/reports")
    check_accessible(worker.page)
    worker.page.locator("main .row-title").first.click()
    worker.page.wait_for_load_state()
    check_accessible(worker.page)
    assert "中市住服字第1150000009號" in text_of(worker)
    assert [each.complaints for each in (worker, officer, chief)] == [[]] * 3


def observe(manager) -> None:
    """Report on a phone that mail piles up."""
    manager.open("/care/new")
    check_accessible(manager.page)
    manager.page.locator('select[name="_place"]').select_option(label="東區尚武好宅 A-0501")
    manager.choose("source", "observation")
    manager.choose("seen", "unseen_2d")
    manager.choose("seen", "mail")
    manager.write("seen_text", "信箱塞滿，兩天沒看到人。")
    manager.choose("danger_now", "false")
    manager.press("送出")
    check_accessible(manager.page)
    assert "已經收到" in text_of(manager)


def triage(worker) -> None:
    """Tick the risks; what the manager saw is ticked already."""
    take(worker, "分流")
    worker.choose("household_violence", "false")
    worker.choose("contact_way", "any")
    worker.write("finding", "鄰居表示三天未見。")
    finish(worker)


def plan(worker) -> None:
    """Plan a visit today."""
    take(worker, "訂定服務計畫")
    worker.choose("consent", "agreed")
    worker.choose("plan_level", "high")
    worker.write("next_date", worker.today)
    worker.write("goals", "確認生活與安全。")
    worker.choose("pm_advice", "watch_seen")
    finish(worker)


def visit(worker) -> str:
    """Write the record of the visit; returns the case number."""
    worker.open("/care")
    check_accessible(worker.page)
    wait_for_task(worker, "訪視")
    take(worker, "訪視")
    worker.choose("visit_result", "met")
    worker.write("minutes", "60")
    worker.choose("place", "home")
    worker.write("visitors", "蔡關懷")
    worker.write("met_whom", "承租人本人")
    worker.choose("danger", "false")
    worker.choose("risk", "high")
    worker.write("next_date", worker.today)
    worker.write("confidential", "女兒來訪時曾爭執。")
    finish(worker)
    worker.open("/care")
    return worker.page.locator("main .row-line span").first.inner_text()


def review(lead) -> None:
    """Pass the record."""
    take(lead, "審查訪視紀錄")
    lead.choose("record_review", "pass")
    finish(lead)


def read_the_record(worker, number: str) -> None:
    """Open the record for a purpose."""
    worker.open(f"/care/cases/{number}")
    check_accessible(worker.page)
    worker.page.locator('select[name="purpose"]').select_option("visit")
    worker.press("開啟紀錄")
    check_accessible(worker.page)
    assert "女兒來訪時曾爭執" in text_of(worker)


def open_a_report(application) -> None:
    """Open this month's report of one community, as the 25th does."""
    with application.unit_of_work() as session:
        by = people.account_by_login("social1", session=session).actor
        reports.open_report(
            "SW", by=by, engine=application.engine, session=session, clock=application.clock
        )


def write_the_report(worker, task: str) -> None:
    """Fill in the words; the figures stand there already."""
    take(worker, task)
    worker.write("narrative", "持續訪視獨居長者並辦理健康講座。")
    worker.write("next_month", "加強電話問安。")
    finish(worker)


def wait_for_task(worker, name: str) -> None:
    """Wait until the scheduler has brought a task whose day has come."""
    for _ in range(40):
        worker.open("/tasks?view=team")
        if worker.page.locator("main").get_by_role("link", name=name, exact=True).count():
            return
        worker.page.wait_for_timeout(500)
    raise AssertionError(f"{name} did not come")


def take(someone, name: str) -> None:
    """Open the task of this name from the inbox and claim it."""
    someone.open("/tasks?view=team")
    check_accessible(someone.page)
    someone.page.locator("main").get_by_role("link", name=name).first.click()
    someone.page.wait_for_load_state()
    someone.press("認領")
    check_accessible(someone.page)


def finish(someone) -> None:
    """Complete the task whose form is open."""
    someone.press("完成")
    assert "已完成" in text_of(someone)


def text_of(someone) -> str:
    return someone.page.locator("body").inner_text()
