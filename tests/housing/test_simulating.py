"""Numbers of a simulation: history where it tells enough, else what was entered, else a guess."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.simulation.measured import Inputs, Times, times
from engine.simulation.model import Deadline
from engine.simulation.reading import read_plan
from engine.simulation.working_time import WorkingTime
from housing.insight.assumptions import Assumptions, RoleGiven, propose
from housing.insight.building import GUESSED_DAYS, Ground, build

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
DIAGRAM = b"""<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:anju="https://anju.example.org/schema/1.0">
  <bpmn:process id="p" name="P">
    <bpmn:startEvent id="start"/>
    <bpmn:sequenceFlow id="f_start" sourceRef="start" targetRef="check"/>
    <bpmn:userTask id="check" name="Check" camunda:candidateGroups="officer">
      <bpmn:extensionElements>
        <anju:sla id="level" name="Level" timer="late"/>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:boundaryEvent id="late" name="Late" attachedToRef="check">
      <bpmn:timerEventDefinition><bpmn:timeDate>=due_at</bpmn:timeDate></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="withdrawn" name="Withdrawn" attachedToRef="check">
      <bpmn:messageEventDefinition/>
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f_late" sourceRef="late" targetRef="end"/>
    <bpmn:sequenceFlow id="f_withdrawn" sourceRef="withdrawn" targetRef="end"/>
    <bpmn:sequenceFlow id="f_check" sourceRef="check" targetRef="gate"/>
    <bpmn:exclusiveGateway id="gate" name="Good?"/>
    <bpmn:sequenceFlow id="yes" sourceRef="gate" targetRef="end"/>
    <bpmn:sequenceFlow id="no" sourceRef="gate" targetRef="check"/>
    <bpmn:sequenceFlow id="new" sourceRef="gate" targetRef="end"/>
    <bpmn:endEvent id="end"/>
  </bpmn:process>
</bpmn:definitions>"""
PLAN = read_plan({"p.bpmn": DIAGRAM}, "p")
STAFF = {"officer": RoleGiven(mode="staff", staff=2, hours_a_week=10)}


def built(inputs=None, *, is_new=False, known=frozenset({"yes", "no", "new"}), **given):
    given.setdefault("roles", STAFF)
    ground = Ground(
        inputs=inputs or measured(),
        given=Assumptions(**given),
        calendar=WorkingTime.always(),
        known_flows=known,
    )
    return build(PLAN, ground, is_new=is_new)


def measured(**known):
    return Inputs(since=MONDAY - timedelta(weeks=10), until=MONDAY, **known)


def source(found, subject, element):
    (one,) = (s for s in found.sources if (s.subject, s.id) == (subject, element))
    return one


def test_without_history_everything_is_a_guess_and_says_so():
    found = built()

    assert {each.origin for each in found.sources} == {"guessed"}
    assert found.is_thin
    assert source(found, "timer", "late").value == GUESSED_DAYS
    assert found.model.nodes["gate"].shares == pytest.approx(
        dict.fromkeys(("yes", "no", "new"), 1 / 3)
    )


def test_history_is_used_when_it_tells_enough():
    inputs = measured(
        arrived=50,
        gaps=times([10.0] * 49),
        handling={"check": times([1.0, 2.0, 3.0, 4.0, 5.0])},
        flows={"yes": 30, "no": 10},
        fired={"withdrawn": 4},
        reached={"check": 40},
        delays={"withdrawn": Times(count=4, values=(5.0,))},
        periods={"level": Times(count=40, values=(5.0,))},
    )
    found = built(inputs)
    check = found.model.nodes["check"]

    assert source(found, "arrivals", "p").value == pytest.approx(5.0)
    assert check.time.mean == pytest.approx(3.0)
    assert found.model.nodes["gate"].shares == {"yes": 0.75, "no": 0.25, "new": 0.0}
    late, withdrawn = check.boundaries
    assert late.trigger == Deadline(amount=120.0, unit="hours")
    assert withdrawn.trigger.share == pytest.approx(0.1)
    assert not found.is_thin


def test_a_way_that_is_new_gets_an_equal_share_and_the_old_ones_shrink():
    inputs = measured(flows={"yes": 30, "no": 10})

    shares = built(inputs, known=frozenset({"yes", "no"})).model.nodes["gate"].shares

    assert shares == pytest.approx({"yes": 0.5, "no": 1 / 6, "new": 1 / 3})


def test_what_is_entered_wins_and_the_draft_may_have_days_of_its_own():
    given = {
        "per_week": 8.0,
        "hours": {"check": 2.0},
        "days": {"late": 5.0},
        "new_days": {"late": 7.0},
        "shares": {"yes": 0.9},
    }
    old, new = built(**given), built(is_new=True, **given)

    assert old.model.nodes["check"].boundaries[0].trigger.amount == 120.0
    assert new.model.nodes["check"].boundaries[0].trigger.amount == 168.0
    assert old.model.nodes["gate"].shares == pytest.approx({"yes": 0.9, "no": 0.05, "new": 0.05})
    assert source(old, "work", "check").origin == "entered"
    assert old.model.arrivals.mean == pytest.approx(21.0)
    assert old.model.roles["officer"].share == pytest.approx(0.25)


def test_a_role_whose_steps_nobody_takes_over_first_is_proposed_as_it_was():
    often = {"check": Times(count=30, values=(10.0,))}
    people = {"officer": 3}

    unknown = propose(PLAN, measured(elapsed=often), people)
    known = propose(PLAN, measured(elapsed=often, handling=often), people)

    assert unknown["officer"].mode == "elapsed"
    assert (known["officer"].mode, known["officer"].staff) == ("staff", 3)


def test_assumptions_survive_being_kept():
    given = Assumptions(per_week=3.0, roles=STAFF, days={"late": 2.0})

    assert Assumptions.from_json(given.as_json()) == given
