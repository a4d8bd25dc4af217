"""What is read from history for figures, on both databases; the same as an event log."""

from datetime import timedelta

import pytest
from lxml import etree

from engine import mining, mining_inputs, xes
from engine.calendar import local_date
from engine.db import Database, metadata
from engine.mining import Chosen
from engine.mining_figures import Measure
from engine.periods.calendars import Calendar
from engine.process_engine import ProcessEngine
from engine.types import CITY, Actor

pytestmark = pytest.mark.integration

OFFICER = Actor(id="7", name="王承辦", groups=frozenset({("officer", CITY)}))
DIAGRAM = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:anju="https://anju.example.org/schema/1.0"
  targetNamespace="test">
  <bpmn:process id="check" name="Check" isExecutable="true">
    <bpmn:startEvent id="came"/>
    <bpmn:sequenceFlow id="f1" sourceRef="came" targetRef="look"/>
    <bpmn:userTask id="look" name="Look" camunda:candidateGroups="officer">
      <bpmn:extensionElements>
        <anju:sla id="look_2d" name="Look" amount="2" unit="calendar_days" ladder="quiet"/>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="look" targetRef="gate"/>
    <bpmn:exclusiveGateway id="gate" default="well"/>
    <bpmn:sequenceFlow id="well" sourceRef="gate" targetRef="done"/>
    <bpmn:sequenceFlow id="again" sourceRef="gate" targetRef="look">
      <bpmn:conditionExpression>=is_wrong</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:endEvent id="done"/>
  </bpmn:process>
</bpmn:definitions>"""


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    with made.connect_for_migration() as connection:
        metadata.create_all(connection)
    yield made
    made.dispose()


@pytest.fixture
def looked_twice(database, clock) -> str:
    """A case whose one step was done wrong first, each time within five hours."""
    engine = ProcessEngine(operations={}, clock=clock, on_rung=lambda *_given, **_named: None)
    with database.unit_of_work() as session:
        engine.deploy({"check.bpmn": DIAGRAM}, by=OFFICER, session=session)
        step = engine.start(
            "check", {}, business_key="C-1", scope="community:SW", by=OFFICER, session=session
        )
    for is_wrong in (True, False):
        with database.unit_of_work() as session:
            clock.advance(timedelta(hours=1))
            engine.claim(step.open_tasks[0].id, by=OFFICER, session=session)
        with database.unit_of_work() as session:
            clock.advance(timedelta(hours=4))
            values = {"is_wrong": is_wrong}
            step = engine.complete(step.open_tasks[0].id, values, by=OFFICER, session=session)
    return step.instance_id


def chosen(clock, **more) -> Chosen:
    """The day of the tests."""
    now = clock.now() + timedelta(seconds=1)
    return Chosen(process_key="check", since=now - timedelta(days=1), until=now, **more)


def test_cases_tasks_paths_and_clocks_are_read_by_process_community_and_period(
    database, clock, looked_twice
):
    whole, elsewhere = chosen(clock), chosen(clock, scope="community:XY")
    with database.reading() as session:
        (case,) = mining.cases(whole, session)
        tasks = mining.tasks(whole, session)
        path = mining.paths(whole, session)
        clocks = mining.clocks(whole, session)
        none = (mining.cases(elsewhere, session), mining.tasks(chosen(clock, version=2), session))
        first = mining.first_started("check", session)

    assert (case.id, case.end_event, first) == (looked_twice, "done", case.started_at)
    assert [task.doer for task in tasks] == [0, 0]
    assert [line.element_id for line in path] == ["look", "look"]
    assert [each.state for each in clocks] == ["met", "met"]
    assert none == ((), ())


def test_a_simulation_gets_times_ways_and_periods(database, clock, looked_twice):
    now = clock.now()
    days = (local_date(now) - timedelta(days=30), local_date(now) + timedelta(days=1))
    measure = Measure(Calendar(id="city", version="city:0"), *days)
    with database.reading() as session:
        found = mining_inputs.inputs(chosen(clock), measure, session)

    assert (found.arrived, found.ended) == (1, 1)
    assert found.flows == {"again": 1, "well": 1}
    assert found.elapsed["look"].values == (5.0, 5.0)
    assert found.handling["look"].values == (2.0, 3.0)  # none at noon and after 17:00
    assert found.periods["look_2d"].count == 2


def test_the_event_log_pairs_the_transitions_of_a_task_by_its_instance(
    database, clock, looked_twice
):
    with database.reading() as session:
        pieces = list(xes.document(chosen(clock), key=b"secret", session=session))
        other = list(xes.document(chosen(clock), key=b"another", session=session))

    log = etree.fromstring(b"".join(pieces))
    events = [{each.get("key"): each.get("value") for each in e} for e in log.iter("{*}event")]
    pairs = {(e["concept:instance"], e["lifecycle:transition"]) for e in events}
    roles = {e["org:role"] for e in events if e["concept:name"] == "Look"}
    assert len({instance for instance, move in pairs if move == "schedule"}) == 2
    assert {i for i, m in pairs if m == "start"} == {i for i, m in pairs if m == "schedule"}
    assert roles == {"officer"}
    assert looked_twice not in b"".join(pieces).decode()
    assert pieces[1] != other[1]
