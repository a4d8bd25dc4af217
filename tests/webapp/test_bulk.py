"""One verb for many tasks: preview, result per item, one audit id, rights at run time, undo."""

import re
from datetime import timedelta

import pytest

from bpmn import catalogue
from engine import queries
from engine.queries import TaskFilter
from engine.tables import outbox
from engine.types import SYSTEM
from forms import catalogue as forms
from housing import background_kinds, bulk_work
from housing.bulk import queries as bulk
from housing.bulk import selection, service
from housing.bulk.rules import Terms
from housing.deputies import service as absences
from housing.deputies.rules import Deputy, Period
from housing.drafts import fitting
from housing.notes.models import CaseNote
from housing.people import queries as people
from housing.people import service as accounts
from housing.people.models import Membership


@pytest.fixture
def tasks(house, reported):
    """Three triage tasks of community SM, which two managers share, oldest first."""
    instances = [reported("resident3").instance_id for _number in range(3)]
    with house.reading() as session:
        found = [queries.open_tasks(TaskFilter(instance_id=each), session) for each in instances]
    return [each.rows[0] for each in found]


def person(house, login):
    with house.reading() as session:
        return people.account_by_login(login, session=session).actor


def task_of(house, task_id):
    with house.reading() as session:
        return queries.task(task_id, session)


def history_of(house, task):
    with house.reading() as session:
        return queries.history_of(task.instance_id, session)


def claim(house, task, login):
    with house.unit_of_work() as session:
        house.engine.claim(task.id, by=person(house, login), session=session)


def ordered(house, tasks, login, verb, terms=None):
    """Prepare and confirm an order; nothing is done yet."""
    by, clock = person(house, login), house.clock
    with house.unit_of_work() as session:
        chosen = selection.of_tasks([each.id for each in tasks])
        batch_id = service.prepare(verb, chosen, by=by, session=session, clock=clock, terms=terms)
        service.confirm(batch_id, by=by, session=session, clock=clock)
    return batch_id


def done(house, tasks, login, verb, terms=None):
    batch_id = ordered(house, tasks, login, verb, terms)
    bulk_work.run_at_once(house, batch_id, person(house, login))
    return batch_id


def outcomes(house, batch_id):
    with house.reading() as session:
        return [
            (each.outcome, each.why.code if each.why else "")
            for each in bulk.items(batch_id, session)
        ]


def test_one_task_of_a_colleague_stops_no_other_and_each_case_bears_the_order(house, tasks):
    claim(house, tasks[1], "manager2")

    batch_id = done(house, tasks, "manager1", "claim")

    assert outcomes(house, batch_id) == [("done", ""), ("skipped", "claimed"), ("done", "")]
    assert task_of(house, tasks[0].id).assignee_name == "張守成"
    assert history_of(house, tasks[0])[-1].batch_id == batch_id
    assert {line.batch_id for line in history_of(house, tasks[1])} == {None}


def test_a_deputy_claims_many_on_behalf_of_who_is_absent(house, tasks, clock):
    for each in tasks:
        claim(house, each, "manager1")
    absent, deputy = person(house, "manager1"), person(house, "manager2")
    period = Period(from_at=clock.now(), until_at=clock.now() + timedelta(days=1))
    with house.unit_of_work() as session:
        role = {"role": "property_manager", "scope": "community:SW"}
        session.add(Membership(account_id=int(deputy.id), **role))  # as the absent person has it
        session.flush()
        entry = absences.Entry(
            person_id=absent.id,
            period=period,
            reason="leave",
            deputies=(Deputy(person_id=deputy.id),),
        )
        absences.enter(entry, by=absent, session=session, clock=clock)

    batch_id = done(house, tasks, "manager2", "claim")

    assert outcomes(house, batch_id) == [("done", "")] * 3
    lines = [history_of(house, each)[-1] for each in tasks]
    assert {(line.actor_id, line.on_behalf_of) for line in lines} == {(deputy.id, absent.id)}


def test_work_that_was_interrupted_goes_on_and_does_nothing_twice(house, tasks):
    batch_id = ordered(house, tasks, "manager1", "note", Terms(text="請住戶備妥照片"))

    def die(done, *_far):
        if done == 2:
            raise KeyboardInterrupt

    by = person(house, "manager1").id
    with pytest.raises(KeyboardInterrupt):
        bulk_work.run(house, {"batch": batch_id, "by": by}, die)
    assert [outcome for outcome, _why in outcomes(house, batch_id)] == ["done", "done", ""]
    bulk_work.run(house, {"batch": batch_id, "by": by}, lambda *_far: None)

    assert [outcome for outcome, _why in outcomes(house, batch_id)] == ["done"] * 3
    with house.reading() as session:
        assert session.query(CaseNote).count() == 3


def test_rights_are_those_of_the_moment_when_it_is_done(house, tasks):
    batch_id = ordered(house, tasks, "manager1", "claim")
    by = person(house, "manager1")
    with house.unit_of_work() as session:
        accounts.disable(int(by.id), session=session, clock=house.system_clock)

    bulk_work.run_at_once(house, batch_id, by)

    assert outcomes(house, batch_id) == [("skipped", "locked_out")] * 3
    assert task_of(house, tasks[0].id).assignee is None


def test_an_assignment_tells_the_colleague_once_and_is_taken_back_where_nothing_happened(
    house, tasks, clock
):
    target = person(house, "manager2")
    terms = Terms(assignee=target.id, reason="張守成休假")
    batch_id = done(house, tasks, "lead1", "assign", terms)
    assert {task_of(house, each.id).assignee for each in tasks} == {target.id}
    with house.reading() as session:
        told = [each.payload["kind"] for each in session.query(outbox).all()]
    assert told.count("tasks_given") >= 1
    with house.unit_of_work() as session:
        house.engine.set_priority(tasks[2].id, 75, by=target, session=session)

    with house.unit_of_work() as session:
        undone = service.undo(
            batch_id, by=person(house, "lead1"), session=session, clock=house.clock
        )
    bulk_work.run_at_once(house, undone, person(house, "lead1"))

    assert outcomes(house, undone) == [("done", ""), ("done", ""), ("skipped", "changed")]
    assert task_of(house, tasks[0].id).assignee is None
    assert task_of(house, tasks[2].id).assignee == target.id


def test_nobody_is_given_a_task_of_another_team(house, tasks):
    terms = Terms(assignee=person(house, "social1").id, reason="請協助")

    batch_id = done(house, tasks[:1], "manager1", "assign", terms)

    assert outcomes(house, batch_id) == [("skipped", "not_of_team")]


def test_a_task_that_the_model_does_not_mark_is_not_completed_with_others(house, tasks):
    batch_id = done(house, tasks, "manager1", "complete")

    assert outcomes(house, batch_id) == [("skipped", "not_bulk_safe")] * 3


def chosen_on_page(browser, verb, ids=(), **more):
    return browser.send("/bulk", verb=verb, task=list(ids), listing="view=team", **more)


def test_the_page_tells_what_would_happen_before_and_what_happened_after(house, tasks, signed_in):
    claim(house, tasks[1], "manager2")
    browser = signed_in("manager1")
    browser.open("/tasks?view=all")

    page = chosen_on_page(browser, "claim", [each.id for each in tasks])
    assert "認領：2 項待辦" in page.text
    assert "目前由李勤美辦理。" in page.text
    assert task_of(house, tasks[0].id).assignee is None
    address = page.request.path
    result = browser.send(f"{address}/confirm")

    assert "維持不變" in result.text
    assert address.rpartition("/")[2] in result.text
    file = browser.open(f"{address}/results.csv").text
    assert file.count(tasks[0].business_key) == 1
    assert "目前由李勤美辦理。" in file
    again = browser.send(f"{address}/confirm")
    assert "認領：3 項待辦" in again.text


def test_all_of_a_view_are_chosen_by_its_filter_and_many_are_done_in_the_background(
    house, reported, signed_in
):
    for _number in range(26):
        reported("resident1")
    browser = signed_in("manager1")
    browser.open("/tasks?view=team")

    asked = chosen_on_page(browser, "follow_up", extent="all")
    address = asked.request.path
    assert "請選擇今天以後的日期" in browser.send(f"{address}/terms", until="2026-03-01").text
    assert "設定追蹤日：26 項待辦" in browser.send(f"{address}/terms", until="2026-03-09").text
    assert "等候中" in browser.send(f"{address}/confirm").text
    assert background_kinds.run_next(house)

    result = browser.open(address)
    assert re.search(r"<strong>26</strong><span>已完成", result.text)


def test_all_that_a_search_found_by_the_name_of_their_step_are_chosen(house, tasks, signed_in):
    name = tasks[0].name
    browser = signed_in("manager1")
    browser.open(f"/tasks?view=team&q={name}")

    page = browser.send("/bulk", verb="claim", task=[], extent="all", listing=f"view=team&q={name}")

    assert f"認領：{len(tasks)} 項待辦" in page.text


def test_an_order_is_seen_by_nobody_else(house, tasks, signed_in):
    batch_id = done(house, tasks, "manager1", "claim")

    assert signed_in("manager2").open(f"/bulk/{batch_id}").status_code == 404
    assert signed_in("resident1").open(f"/bulk/{batch_id}").status_code == 403


def test_without_a_choice_nothing_is_prepared(signed_in, tasks):
    browser = signed_in("manager1")
    browser.open("/tasks?view=team")

    assert "請至少選擇一項待辦" in chosen_on_page(browser, "claim").text


def test_one_task_gets_a_note_from_its_own_page_without_a_preview(house, tasks, signed_in):
    browser = signed_in("manager1")
    browser.open(f"/tasks/{tasks[0].id}")
    asked = chosen_on_page(browser, "note", [tasks[0].id], direct="1")
    page = browser.send(f"{asked.request.path}/terms", text="住戶來電催辦")

    assert page.request.path == f"/tasks/{tasks[0].id}"
    assert "新增備註：已完成" in page.text


NOTED = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:anju="https://anju.example.org/schema/1.0">
  <process id="notice.read" name="Notice" isExecutable="true">
    <startEvent id="begin"><outgoing>a</outgoing></startEvent>
    <sequenceFlow id="a" sourceRef="begin" targetRef="noted"/>
    <userTask id="noted" name="Noted" camunda:candidateGroups="officer" anju:bulkSafe="true">
      <incoming>a</incoming><outgoing>b</outgoing></userTask>
    <sequenceFlow id="b" sourceRef="noted" targetRef="end"/>
    <endEvent id="end"><incoming>b</incoming></endEvent>
  </process>
</definitions>"""


def test_what_the_model_marks_is_completed_together_and_the_cases_bear_the_order(house):
    with house.unit_of_work() as session:
        house.engine.deploy({"notice.bpmn": NOTED}, by=SYSTEM, session=session)
        found = [
            house.engine.start(
                "notice.read", {}, business_key=key, scope="city", by=SYSTEM, session=session
            ).open_tasks[0]
            for key in ("N-1", "N-2")
        ]

    batch_id = done(house, found, "officer1", "complete")

    assert outcomes(house, batch_id) == [("done", ""), ("done", "")]
    with house.reading() as session:
        assert queries.by_business_key("N-2", session).status == "completed"
    completed = [line for line in history_of(house, found[0]) if line.kind == "task_completed"]
    assert [line.batch_id for line in completed] == [batch_id]


def test_a_mark_on_a_step_whose_form_decides_is_refused():
    package = {
        "repair.bpmn": catalogue.read("repair", "repair.bpmn").replace(
            b'<bpmn:userTask id="triage"', b'<bpmn:userTask anju:bulkSafe="true" id="triage"'
        ),
        "forms/repair/triage.json": forms.read("repair/triage"),
    }
    found = [each for each in fitting.findings(package) if each.rule == "unsafe-in-bulk"]

    assert [(each.element_id, each.severity) for each in found] == [("triage", "error")]


def test_the_palette_finds_cases_that_one_may_open_and_pages(reported, signed_in):
    number = reported("resident1").number

    mine = signed_in("manager1").open(f"/search.json?q={number}").get_json()
    assert [group["entries"][0]["address"] for group in mine["groups"]] == [f"/cases/{number}"]
    others = signed_in("manager2").open(f"/search.json?q={number}").get_json()
    assert others["groups"] == []
    assert "上班日曆" in signed_in("officer1").open("/search?q=上班").text
    assert signed_in("resident1").open("/search").status_code == 403
