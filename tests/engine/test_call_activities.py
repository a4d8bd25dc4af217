"""A process calls another one: which version, with which values, and what comes back."""

import pytest

from engine.errors import DeploymentRefused, EngineError

pytestmark = pytest.mark.integration

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn">'
    '<message id="stop" name="stop"/><error id="bad" errorCode="bad"/>'
)
VALUES = (
    '<camunda:in sourceExpression="n + 1" target="m"/><camunda:in source="n" target="n"/>'
    '<camunda:out source="result" target="answer"/>'
)
BOUNDARIES = """
    <boundaryEvent id="stopped" attachedToRef="c"><messageEventDefinition messageRef="stop"/>
    </boundaryEvent><sequenceFlow id="g4" sourceRef="stopped" targetRef="e2"/><endEvent id="e2"/>
    <boundaryEvent id="failed" attachedToRef="c"><errorEventDefinition errorRef="bad"/>
    </boundaryEvent><sequenceFlow id="g5" sourceRef="failed" targetRef="e3"/><endEvent id="e3"/>
"""


def caller(attributes='calledElement="inner"', values=VALUES, more="", loop=""):
    return (
        f'<process id="outer" name="outer" isExecutable="true"><startEvent id="begin"/>'
        f'<callActivity id="c" name="c" {attributes}><extensionElements>{values}'
        f"</extensionElements>{loop}</callActivity>"
        f"<userTask id='after' name='after' camunda:candidateGroups='officer'/>"
        f'<sequenceFlow id="g1" sourceRef="begin" targetRef="c"/>'
        f'<sequenceFlow id="g2" sourceRef="c" targetRef="after"/>'
        f'<sequenceFlow id="g3" sourceRef="after" targetRef="done"/><endEvent id="done"/>'
        f"{more}</process>"
    )


def callee(expression="m * 10", key="inner", end=""):
    return (
        f'<process id="{key}" name="{key}" isExecutable="true"><startEvent id="s"/>'
        f'<userTask id="a" name="a" camunda:candidateGroups="officer"/>'
        f'<scriptTask id="b" name="b" scriptFormat="feel">'
        f"<script>result = {expression}</script></scriptTask>"
        f'<endEvent id="e">{end}</endEvent>'
        f'<sequenceFlow id="f1" sourceRef="s" targetRef="a"/>'
        f'<sequenceFlow id="f2" sourceRef="a" targetRef="b"/>'
        f'<sequenceFlow id="f3" sourceRef="b" targetRef="e"/></process>'
    )


def file(*parts):
    return {"model.bpmn": (HEAD + "".join(parts) + "</definitions>").encode()}


def test_a_called_process_has_variables_of_its_own_and_hands_back_what_is_mapped(walker):
    walker.deploy(file(caller(), callee()))
    case = walker.start("outer", {"n": 1})
    assert case.open_elements() == ["a"]

    case.complete("a", {"secret": 1})

    assert case.open_elements() == ["after"]
    assert case.variables() == {"n": 1, "answer": 20}


def test_all_variables_go_in_and_out_where_the_diagram_says_so(walker):
    values = '<camunda:in variables="all"/><camunda:out variables="all"/>'
    walker.deploy(file(caller(values=values), callee("n + 5")))
    case = walker.start("outer", {"n": 1})
    case.complete("a", {"told": "yes"})

    assert case.variables() == {"n": 1, "told": "yes", "result": 6}


def test_a_running_call_stays_on_the_version_it_began_with(walker):
    walker.deploy(file(callee()))
    walker.deploy(file(caller()))
    old = walker.start("outer", {"n": 1})
    walker.deploy(file(callee("m * 100")))
    new = walker.start("outer", {"n": 1})

    old.complete("a")
    new.complete("a")

    assert old.variables()["answer"] == 20
    assert new.variables()["answer"] == 200


def test_a_call_may_be_bound_to_a_version(walker):
    walker.deploy(file(callee()))
    walker.deploy(file(callee("m * 100")))
    bound = 'calledElement="inner" camunda:calledElementBinding="version"'
    walker.deploy(file(caller(f'{bound} camunda:calledElementVersion="1"')))
    case = walker.start("outer", {"n": 1})
    case.complete("a")

    assert case.variables()["answer"] == 20


def test_a_call_bound_to_its_deployment_or_not_bound_prefers_its_own_file(walker):
    for binding, answer in (("deployment", 20), ("latest", 200)):
        attributes = f'calledElement="inner" camunda:calledElementBinding="{binding}"'
        walker.deploy(file(caller(attributes), callee()))
        walker.deploy(file(callee("m * 100")))
        case = walker.start("outer", {"n": 1})
        case.complete("a")
        assert case.variables()["answer"] == answer


def test_a_process_nobody_deployed_cannot_be_called(walker):
    walker.deploy(file(caller()))

    with pytest.raises(EngineError, match="inner"):
        walker.start("outer", {"n": 1})


def test_a_global_task_can_be_called(walker):
    task = (
        '<globalScriptTask id="inner" name="inner" scriptFormat="feel">'
        "<script>result = m * 3</script></globalScriptTask>"
    )
    walker.deploy(file(task, caller()))
    case = walker.start("outer", {"n": 1})

    assert case.open_elements() == ["after"]
    assert case.variables()["answer"] == 6


def test_an_error_in_a_called_process_is_caught_at_the_call(walker):
    end = '<errorEventDefinition errorRef="bad"/>'
    walker.deploy(file(caller(more=BOUNDARIES), callee(end=end)))
    case = walker.start("outer", {"n": 1})
    case.complete("a")

    assert case.open_elements() == []
    assert case.ended_at("e3")


def test_a_boundary_event_ends_a_call_with_all_that_runs_in_it(walker):
    walker.deploy(file(caller(more=BOUNDARIES), callee()))
    case = walker.start("outer", {"n": 1})
    case.message("stop")

    assert case.open_elements() == []
    assert case.instance().status == "completed"


def test_a_call_is_repeated_for_each_item(walker):
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    walker.deploy(file(caller(loop=loop), callee()))
    case = walker.start("outer", {"n": 1})
    assert case.open_elements() == ["a", "a"]


def test_calls_within_calls_run_and_endless_ones_are_refused(walker):
    middle = caller('calledElement="inner"').replace('id="outer"', 'id="middle"')
    walker.deploy(file(middle))
    walker.deploy(file(caller('calledElement="middle"', values=""), callee()))
    case = walker.start("outer", {"n": 1})
    assert case.open_elements() == ["a"]
    endless = caller('calledElement="outer"')
    walker.deploy(file(endless))
    with pytest.raises(EngineError, match="within each other"):
        walker.start("outer", {"n": 1})


def test_every_executable_process_of_a_file_can_be_started(walker):
    walker.deploy(file(caller(), callee()))
    case = walker.start("inner", {"m": 2})

    assert case.open_elements() == ["a"]


def test_errors_of_a_called_process_refuse_the_file(walker):
    with pytest.raises(DeploymentRefused) as refusal:
        walker.deploy(file(caller(), callee("1 +").replace(' isExecutable="true"', "")))

    errors = [each for each in refusal.value.problems if each.severity == "error"]
    assert [each.element_id for each in errors] == ["b"]
