"""The betsy runner acts on the words of a model, on the public engine and a frozen clock."""

import json
from pathlib import Path

from engine.conformance.betsy import run_suite

MODEL = """<?xml version="1.0"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
<b:process id="P" isExecutable="true">
<b:startEvent id="s">
<b:outgoing>f0</b:outgoing></b:startEvent>
<b:parallelGateway id="g"/>
<b:parallelGateway id="j"/>
<b:scriptTask id="a">
<b:script>CREATE_TIMESTAMP_LOG_1</b:script></b:scriptTask>
<b:scriptTask id="c">
<b:script>CREATE_TIMESTAMP_LOG_2</b:script></b:scriptTask>
<b:scriptTask id="i">
<b:standardLoopCharacteristics testBefore="true">
<b:loopCondition>${integerVariable &lt; 3}</b:loopCondition></b:standardLoopCharacteristics>
<b:script>INCREMENT_INTEGER_VARIABLE_AND_LOG</b:script></b:scriptTask>
<b:scriptTask id="t">
<b:script>THROW_ERROR</b:script></b:scriptTask>
<b:boundaryEvent id="be" attachedToRef="t">
<b:errorEventDefinition id="ed" errorRef="er"/></b:boundaryEvent>
<b:scriptTask id="k">
<b:script>SCRIPT_task1</b:script></b:scriptTask>
<b:endEvent id="e"/>
<b:endEvent id="e2"/>
<b:sequenceFlow id="f0" sourceRef="s" targetRef="g"/>
<b:sequenceFlow id="f1" sourceRef="g" targetRef="a"/>
<b:sequenceFlow id="f2" sourceRef="g" targetRef="c"/>
<b:sequenceFlow id="f3" sourceRef="a" targetRef="j"/>
<b:sequenceFlow id="f4" sourceRef="c" targetRef="j"/>
<b:sequenceFlow id="f5" sourceRef="j" targetRef="i"/>
<b:sequenceFlow id="f5b" sourceRef="i" targetRef="t"/>
<b:sequenceFlow id="f6" sourceRef="t" targetRef="e"/>
<b:sequenceFlow id="f7" sourceRef="be" targetRef="k"/>
<b:sequenceFlow id="f8" sourceRef="k" targetRef="e2"/>
</b:process>
<b:error id="er" errorCode="ERR_CODE"/></b:definitions>"""


def suite(folder: Path, tokens: list[str], delay_ms: int = 15_000) -> Path:
    (folder / "model.bpmn").write_text(MODEL)
    case = {
        "number": 1,
        "inputs": {"integerVariable": 0, "testCaseNumber": 1},
        "also_start": [],
        "delay_ms": delay_ms,
        "expected_tokens": tokens,
    }
    test = {"group": "events", "file": "model.bpmn", "process": "P", "cases": [case]}
    (folder / "expected.json").write_text(json.dumps({"Example": test}))
    return folder


def test_slow_work_runs_side_by_side_and_errors_are_caught(tmp_path):
    tokens = [*["INCREMENT"] * 3, "SCRIPT_task1", "EXECUTION_parallel"]

    report = run_suite(suite(tmp_path, tokens))

    assert report.failures == []
    assert report.as_json()["groups"]["events"]["passed"] == 1


def test_a_clock_that_stops_early_shows_what_is_missing(tmp_path):
    report = run_suite(suite(tmp_path, ["SCRIPT_task1"], delay_ms=5_000))

    assert report.total.passed == 0
    assert report.failures[0].reason.startswith("logged [], expected ['SCRIPT_task1']")
