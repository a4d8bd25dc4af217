"""Data objects, data inputs and outputs, and the associations between them."""

import pytest

from engine.errors import ExpressionFailed
from engine.spiff.execution import Execution
from engine.spiff.linter import lint

OBJECTS = """
    start s
    <dataObject id="o1" name="report"/>
    <dataObjectReference id="r1" dataObjectRef="o1"/>
    <dataObjectReference id="r2" name="report, closed" dataObjectRef="o1"/>
    <dataObject id="o3"/>
    """


def specified(inputs="", outputs=""):
    """Declare data inputs and outputs, given as names; `x` gets the id `x.in` or `x.out`."""
    data = "".join(f'<dataInput id="{n}.in" name="{n}"/>' for n in inputs.split())
    data += "".join(f'<dataOutput id="{n}.out" name="{n}"/>' for n in outputs.split())
    return f"<ioSpecification>{data}<inputSet/><outputSet/></ioSpecification>"


def association(kind, source, target, more=""):
    ends = f"<sourceRef>{source}</sourceRef>" if source else ""
    ends += f"<targetRef>{target}</targetRef>" if target else ""
    return f'<data{kind}Association id="d.{source}.{target}">{ends}{more}</data{kind}Association>'


def task(inner, tag="userTask", **attributes):
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{tag} id="a" name="a"{given}>{inner}</{tag}>\n'


def only(execution):
    (state,) = execution.user_tasks()
    return state


def test_an_output_is_copied_when_the_task_is_done_and_is_no_variable_itself(start):
    inner = specified(outputs="text") + association("Output", "text.out", "r1")
    run = start(f"{OBJECTS}{task(inner)} f1: s -> a", other=1)
    run.complete(only(run).token_id, {"text": "wet", "more": 2})
    assert run.variables() == {"other": 1, "more": 2, "report": "wet"}


def test_an_input_is_a_copy_that_only_the_task_sees(start, host):
    host.operations["t"] = {}
    extension = (
        '<extensionElements><camunda:inputOutput><camunda:inputParameter name="got">=text'
        "</camunda:inputParameter></camunda:inputOutput></extensionElements>"
    )
    inner = extension + specified(inputs="text") + association("Input", "r2", "text.in")
    xml = task(inner, tag="serviceTask", **{"camunda:type": "external", "camunda:topic": "t"})
    run = start(f"{OBJECTS}{xml} f1: s -> a", report={"rooms": [1]})
    assert host.calls == [("t", {"got": {"rooms": [1]}})]
    assert run.variables() == {"report": {"rooms": [1]}}


def test_an_object_without_any_name_is_called_by_its_id(start):
    inner = specified(outputs="text") + association("Output", "text.out", "o3")
    run = start(f"{OBJECTS}{task(inner)} f1: s -> a")
    run.complete(only(run).token_id, {"text": "wet"})
    assert run.variables() == {"o3": "wet"}


def test_a_null_source_leaves_the_target_null(start):
    inner = specified(outputs="text") + association("Output", "text.out", "o1")
    run = start(f"{OBJECTS}{task(inner)} f1: s -> a", report="old")
    run.complete(only(run).token_id, {})
    assert run.variables() == {"report": None}


def test_a_task_may_call_its_output_like_the_object(start):
    inner = specified(outputs="report") + association("Output", "report.out", "o1")
    run = start(f"{OBJECTS}{task(inner)} f1: s -> a")
    run.complete(only(run).token_id, {"report": 5})
    assert run.variables() == {"report": 5}


def test_transformations_and_assignments_are_feel(start):
    more = "<transformation>text + extra</transformation>"
    assign = "<assignment><from>=text * 10</from><to>=o3</to></assignment>"
    inner = specified(inputs="extra", outputs="text")
    inner += association("Input", "o1", "extra.in")
    inner += association("Output", "text.out", "r1", more)
    inner += association("Output", "text.out", "o3", assign)
    run = start(f"{OBJECTS}{task(inner)} f1: s -> a", report=2)
    run.complete(only(run).token_id, {"text": 3})
    assert run.variables() == {"report": 5, "o3": 30}


def test_a_transformation_that_fails_ends_the_step(start, host):
    more = "<transformation>text + 1</transformation>"
    inner = specified(outputs="text") + association("Output", "text.out", "r1", more)
    run = start(f"{OBJECTS}{task(inner)} f1: s -> a")

    def refuse(expression, variables, element_id):
        raise ExpressionFailed(element_id, expression)

    host.evaluate = refuse
    with pytest.raises(ExpressionFailed):
        run.complete(only(run).token_id, {"text": 3})


def test_a_loop_takes_its_collection_from_a_data_input_and_gives_results_to_an_output(start):
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>all.in</loopDataInputRef>"
        "<loopDataOutputRef>answers.out</loopDataOutputRef>"
        '<inputDataItem id="one"/><outputDataItem id="answer"/></multiInstanceLoopCharacteristics>'
    )
    inner = specified(inputs="all", outputs="answers")
    inner += association("Input", "r1", "all.in") + association("Output", "answers.out", "o3")
    inner = inner.replace('name="all"', 'name="all of them"')
    run = start(f"{OBJECTS}{task(inner + loop)} f1: s -> a", report=["x", "y"])
    for number, state in enumerate(run.user_tasks()):
        run.complete(state.token_id, {"answer": number})
    assert run.variables() == {"report": ["x", "y"], "o3": [0, 1]}


def test_a_call_hands_its_data_over_by_name(start):
    inner = specified(inputs="text", outputs="result")
    inner += association("Input", "r1", "text.in") + association("Output", "result.out", "o3")
    call = task(inner, tag="callActivity", calledElement="q")
    called = '</process>\n<process id="q" name="Q" isExecutable="true">\nstart qs\n'
    called += "script b do='result = text + 1; lost = 1'\ng1: qs -> b"
    run = start(f"{OBJECTS}{call} f1: s -> a\n{called}", report=4)
    assert run.is_ended
    assert run.variables() == {"report": 4, "o3": 5}


def test_an_interrupted_task_gives_nothing_out(start):
    inner = specified(outputs="text") + association("Output", "text.out", "r1")
    text = f"{OBJECTS}{task(inner)} boundary t on=a timer=P1D\nuser b\nf1: s -> a\nf2: t -> b"
    run = start(text, report="old")
    (timer,) = run.timers()
    run.fire_timer(timer.token_id)
    run.complete(only(run).token_id, {})
    assert run.variables() == {"report": "old"}


def test_the_state_of_an_open_task_keeps_its_inputs(define, host):
    inner = specified(inputs="text", outputs="both")
    inner += association("Input", "r1", "text.in")
    inner += association(
        "Output", "both.out", "o3", "<transformation>[text, both]</transformation>"
    )
    definition = define(f"{OBJECTS}{task(inner)} user b\nf1: s -> a\nf2: a -> b")
    run = Execution.start(definition, {"report": "then"}, host)
    run = Execution.load(definition, run.dump(), host)
    run.complete(only(run).token_id, {"report": "now", "both": 1})
    run = Execution.load(definition, run.dump(), host)
    assert run.variables() == {"report": "now", "o3": ["then", 1]}


@pytest.mark.parametrize(
    "inner",
    [
        association("Output", "", "r1"),
        association("Output", "nowhere", "r1"),
        specified(outputs="text") + association("Output", "text.out", "nowhere"),
        specified(inputs="text") + association("Input", "nowhere", "text.in"),
        specified(inputs="text")
        + association("Input", "r1", "text.in", "<transformation>1 +</transformation>"),
        specified(inputs="text")
        + association(
            "Input", "r1", "text.in", '<transformation language="XPath">a</transformation>'
        ),
        specified(inputs="text")
        + association("Input", "r1", "text.in", "<assignment><from>1</from></assignment>"),
    ],
)
def test_what_cannot_be_carried_out_is_told_and_does_nothing(bpmn, start, inner):
    text = f"{OBJECTS}{task(inner)} f1: s -> a"
    (problem,) = lint(bpmn(text))
    assert (problem.element_id, problem.severity) == ("a", "warning")
    assert "is not carried out" in problem.advice
    run = start(text, report="old")
    run.complete(only(run).token_id, {"text": 1})
    assert run.variables() == {"report": "old", "text": 1}


def test_a_data_store_is_a_variable_with_a_warning(bpmn, start):
    inner = specified(outputs="text") + association("Output", "text.out", "ds")
    store = '<dataStoreReference id="ds" name="tenants"/>\n'
    text = f"{OBJECTS}{store}{task(inner)} f1: s -> a"
    (problem,) = lint(bpmn(text))
    assert (problem.element_id, problem.severity) == ("a", "warning")
    run = start(text)
    run.complete(only(run).token_id, {"text": "wet"})
    assert run.variables() == {"tenants": "wet"}
