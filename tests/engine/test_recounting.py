"""A calendar that is published moves running due dates: found, moved once, explained."""

from datetime import date, datetime, timedelta

import pytest

from engine import calendars, explanations, queries, recount_preview, recounting
from engine.calendar import TAIPEI
from engine.calendars import Change, Edition
from engine.periods.calendars import SpecialDay
from engine.types import Actor

pytestmark = pytest.mark.integration

CHIEF = Actor(id="7", name="林主任")
MONDAY = date(2026, 3, 9)
"""Seven days after the service on 2026-03-02: the last day of the period."""

LEVEL = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:anju="https://anju.example.org/schema/1.0"
    id="definitions" targetNamespace="https://anju.example.org/tests">
  <bpmn:process id="level" name="level" isExecutable="true">
    <bpmn:extensionElements>
      <anju:sla id="whole" name="whole" amount="30" unit="calendar_days" rolling="statutory" />
    </bpmn:extensionElements>
    <bpmn:startEvent id="begin" />
    <bpmn:userTask id="review" name="review" camunda:candidateGroups="officer">
      <bpmn:extensionElements>
        <anju:sla id="review_5d" name="\xe5\xaf\xa9\xe6\x9f\xa5" amount="5" unit="working_days"
            basis="contract 3" />
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:endEvent id="done" />
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="review" />
    <bpmn:sequenceFlow id="f2" sourceRef="review" targetRef="done" />
  </bpmn:process>
</bpmn:definitions>
"""


def night(day):
    return datetime(2026, 3, day, 23, 59, 59, tzinfo=TAIPEI)


def typhoon(on=MONDAY):
    return Change(put=(SpecialDay(on=on, kind="typhoon", name="颱風", source="市府公告"),))


@pytest.fixture
def case(process, clock):
    return process("counted").start("counted", {"served": clock.now(), "days": 7})


@pytest.fixture
def publish(engine, database):
    def now(change, scope="city", **more):
        with database.unit_of_work() as session:
            edition = Edition(
                scope=scope,
                change=change,
                reason="市府公告停止上班",
                expected_version=calendars.own_version(scope, session),
                **more,
            )
            return engine.publish_calendar(edition, by=CHIEF, session=session)

    return now


@pytest.fixture
def deadlines(database):
    def of(case):
        with database.reading() as session:
            found = explanations.deadlines_of(case.id, session)
        return {each.element_id: each for each in found}

    return of


def test_a_typhoon_day_declared_on_the_due_day_moves_task_and_timer(
    case, publish, deadlines, clock
):
    clock.set(night(9) - timedelta(hours=12))
    publish(typhoon())

    case.advance(timedelta(hours=14))  # past the former due date

    assert case.open_elements() == ["supplement"]
    assert deadlines(case)["supplement"].due_at == night(10)
    assert deadlines(case)["expired"].due_at == night(10)
    case.advance(timedelta(days=1))
    assert case.ended_at("rejected")


def test_both_values_stay_and_the_history_says_who_moved_it_and_why(case, publish, deadlines):
    publish(typhoon())
    case.walker.fire_due_jobs()

    found = deadlines(case)["supplement"]

    assert (found.original_due_at, found.due_at) == (night(9), night(10))
    (change,) = found.changes
    assert (change.kind, change.old, change.new) == ("deadline_recomputed", night(9), night(10))
    assert (change.by_name, change.reason) == ("林主任", "市府公告停止上班")
    assert change.calendar_version == "city:1"
    assert found.explanation["calendar_version"] == "city:1"
    assert found.explanation["before"]["calendar_version"] == "city:0"
    names = [day["name"] for day in found.explanation["skipped"]]
    assert names == ["颱風"]


def test_an_unnamed_timer_is_told_by_what_it_limits(case, deadlines):
    assert deadlines(case)["expired"].name == "補正文件"
    assert deadlines(case)["chance"].name == "寬限"


def test_the_ladder_is_planned_anew(case, publish, office, clock):
    publish(typhoon())
    case.walker.fire_due_jobs()

    case.walker.advance_to(night(9) + timedelta(seconds=1))

    assert [level for _, level in office.rungs] == ["half", "day_before"]


def test_moving_takes_effect_once_however_often_it_is_delivered(
    case, publish, engine, database, deadlines, clock
):
    publish(typhoon())
    with database.reading() as session:
        (spreading,) = engine.due_jobs(session, clock.now(), 9)

    for _ in range(2):
        case.walker.fire(spreading.id)
    with database.reading() as session:
        (moving,) = engine.due_jobs(session, clock.now(), 9)
    assert [case.walker.fire(moving.id) for _ in range(3)] == [True, False, False]

    assert len(deadlines(case)["supplement"].changes) == 1


def test_a_day_off_after_the_end_moves_nothing_and_takes_no_step(case, publish):
    publish(typhoon(date(2026, 3, 20)))
    case.walker.fire_due_jobs()

    assert case.instance().version == 1


def test_nobody_loses_time_unless_the_publisher_says_so(case, publish, deadlines):
    publish(typhoon())
    case.walker.fire_due_jobs()
    back = Change(removed=frozenset({MONDAY}))

    publish(back)
    case.walker.fire_due_jobs()
    assert deadlines(case)["supplement"].due_at == night(10)

    publish(typhoon())
    publish(back, may_shorten=True)
    case.walker.fire_due_jobs()
    assert deadlines(case)["supplement"].due_at == night(9)


def test_a_community_has_its_own_days(process, clock, publish, deadlines):
    walker = process("counted")
    here = walker.start("counted", {"served": clock.now(), "days": 7}, scope="community:SW")
    there = walker.start("counted", {"served": clock.now(), "days": 7})

    publish(typhoon(), scope="community:SW")
    walker.fire_due_jobs()

    assert deadlines(here)["supplement"].due_at == night(10)
    assert deadlines(there)["supplement"].due_at == night(9)


def test_a_timer_looks_again_before_it_fires(case, publish, engine, database, clock, deadlines):
    publish(typhoon())
    with database.reading() as session:
        timers = [job for job in queries.jobs_of(case.id, session) if job.element_id == "expired"]
    clock.set(night(9))

    assert case.walker.fire(timers[0].id), "although the calendar's own job still waits"

    assert case.open_elements() == ["supplement"]
    assert deadlines(case)["expired"].due_at == night(10)
    assert deadlines(case)["supplement"].due_at == night(10)


def test_a_suspended_case_is_moved_when_it_is_resumed(case, publish, engine, database, deadlines):
    with database.unit_of_work() as session:
        engine.suspend(case.id, reason="調查", by=CHIEF, session=session)
    publish(typhoon())
    case.walker.fire_due_jobs()
    assert deadlines(case)["supplement"].due_at == night(9)

    with database.unit_of_work() as session:
        engine.resume(case.id, reason="完成", by=CHIEF, session=session)
    case.walker.fire_due_jobs()

    assert deadlines(case)["supplement"].due_at == night(10)


def test_an_extension_is_part_of_the_explanation_and_moves_with_the_calendar(
    case, publish, deadlines
):
    case.message("more_time", {"reason": "文件郵寄中"})
    extended = deadlines(case)["supplement"]
    assert extended.due_at == night(19)
    assert [(each.kind, each.reason) for each in extended.changes] == [
        ("deadline_extended", "文件郵寄中")
    ]
    assert extended.explanation["amount"] == 17
    assert extended.explanation["before"]["amount"] == 7

    publish(typhoon(date(2026, 3, 19)))
    case.walker.fire_due_jobs()

    moved = deadlines(case)["supplement"]
    assert (moved.original_due_at, moved.due_at) == (night(9), night(20))
    assert moved.explanation["before"]["amount"] == 7


def test_a_preview_lists_what_would_move_and_stores_nothing(case, database, clock, deadlines):
    with database.reading() as session:
        seen = recount_preview.preview("city", typhoon(), clock.now(), session)

    assert [(each.kind, each.name, each.is_earlier) for each in seen.moved] == [
        ("task", "補正文件", False),
        ("timer", "補正文件", False),
    ]
    assert {(each.old_due_at, each.new_due_at) for each in seen.moved} == {(night(9), night(10))}
    assert deadlines(case)["supplement"].due_at == night(9)


def test_a_service_level_in_working_days_moves_with_its_task_and_is_previewed(
    walker, publish, database, clock, deadlines
):
    walker.deploy({"level.bpmn": LEVEL})
    case = walker.start("level")
    with database.reading() as session:
        seen = recount_preview.preview("city", typhoon(), clock.now(), session)
    assert [(each.kind, each.name, each.new_due_at) for each in seen.moved] == [
        ("clock", "審查", night(10))
    ]

    publish(typhoon())
    walker.fire_due_jobs()

    review = deadlines(case)["review"]
    assert (review.original_due_at, review.due_at) == (night(9), night(10))
    assert [each.calendar_version for each in review.changes] == ["city:1"]
    assert review.explanation["calendar_version"] == "city:1"
    assert review.basis == "contract 3"


def test_a_service_level_of_the_whole_case_is_one_of_its_deadlines(walker, deadlines):
    walker.deploy({"level.bpmn": LEVEL})
    case = walker.start("level")

    whole = deadlines(case)["level"]
    assert (whole.kind, whole.name, whole.state) == ("clock", "whole", "running")
    assert whole.is_statutory
    assert not deadlines(case)["review"].is_statutory

    case.complete("review")
    assert deadlines(case)["level"].state == "met"


def test_more_cases_than_one_portion_holds_all_move(process, clock, publish, monkeypatch):
    monkeypatch.setattr(recounting, "PORTION", 2)
    walker = process("counted")
    cases = [walker.start("counted", {"served": clock.now(), "days": 7}) for _ in range(5)]

    publish(typhoon())
    walker.fire_due_jobs()

    assert {case.user_task("supplement").due_at for case in cases} == {night(10)}


def test_a_finished_task_says_whether_it_was_in_time(case, deadlines, clock):
    clock.set(night(9) - timedelta(seconds=59))
    case.walker.advance_to(clock.now())

    case.complete("supplement")

    found = deadlines(case)
    assert found["supplement"].state == "met"
    assert found["expired"].state == "cancelled"
    assert found["chance"].state == "reached"


def test_everything_is_json(case, deadlines):
    row = deadlines(case)["supplement"].as_json()

    assert row["what"] == "補正文件"
    assert row["due_at"] == "2026-03-09T23:59:59+08:00"
    assert row["computation"]["start"]["kind"] == "service"
    assert row["computation"]["basis"] == "行政程序法 §48"
