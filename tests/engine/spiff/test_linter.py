"""What would not run as drawn is refused at deploy, all of it at once, with advice."""

from pathlib import Path

import pytest

from engine.errors import DeploymentRefused
from engine.spiff.definition import compile_process
from engine.spiff.linter import lint

FINE = "start s\nuser a\nend e\nf1: s -> a\nf2: a -> e"


def errors(problems):
    return [problem for problem in problems if problem.severity == "error"]


@pytest.fixture
def findings(bpmn):
    """Lint a diagram in the notation; gives pairs of element and advice, errors only."""
    return lambda text, **known: [
        (p.element_id, p.advice) for p in errors(lint(bpmn(text), **known))
    ]


def test_a_plain_process_is_fine(findings):
    assert findings(FINE) == []


def test_all_problems_are_listed_at_once(bpmn):
    text = bpmn(
        """
        start s
        service c
        service free
        script py format=python do="import os"
        user a due=-PT5M
        exclusive g
        boundary t on=a timer=soon
        user island
        f1: s -> c
        f2: c -> free
        f3: free -> py
        f4: py -> a
        f5: a -> g
        f6: g -> e if 1 +
        f7: g -> e
        f8: t -> e
        end e
        """
    )
    with pytest.raises(DeploymentRefused) as refusal:
        compile_process(text, definition_ref="p:1")

    found = {p.element_id: p.element_name for p in errors(refusal.value.problems)}
    assert found.keys() == {"c", "free", "py", "a", "t", "island", "f6", "f7"}
    assert found["island"] == "island"
    assert all(problem.advice.endswith(".") for problem in refusal.value.problems)
    assert "island" in str(refusal.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("<adHocSubProcess id='x'/>", "no activity"),
        ("call x", "names no process"),
        ("catch x compensate=c", "compensate"),
        ("throw x timer=P1D", "timer"),
        ("throw x terminate=t", "terminate"),
        ("throw x compensate=c", "undo"),
        ("throw x error=E", "error"),
        ("catch x", "none"),
        ("catch x link=nowhere", "incoming flow"),
        ("throw x link=nowhere", "link"),
        ("catch x timer=P1D message=m", "multiple"),
        ("catch x condition='1 +'", "FEEL"),
        ("service x", "camunda:topic"),
        ("service x class=java.Lang topic=t", "camunda:class"),
        ("service x topic=t in.a='=1 +'", "FEEL"),
        ("service x topic=t in.a='${a}'", "equals sign"),
        ("service x topic=t in.a-b=1", "name of a parameter"),
        ("rule x", "decisionRef"),
        ("script x do='x := 1'", "name = <FEEL>"),
        ("script x do='x = 1 +'", "FEEL"),
        ("user x group=a,b", "several groups"),
        ("user x due=tomorrow", "due date"),
        ("user x due='=1 +'", "FEEL"),
        ("user x priority=high", "priority"),
        ("<task id='x' completionQuantity='0'/>", "completionQuantity"),
        ("user x assignee='${who}'", "equals sign"),
        ("user x quantity=0", "startQuantity"),
        ("user x each=items collect='a from b' until='1 +'", "FEEL"),
        ("user x while=n max=-1", "whole number"),
        ("task x in.a=1", "script task"),
        ("sub x {\nstart i1\nstart i2\n}", "several plain start"),
        ("sub x {\n}", "nothing to begin"),
        ("events x\ng1: x -> a", "two events"),
        ("user x default=f1", "default flow"),
    ],
)
def test_an_element_that_would_not_run_is_refused_with_advice(findings, line, words):
    found = findings(f"{FINE}\n{line}\nto_x: a -> x")
    assert any(element == "x" and words in advice for element, advice in found), found


@pytest.mark.parametrize(
    ("lines", "element"),
    [
        ("boundary b on=a compensate=c", "b"),
        ("boundary b on=a error=E interrupting=false", "b"),
        ("boundary b on=nowhere timer=P1D", "b"),
        ("boundary b on=a timer=P1D\nx: a -> b", "b"),
        ("sub h {\nstart i1 message=m\n}\nx: a -> h", "i1"),
        ("catch c link=L\ncatch d link=L\nthrow t link=L\nx: a -> t", "d"),
        ("start s2", "p"),
        ("start s2 message=m\nstart s3 message=m\nx: s2 -> a\ny: s3 -> a", "s3"),
        ("x: e -> a", "e"),
        ("x: a -> s", "s"),
        ("x: a -> nowhere", "x"),
        ("user a", "a"),
        ("<dataStoreThing id='d'/>", "d"),
        ("sub h byevent=true {\nstart hs\n}", "hs"),
        ("exclusive g\nx: a -> g\ny: g -> e\nz: g -> a if a >", "z"),
        ("parallel g\nx: a -> g\ny: g -> b\nuser b\nz: b -> g", "z"),
    ],
)
def test_what_is_drawn_wrongly_is_refused(findings, lines, element):
    assert element in [found for found, _ in findings(f"{FINE}\n{lines}")]


def test_references_are_checked_against_what_exists(findings):
    text = """
        start s
        service a topic=repair.pay
        rule b decision=fee
        user c form=repair/visit
        f1: s -> a
        f2: a -> b
        f3: b -> c
        """
    none = frozenset[str]()
    assert findings(text) == []
    found = findings(text, known_topics=none, known_decisions=none, known_forms=none)
    assert [element for element, _ in found] == ["a", "b", "c"]
    assert findings(text, known_topics=frozenset({"repair.pay"})) == []


def test_missing_names_and_idle_attributes_are_warnings(bpmn):
    problems = lint(bpmn(f"{FINE}\nuser x name='' async=true\nf3: a -> x"))
    assert [(p.element_id, p.severity) for p in problems] == [("x", "warning"), ("x", "warning")]
    definition = compile_process(bpmn(f"{FINE}\nuser x name=''\nf3: a -> x"), definition_ref="p")
    assert [p.element_id for p in definition.warnings] == ["x"]


def test_a_missing_default_flow_is_told(bpmn):
    text = f"{FINE}\nexclusive g\nx: a -> g\ny: g -> e if true"
    assert ("g", "warning") in [(p.element_id, p.severity) for p in lint(bpmn(text))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "well-formed"),
        (b"<a", "well-formed"),
        (b"<a/>", "no BPMN process"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "DOCTYPE"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "DOCTYPE"),
        (b" " * (5 * 1024 * 1024 + 1), "5 MB"),
        (b"<?xml version='1.0' encoding='utf-9'?><a/>", "well-formed"),
    ],
)
def test_a_file_that_is_no_bpmn_is_refused(text, words):
    with pytest.raises(DeploymentRefused, match=words):
        compile_process(text, definition_ref="p")


ATTACKS = [
    "__import__('os').system('x')",
    "[c for c in ().__class__.__base__.__subclasses__()][0]",
    'f"{x.__class__}"',
    "'%s' % x.__class__",
    "lambda: 1",
    "open('/etc/passwd').read()[0:1]; x",
    "x.__globals__['system']('x')",
    "import os; x",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "place",
    [
        "script x do={}",
        "service x topic=t in.a={}",
        "user x due={}",
        "catch x timer={}",
        "catch x condition={}",
        "user x each={}",
        "user x times={}",
    ],
)
def test_python_is_a_syntax_error_everywhere(findings, place, attack):
    text = f"r = {attack}" if place.startswith("script") else f"={attack}"
    line = place.format("'" + text.replace("'", "'\"'\"'") + "'")
    found = findings(f"{FINE}\n{line}\nto_x: a -> x")
    assert any(element == "x" and "FEEL" in advice for element, advice in found)


def test_the_definition_describes_its_elements(bpmn):
    definition = compile_process(
        bpmn(
            """
            <laneSet id="l"><lane id="l1" name="outer"><flowNodeRef>a</flowNodeRef>
            <childLaneSet id="c"><lane id="l2" name="officers"><flowNodeRef>a</flowNodeRef>
            </lane></childLaneSet></lane></laneSet>
            start s
            user a name="Check it" group=officer milestone="We look at it"
            boundary t on=a timer=P2D
            end e
            f1: s -> a
            f2: a -> e
            """.replace("\n            <", "<").replace(">\n</lane", "></lane")
        ),
        definition_ref="p:7",
    )
    task = definition.elements["a"]
    assert (task.name, task.type, task.lane) == ("Check it", "userTask", "officers")
    assert task.properties["anju:milestone"] == "We look at it"
    assert task.properties["camunda:candidateGroups"] == "officer"
    assert definition.elements["t"].attached_to == "a"
    assert definition.flows["f1"] == ("s", "a", "")
    assert (definition.key, definition.name, definition.ref) == ("p", "P", "p:7")
    assert list(definition.elements) == ["s", "a", "t", "e"]


def test_no_module_of_the_interpreter_reads_a_clock_or_runs_python():
    forbidden = ("datetime.now", "time.time", "eval(", "exec(", "TaskDataEnvironment")
    for path in (Path(__file__).parents[3] / "engine/spiff").glob("*.py"):
        text = path.read_text()
        assert not [word for word in forbidden if word in text.replace("evaluate(", "")], path
