"""Supervisors move running cases to another version, take them back, and move a single case."""

import re

import pytest

from engine import queries
from engine.types import SYSTEM
from housing import packages
from scheduler.sweep import Sweep

KEY = "repair.ticket"


@pytest.fixture
def newer(house):
    """Deploy a second version of the repair process, in which one task has another name."""

    def deploy():
        resources = dict(packages.resources("repair"))
        name = next(each for each in resources if each.endswith(".bpmn"))
        text = resources[name].decode()
        first = re.search(r'<bpmn:userTask id="\w+" name="([^"]+)"', text)[1]
        resources[name] = text.replace(f'name="{first}"', f'name="{first}（新）"').encode()
        with house.unit_of_work() as session:
            return house.engine.deploy(resources, by=SYSTEM, session=session)

    return deploy


@pytest.fixture
def moved(house, reported, newer, signed_in):
    """A reported case, moved to version 2 on the pages; gives case number, browser and answer."""
    number = reported().number
    newer()
    browser = signed_in("supervisor1")
    browser.open(f"/processes/{KEY}/1/migrate?to=2")
    browser.send(f"/processes/{KEY}/1/migrate", to="2", timers="keep")
    answer = browser.send(
        f"/processes/{KEY}/1/migrate/start",
        to="2",
        timers="keep",
        reason="修正流程",
        confirmed="yes",
    )
    Sweep(house, "tests", lambda: True).run()
    return number, browser, answer


def version_of(house, number):
    with house.reading() as session:
        return queries.by_business_key(number, session).process_version


def test_the_page_of_a_version_leads_to_the_plan(house, reported, newer, signed_in):
    reported()
    newer()
    page = signed_in("supervisor1").open(f"/processes/{KEY}/1")

    assert f"/processes/{KEY}/1/migrate" in page.text


def test_a_rehearsal_shows_each_case_and_changes_nothing(house, reported, newer, signed_in):
    number = reported().number
    newer()
    browser = signed_in("supervisor1")
    browser.open(f"/processes/{KEY}/1/migrate?to=2")
    report = browser.send(f"/processes/{KEY}/1/migrate", to="2", timers="keep")

    assert number in report.text
    assert "1 件中有 1 件可以移轉" in report.text
    assert version_of(house, number) == 1


def test_cases_are_moved_and_taken_back(house, moved):
    number, browser, answer = moved
    address = answer.request.path
    assert version_of(house, number) == 2
    assert "已移轉" in browser.open(address).text

    assert "已將 1 件案件回復" in browser.send(f"{address}/undo", reason="弄錯了").text
    assert version_of(house, number) == 1


def test_nothing_starts_without_reason_and_confirmation(house, reported, newer, signed_in):
    number = reported().number
    newer()
    browser = signed_in("supervisor1")
    browser.open(f"/processes/{KEY}/1/migrate?to=2")
    answer = browser.send(f"/processes/{KEY}/1/migrate/start", to="2", reason="為什麼")
    Sweep(house, "tests", lambda: True).run()

    assert "請填寫理由並勾選確認" in answer.text
    assert version_of(house, number) == 1


def test_a_supervisor_moves_a_case_to_another_step(house, reported, signed_in):
    number = reported().number
    browser = signed_in("supervisor1")
    assert f"/cases/{number}/cockpit" in browser.open(f"/cases/{number}").text
    assert f"/cases/{number}/move" in browser.open(f"/cases/{number}/cockpit").text
    form = browser.open(f"/cases/{number}/move").text
    source = re.search(r'id="from" name="from"><option value="(\w+)"', form)[1]
    steps = re.findall(r'<option value="(\w+)">[^<]* · (?:人工|待辦|使用者)', form)
    target = next(each for each in steps if each != source)
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    answer = browser.send(
        f"/cases/{number}/move", **{"from": source, "to": target}, reason="誤派", version=version
    )

    assert "案件已移至所選步驟" in answer.text
    with house.reading() as session:
        case = queries.by_business_key(number, session)
        active = {each.element_id for each in queries.active_elements(case.id, session)}
    assert target in active
    assert source not in active


@pytest.mark.parametrize("login", ["resident1", "officer1"])
def test_others_may_not_move_anything(login, reported, newer, signed_in):
    number = reported().number
    newer()
    browser = signed_in(login)

    assert browser.open(f"/processes/{KEY}/1/migrate").status_code == 403
    assert browser.open(f"/cases/{number}/move").status_code == 403


def test_five_cases_go_first_and_the_rest_by_the_same_plan(house, reported, newer, signed_in):
    numbers = [reported().number for _ in range(7)]
    newer()
    browser = signed_in("supervisor1")
    browser.open(f"/processes/{KEY}/1/migrate?to=2")
    browser.send(f"/processes/{KEY}/1/migrate", to="2", timers="keep")
    plan = {"to": "2", "timers": "keep", "clocks": "keep_remaining", "clock:triage": "restart"}
    order = {"reason": "修正流程", "confirmed": "yes", "extent": "trial"}
    first = browser.send(f"/processes/{KEY}/1/migrate/start", **plan, **order)
    Sweep(house, "tests", lambda: True).run()

    assert sorted(version_of(house, each) for each in numbers) == [1, 1, 2, 2, 2, 2, 2]
    assert "尚有 2 件在第 1 版" in browser.open(first.request.path).text
    browser.send(f"{first.request.path}/rest")
    assert sorted(version_of(house, each) for each in numbers)[:2] == [1, 1]

    browser.send(f"{first.request.path}/rest", confirmed="yes")
    Sweep(house, "tests", lambda: True).run()
    assert {version_of(house, each) for each in numbers} == {2}
    with house.reading() as session:
        batches = house.engine.migrations.batches(KEY, session)
    assert {tuple(sorted(each.plan.clocks.items())) for each in batches} == {
        (("*", "keep_remaining"), ("triage", "restart"))
    }
