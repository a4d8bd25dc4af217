"""What the deploy check says of service levels: the element, and what to write instead."""

import pytest

from engine.spiff.linter import lint

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:anju="https://anju.example.org/schema/1.0"'
    ' id="defs" targetNamespace="https://anju.example.org/tests">'
    '<process id="p" name="p" isExecutable="true">'
)
FLOWS = (
    '<sequenceFlow id="s_a" sourceRef="s" targetRef="a"/>'
    '<sequenceFlow id="a_e" sourceRef="a" targetRef="e"/></process></definitions>'
)


def problems(level, *, task="userTask", attributes="", process=""):
    """Lint a process with one element and the service levels given."""
    of_process = f"<extensionElements>{process}</extensionElements>" if process else ""
    body = (
        f'{HEAD}{of_process}<startEvent id="s" name="s"/>'
        f'<{task} id="a" name="a" camunda:candidateGroups="officer" {attributes}>'
        f"<extensionElements>{level}</extensionElements></{task}>"
        f'<endEvent id="e" name="e"/>{FLOWS}'
    )
    found = [p for p in lint(body.encode()) if p.rule in ("service-level", "process-levels")]
    return [(p.element_id, p.advice) for p in found]


def test_a_complete_service_level_passes():
    level = (
        '<anju:sla id="x" name="分案" amount="=days" unit="working_days" start="=served"'
        ' startKind="service" rolling="statutory" warnings="80%" ladder="quiet" basis="法">'
        '<anju:pause while="e" reason="等待"/></anju:sla>'
    )

    assert problems(level) == []


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ('<anju:sla unit="calendar_days"/>', "no amount"),
        ('<anju:sla amount="two"/>', "no whole number"),
        ('<anju:sla amount="=1 +"/>', "not FEEL"),
        ('<anju:sla amount="2" unit="weeks"/>', "unknown unit"),
        ('<anju:sla amount="2" ladder="steep"/>', "no ladder 'steep'"),
        ('<anju:sla amount="2" colour="red"/>', "unknown colour"),
        ('<anju:sla amount="2"><anju:bell/></anju:sla>', "unknown bell"),
        ('<anju:sla amount="2" start="served"/>', "no FEEL"),
        ('<anju:sla amount="2" startKind="birth"/>', "unknown 'birth'"),
        ('<anju:sla amount="2" rolling="yes"/>', "rolling"),
        ('<anju:sla amount="2" saturday="SUN"/>', "Saturday"),
        ('<anju:sla amount="2" warnings="soon"/>', "cannot be planned"),
        ('<anju:sla amount="2" warnings="-P9D"/>', "before the start"),
        ('<anju:sla amount="2"><anju:rung at="P1D"/></anju:sla>', "does nothing"),
        (
            '<anju:sla amount="2"><anju:rung at="P1D" notify="x" raisePriority="900"/></anju:sla>',
            "not 0 to 100",
        ),
        (
            '<anju:sla amount="2"><anju:rung at="P1D" notify="a"/><anju:rung at="P1D" notify="b"/>'
            "</anju:sla>",
            "Two rungs",
        ),
        ('<anju:sla amount="2"><anju:pause reason="x"/></anju:sla>', "either while"),
        ('<anju:sla amount="2"><anju:pause while="z" reason="x"/></anju:sla>', "unknown element"),
        ('<anju:sla amount="2"><anju:pause while="a" reason="x"/></anju:sla>', "while it runs"),
        ('<anju:sla amount="2"><anju:pause while="e"/></anju:sla>', "without a reason"),
        ('<anju:sla timer="e"/>', "no timer"),
        ('<anju:sla amount="2" from="s" to="e"/>', "of the process"),
        ('<anju:sla amount="2" fulfilled="=true"/>', "Remove fulfilled"),
        ('<anju:sla id="x" amount="2"/><anju:sla id="y" amount="3"/>', "one service level"),
    ],
)
def test_what_is_wrong_is_named_with_its_element(level, said):
    found = problems(level)

    assert any(element_id == "a" and said in advice for element_id, advice in found), found


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ('camunda:dueDate="P2D"', "Remove camunda:dueDate"),
        ('anju:ladder="default"', "Remove anju:ladder"),
    ],
)
def test_a_service_level_is_the_only_due_date_of_its_task(attributes, said):
    found = problems('<anju:sla amount="2"/>', attributes=attributes)

    assert any(said in advice for _, advice in found), found


def test_service_levels_do_not_run_at_tasks_of_the_system():
    found = problems('<anju:sla amount="2"/>', task="scriptTask", attributes='scriptFormat="feel"')

    assert any("does not run at a scriptTask" in advice for _, advice in found), found


def test_two_service_levels_of_one_process_may_not_share_their_id():
    found = problems('<anju:sla id="x" amount="2"/>', process='<anju:sla id="x" amount="9"/>')

    assert any("is there twice" in advice for _, advice in found), found


@pytest.mark.parametrize(
    ("ends", "said"), [('from="a"', "both from and to"), ('from="a" to="z"', "unknown element")]
)
def test_a_phase_of_the_process_names_two_elements(ends, said):
    found = problems("", process=f'<anju:sla id="x" amount="2" {ends}/>')

    assert any(element_id == "p" and said in advice for element_id, advice in found), found
