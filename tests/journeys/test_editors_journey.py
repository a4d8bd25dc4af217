"""Supervisors change a form and a decision in a real browser; the resident's phone shows it."""

import pytest

from housing.drafts import queries, service
from housing.people import queries as people
from tests.journeys.accessibility import check_accessible
from tests.scenario_runs import note_fit

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

FORM = "forms/repair/report.json"
METER = "電表照片"


@pytest.fixture
def draft_id(served) -> str:
    """A draft of the repair process that supervisor1 began."""
    application = served.application
    with application.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        return service.begin(
            "repair.ticket", title="電表", by=by, session=session, clock=application.clock
        ).id


def approve(application, draft_id: str) -> None:
    """Submit and approve, as two people do on other pages."""
    with application.unit_of_work() as session:
        author = people.account_by_login("supervisor1", session=session).actor
        other = people.account_by_login("supervisor2", session=session).actor
        clock = application.clock
        note_fit(draft_id, session=session, clock=clock)
        service.submit(draft_id, "電表也要拍", by=author, session=session, clock=clock)
        service.approve(
            draft_id,
            "同意",
            None,
            by=other,
            engine=application.engine,
            session=session,
            clock=clock,
        )


def drag(page, source: str, target: str) -> None:
    """Drag a kind of field onto the canvas, slowly enough for the library."""
    start = page.locator(source).bounding_box()
    end = page.locator(target).first.bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 40, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 8, steps=12)
    page.mouse.up()


def saved(page) -> None:
    """Wait until the server has what the editor shows."""
    page.locator('[data-part="state"][data-state="waiting"]').wait_for()
    page.locator('[data-part="state"][data-state="saved"]').wait_for()


def keep_mine_beside_theirs(page, application, draft_id: str) -> None:
    """A colleague saves the file that is open here; what is typed after that becomes a draft."""
    name = "repair_class.dmn"
    page.locator("#decision-editor[data-ready]").wait_for()
    with application.unit_of_work() as session:
        other = people.account_by_login("supervisor2", session=session).actor
        file = queries.file(draft_id, name, session=session)
        theirs = file.content.replace(b"120", b"121") + b"\n"
        service.save_file(
            draft_id,
            name,
            theirs,
            revision=file.revision,
            by=other,
            session=session,
            clock=application.clock,
        )
    page.locator(".tjs-container tbody tr").nth(2).locator("td.input-cell").first.click()
    page.keyboard.type(" ")
    page.locator("dialog[open]", has_text="方核定").wait_for()
    page.get_by_role("button", name="將我的版本另存為新草稿").click()
    page.wait_for_url(lambda url: "/decisions/" in url and draft_id not in url)


def test_a_required_photo_of_a_draft_is_asked_for_on_the_phone(person, served, draft_id, photo):
    supervisor, resident = person("supervisor1", 1280), person("resident1", 390)
    supervisor.open(f"/drafts/{draft_id}/forms/{FORM}")
    draw_a_required_photo(supervisor.page)
    supervisor.page.frame_locator("iframe").get_by_text(METER).first.wait_for()
    check_accessible(supervisor.page)
    with served.application.reading() as session:
        assert METER in queries.file(draft_id, FORM, session=session).content.decode()

    approve(served.application, draft_id)

    resident.open("/repairs/new")
    assert resident.page.get_by_text("請拍到電表的數字。").is_visible()
    check_accessible(resident.page)
    report_without_and_with_it(resident, photo)
    assert supervisor.complaints == []


def draw_a_required_photo(page) -> None:
    """Drag a field for photos into the form and say in its properties what it is for."""
    page.locator("#form-editor[data-ready]").wait_for()
    drag(page, '[data-field-type="filepicker"].fjs-palette-field', ".fjs-form-field-textarea")
    page.locator(".bio-properties-panel-group-header", has_text="一般").click()
    page.get_by_label("代碼", exact=True).fill("meter")
    page.get_by_label("欄位標題").fill(METER)
    page.locator(".bio-properties-panel-group-header", has_text="檢核").click()
    page.locator('[data-entry-id="required"] label').first.click()
    page.locator(".bio-properties-panel-group-header", has_text="本局設定").click()
    page.get_by_label("說明文字").fill("請拍到電表的數字。")
    page.get_by_label("至少幾項").fill("1")
    page.get_by_label("至少幾項").press("Tab")
    saved(page)


def report_without_and_with_it(resident, photo) -> None:
    """Report a broken socket: refused without the new photo, taken with it."""
    phone = resident.page
    resident.choose("where", "unit")
    resident.write("place", "浴室洗手台")
    phone.locator('select[name="category"]').select_option("electrical")
    resident.write("text", "插座沒有電，電表還在轉。")
    resident.write("phone", "0900000001")
    resident.attach("photos", photo)
    phone.locator(".photo-list img").first.wait_for()
    resident.press("送出報修")
    assert phone.locator(".error-summary", has_text=METER).is_visible()
    resident.attach("meter", photo)
    phone.locator("#field-meter .photo-list img").wait_for()
    resident.press("送出報修")
    assert phone.get_by_text(METER).first.is_visible()
    assert "/cases/R" in phone.url


def test_a_rule_is_changed_on_the_canvas_and_rows_tell_what_comes_out(person, served, draft_id):
    supervisor = person("supervisor1", 1280)
    page = supervisor.page
    supervisor.open(f"/drafts/{draft_id}/decisions/repair_class.dmn")
    editor = page.locator("#decision-editor[data-ready]")
    editor.wait_for()
    page.locator(".tjs-container tbody tr").first.locator("td.input-cell").nth(1).click()
    page.keyboard.type("true")
    saved(page)
    page.locator(".finding-warning", has_text="現場可簡易排除").first.wait_for()
    check_accessible(page)
    page.get_by_role("button", name="查看關聯圖").first.click()
    page.locator(".djs-container").first.wait_for()
    assert editor.evaluate("each => [...each.missingWords]") == []

    page.locator('[name="row-0-broken"]').fill("false")
    page.locator('[name="row-0-expected"]').fill('{repair_class: "D"}')
    supervisor.press("儲存並計算結果")

    assert page.locator(".outcome-failed").is_visible()
    keep_mine_beside_theirs(page, served.application, draft_id)
    addresses = ("rules/repair_class.dmn", f"fields/{FORM}?at=2", f"form-preview/{FORM}")
    for address in (*addresses, "replay/repair_class.dmn?decision=repair_class"):
        page.set_viewport_size({"width": 390, "height": 844})
        supervisor.open(f"/drafts/{draft_id}/{address}")
        check_accessible(page)
    assert [each for each in supervisor.complaints if "409" not in each] == []
