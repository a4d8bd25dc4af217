"""Who reads which variable in the files of a process: diagrams, decision tables."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine import decision_inputs
from engine.day_counting import DAY_FUNCTIONS
from engine.decisions import parse_decisions
from engine.dmn.elements import Decision
from engine.errors import DeploymentRefused
from engine.spiff.reading import read_xml
from feel.errors import FeelError
from feel.parser import parse_expression

_MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_SCRIPT_LINE = re.compile(r"^\s*[A-Za-z_]\w*\s*=(?!=)", re.MULTILINE)
_BARE = frozenset({"conditionExpression", "completionCondition", "loopCardinality", "condition"})
"""Elements whose text is FEEL also without a leading `=`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VariableUse:
    """One place that reads a variable.

    Attributes:
        name: of the variable.
        file: the file that reads it.
        element_id: of the nearest element with an id of its own that an editor marks.
        element_name: its name, or "".
    """

    name: str
    file: str
    element_id: str
    element_name: str


def uses_of(files: Mapping[str, bytes]) -> tuple[VariableUse, ...]:
    """List every use of a variable by diagrams and decision tables, in the order of the files.

    What cannot be read is left out: other checks report it.
    """
    found: list[VariableUse] = []
    for name, content in sorted(files.items()):
        if name.endswith(".bpmn"):
            found += _of_diagram(name, content)
        elif name.endswith(".dmn"):
            found += _of_decisions(name, content)
    return tuple(dict.fromkeys(found))


def names_in(expression: str) -> frozenset[str]:
    """Name the variables that a FEEL text reads; none when it does not parse."""
    try:
        return (
            parse_expression(expression.strip().removeprefix("="), DAY_FUNCTIONS).names
            - DAY_FUNCTIONS
        )
    except FeelError:
        return frozenset()


def _of_decisions(file: str, content: bytes) -> Iterator[VariableUse]:
    try:
        model = parse_decisions(content).model
    except DeploymentRefused:
        return
    for element in model.elements.values():
        if not isinstance(element, Decision):
            continue
        for name in _roots(decision_inputs.paths_of(model, element)):
            yield VariableUse(
                name=name, file=file, element_id=element.element_id, element_name=element.name
            )


def _roots(paths: Iterable[str]) -> list[str]:
    """Name the variables that paths such as `facts.age` begin at."""
    return list(dict.fromkeys(path.partition(".")[0] for path in paths))


def _of_diagram(file: str, content: bytes) -> Iterator[VariableUse]:
    try:
        root = read_xml(content)
    except DeploymentRefused:
        return
    for node in root.iter(etree.Element):
        for text in _texts(node):
            holder = _holder(node)
            for name in sorted(names_in(text)):
                yield VariableUse(
                    name=name,
                    file=file,
                    element_id=holder.get("id", ""),
                    element_name=holder.get("name", ""),
                )


def _texts(node: etree._Element) -> Iterator[str]:
    """Give the FEEL texts of one XML element itself."""
    yield from (str(value) for value in node.attrib.values() if str(value).startswith("="))
    text = (node.text or "").strip()
    kind = etree.QName(node).localname
    if kind == "script":
        yield from (line for line in _SCRIPT_LINE.split(text) if line.strip())
    elif text.startswith("=") or kind in _BARE:
        yield text


def _holder(node: etree._Element) -> etree._Element:
    """Find the flow element around a node: events and tasks hold definitions with ids of theirs."""
    holder = node
    for each in (node, *node.iterancestors()):
        holder = each
        parent = each.getparent()
        if parent is None or (each.get("id") and parent.tag in _CONTAINERS):
            break
    return holder


_CONTAINERS = frozenset(
    f"{_MODEL}{name}" for name in ("process", "subProcess", "transaction", "adHocSubProcess")
)
