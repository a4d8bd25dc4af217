"""A host with a frozen clock and real FEEL, and a short notation for diagrams.

One element a line: `user a name="A" due=P2D`, `boundary t on=a timer=P2D`, `sub s {` ... `}`;
one flow a line: `f1: a -> b if x > 1`.
"""

import shlex
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import pytest

from engine.calendars import shipped_calendar
from engine.clock import FrozenClock
from engine.day_counting import DayCounter
from engine.errors import ExpressionFailed
from engine.spiff.definition import compile_process
from engine.spiff.execution import Execution
from feel.errors import FeelError
from feel.evaluator import evaluate

TYPES = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "service": "serviceTask",
    "script": "scriptTask",
    "rule": "businessRuleTask",
    "task": "task",
    "manual": "manualTask",
    "receive": "receiveTask",
    "send": "sendTask",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "inclusive": "inclusiveGateway",
    "events": "eventBasedGateway",
    "complex": "complexGateway",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "boundary": "boundaryEvent",
    "sub": "subProcess",
    "transaction": "transaction",
    "adhoc": "adHocSubProcess",
    "call": "callActivity",
}
ATTRIBUTES = {
    "name": "name",
    "on": "attachedToRef",
    "default": "default",
    "interrupting": "cancelActivity",
    "stops": "isInterrupting",
    "byevent": "triggeredByEvent",
    "undo": "isForCompensation",
    "quantity": "startQuantity",
    "format": "scriptFormat",
    "type": "camunda:type",
    "topic": "camunda:topic",
    "group": "camunda:candidateGroups",
    "assignee": "camunda:assignee",
    "due": "camunda:dueDate",
    "priority": "camunda:priority",
    "form": "camunda:formKey",
    "decision": "camunda:decisionRef",
    "result": "camunda:resultVariable",
    "class": "camunda:class",
    "async": "camunda:asyncBefore",
    "scope": "anju:scope",
    "ladder": "anju:ladder",
    "milestone": "anju:milestone",
    "counted": "anju:calendar",
}
TIMERS = {"timer": "timeDuration", "date": "timeDate", "cycle": "timeCycle"}
REFERENCES = {"message": "", "signal": "", "error": "errorCode", "escalation": "escalationCode"}


class Notation:
    """Turns the notation into BPMN XML."""

    def __init__(self):
        self.roots: dict[str, str] = {}
        self.lines: list[str] = []

    def xml(self, text: str) -> bytes:
        for line in filter(None, map(str.strip, text.splitlines())):
            self._line(line)
        body = "\n".join(self.lines)
        roots = "".join(self.roots.values())
        return (
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
            ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
            ' xmlns:anju="https://anju.example.org/schema/1.0">'
            f'{roots}<process id="p" name="P" isExecutable="true">{body}</process></definitions>'
        ).encode()

    def _line(self, line: str) -> None:
        if line == "}":
            self.lines.append("</subProcess>")
        elif " -> " in line:
            self._flow(line)
        elif line.startswith("<"):
            self.lines.append(line)
        else:
            self._element(line)

    def _flow(self, line: str) -> None:
        head, _, condition = line.partition(" if ")
        flow_id, _, ends = head.partition(":")
        source, _, target = ends.strip().partition(" -> ")
        inner = f"<conditionExpression>{escape(condition)}</conditionExpression>"
        self.lines.append(
            f'<sequenceFlow id="{flow_id}" sourceRef="{source.strip()}"'
            f' targetRef="{target.strip()}">{inner if condition else ""}</sequenceFlow>'
        )

    def _element(self, line: str) -> None:
        kind, element_id, *rest = shlex.split(line)
        is_open = "{" in rest
        given = dict(part.split("=", 1) for part in rest if part != "{")
        if kind == "script":
            given.setdefault("format", "feel")
        if "topic" in given:
            given.setdefault("type", "external")
        given.setdefault("name", element_id)
        attributes = "".join(
            f" {ATTRIBUTES[key]}={quoteattr(value)}"
            for key, value in given.items()
            if key in ATTRIBUTES
        )
        if kind == "receive":
            attributes += f' messageRef="{self._root("message", given["message"])}"'
            given.pop("message")
        inner = self._inner(given)
        close = "" if is_open else f"</{TYPES[kind]}>"
        self.lines.append(f'<{TYPES[kind]} id="{element_id}"{attributes}>{inner}{close}')

    def _inner(self, given: dict[str, str]) -> str:
        parts = [self._parameters(given), self._events(given), self._loop(given)]
        if "do" in given:
            parts.append(f"<script>{escape(given['do'].replace(';', chr(10)))}</script>")
        return "".join(parts)

    def _parameters(self, given: dict[str, str]) -> str:
        found = "".join(
            f"<camunda:{kind}putParameter name={quoteattr(key.split('.', 1)[1])}>"
            f"{escape(value)}</camunda:{kind}putParameter>"
            for key, value in given.items()
            for kind in ("in", "out")
            if key.startswith(f"{kind}.")
        )
        mapping = f"<camunda:inputOutput>{found}</camunda:inputOutput>"
        return f"<extensionElements>{mapping}</extensionElements>" if found else ""

    def _events(self, given: dict[str, str]) -> str:
        parts = []
        for key, value in given.items():
            if key in TIMERS:
                tag = TIMERS[key]
                inner = f"<{tag}>{escape(value)}</{tag}>"
                name = given.get("calendar")
                calendar = f" anju:calendar={quoteattr(name)}" if name else ""
                parts.append(f"<timerEventDefinition{calendar}>{inner}</timerEventDefinition>")
            if key in REFERENCES:
                reference = f' {key}Ref="{self._root(key, value)}"' if value != "*" else ""
                parts.append(f"<{key}EventDefinition{reference}/>")
            if key == "condition":
                inner = f"<condition>{escape(value)}</condition>"
                parts.append(f"<conditionalEventDefinition>{inner}</conditionalEventDefinition>")
            if key in {"cancel", "compensate"}:
                which = f" activityRef={quoteattr(value)}" if value != "*" else ""
                parts.append(f"<{key}EventDefinition{which}/>")
            if key in {"link", "terminate"}:
                parts.append(f"<{key}EventDefinition name={quoteattr(value)}/>")
        return "".join(parts)

    def _root(self, kind: str, name: str) -> str:
        code = f' {REFERENCES[kind]}="{name}"' if REFERENCES[kind] else ""
        self.roots[f"{kind}_{name}"] = f'<{kind} id="{kind}_{name}" name="{name}"{code}/>'
        return f"{kind}_{name}"

    def _loop(self, given: dict[str, str]) -> str:
        if "each" in given or "times" in given:
            return self._multi_instance(given)
        if "while" in given:
            maximum = f' loopMaximum="{given["max"]}"' if "max" in given else ""
            before = given.get("before", "false")
            inner = f"<loopCondition>{escape(given['while'])}</loopCondition>"
            return (
                f'<standardLoopCharacteristics testBefore="{before}"{maximum}>'
                f"{inner}</standardLoopCharacteristics>"
            )
        return ""

    def _multi_instance(self, given: dict[str, str]) -> str:
        sequential = given.get("sequential", "false")
        items, _, item = given.get("each", "").partition(" as ")
        parts = []
        if "times" in given:
            parts.append(f"<loopCardinality>{escape(given['times'])}</loopCardinality>")
        else:
            parts.append(f"<loopDataInputRef>{escape(items)}</loopDataInputRef>")
        if "collect" in given:
            result, _, output = given["collect"].partition(" from ")
            parts.append(f"<loopDataOutputRef>{result}</loopDataOutputRef>")
        if item:
            parts.append(f'<inputDataItem id="{item}"/>')
        if "collect" in given:
            parts.append(f'<outputDataItem id="{output}"/>')
        if "until" in given:
            parts.append(f"<completionCondition>{escape(given['until'])}</completionCondition>")
        return (
            f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
            f"{''.join(parts)}</multiInstanceLoopCharacteristics>"
        )


@dataclass
class FakeHost:
    """A host whose operations and decisions are dictionaries."""

    clock: FrozenClock
    operations: dict[str, object] = field(default_factory=dict)
    decisions: dict[str, object] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    days: DayCounter = field(init=False)

    def __post_init__(self):
        self.days = DayCounter(scope="city", read=lambda: shipped_calendar(self.now()))

    def now(self):
        return self.clock.now()

    def evaluate(self, expression, variables, element_id):
        try:
            return evaluate(expression, variables, now=self.now(), functions=self.days.functions)
        except FeelError as error:
            raise ExpressionFailed(element_id, str(error)) from error

    def call(self, topic, inputs, **_place):
        self.calls.append((topic, inputs))
        answer = self.operations.get(topic, {})
        if isinstance(answer, Exception):
            raise answer
        return answer(inputs) if callable(answer) else answer

    def decide(self, decision_id, variables, *_place):
        answer = self.decisions[decision_id]
        return answer(variables) if callable(answer) else answer


@pytest.fixture
def clock():
    return FrozenClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))


@pytest.fixture
def host(clock):
    return FakeHost(clock)


@pytest.fixture
def bpmn():
    return lambda text: Notation().xml(text)


@pytest.fixture
def define(bpmn):
    return lambda text: compile_process(bpmn(text), definition_ref="p:1")


@pytest.fixture
def start(define, host):
    """Start an instance of a diagram in the notation."""
    return lambda text, **variables: Execution.start(define(text), variables, host)
