"""Every due date on a page tells how it was computed; the calendar tells what it moves."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine import queries
from engine.queries import TaskFilter
from engine.types import SYSTEM
from housing.people.queries import account_by_login
from housing.records.models import CaseParty

DIAGRAM = Path(__file__).parents[1] / "engine" / "diagrams" / "counted.bpmn"
TYPHOON = {"scope": "city", "action": "add", "on": "2026-03-09", "kind": "typhoon", "name": "颱風"}


@pytest.fixture
def case(house, clock):
    """A supplement case with seven days from a service on Monday 2026-03-02."""
    served = {"at": date(2026, 3, 2), "proof": "掛號 RR123", "kind": "service"}
    with house.unit_of_work() as session:
        house.engine.deploy({"counted.bpmn": DIAGRAM.read_bytes()}, by=SYSTEM, session=session)
        return house.engine.start(
            "counted",
            {"served": served, "days": 7},
            business_key="SP-1",
            scope="community:SW",
            by=SYSTEM,
            session=session,
        )


@pytest.fixture
def fire(house, clock):
    def due():
        for _ in range(20):
            with house.reading() as session:
                found = house.engine.due_jobs(session, clock.now(), 1)
            if not found:
                return
            with house.unit_of_work() as session:
                house.engine.fire(found[0].id, session=session)

    return due


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return found[1].replace("&#34;", '"').replace("&quot;", '"')


def publish(browser, change, **more):
    browser.open("/calendars")
    preview = browser.send("/calendars/preview", **change)
    fields = {name: hidden(preview, name) for name in ("scope", "version", "change")}
    page = browser.send("/calendars/publish", **fields, reason="市府公告停止上班", **more)
    return preview, page


def task_of(house):
    with house.reading() as session:
        (task,) = queries.open_tasks(TaskFilter(), session).rows
    return task


def test_the_task_page_explains_the_due_date_with_service_and_calendar(signed_in, house, case):
    page = signed_in("officer1").open(f"/tasks/{task_of(house).id}")

    assert '<details class="why-due" id="why-due">' in page.text
    assert "這個期限怎麼算的？" in page.text
    assert "掛號 RR123" in page.text
    assert "行政程序法第 48 條" in page.text
    assert "7 個日曆天，末日遇放假日順延" in page.text
    assert "系統內建，第 0 版" in page.text


def test_the_inbox_leads_to_the_explanation(signed_in, house, case):
    page = signed_in("officer1").open("/tasks?view=team")

    assert f"/tasks/{task_of(house).id}?view=team#why-due" in page.text


def test_the_case_page_lists_the_deadlines_that_run_by_themselves(signed_in, case):
    page = signed_in("officer1").open("/cases/SP-1")

    assert "本案的期限" in page.text
    assert "寬限" in page.text
    assert "2 個工作日" in page.text


def test_a_preview_lists_what_moves_and_publishing_moves_it(signed_in, house, case, fire):
    officer = signed_in("officer1")

    preview, page = publish(officer, TYPHOON)

    assert "會受影響的進行中期限（2）" in preview.text
    assert "SP-1" in preview.text
    assert "115/03/10（二） 23:59" in preview.text
    assert "正逐案調整" in page.text
    fire()
    shown = officer.open("/cases/SP-1").text
    assert "因上班日曆異動而順延或調整" in shown
    assert "理由：市府公告停止上班" in shown
    assert "颱風" in shown
    assert "期限因上班日曆異動而調整" in shown
    assert "最初的期限" in shown


def test_a_shorter_period_is_marked_and_needs_a_tick(signed_in, house, case, fire):
    supervisor = signed_in("supervisor1")
    publish(supervisor, TYPHOON)
    fire()
    removal = {"scope": "city", "action": "remove", "on": "2026-03-09"}

    preview, _ = publish(supervisor, removal)
    fire()

    assert "提前" in preview.text
    assert task_of(house).due_at == datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC)


def test_the_deadlines_are_json_with_the_same_facts(signed_in, case):
    found = signed_in("officer1").open("/cases/SP-1/deadlines.json").json

    assert found["case"] == "SP-1"
    by_kind = {row["kind"]: row for row in found["deadlines"] if row["what"] == "補正文件"}
    assert by_kind["task"]["due_at"] == "2026-03-09T23:59:59+08:00"
    assert by_kind["task"]["computation"]["start"]["proof"] == "掛號 RR123"
    assert by_kind["timer"]["element_id"] == "expired"


def test_a_case_of_others_has_no_deadlines_to_read(signed_in, visitor, case):
    assert signed_in("resident1").open("/cases/SP-1/deadlines.json").status_code == 404
    assert "/sign-in" in visitor.open("/cases/SP-1/deadlines.json").location


def test_a_resident_reads_what_runs_but_neither_names_nor_the_offices_record(
    signed_in, house, case, fire
):
    with house.unit_of_work() as session:
        account = account_by_login("resident1", session=session)
        party = CaseParty(
            instance_id=case.instance_id, party=f"account:{account.id}", relation="reporter"
        )
        session.add(party)
    publish(signed_in("officer1"), TYPHOON)
    fire()
    resident = signed_in("resident1")

    rows = resident.open("/cases/SP-1/deadlines.json").json["deadlines"]
    page = resident.open("/cases/SP-1").text

    assert {row["state"] for row in rows} == {"running"}
    assert [change for row in rows for change in row["changes"] if "by" in change] == []
    assert "這個期限怎麼算的？" in page
    assert "已結束的期限" not in page
