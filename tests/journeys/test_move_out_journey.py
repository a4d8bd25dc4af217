"""A household moves out, from the notice on a phone to the refund, in a real browser."""

import re
from datetime import timedelta

import pytest

from engine.calendar import local_date
from housing.demo import clock as demo_clock
from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

TABLET = 820


def test_a_household_moves_out_with_one_dispute_and_gets_its_deposit_back(person, served, photo):
    tenant = person("resident1", 390)
    case = give_notice(tenant, served)
    advance(served, 18)
    manager = person("manager1", TABLET)
    take(manager, "預檢")
    finish(manager)
    advance(served, 15)

    hand_over(manager, photo)
    officer, cashier = person("officer1", 1280), person("finance1", 1280)
    rule(officer)
    settle(cashier, officer)
    answer_as_bank(cashier, served)
    refund(cashier, served)
    make_ready(manager, photo)

    tenant.open(f"/cases/{case}")
    check_accessible(tenant.page)
    assert "押金結算" in main_text(tenant)
    assert "已退還" in main_text(tenant)
    officer.open("/move-outs?state=closed")
    check_accessible(officer.page)
    assert case in main_text(officer)
    assert [each.complaints for each in (tenant, manager, officer, cashier)] == [[]] * 4


def give_notice(tenant, served) -> str:
    """See the lease, choose a day, see what it costs, send; returns the case number."""
    tenant.open("/my-lease")
    check_accessible(tenant.page)
    tenant.page.get_by_role("link", name="提出退租").click()
    tenant.page.wait_for_load_state()
    leave_on = local_date(served.application.clock.now()) + timedelta(days=31)
    tenant.page.locator("#wish").fill(leave_on.isoformat())
    tenant.press("顯示")
    check_accessible(tenant.page)
    assert "租金計至" in main_text(tenant)
    tenant.page.locator('select[name="leaving_because"]').select_option("work")
    tenant.write("forward_address", "臺中市西區民權路 1 號")
    tenant.write("phone", "0900000001")
    tenant.write("bank_code", "004")
    tenant.write("bank_account", "12345678901")
    tenant.press("送出退租通知")
    check_accessible(tenant.page)
    case = tenant.page.url.rpartition("/")[2]
    assert re.fullmatch(r"X\d{3}-\d{6}", case), main_text(tenant)
    return case


def hand_over(manager, photo) -> None:
    """Fill the exit sheet in item by item, let both sign, and report the outcome."""
    take(manager, "點退")
    check_accessible(manager.page)
    manager.page.get_by_role("link", name="點退單").first.click()
    manager.page.wait_for_load_state()
    check_accessible(manager.page)
    manager.press("開始填寫點退單")
    check_accessible(manager.page)
    sheet = manager.page.url
    ids = [each.get_attribute("id") for each in manager.page.locator("section.handover-item").all()]
    damage(manager, ids[0], photo)
    for each in ids[1:]:
        save(manager, each, "as_entry")
    manager.page.goto(sheet)  # all of it is kept without having been sent as a whole
    assert manager.page.locator("section.handover-item .tag").count() == len(ids)
    manager.write("meter_water", "1200")
    manager.write("meter_electric", "5400")
    manager.press("儲存抄表與鑰匙")
    manager.page.get_by_text("抄表與鑰匙已儲存").wait_for()  # the page that comes back stands
    for role in ("tenant", "property_manager"):
        draw(manager, role)
    check_accessible(manager.page)
    manager.press("確定點退單")
    manager.choose("handover_result", "done")
    manager.choose("has_goods", "false")
    finish(manager)


def damage(manager, item: str, photo) -> None:
    """Note a damage with photo, price and the tenant's dispute."""
    section = manager.page.locator(f"#{item}")
    section.locator('input[value="damage"]').check()
    section.locator("summary").click()
    section.locator('input[type="file"]').set_input_files(photo)
    section.locator('input[name="price_twd"]').fill("4000")
    section.locator('input[name="life_span_years"]').fill("5")
    section.locator('input[name="age_years"]').fill("3")
    section.locator('input[name="is_disputed"]').check()
    section.locator('input[name="dispute_reason"]').fill("自然老化，非人為損壞")
    section.get_by_role("button", name="儲存此項").click()
    manager.page.locator(f"#{item} .tag").first.wait_for()


def save(manager, item: str, finding: str) -> None:
    """Save one item and wait until the page shows it as saved."""
    section = manager.page.locator(f"#{item}")
    section.locator(f'input[value="{finding}"]').check()
    section.get_by_role("button", name="儲存此項").click()
    manager.page.locator(f"#{item} .tag").first.wait_for()


def draw(manager, role: str) -> None:
    """Sign on the screen."""
    section = manager.page.locator(f"#sign-{role}")
    pad = section.locator("canvas")
    pad.evaluate(
        "pad => pad.scrollIntoView({block: 'center', behavior: 'instant'})"
    )  # clear of the bottom bar
    box = pad.bounding_box()
    mouse = manager.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 120)
    mouse.down()
    for step in range(1, 9):
        mouse.move(box["x"] + 40 + 40 * step, box["y"] + (60 if step % 2 else 130))
    mouse.up()
    section.get_by_role("button", name="儲存簽名").click()
    manager.page.wait_for_load_state()
    manager.page.locator(f"#sign-{role} img.signature-shown").wait_for(timeout=5000)


def rule(officer) -> None:
    """Rule on the disputed item by depreciation; the tenant agrees."""
    take(officer, "裁決爭議項目")
    check_accessible(officer.page)
    officer.choose("ruling", "accepted")
    officer.write("ruling_reason", "依折舊年限計算承租人應負擔之金額")
    officer.choose("is_agreed", "true")
    finish(officer)


def settle(cashier, officer) -> None:
    """Draw the settlement up, and let somebody else check it."""
    take(cashier, "結算押金")
    check_accessible(cashier.page)
    assert "1,600 元" in main_text(cashier)
    cashier.write("adjustment_twd", "0")
    finish(cashier)
    take(officer, "覆核結算")
    check_accessible(officer.page)
    officer.choose("check_result", "pass")
    finish(officer)


def answer_as_bank(cashier, served) -> None:
    """Play the bank."""
    cashier.open("/simulator/bank")
    check_accessible(cashier.page)
    assert "模擬" in main_text(cashier)
    cashier.press("相符")
    cashier.page.get_by_text("目前沒有待回覆的查詢").wait_for()
    deliver(served)


def refund(cashier, served) -> None:
    """Pay the deposit back."""
    take(cashier, "退還押金")
    check_accessible(cashier.page)
    cashier.choose("refund_outcome", "paid")
    cashier.write("paid_on", local_date(served.application.clock.now()).isoformat())
    cashier.write("reference", "FX-0001")
    finish(cashier)


def make_ready(manager, photo) -> None:
    """Make the home ready for the next household."""
    take(manager, "房屋整備")
    check_accessible(manager.page)
    manager.page.locator('input[name="done"][value="clean"]').check()
    manager.attach("photos", photo)
    finish(manager)


def advance(served, days: int) -> None:
    """Move the demo clock; what falls due on the way takes effect."""
    demo_clock.advance(served.application, timedelta(days=days))
    deliver(served)


def deliver(served) -> None:
    """Let waiting messages reach their cases, if the scheduler has not brought them yet."""
    application = served.application
    with application.reading() as session:
        due = application.engine.due_jobs(session, application.clock.now(), 100)
    for job in due:
        with application.unit_of_work() as session:
            application.engine.fire(job.id, session=session)


def take(someone, task: str) -> None:
    """Open the first open task of this name, claiming it where it is offered to a team."""
    someone.open("/tasks?view=team")
    someone.page.get_by_role("link", name=re.compile(task)).first.click()
    someone.page.wait_for_load_state()
    claim = someone.page.get_by_role("button", name="認領")
    if claim.count():
        claim.first.click()
        someone.page.wait_for_load_state()


def finish(someone) -> None:
    """Send the form of the open task."""
    someone.page.get_by_role("button", name="完成並送出").first.click()
    someone.page.wait_for_load_state()
    summary = someone.page.locator(".error-summary")
    assert summary.count() == 0, summary.first.inner_text()


def main_text(someone) -> str:
    """Read what the main part of the page says."""
    return someone.page.locator("main").inner_text()
