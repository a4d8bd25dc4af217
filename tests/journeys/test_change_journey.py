"""A supervisor changes the repair process, a colleague approves, cases follow and return."""

import re
from collections import Counter
from io import BytesIO
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from engine import queries
from engine.queries import InstanceFilter
from housing.bootstrap import Application
from housing.demo import pictures
from housing.people import queries as people
from housing.repairs import service
from housing.repairs.service import Report

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

KEY = "repair.ticket"
CASES = 40
CHANGES = [
    "決策表「修繕類別」第 5 列的「期限（日）」由 5 改為 7",
    "決策表「修繕類別」第 7 列的「期限（日）」由 5 改為 7",
    "新增步驟「電話聯絡住戶」，由物管人員辦理，表單「電話聯絡紀錄」，"
    "在「通知報修廠商修繕」之後，在「B2 報修廠商修繕」之前",
    "新增表單「電話聯絡紀錄」",
    "新增「電話聯絡住戶」的英文：「Phone the resident」",
    "僅調整圖面，流程的執行不變",
]
TAP = {
    "where": "unit",
    "place": "廚房水槽下方",
    "category": "water",
    "text": "水龍頭關不緊，整晚滴水。",
    "emergency": [],
    "visit_times": [],
    "phone": "0912345678",
    "entry_without_presence": False,
}


def test_a_longer_deadline_and_a_new_step_come_into_service_and_back(served, person):
    report_taps(served.application)
    supervisor, approver = person("supervisor1", 1280), person("supervisor2", 1280)

    address = begin_draft(supervisor)
    make_form(supervisor, address)
    add_step(supervisor, address)
    lengthen_deadline(supervisor, address)
    run_scenarios(supervisor, address)
    simulate(supervisor, address)
    submit(supervisor, address)
    assert version(served.application) == 1

    read_and_approve(approver, address)
    assert version(served.application) == 2
    move_cases(supervisor, served.application)
    take_back(supervisor, served.application)
    assert [someone.complaints for someone in (supervisor, approver)] == [[], []]


def report_taps(application: Application) -> None:
    """Report forty dripping taps; one of them is being mended on the spot."""
    picture = pictures.draw("water")
    with application.reading() as session:
        by, supervisor = (
            people.account_by_login(login, session=session).actor
            for login in ("resident1", "supervisor1")
        )
    for _ in range(CASES):
        with application.unit_of_work() as session:
            photo = application.files.save(BytesIO(picture), "tap.png", by=by, session=session)
            new = Report(token=uuid4().hex, values={**TAP, "photos": [photo.id]})
            reported = service.report(
                new, by=by, engine=application.engine, session=session, clock=application.clock
            )
    with application.unit_of_work() as session:
        application.engine.move_token(
            reported.instance_id, "triage", "onsite", reason="測試", by=supervisor, session=session
        )


def begin_draft(supervisor) -> str:
    """Begin a draft of the repair process; returns its address."""
    supervisor.open("/drafts")
    page = supervisor.page
    page.locator('select[name="process_key"]').select_option(KEY)
    page.locator('main [name="title"]').fill("B2 改為 7 日並先電話聯絡")
    supervisor.press("建立草稿")
    page.wait_for_url(re.compile("/drafts/[0-9a-f]{32}$"))
    return page.url.removeprefix(supervisor.url)


def make_form(supervisor, address: str) -> None:
    """Make a form for the new step and give it a required field, from the list of fields."""
    page = supervisor.page
    supervisor.open(f"{address}/fields/forms/repair/rebook.json")
    page.get_by_text("在這份草稿新增表單").click()
    page.locator("#new-title").fill("電話聯絡紀錄")
    page.locator("#new-key").fill("repair/call")
    page.locator(".add-file button").click()
    page.wait_for_url(re.compile("call"))
    page.locator("#add-kind").select_option("textfield")
    page.get_by_role("button", name="新增在最後").click()
    page.wait_for_load_state()


def add_step(supervisor, address: str) -> None:
    """Let "phone the resident" follow the dispatch of the repair contractor."""
    page = supervisor.page
    supervisor.open(f"{address}/diagram")
    page.locator("#diagram-editor[data-ready]").wait_for()
    page.locator('[data-element="dispatch_b2"][data-role="add"]').press("Enter")
    page.get_by_label("種類").select_option("bpmn:UserTask")
    page.get_by_label("步驟名稱").fill("電話聯絡住戶")
    page.keyboard.press("Enter")
    panel(page, "role").select_option("property_manager")
    panel(page, "form").select_option("repair/call")
    panel(page, "milestone").fill("將以電話與您聯絡")
    page.get_by_text("英文", exact=True).click()
    panel(page, "english-name").fill("Phone the resident")
    page.locator('[data-act="save"]').click()
    expect(page.locator('[data-part="state"]')).to_contain_text("已儲存")


def panel(page: Page, field: str):
    """Find a field of the panel beside the diagram."""
    return page.locator(f"#bio-properties-panel-{field}")


def lengthen_deadline(supervisor, address: str) -> None:
    """Give the repair contractor 7 days instead of 5 in the decision table."""
    page = supervisor.page
    supervisor.open(f"{address}/rules/repair_class.dmn")
    rows = page.locator("tr:has(td.rule-output input)")
    for index in range(rows.count()):
        cells = rows.nth(index).locator("td.rule-output input")
        if cells.first.input_value() == '"B2"':
            cells.last.fill("7")
    page.locator('button.btn-primary[value="save"]').click()
    page.wait_for_load_state()


def run_scenarios(supervisor, address: str) -> None:
    """Run every scenario; those that expect five days or no call are set aside with a reason."""
    page = supervisor.page
    supervisor.open(f"{address}/scenarios")
    supervisor.press("執行全部情境")
    page.get_by_role("link", name="繼續").wait_for(timeout=240_000)
    supervisor.open(f"{address}/scenarios")
    for box in page.locator('input[name="id"][form="chosen"]').all():
        box.check()
    page.locator('[name="reason"]').fill("期限改為 7 日，並先以電話聯絡。")
    page.get_by_role("button", name="擱置").click()
    through = page.get_by_role("link", name="繼續").or_(page.get_by_text("全部情境通過"))
    through.wait_for(timeout=240_000)  # they are run once more by themselves


def simulate(supervisor, address: str) -> None:
    """Simulate the next weeks, the old version against the draft."""
    page = supervisor.page
    supervisor.open(f"{address}/simulation")
    page.locator('[name="per_week"]').fill("10")
    page.locator('[name="weeks"]').fill("4")
    page.locator('[name="replications"]').fill("30")
    page.locator("form.simulation-form button.btn-primary").click()
    page.get_by_role("link", name="繼續").wait_for(timeout=240_000)
    supervisor.open(f"{address}/simulation")
    expect(page.locator("main")).to_contain_text("未結")


def submit(supervisor, address: str) -> None:
    """Submit with a reason; the supervisor cannot approve the own draft."""
    page = supervisor.page
    supervisor.open(address)
    page.locator("textarea#reason").fill("住戶反映 5 日不足，並希望先聯絡。")
    supervisor.press("送請核定")
    supervisor.open(f"{address}/changes")
    assert page.get_by_role("button", name="核定草稿").count() == 0


def read_and_approve(approver, address: str) -> None:
    """The page tells the changes in words; approved at once."""
    page = approver.page
    approver.open(f"{address}/changes")
    lines = page.locator("section[aria-labelledby=changes-title] .change-list > li").all()
    told = [line.inner_text().splitlines()[0].removesuffix(" 在圖上顯示") for line in lines]
    assert [each for each in told if not each.startswith("擱置情境")] == CHANGES
    assert len([each for each in told if each.endswith("期限改為 7 日，並先以電話聯絡。")]) > 10
    page.locator('input[name="confirmed"]').check()
    approver.press("核定此草稿")
    page.wait_for_load_state()


def move_cases(supervisor, application: Application) -> None:
    """Five cases go first, then the rest; the one that is mended on the spot stays."""
    page = supervisor.page
    supervisor.open(f"/processes/{KEY}/1/migrate?to=2")
    page.locator('select[name="map:onsite"]').select_option("")
    supervisor.press("以每件案件的副本試行")
    assert f"{CASES} 件中有 {CASES - 1} 件可以移轉" in page.locator("main").inner_text()
    page.locator('[name="reason"]').fill("改用新版")
    page.locator('[name="confirmed"]').check()
    supervisor.press("開始移轉")
    rest = page.locator('form[action$="/rest"]')
    rest.wait_for()
    assert cases_by_version(application) == {1: CASES - 5, 2: 5}
    rest.locator('[name="confirmed"]').check()
    rest.locator("button").click()
    page.get_by_text("將 34 件案件回復至原版本").wait_for()
    assert cases_by_version(application) == {1: 1, 2: CASES - 1}
    assert "1" in page.locator(".figure-bad strong").inner_text()


def take_back(supervisor, application: Application) -> None:
    """Take the thirty-four of the second move back to the version they came from."""
    page = supervisor.page
    page.get_by_text("將 34 件案件回復至原版本").click()
    page.locator('form[action$="/undo"] [name="reason"]').fill("先觀察前五件")
    supervisor.press("確認復原")
    assert cases_by_version(application) == {1: CASES - 5, 2: 5}


def cases_by_version(application: Application) -> dict[int, int]:
    """Count the running cases in each version."""
    wanted = InstanceFilter(process_key=KEY, statuses=frozenset({"active"}), limit=100)
    with application.reading() as session:
        rows = queries.instances(wanted, session).rows
    return dict(Counter(row.process_version for row in rows))


def version(application: Application) -> int:
    """Tell the version of the repair process that new cases follow."""
    with application.reading() as session:
        return queries.definition(KEY, None, session).version
