"""Files of other engines open; what is not honoured is listed; hostile files are refused."""

import codecs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.checking import check_file
from engine.importing.juel import to_feel
from engine.importing.opening import open_file

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:flowable="http://flowable.org/bpmn" targetNamespace="urn:t">'
)


def opened(body: str, process: str = 'id="p" isExecutable="true"'):
    return open_file(f"{HEAD}<process {process}>{body}</process></definitions>".encode())


def by_element(result):
    return {(p.element_id, p.rule): p for p in result.problems}


@pytest.mark.parametrize(
    ("juel", "feel"),
    [
        ("${amount > 100}", "amount > 100"),
        ("${ amount>=100 && !paid }", "amount >= 100 and not(paid)"),
        ("#{case.state == 'open' || case.urgent}", 'case.state = "open" or case.urgent'),
        ("${!(a != 1)}", "not(a != 1)"),
        ("${a eq 1 and not b}", "a = 1 and not(b)"),
        ("${(a + 1) * 2 lt -3}", "(a + 1) * 2 < -3"),
        ("${approved}", "approved"),
        ("${name == 'O\\'Hara \"x\"'}", 'name = "O\'Hara \\"x\\""'),
        ("${true}", "true"),
    ],
)
def test_simple_juel_becomes_feel(juel, feel):
    assert to_feel(juel) == feel


@pytest.mark.parametrize(
    "juel",
    [
        "${bean.run()}",
        "${empty list}",
        "${a ? b : c}",
        "${a} and ${b}",
        "${}",
        "${a >}",
        "${((((a)}",
        "${a mod 2 == 0}",
        "${''.getClass().forName('x')}",
        "amount > 100",
        "${" + "(" * 900 + "}",
        "${" + "!" * 900 + "a}",
        "${" + "a" * 3000 + "}",
    ],
)
def test_other_juel_is_left_to_people(juel):
    assert to_feel(juel) is None


FLOWS = (
    '<startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="g"/>'
    '<exclusiveGateway id="g" default="f2"/><endEvent id="e"/><endEvent id="e2"/>'
    '<sequenceFlow id="f1" sourceRef="g" targetRef="e"><conditionExpression>{}'
    '</conditionExpression></sequenceFlow><sequenceFlow id="f2" sourceRef="g" targetRef="e2"/>'
)


def test_a_translated_condition_runs_and_is_reported():
    result = opened(FLOWS.format("${amount > 100}".replace(">", "&gt;")))
    assert result.is_executable
    assert "amount &gt; 100</" in result.bpmn.decode()
    report = by_element(result)["f1", "juel-translated"]
    assert "amount > 100" in report.advice
    assert report.severity == "warning"


def test_a_condition_that_cannot_be_translated_is_refused_by_id():
    result = opened(FLOWS.format("${service.allows(x)}"))
    assert result.is_open
    assert by_element(result)["f1", "juel"].severity == "error"


def test_attributes_and_extensions_that_are_not_honoured_are_listed_by_id():
    result = opened(
        '<serviceTask id="a" camunda:class="x.Y" camunda:asyncBefore="true">'
        '<extensionElements><camunda:executionListener class="x.Z" event="start"/>'
        "</extensionElements></serviceTask>"
        '<userTask id="b" flowable:skipExpression="${who}" camunda:candidateGroups="officer"/>'
    )
    said = [p.advice for p in result.problems if p.rule.startswith("vendor-")]
    assert len(said) == 4
    assert any("camunda:class: A Java class is not run" in advice for advice in said)
    assert any("camunda:executionListener" in advice for advice in said)
    assert any("flowable:skipExpression: Nothing is skipped" in advice for advice in said)


def test_what_a_sister_engine_writes_is_taken_over_and_reported():
    result = opened(
        '<startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="a"/>'
        '<userTask id="a" flowable:assignee="${who}"/>'
        '<sequenceFlow id="f1" sourceRef="a" targetRef="b"/>'
        '<serviceTask id="b" flowable:type="external-worker" flowable:topic="pay">'
        '<extensionElements><flowable:inputOutput><flowable:inputParameter name="n">'
        "${case.amount}</flowable:inputParameter></flowable:inputOutput></extensionElements>"
        '</serviceTask><sequenceFlow id="f2" sourceRef="b" targetRef="e"/><endEvent id="e"/>'
    )
    assert result.is_executable, result.problems
    report = {p.rule for p in result.problems if p.element_id in {"a", "b"}}
    assert {"vendor-translated", "juel-translated"} <= report
    again = open_file(result.bpmn)
    assert not [p for p in again.problems if p.rule == "vendor-translated"]
    assert b"=who" in result.bpmn
    assert b"=case.amount" in result.bpmn


def test_a_script_in_another_language_is_never_run():
    script = "<script>import os</script>"
    result = opened(f'<scriptTask id="a" scriptFormat="python">{script}</scriptTask>')
    assert by_element(result)["a", "foreign-script"].severity == "error"


def test_a_drawing_opens_with_its_problems_listed_by_element():
    result = opened(FLOWS.replace("<conditionExpression>{}</conditionExpression>", ""), 'id="p"')
    assert result.is_open
    assert not result.is_executable
    assert any(p.element_id == "f1" and "condition" in p.advice for p in result.problems)


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]><definitions>&j;</definitions>"
)
FILE_ENTITY = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"not xml",
        b"\x00\x01\x02",
        b"%PDF-1.7",
        b"<a",
        b"<a/>",
        LAUGHS.encode(),
        FILE_ENTITY.encode(),
        b"<!DOCTYPE html><html></html>",
        b"<a>" * 100_000,
        b"<a>" + b"<b/>" * 20_001 + b"</a>",
        (b"<a>" * 2_000) + (b"</a>" * 2_000),
        b'<?xml version="1.0" encoding="utf-9"?><a/>',
        b'<?xml version="1.0" encoding="utf-16"?><a/>',
        codecs.BOM_UTF16_LE + b"<a/>",
        "<a>é</a>".encode("latin-1"),
        b"<a>" + b"x" * (50 * 1024 * 1024) + b"</a>",
        b'<?xml version="1.0"?><definitions xmlns="urn:other"/>',
    ],
    ids=lambda content: repr(content[:20]),
)
def test_what_is_no_bpmn_is_refused_with_one_clear_problem(content):
    result = open_file(content)
    assert not result.is_open
    (problem,) = result.problems
    assert problem.severity == "error"
    assert problem.advice.endswith(".")
    assert len(problem.advice) < 300


def test_deeply_nested_bpmn_is_refused_without_a_traceback():
    body = "".join(f'<subProcess id="u{i}">' for i in range(200)) + "</subProcess>" * 200
    result = opened(body)
    assert any("nested too deeply" in problem.advice for problem in result.problems)


TAGS = st.sampled_from(
    (
        "process", "startEvent", "endEvent", "userTask", "serviceTask", "exclusiveGateway",
        "sequenceFlow", "subProcess", "boundaryEvent", "timerEventDefinition",
        "messageEventDefinition", "timeDuration", "conditionExpression",
        "multiInstanceLoopCharacteristics", "loopDataInputRef", "ioSpecification", "dataInput",
        "inputSet", "dataInputRefs", "callActivity", "eventBasedGateway", "participant",
        "messageFlow", "linkEventDefinition", "adHocSubProcess", "association", "laneSet",
        "lane", "flowNodeRef", "itemDefinition", "ioBinding", "source",
    )
)  # fmt: skip
IDS = st.sampled_from(["a", "b", "c", "", "x:a", "é", "${a}", "=1 +"])
NAMES = st.sampled_from(
    (
        "id", "name", "sourceRef", "targetRef", "attachedToRef", "default", "messageRef",
        "isExecutable", "isInterrupting", "triggeredByEvent", "calledElement", "itemSubjectRef",
        "startQuantity", "cancelActivity", "language",
    )
)  # fmt: skip
ELEMENTS = st.recursive(
    st.tuples(TAGS, st.dictionaries(NAMES, IDS, max_size=4), IDS, st.just(())),
    lambda inner: st.tuples(
        TAGS, st.dictionaries(NAMES, IDS, max_size=4), IDS, st.lists(inner, max_size=5)
    ),
    max_leaves=15,
)


def xml(element) -> str:
    tag, attributes, text, inner = element
    pairs = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{pairs}>{text}{''.join(map(xml, inner))}</{tag}>"


def assert_survives(elements, cut: int, insert: bytes) -> None:
    text = f"{HEAD}{''.join(map(xml, elements))}</definitions>".encode()
    for content in (text, text[:cut] + insert + text[cut:], insert):
        result = open_file(content)
        assert result.is_open or len(result.problems) == 1
        assert all(problem.advice for problem in check_file(content))


FUZZ = given(st.lists(ELEMENTS, max_size=5), st.integers(0, 400), st.binary(max_size=12))
HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=500, deadline=None, suppress_health_check=HEALTH)
@FUZZ
def test_no_file_whatever_crashes_the_check(elements, cut, insert):
    assert_survives(elements, cut, insert)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(max_examples=10_000, deadline=None, suppress_health_check=HEALTH)
@FUZZ
def test_no_file_of_ten_thousand_crashes_the_check(elements, cut, insert):
    assert_survives(elements, cut, insert)
