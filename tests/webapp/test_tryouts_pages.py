"""The pages of a trial and of a draft's scenarios, as a supervisor uses them."""

import json
import re

import pytest

from bpmn import catalogue
from housing import background_kinds
from housing.drafts import queries, service
from housing.people import queries as people
from housing.subjects import SUBJECTS
from housing.tryouts.sandbox import acts_of
from tests import garden
from webapp.scenario_words import OPTIONS, VERBS


@pytest.fixture
def draft_id(house, clock) -> str:
    """An open draft of the garden process that supervisor1 began."""
    with house.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        draft = service.open_draft(
            garden.files(),
            title="菜園",
            based_on=None,
            detail={},
            by=by,
            session=session,
            clock=clock,
        )
        return draft.id


def test_a_supervisor_tries_a_draft_and_saves_the_run_as_a_scenario_that_passes(
    draft_id, signed_in, house
):
    browser, there = signed_in("supervisor1"), f"/drafts/{draft_id}/try"
    assert "開始試跑" in browser.open(there).text
    begun = browser.send(there, example="granted")
    assert "均為虛構" in begun.text
    assert "情境 granted 的下一步" in begun.text
    browser.open(f"{there}/start")
    started = browser.send(f"{there}/start", **{"as": "resident1"})
    assert "審查菜園" in started.text
    task = re.search(rf"{there}/tasks/[0-9a-f]{{32}}", started.text)[0]
    form = browser.open(task)
    assert "範例照片 1" in form.text
    refused = browser.send(task, fits="yes", **{"as": "officer1"})
    assert refused.status_code == 422
    done = browser.send(task, fits="no", photos="photo:1", **{"as": "officer1"})
    assert "已結束：不核給" in done.text

    saved = browser.send(f"{there}/save", name="refused", title="菜園不合適，不予核給。")

    assert "已存為本草稿之情境 refused" in saved.text
    browser.send(f"/drafts/{draft_id}/scenarios/run")
    while background_kinds.run_next(house):
        pass
    page = browser.open(f"/drafts/{draft_id}/scenarios").text
    assert "全部情境通過" in page
    assert "3 / 3" in page  # every end is reached now
    assert house.settings.var.joinpath("tryouts").is_dir()


def test_the_clock_is_moved_and_a_step_taken_back_in_a_trial(draft_id, signed_in):
    browser, there = signed_in("supervisor2"), f"/drafts/{draft_id}/try"
    browser.open(there)
    browser.send(there, example="granted")
    assert "審查菜園" in browser.send(f"{there}/next").text

    later = browser.send(f"{there}/clock", to="instant", instant="2026-03-20T09:00")
    assert "已結束：逾期失效" in later.text
    back = browser.send(f"{there}/undo")
    assert "已結束" not in back.text
    assert "115/03/02" in back.text
    wrong = browser.send(f"{there}/clock", to="instant", instant="2020-01-01T09:00")
    assert "晚於目前試跑時間" in wrong.text
    assert "開始試跑" in browser.send(f"{there}/end").text


def test_failing_scenarios_are_shown_side_by_side_adopted_or_set_aside(
    draft_id, signed_in, house, clock
):
    with house.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        changed = garden.files(5)["garden.bpmn"]
        service.save_file(
            draft_id, "garden.bpmn", changed, revision=1, by=by, session=session, clock=clock
        )
    browser, there = signed_in("supervisor1"), f"/drafts/{draft_id}/scenarios"
    browser.open(there)
    assert "執行全部情境" in browser.open(there).text
    browser.send(f"{there}/run")
    background_kinds.run_next(house)
    page = browser.open(there).text
    assert "1 個情境未通過" in page
    assert "115/03/05" in page
    assert "115/03/07" in page
    assert "請填寫理由" in browser.send(f"{there}/aside", id="granted", reason="").text
    assert "原預期" in browser.send(f"{there}/adopt", id="granted").text

    adopted = browser.send(f"{there}/adopt", id="granted", confirmed="yes")

    assert "已更新 1 個情境" in adopted.text
    background_kinds.run_next(house)
    assert "全部情境通過" in browser.open(there).text
    with house.reading() as session:
        own = queries.file(draft_id, "scenarios/granted.json", session=session).content
    assert b"2026-03-07T23:59:59+08:00" in own


def test_a_trial_says_the_draft_in_english_where_the_draft_brings_it(draft_id, signed_in, house):
    with house.unit_of_work() as session:
        service.save_file(
            draft_id,
            "en.json",
            json.dumps({"審查菜園": "Look at the garden"}, ensure_ascii=False).encode(),
            revision=None,
            by=people.account_by_login("supervisor1", session=session).actor,
            session=session,
            clock=house.clock,
        )
    browser, there = signed_in("supervisor1"), f"/drafts/{draft_id}/try"
    browser.open(there)
    browser.send("/language", language="en")
    browser.open(there)
    browser.send(there, example="granted")

    assert "Look at the garden" in browser.send(f"{there}/next").text


def test_an_approver_may_try_but_not_change_scenarios(draft_id, signed_in):
    browser = signed_in("admin1")

    assert browser.open(f"/drafts/{draft_id}/try").status_code == 200
    assert browser.send(f"/drafts/{draft_id}/scenarios/run").status_code == 403
    assert signed_in("officer1").open(f"/drafts/{draft_id}/try").status_code == 403


def test_everything_that_happens_outside_forms_has_words():
    verbs = {verb for subject in SUBJECTS.values() for verb in subject.verbs}

    assert verbs == set(VERBS)


def test_every_value_that_a_scenario_gives_outside_forms_has_words():
    acts = [
        act
        for package in catalogue.packages()
        for raw in catalogue.scenarios(package)
        for act in acts_of(raw)
    ]
    given = {name for act in acts if "do" in act for name in act.get("with", {})}
    started = {name for act in acts if "start" in act for name in act["start"]}

    assert given | (started - {"as", "values", "process"}) <= set(OPTIONS)
