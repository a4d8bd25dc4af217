"""Read handbooks from the files of a package: diagram, decision tables, forms, words of letters."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from bpmn.handbook import (
    Deadline,
    Decision,
    End,
    Handbook,
    Letter,
    Message,
    Paper,
    Period,
    Question,
    Role,
    Rung,
    Step,
)
from bpmn.handbook_decisions import read_decision

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_ANJU = "{https://anju.example.org/schema/1.0}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

_ACTIVITIES = frozenset(
    {
        "userTask",
        "manualTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "scriptTask",
        "callActivity",
    }
)
_COUNTED = re.compile(
    r"(?P<unit>calendar days|working days|working hours|statutory days|statutory months)"
    r" after\((?P<start>.+),\s*(?P<amount>[^,()]+)\)"
)
_EXACT = re.compile(r'now\(\) \+ duration\("(?P<length>[^"]+)"\)')
_LETTER_TOPIC = "letter.issue"

LettersByTopic = Mapping[str, Sequence[str]]
"""Topic of a service task to the templates of the letters that its operation writes."""


def read_handbooks(
    resources: Mapping[str, bytes],
    letters: Mapping[str, bytes],
    letters_by_topic: LettersByTopic,
) -> tuple[Handbook, ...]:
    """Read the handbook of every process of a package, in the order of its diagram.

    Args:
        resources: name to content: `.bpmn`, `.dmn` and `forms/<form key>.json`.
        letters: name of a template to its JSON.
        letters_by_topic: besides `letter.issue`, which names its template in the diagram.

    Raises:
        ValueError: a file is not XML or JSON; what is deployed always is.
    """
    found: list[Handbook] = []
    for name, content in resources.items():
        if name.endswith(".bpmn"):
            root = etree.fromstring(content, _PARSER)
            for process in root.iterfind(f"{_BPMN}process"):
                reader = _Reader(root, process, resources, letters, letters_by_topic)
                found.append(reader.handbook())
    return tuple(found)


class _Reader:
    """Reads one process of a diagram."""

    def __init__(
        self,
        root: etree._Element,
        process: etree._Element,
        resources: Mapping[str, bytes],
        letters: Mapping[str, bytes],
        letters_by_topic: LettersByTopic,
    ) -> None:
        self._root = root
        self._process = process
        self._resources = resources
        self._letters = letters
        self._letters_by_topic = letters_by_topic
        self._nodes = {node.get("id", ""): node for node in self._inside() if node.get("id")}
        self._lanes = {
            reference.text: lane
            for lane in process.iter(f"{_BPMN}lane")
            for reference in lane.iterfind(f"{_BPMN}flowNodeRef")
        }
        self._timers = {
            node.get("id", ""): node
            for node in self._inside()
            if node.find(f"{_BPMN}timerEventDefinition") is not None
        }

    def handbook(self) -> Handbook:
        """Read all chapters."""
        return Handbook(
            key=self._process.get("id", ""),
            name=_name(self._process),
            purpose=_text(self._process),
            starts=tuple(self._starts()),
            roles=tuple(Role(name=_name(lane), text=_text(lane)) for lane in self._lane_list()),
            steps=tuple(self._step(node) for node in self._activities()),
            deadlines=tuple(self._deadlines()),
            decisions=tuple(self._decisions()),
            letters=tuple(self._letters_written()),
            forms=tuple(self._forms()),
            messages=tuple(self._messages()),
            ends=tuple(self._end(node) for node in self._process.iter(f"{_BPMN}endEvent")),
        )

    def _inside(self) -> Iterator[etree._Element]:
        return self._process.iter(etree.Element)

    def _starts(self) -> Iterator[tuple[str, str]]:
        for node in self._process.iterfind(f"{_BPMN}startEvent"):
            yield _name(node), _text(node)

    def _lane_list(self) -> Iterator[etree._Element]:
        return self._process.iter(f"{_BPMN}lane")

    def _activities(self) -> Iterator[etree._Element]:
        return (node for node in self._inside() if _kind(node) in _ACTIVITIES)

    def _step(self, node: etree._Element) -> Step:
        form_key = node.get(f"{_CAMUNDA}formKey", "")
        return Step(
            id=node.get("id", ""),
            type=_kind(node),
            name=_name(node),
            text=_text(node),
            who=self._who(node),
            group=_literal(node.get(f"{_CAMUNDA}candidateGroups", "")),
            phase=self._phase(node),
            form_key=form_key,
            form=self._form_title(form_key),
            milestone=node.get(f"{_ANJU}milestone", ""),
            is_repeated=node.find(f"{_BPMN}multiInstanceLoopCharacteristics") is not None,
        )

    def _who(self, node: etree._Element) -> str:
        """Name the lane of a node, else that of the sub-process around it."""
        around: etree._Element | None = node
        while around is not None:
            lane = self._lanes.get(around.get("id"))
            if lane is not None:
                return _name(lane)
            around = around.getparent()
        return ""

    def _phase(self, node: etree._Element) -> str:
        parent = node.getparent()
        is_inner = parent is not None and _kind(parent) == "subProcess"
        return _name(parent) if parent is not None and is_inner else ""

    def _form_title(self, form_key: str) -> str:
        content = self._resources.get(f"forms/{form_key}.json")
        return str(json.loads(content).get("title", "")) if content else ""

    def _deadlines(self) -> Iterator[Deadline]:
        """List the clocks and due dates in the order of the diagram, then the remaining timers."""
        told: set[str] = set()
        for node in self._inside():
            for clock in node.iterfind(f"{_BPMN}extensionElements/{_ANJU}sla"):
                told.add(clock.get("timer", ""))
                yield self._clock(node, clock)
            if node.get(f"{_CAMUNDA}dueDate"):
                yield self._due_date(node)
        for timer_id, node in self._timers.items():
            if timer_id not in told:
                yield self._timer(node)

    def _clock(self, node: etree._Element, clock: etree._Element) -> Deadline:
        timer = self._timers.get(clock.get("timer", ""))
        rungs = clock.iterfind(f"{_ANJU}rung")
        pauses = clock.iterfind(f"{_ANJU}pause")
        return Deadline(
            id=clock.get("id", node.get("id", "")),
            kind="reminds" if timer is None else "routes",
            name=clock.get("name") or _name(node),
            where=tuple(self._where(node, clock)),
            period=_clock_period(clock) if timer is None else _timer_period(timer),
            calendar=clock.get("calendar", ""),
            rolling=clock.get("rolling", ""),
            ladder=clock.get("ladder", "default"),
            rungs=tuple(Rung(at=r.get("at", ""), notify=_notified(r)) for r in rungs),
            pauses=tuple(pause.get("reason", "") for pause in pauses),
            basis=clock.get("basis", ""),
            leads_to="" if timer is None else self._leads_to(timer),
        )

    def _where(self, node: etree._Element, clock: etree._Element) -> Iterator[str]:
        """Name the step, or the ends of a phase of the process."""
        ends = [clock.get("from", ""), *clock.get("to", "").split()]
        if any(ends):
            yield from (_name(self._nodes[each]) for each in ends if each in self._nodes)
        elif node is not self._process:
            yield _name(node)

    def _due_date(self, node: etree._Element) -> Deadline:
        return replace(
            _plain_deadline(node),
            where=(_name(node),),
            period=read_period(node.get(f"{_CAMUNDA}dueDate", "")),
            ladder=node.get(f"{_ANJU}ladder", ""),
        )

    def _timer(self, node: etree._Element) -> Deadline:
        host = self._nodes.get(node.get("attachedToRef", ""))
        return replace(
            _plain_deadline(node),
            kind="starts" if _kind(node) == "startEvent" else "routes",
            where=() if host is None else (_name(host),),
            period=_timer_period(node),
            leads_to=self._leads_to(node),
        )

    def _leads_to(self, node: etree._Element) -> str:
        """Name the first element with a name behind a node, through joins without one."""
        seen: set[str] = set()
        while node.get("id", "") not in seen:
            seen.add(node.get("id", ""))
            flow = node.find(f"{_BPMN}outgoing")
            arrow = None if flow is None else self._nodes.get((flow.text or "").strip())
            if arrow is None or arrow.get("targetRef") not in self._nodes:
                return ""
            node = self._nodes[arrow.get("targetRef", "")]
            if _name(node):
                return _name(node)
        return ""

    def _decisions(self) -> Iterator[Decision]:
        asked = self._uses(lambda node: [node.get(f"{_CAMUNDA}decisionRef")])
        for name, content in self._resources.items():
            if name.endswith(".dmn"):
                root = etree.fromstring(content, _PARSER)
                for decision in root.iter("{*}decision"):
                    if decision.get("id") in asked:
                        yield read_decision(decision, asked[decision.get("id", "")])

    def _letters_written(self) -> Iterator[Letter]:
        for template, steps in self._uses(self._templates).items():
            words = json.loads(self._letters[template])
            yield Letter(
                template=template,
                title=words["title"],
                headings=tuple(part["heading"] for part in words["parts"] if part.get("heading")),
                sent_in=steps,
                legal_basis=words.get("legal_basis", ""),
                has_appeal=bool(words.get("appeal", False)),
                english={words[key]: text for key, text in words.get("english", {}).items()},
            )

    def _templates(self, node: etree._Element) -> Sequence[str]:
        topic = node.get(f"{_CAMUNDA}topic", "")
        if topic != _LETTER_TOPIC:
            return self._letters_by_topic.get(topic, ())
        given = node.iterfind(f".//{_CAMUNDA}inputParameter")
        named = [each.text or "" for each in given if each.get("name") == "template"]
        return [each for each in named if each in self._letters]

    def _forms(self) -> Iterator[Paper]:
        for key, steps in self._uses(lambda node: [node.get(f"{_CAMUNDA}formKey")]).items():
            content = self._resources.get(f"forms/{key}.json")
            if content:
                schema = json.loads(content)
                yield Paper(
                    key=key,
                    title=schema.get("title", key),
                    questions=tuple(_questions(schema.get("components", ()))),
                    used_in=steps,
                )

    def _messages(self) -> Iterator[Message]:
        declared = {each.get("id", ""): each for each in self._root.iterfind(f"{_BPMN}message")}
        for reference, steps in self._uses(_message_references).items():
            if reference in declared:
                message = declared[reference]
                yield Message(name=_name(message), text=_text(message), used_in=steps)

    def _uses(
        self, references: Callable[[etree._Element], Sequence[str | None]]
    ) -> dict[str, tuple[str, ...]]:
        """Find what the nodes of the process refer to: reference to their names, in order."""
        found: dict[str, dict[str, None]] = {}
        for node in self._inside():
            for reference in references(node):
                if reference:
                    found.setdefault(reference, {})[_name(node) or node.get("id", "")] = None
        return {reference: tuple(names) for reference, names in found.items()}

    def _end(self, node: etree._Element) -> End:
        return End(
            id=node.get("id", ""),
            name=_name(node),
            text=_text(node),
            phase=self._phase(node),
            is_final=node.find(f"{_BPMN}terminateEventDefinition") is not None,
        )


def _plain_deadline(node: etree._Element) -> Deadline:
    """Describe a deadline that is no service level: its source stands in its explanation."""
    return Deadline(
        id=node.get("id", ""),
        kind="reminds",
        name=_name(node),
        where=(),
        period=Period(),
        calendar="",
        rolling="",
        ladder="",
        rungs=(),
        pauses=(),
        basis=_text(node),
        leads_to="",
    )


def _clock_period(clock: etree._Element) -> Period:
    amount = clock.get("amount", "")
    return Period(
        amount=amount.removeprefix("="),
        unit=clock.get("unit", "calendar_days"),
        start=clock.get("start", "").removeprefix("="),
    )


def _timer_period(event: etree._Element) -> Period:
    for kind in ("timeDate", "timeDuration", "timeCycle"):
        found = event.find(f"{_BPMN}timerEventDefinition/{_BPMN}{kind}")
        if found is not None:
            return read_period((found.text or "").strip())
    return Period()


def read_period(text: str) -> Period:
    """Read a FEEL due date; what is no counted period stays an expression."""
    expression = text.removeprefix("=").strip()
    if counted := _COUNTED.fullmatch(expression):
        start = counted["start"]
        return Period(
            amount=counted["amount"].strip(),
            unit=counted["unit"].replace(" ", "_"),
            start="" if start == "now()" else start,
        )
    if exact := _EXACT.fullmatch(expression):
        return Period(amount=exact["length"], unit="exact")
    return Period(expression=expression)


def _questions(components: Sequence[Mapping[str, Any]]) -> Iterator[Question]:
    """List the fields of a form that ask or show a value, those of groups and lists after them."""
    for part in components:
        name = part.get("key") or part.get("path") or ""
        if name and part.get("label"):
            yield Question(
                name=name,
                label=part["label"],
                is_required=bool(part.get("validate", {}).get("required")),
                is_variable=part.get("properties", {}).get("variable") == "true",
            )
        yield from _questions(part.get("components", ()))


def _message_references(node: etree._Element) -> Sequence[str | None]:
    definition = node.find(f"{_BPMN}messageEventDefinition")
    inner = None if definition is None else definition.get("messageRef")
    own = node.get("messageRef") if _kind(node) in ("sendTask", "receiveTask") else None
    return [own, inner]


def _literal(text: str) -> str:
    return "" if text.startswith("=") else text


def _notified(rung: etree._Element) -> tuple[str, ...]:
    return tuple(rung.get("notify", "").replace(",", " ").split())


def _kind(node: etree._Element) -> str:
    return etree.QName(node).localname


def _name(node: etree._Element) -> str:
    return " ".join(node.get("name", "").split())


def _text(node: etree._Element) -> str:
    found = node.find(f"{_BPMN}documentation")
    return "" if found is None else (found.text or "").strip()
