"""The parts of a diagram with their facts, read from the XML."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.comparison.changes import Fact, Facts
from engine.comparison.levels import Level, read_levels
from engine.comparison.reading import (
    Element,
    attributes,
    canonical,
    children,
    lines,
    local,
    parse,
    words,
)
from engine.spiff.vocabulary import ANJU, BPMN, CAMUNDA, FLOW_NODES, SUB_PROCESSES, XSI

ARROWS = frozenset({"sequenceFlow", "messageFlow", "association"})
ROOTS = frozenset({"message", "signal", "error", "escalation", "dataStore"})
_PARTS = (
    FLOW_NODES
    | ARROWS
    | ROOTS
    | {"process", "participant", "lane", "textAnnotation", "group"}
    | {"dataObject", "dataObjectReference", "dataStoreReference"}
)
_KINDS: Mapping[str, str] = {
    f"{{{CAMUNDA}}}candidateGroups": "role",
    f"{{{CAMUNDA}}}assignee": "assignee",
    f"{{{CAMUNDA}}}formKey": "form",
    f"{{{CAMUNDA}}}dueDate": "deadline",
    f"{{{CAMUNDA}}}priority": "priority",
    f"{{{CAMUNDA}}}topic": "topic",
    f"{{{CAMUNDA}}}decisionRef": "decision",
    f"{{{CAMUNDA}}}resultVariable": "result",
    f"{{{ANJU}}}calendar": "calendar",
    f"{{{ANJU}}}milestone": "milestone",
    f"{{{ANJU}}}ladder": "ladder",
    f"{{{ANJU}}}scope": "community",
    f"{{{ANJU}}}correlationKey": "correlation",
    "calledElement": "called-process",
    "cancelActivity": "interrupting",
    "isInterrupting": "interrupting",
    "errorCode": "code",
    "attachedToRef": "attached",
}
"""Attributes that have a sentence of their own."""

_REFERENCES = ("messageRef", "signalRef", "errorRef", "escalationRef")
_ELSEWHERE = frozenset({"id", "name", "sourceRef", "targetRef", "default", *_REFERENCES})
_IGNORED = frozenset({"incoming", "outgoing", "laneSet", "childLaneSet", "flowNodeRef"})
_TYPE = f"{{{XSI}}}type"
_TIMES = ("timeDate", "timeDuration", "timeCycle")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One element of a diagram that a reader would name.

    Attributes:
        scope: id of the process or sub-process around it.
        lane: id of its lane, "" for none.
        source, target: of an arrow.
        levels: its service levels by id.
    """

    id: str
    type: str
    name: str
    scope: str = ""
    lane: str = ""
    source: str = ""
    target: str = ""
    facts: Facts = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)

    def text(self, kind: str) -> str:
        """Give the text of a fact without field, "" for none."""
        found = self.facts.get((kind, ""))
        return "" if found is None else found.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagram:
    """A BPMN file: its parts in the order of the file, and how each is drawn."""

    parts: Mapping[str, Part]
    drawing: Mapping[str, str]

    def name(self, part_id: str) -> str:
        """Name a part; an arrow by its ends and its name, what has no name by its id."""
        part = self.parts.get(part_id)
        if part is None:
            return part_id
        if part.type in ARROWS:
            ends = f"{self.name(part.source)} → {self.name(part.target)}"
            return f"{ends} ({part.name})" if part.name else ends
        return part.name or part_id

    def arrows(self) -> Iterator[Part]:
        """Give the flows and associations."""
        return (part for part in self.parts.values() if part.type in ARROWS)


def read_diagram(content: bytes) -> Diagram:
    """Read a BPMN file.

    Raises:
        ValueError: it is no XML.
    """
    root = parse(content)
    reader = _Reader(root)
    return Diagram(parts=reader.parts(), drawing=dict(_drawn(root)))


class _Reader:
    """Reads the parts of one file."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._names = {e.get("id", ""): words(e.get("name")) for e in root.iter(f"{{{BPMN}}}*")}
        self._targets = {
            flow.get("id", ""): flow.get("targetRef", "")
            for flow in root.iter(f"{{{BPMN}}}sequenceFlow")
        }
        self._lanes = {
            words(reference.text): lane.get("id", "")
            for lane in root.iter(f"{{{BPMN}}}lane")
            for reference in lane.iterfind(f"{{{BPMN}}}flowNodeRef")
        }

    def parts(self) -> dict[str, Part]:
        """Read all parts by id, in the order of the file."""
        found: dict[str, Part] = {}
        for element in self._root.iter(f"{{{BPMN}}}*"):
            is_root = element.getparent() is self._root and local(element) != "collaboration"
            if element.get("id") and (local(element) in _PARTS or is_root):
                found[element.get("id", "")] = self._part(element)
        return found

    def _part(self, element: Element) -> Part:
        return Part(
            id=element.get("id", ""),
            type=local(element),
            name=words(element.get("name")),
            scope=_scope(element),
            lane=self._lanes.get(element.get("id", ""), ""),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            facts=dict(self._facts(element)),
            levels=read_levels(element),
        )

    def _facts(self, element: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
        yield from _attribute_facts(element)
        yield from self._reference_facts(element)
        if flow := element.get("default"):
            target = self._targets.get(flow, flow)
            keys = frozenset({flow, f"to {target}"})
            yield ("default-flow", ""), Fact(self._names.get(target) or target, keys)
        triggers = [each for each in children(element) if local(each).endswith("EventDefinition")]
        if triggers:
            kinds = sorted(local(each).removesuffix("EventDefinition") for each in triggers)
            yield ("trigger", ""), Fact(" ".join(kinds))
        documents = [each for each in children(element) if local(each) == "documentation"]
        if documents:
            yield ("documentation", ""), Fact("\n".join(lines(each.text) for each in documents))
        for child in children(element):
            yield from self._child_facts(child)

    def _reference_facts(self, element: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
        for reference in _REFERENCES:
            if target := element.get(reference):
                name = self._names.get(target) or target
                yield ("event-name", ""), Fact(name, frozenset({target, f"named {name}"}))

    def _child_facts(self, child: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
        tag = local(child)
        if tag in _IGNORED or tag in _PARTS or tag == "documentation":
            return
        if tag.endswith("EventDefinition"):
            yield from self._trigger_facts(child)
        elif tag.endswith("LoopCharacteristics"):
            yield ("repeat", ""), Fact(_repetition(child))
        elif tag == "extensionElements":
            yield from _extension_facts(child)
        elif tag in _TEXTS:
            kind, read = _TEXTS[tag]
            yield (kind, ""), Fact(read(child.text))
            yield from _text_settings(child)
        else:
            yield ("setting", tag), Fact(canonical(child))

    def _trigger_facts(self, element: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
        yield from _attribute_facts(element)
        yield from self._reference_facts(element)
        if name := words(element.get("name")):
            yield ("event-name", ""), Fact(name)
        for child in children(element):
            tag = local(child)
            if tag in _TIMES:
                text = words(child.text)
                yield ("deadline", ""), Fact(text, frozenset({f"{tag} {text}"}))
                yield from _text_settings(child)
            elif tag == "condition":
                yield ("condition", ""), Fact(words(child.text))
                yield from _text_settings(child)
            elif tag == "extensionElements":
                yield from _extension_facts(child)
            else:
                yield ("setting", tag), Fact(canonical(child))


def _attribute_facts(element: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
    for name, value in attributes(element):
        if name in _KINDS:
            yield (_KINDS[name], ""), Fact(words(value))
        elif name not in _ELSEWHERE:
            yield ("setting", name.rpartition("}")[2]), Fact(words(value))


def _text_settings(element: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
    """Give what is said about an expression, such as its language."""
    for name, value in attributes(element):
        if name not in {"id", _TYPE}:
            yield ("setting", f"{local(element)} {name.rpartition('}')[2]}"), Fact(words(value))


def _extension_facts(element: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
    for child in children(element):
        tag = local(child)
        if tag == "inputOutput":
            yield from _parameter_facts(child)
        elif tag != "sla":
            name = " ".join(filter(None, (tag, child.get("name") or child.get("target"))))
            yield ("setting", name), Fact(canonical(child))


def _parameter_facts(element: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
    for child in children(element):
        kind = local(child).removesuffix("Parameter")
        inner = " ".join(canonical(each) for each in children(child))
        yield (kind, child.get("name", "")), Fact(inner or lines(child.text))


def _repetition(element: Element) -> str:
    """Say how an activity is repeated: "parallel; collection: =list; until: =done"."""
    is_loop = local(element) == "standardLoopCharacteristics"
    is_ordered = element.get("isSequential") == "true"
    said = ["loop" if is_loop else "sequential" if is_ordered else "parallel"]
    for name, value in sorted(attributes(element)):
        if name not in {"id", "isSequential"}:
            said.append(f"{name.rpartition('}')[2]}: {words(value)}")
    for child in children(element):
        inner = words(child.text) or canonical(child)
        said.append(f"{local(child)}: {inner}")
    return "; ".join(said)


def _scope(element: Element) -> str:
    for around in element.iterancestors():
        if local(around) in SUB_PROCESSES or local(around) == "process":
            return around.get("id", "")
    return ""


def _drawn(root: Element) -> Iterator[tuple[str, str]]:
    """Give how each element is drawn, to the pixel."""
    for drawn in root.iter():
        reference = drawn.get("bpmnElement") if isinstance(drawn.tag, str) else None
        if reference and local(drawn) in {"BPMNShape", "BPMNEdge"}:
            yield reference.rpartition(":")[2], _drawing(drawn)


def _drawing(drawn: Element) -> str:
    said = []
    for element in drawn.iter():
        if isinstance(element.tag, str):
            own = (
                f"{name.rpartition('}')[2]}={_pixels(value)}"
                for name, value in attributes(element)
                if name not in {"id", "bpmnElement"}
            )
            said.append(f"{local(element)} {' '.join(sorted(own))}")
    return "; ".join(said)


def _pixels(value: str) -> str:
    try:
        return str(round(float(value)))
    except ValueError:
        return value


_TEXTS: Mapping[str, tuple[str, Callable[[str | None], str]]] = {
    "conditionExpression": ("condition", words),
    "script": ("script", lines),
    "text": ("annotation", lines),
}
