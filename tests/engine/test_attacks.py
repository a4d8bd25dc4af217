"""Nothing that a diagram, a table or a form says is ever run as Python, and none of it hangs."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from xml.sax.saxutils import escape

import pytest

from engine.clock import FrozenClock
from engine.db import Database, metadata
from engine.errors import BusinessError, EngineError
from engine.process_engine import ProcessEngine
from engine.testing import TESTER, Walker
from forms.errors import ConditionFailed, FormDefinitionInvalid
from forms.schema import load
from forms.validation import validate

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

HEAD = """<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t" id="d">
<bpmn:process id="p" name="p" isExecutable="true"><bpmn:startEvent id="s" name="s"/>"""
TAIL = """<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="x"/>
<bpmn:sequenceFlow id="f2" sourceRef="x" targetRef="w"/>
<bpmn:userTask id="w" name="w" camunda:candidateGroups="officer"/>
<bpmn:sequenceFlow id="f3" sourceRef="w" targetRef="e"/><bpmn:endEvent id="e" name="e"/>
</bpmn:process></bpmn:definitions>"""
PLACES = {
    "script": '<bpmn:scriptTask id="x" name="x" scriptFormat="feel"><bpmn:script>a = {text}'
    "</bpmn:script></bpmn:scriptTask>",
    "python script": '<bpmn:scriptTask id="x" name="x" scriptFormat="python"><bpmn:script>{text}'
    "</bpmn:script></bpmn:scriptTask>",
    "timer": '<bpmn:intermediateCatchEvent id="x" name="x"><bpmn:timerEventDefinition id="t">'
    "<bpmn:timeDuration>={text}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    "</bpmn:intermediateCatchEvent>",
    "plain timer": '<bpmn:intermediateCatchEvent id="x" name="x"><bpmn:timerEventDefinition id="t">'
    "<bpmn:timeDuration>{text}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    "</bpmn:intermediateCatchEvent>",
    "mapping": '<bpmn:serviceTask id="x" name="x" camunda:type="external" camunda:topic="tests.do">'
    '<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="a">={text}'
    "</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>",
    "loop cardinality": '<bpmn:userTask id="x" name="x" camunda:candidateGroups="officer">'
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{text}</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>",
    "due date": '<bpmn:userTask id="x" name="x" camunda:candidateGroups="officer"'
    ' camunda:dueDate="={text}"/>',
    "condition": '<bpmn:exclusiveGateway id="x" name="x" default="f2"/>'
    '<bpmn:sequenceFlow id="f9" name="f9" sourceRef="x" targetRef="w"><bpmn:conditionExpression>'
    "{text}</bpmn:conditionExpression></bpmn:sequenceFlow>",
}
DMN = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="n">
<decision id="x" name="x"><variable name="x"/><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="ie"><text>1</text></inputExpression></input>
<output id="o" name="x"/><rule id="r"><inputEntry id="c1"><text>{cell}</text></inputEntry>
<outputEntry id="c2"><text>{result}</text></outputEntry></rule></decisionTable></decision>
</definitions>"""
RULE = '<bpmn:businessRuleTask id="x" name="x" camunda:decisionRef="x" camunda:resultVariable="a"/>'


def attacks(canary: Path) -> dict[str, str]:
    """Texts that would make the canary file in Python, or take for ever."""
    touch = f"touch {canary}"
    walk = (
        "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0]"
        f".__init__.__globals__['system']('{touch}')"
    )
    return {
        "import call": f"__import__('os').system('{touch}')",
        "import call in FEEL strings": f'__import__("os").system("{touch}")',
        "import statement": f"import os; os.system('{touch}')",
        "subclasses walk": walk,
        "open": f"open('{canary}', 'w')",
        "open in FEEL strings": f'open("{canary}", "w")',
        "eval": f"eval(\"open('{canary}', 'w')\")",
        "exec": f"exec(\"open('{canary}', 'w')\")",
        "getattr": f"getattr(getattr(__builtins__, 'open'), '__call__')('{canary}', 'w')",
        "f-string": 'f"{x.__class__.__mro__}"',
        "nested format": "'{0.__class__.__init__.__globals__}'.format(x)",
        "percent": "'%(__class__)s' % x",
        "type": f"type('X', (), {{'__init__': lambda s: open('{canary}', 'w')}})()",
        "lambda": f"(lambda: __import__('os').system('{touch}'))()",
        "walrus": f"(o := __import__('os')).system('{touch}')",
        "java": f'function() external {{java: {{class: "java.lang.Runtime", method: "{touch}"}}}}',
        "JUEL": f"${{''.getClass().forName('java.lang.Runtime').exec('{touch}')}}",
        "power": "9**9**9",
        "power in parentheses": "9 ** (9 ** 9)",
        "huge string": "'a' * 10**9",
        "endless loop": "for i in 1..10**12 return i",
        "comprehension": "[i for i in range(10**9)]",
        "nested loops": "for i in 1..1000, j in 1..1000, k in 1..1000 return i",
        "recursion": "{f: function(n) f(n + 1), r: f(0)}.r",
        "pattern": 'matches("' + "a" * 5000 + '", "a*a*a*a*b")',
    }


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


@pytest.fixture
def walker(sqlite_url: str):
    database, clock = Database(sqlite_url), FrozenClock(NOW)
    metadata.create_all(database.engine)
    engine = ProcessEngine(
        operations={"tests.do": lambda **_: {}},
        clock=clock,
        on_rung=lambda *_, **__: None,
    )
    yield Walker(engine=engine, database=database, clock=clock)
    database.dispose()


def run(walker: Walker, resources: dict[str, bytes]) -> float:
    """Deploy, start and let time pass; give the seconds of CPU. Saying no is right."""
    begun_at = process_time()
    try:
        walker.deploy(resources, by=TESTER)
        walker.start("p", {"x": "text"}).advance(timedelta(days=2))
    except (EngineError, BusinessError):
        pass
    return process_time() - begun_at


NAMES = sorted(attacks(Path("unused")))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", NAMES)
def test_no_attack_in_a_diagram_is_run_as_python(name, place, walker, canary):
    text = escape(attacks(canary)[name], {'"': "&quot;"})

    run(walker, {"p.bpmn": (HEAD + PLACES[place].format(text=text) + TAIL).encode()})

    assert not canary.exists()


@pytest.mark.parametrize("cell", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_no_attack_in_a_decision_is_run_as_python(name, cell, walker, canary):
    text = escape(attacks(canary)[name])
    dmn = DMN.format(cell=text, result="1") if cell else DMN.format(cell="-", result=text)

    run(walker, {"p.bpmn": (HEAD + RULE + TAIL).encode(), "x.dmn": dmn.encode()})

    assert not canary.exists()


@pytest.mark.parametrize("name", NAMES)
def test_no_attack_in_a_form_is_run_as_python(name, canary):
    definition = {
        "id": "f",
        "title": "f",
        "type": "default",
        "components": [
            {
                "key": "a",
                "type": "textfield",
                "label": "a",
                "conditional": {"hide": f"={attacks(canary)[name]}"},
            }
        ],
    }
    try:
        form = load(json.dumps(definition))
        validate(form, {"a": "x"}, context={"x": "text"}, now=NOW)
    except (ConditionFailed, FormDefinitionInvalid):
        pass

    assert not canary.exists()


def test_the_attacks_do_work_in_python(canary):
    """Proves that the canary would sing."""
    compiled = compile(attacks(canary)["open in FEEL strings"], "attack", "single")

    assert {"open"} <= set(compiled.co_names)


def test_the_sources_never_evaluate_text():
    pattern = re.compile(r"\b(eval|exec)\(")
    found = [
        path
        for folder in ("feel", "engine", "forms")
        for path in (ROOT / folder).rglob("*.py")
        if pattern.search(path.read_text())
    ]

    assert found == []
