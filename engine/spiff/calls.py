"""Call activities as the diagram writes them: what is called, and which values go in and out."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.spiff.diagram import Diagram, Node, find
from engine.spiff.expressions import expression_of
from engine.spiff.vocabulary import BPMN, bpmn, camunda

BINDINGS = frozenset({"latest", "deployment", "version"})
GLOBAL_TASKS = {
    bpmn("globalTask"): bpmn("task"),
    bpmn("globalUserTask"): bpmn("userTask"),
    bpmn("globalManualTask"): bpmn("manualTask"),
    bpmn("globalScriptTask"): bpmn("scriptTask"),
    bpmn("globalBusinessRuleTask"): bpmn("businessRuleTask"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """What a call activity calls.

    Attributes:
        key: id of a process or global task, without namespace prefix.
        binding: "latest", "deployment" or "version"; None prefers the caller's own file.
        version: the version of the process, for that binding.
    """

    key: str
    binding: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """One value that is handed over, or all variables.

    Attributes:
        source: FEEL over the variables of the side that gives.
        target: variable of the side that takes; None hands all variables over.
    """

    source: str
    target: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRule:
    """What is called with what; values that no transfer names stay on their side."""

    called: Called
    inputs: tuple[Transfer, ...] = ()
    outputs: tuple[Transfer, ...] = ()


def read_call(node: Node) -> CallRule:
    """Read a call activity."""
    version = node.xml.get(camunda("calledElementVersion"), "")
    return CallRule(
        called=Called(
            key=node.xml.get("calledElement", "").rpartition(":")[2],
            binding=node.xml.get(camunda("calledElementBinding")),
            version=int(version) if version.isascii() and version.isdigit() else None,
        ),
        inputs=tuple(_transfers(node, "in")),
        outputs=tuple(_transfers(node, "out")),
    )


def called_in_file(diagram: Diagram) -> Iterator[str]:
    """Name what the call activities of a process may find in its own file."""
    for node in diagram.nodes.values():
        if node.type == "callActivity":
            yield read_call(node).called.key


def callable_process(root: etree._Element, key: str) -> etree._Element | None:
    """Find a process of the file; a global task becomes a process that holds just this task."""
    for xml in root:
        if xml.get("id") != key:
            continue
        if xml.tag == bpmn("process"):
            return xml
        if xml.tag in GLOBAL_TASKS:
            return _process_around(xml)
    return None


def _process_around(xml: etree._Element) -> etree._Element:
    name = xml.get("name") or xml.get("id") or ""
    text = etree.tostring(xml.getroottree().getroot())
    root = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
    process = etree.SubElement(root, f"{{{BPMN}}}process")
    process.set("id", f"{xml.get('id')} #process")
    process.set("name", name)
    process.set("isExecutable", "true")
    task = next(each for each in root if each.get("id") == xml.get("id"))
    task.tag = GLOBAL_TASKS[str(task.tag)]
    process.append(task)
    return process


def _transfers(node: Node, kind: str) -> Iterator[Transfer]:
    for xml in find(node.xml, f"./bpmn:extensionElements/camunda:{kind}"):
        if xml.get("variables") == "all":
            yield Transfer(source="", target=None)
            continue
        source = xml.get("sourceExpression") or xml.get("source")
        if source is not None:
            yield Transfer(source=expression_of(source), target=xml.get("target", ""))
