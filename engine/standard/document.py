"""A BPMN file as an index: ids, references, flows and levels, whatever is wrong with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.errors import Problem
from engine.spiff.vocabulary import ACTIVITIES, BPMN, GATEWAYS, SUB_PROCESSES

THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
EVENTS = THROWING | CATCHING | {"implicitThrowEvent"}
CHOREOGRAPHY = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS | CHOREOGRAPHY
ARTIFACTS = frozenset({"association", "group", "textAnnotation"})
SCOPES = SUB_PROCESSES | {"process"}

Element = etree._Element


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule of the catalogue.

    Attributes:
        id: the name people and tools know it by, in kebab-case.
        constraint: numbers of the published constraints that it checks, separated by spaces.
        severity: "error" refuses a deployment, "warning" and "info" do not.
        is_soft: whether it only warns where a process is a drawing, or a tool's own attributes
            say that the tool handles flows and data in its own way.
    """

    id: str
    constraint: str
    severity: str = "error"
    is_soft: bool = False

    def broken(self, item: Element, advice: str) -> Problem:
        """Make a finding about an element of the file."""
        return Problem(
            element_id=item.get("id", ""),
            element_name=" ".join(item.get("name", "").split()),
            advice=advice,
            severity="warning" if self.is_soft and _is_lenient(item) else self.severity,
            constraint=self.constraint,
            rule=self.id,
        )


@dataclass(kw_only=True, slots=True)
class Document:
    """The elements of the BPMN namespace of one file.

    Attributes:
        elements: all of them, in the order of the file.
        by_id: the first element of each id.
        by_tag: elements by their tag without namespace.
        incoming: sequence flows by the id of their target.
        outgoing: sequence flows by the id of their source.
    """

    elements: list[Element] = field(default_factory=list)
    by_id: dict[str, Element] = field(default_factory=dict)
    by_tag: dict[str, list[Element]] = field(default_factory=dict)
    incoming: dict[str, list[Element]] = field(default_factory=dict)
    outgoing: dict[str, list[Element]] = field(default_factory=dict)

    def all(self, *tags: str) -> Iterator[Element]:
        """Give the elements with one of these tags."""
        for name in tags:
            yield from self.by_tag.get(name, [])

    def nodes(self, *tags: str) -> Iterator[Element]:
        """Give the flow nodes with one of these tags, or all of them, in processes."""
        for item in self.elements:
            if tag(item) in (tags or FLOW_NODES) and scope_of(item) is not None:
                yield item

    def target(self, reference: str | None) -> Element | None:
        """Find what a reference names; a prefix is left aside."""
        return self.by_id.get((reference or "").strip().rpartition(":")[2])

    def into(self, item: Element) -> list[Element]:
        """List the sequence flows that lead to a node."""
        return self.incoming.get(item.get("id", ""), [])

    def out_of(self, item: Element) -> list[Element]:
        """List the sequence flows that leave a node."""
        return self.outgoing.get(item.get("id", ""), [])

    def definitions(self, event: Element) -> list[Element]:
        """List the event definitions of an event, the referenced ones too."""
        found = [child for child in event if is_definition(child)]
        for reference in children(event, "eventDefinitionRef"):
            target = self.target(reference.text)
            if target is not None and is_definition(target):
                found.append(target)
        return found

    def kinds(self, event: Element) -> list[str]:
        """Name the kinds of an event's definitions: message, timer ..."""
        return [tag(item).removesuffix("EventDefinition") for item in self.definitions(event)]


Check = Callable[[Document], Iterator[Problem]]


def read_document(root: Element) -> Document:
    """Index a file; nothing is refused here."""
    document = Document()
    for item in root.iter():
        if not isinstance(item.tag, str) or not item.tag.startswith(f"{{{BPMN}}}"):
            continue
        document.elements.append(item)
        document.by_tag.setdefault(tag(item), []).append(item)
        if item.get("id"):
            document.by_id.setdefault(item.get("id", ""), item)
    for flow in document.by_tag.get("sequenceFlow", []):
        document.outgoing.setdefault(flow.get("sourceRef", ""), []).append(flow)
        document.incoming.setdefault(flow.get("targetRef", ""), []).append(flow)
    return document


def tag(item: Element) -> str:
    """Give the tag without its namespace, "" for what is no element."""
    return item.tag.rpartition("}")[2] if isinstance(item.tag, str) else ""


def children(item: Element, *tags: str) -> list[Element]:
    """List the children with one of these BPMN tags."""
    return [child for name in tags for child in item.findall(f"{{{BPMN}}}{name}")]


def text(item: Element | None) -> str:
    """Give the trimmed text of an element, "" without one."""
    return "" if item is None else (item.text or "").strip()


def flag(item: Element, name: str, default: str = "false") -> bool:
    """Read a Boolean attribute."""
    return item.get(name, default) in {"true", "1"}


def is_definition(item: Element) -> bool:
    """Tell whether an element is an event definition."""
    return tag(item).endswith("EventDefinition")


def scope_of(item: Element) -> Element | None:
    """Find the process or sub-process that directly holds a node; None outside of processes."""
    parent = item.getparent()
    return parent if parent is not None and tag(parent) in SCOPES else None


def process_of(item: Element) -> Element | None:
    """Find the process around an element."""
    return next((up for up in (item, *item.iterancestors()) if tag(up) == "process"), None)


def is_executable(item: Element) -> bool:
    """Tell whether an element belongs to a process that is marked executable."""
    process = process_of(item)
    return process is not None and flag(process, "isExecutable")


def _is_lenient(item: Element) -> bool:
    process = process_of(item)
    if process is None:
        return False
    return not flag(process, "isExecutable") or any("}" in str(name) for name in process.attrib)


def is_event_sub_process(item: Element) -> bool:
    """Tell whether an element is a sub-process that an event starts."""
    return tag(item) in SUB_PROCESSES and flag(item, "triggeredByEvent")
