"""The diagrams that are measured; their scripts and conditions are FEEL and Python alike."""

from collections.abc import Sequence
from itertools import pairwise

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="bench_definitions"
    targetNamespace="https://anju.example.org/bench">
  <bpmn:process id="{key}" name="Bench" isExecutable="true">
    <bpmn:startEvent id="begin" name="Begin" />
"""
_TAIL = """    <bpmn:endEvent id="done" name="Done" />
  </bpmn:process>
</bpmn:definitions>
"""
_TASK = '    <bpmn:userTask id="{id}" name="{id}" camunda:candidateGroups="officer" />\n'
_SCRIPT = (
    '    <bpmn:scriptTask id="{id}" name="{id}" scriptFormat="feel">\n'
    "      <bpmn:script>{text}</bpmn:script>\n    </bpmn:scriptTask>\n"
)
_FORK = '    <bpmn:parallelGateway id="{id}" name="{id}" />\n'
_FLOW = '    <bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}" />\n'

STRAIGHT_VARIABLES = {"amount": 41, "applicant_id": 7, "district": "south"}
LOOP_VARIABLES = {"passes": 0, "applicant_id": 7, "district": "south"}
BLOCKS, BRANCHES = 8, 3
ESCALATION = "bench.escalate"
"""Topic of the service task behind the boundary timer of `deadline`."""

FORM = """{"schemaVersion": 16, "type": "default", "id": "bench_answer", "title": "Answer",
  "components": [
    {"id": "field_decision", "type": "radio", "key": "decision", "label": "Decision",
      "validate": {"required": true}, "properties": {"variable": "true"},
      "values": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]},
    {"id": "field_note", "type": "textarea", "key": "note", "label": "Note"}
  ]}
"""
FORM_NAME = "forms/bench/answer.json"


def straight() -> bytes:
    """Start, user task, script, user task, end: process `bench`."""
    body = _TASK.format(id="ask") + _SCRIPT.format(id="count", text="total = amount + 1")
    body += _TASK.format(id="check")
    return _file("bench", body, _chain(["begin", "ask", "count", "check", "done"]))


def steps(number: int) -> bytes:
    """So many user tasks in a row, `step0` and on: process `bench`."""
    ids = [f"step{at}" for at in range(number)]
    body = "".join(_TASK.format(id=each) for each in ids)
    return _file("bench", body, _chain(["begin", *ids, "done"]))


def loop() -> bytes:
    """A user task and a script that go round until 100,000 passes: process `bench_loop`."""
    gateway = '    <bpmn:exclusiveGateway id="again" name="Again" default="again_no" />\n'
    script = _SCRIPT.format(id="count", text="passes = passes + 1")
    flows = _chain(["begin", "work", "count", "again"])
    flows += (
        '    <bpmn:sequenceFlow id="again_yes" sourceRef="again" targetRef="work">\n'
        "      <bpmn:conditionExpression>passes &lt; 100000</bpmn:conditionExpression>\n"
        "    </bpmn:sequenceFlow>\n"
    )
    flows += _FLOW.format(id="again_no", source="again", target="done")
    return _file("bench_loop", _TASK.format(id="work") + script + gateway, flows)


def blocks(count: int = BLOCKS) -> bytes:
    """Parallel blocks of three user tasks, one behind the other: process `bench_blocks`."""
    body, flows, last = "", "", "begin"
    for number in range(count):
        split, join = f"split_{number}", f"join_{number}"
        body += _FORK.format(id=split) + _FORK.format(id=join)
        flows += _FLOW.format(id=f"into_{number}", source=last, target=split)
        for branch in range(BRANCHES):
            task = f"task_{number}_{branch}"
            body += _TASK.format(id=task)
            flows += _FLOW.format(id=f"to_{task}", source=split, target=task)
            flows += _FLOW.format(id=f"from_{task}", source=task, target=join)
        last = join
    flows += _FLOW.format(id="out", source=last, target="done")
    return _file("bench_blocks", body, flows)


def form() -> bytes:
    """A user task with the form `FORM`, a user task: process `bench_form`."""
    ask = _TASK.format(id="ask").replace(" />", ' camunda:formKey="bench/answer" />')
    return _file(
        "bench_form", ask + _TASK.format(id="check"), _chain(["begin", "ask", "check", "done"])
    )


def _chain(elements: Sequence[str]) -> str:
    pairs = pairwise(elements)
    return "".join(
        _FLOW.format(id=f"flow_{number}", source=source, target=target)
        for number, (source, target) in enumerate(pairs)
    )


def _file(key: str, body: str, flows: str) -> bytes:
    return (_HEAD.format(key=key) + body + flows + _TAIL).encode()


def deadline() -> bytes:
    """A user task that a boundary timer takes away, a service task, a user task.

    Process `bench_deadline`; the service task is the escalation.
    """
    timer = (
        '    <bpmn:boundaryEvent id="late" name="Late" attachedToRef="ask" cancelActivity="true">\n'
        "      <bpmn:timerEventDefinition><bpmn:timeDuration>P7D</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition>\n    </bpmn:boundaryEvent>\n"
    )
    service = (
        '    <bpmn:serviceTask id="tell" name="tell" camunda:type="external"'
        f' camunda:topic="{ESCALATION}" />\n'
    )
    body = _TASK.format(id="ask") + timer + service + _TASK.format(id="decide")
    flows = _chain(["begin", "ask", "done"])
    flows += _FLOW.format(id="is_late", source="late", target="tell")
    flows += _FLOW.format(id="told", source="tell", target="decide")
    flows += _FLOW.format(id="decided", source="decide", target="done")
    return _file("bench_deadline", body, flows)
