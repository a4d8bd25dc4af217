"""Texts of a diagram that are FEEL or plain, read once at deploy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine.sentences import sentence
from engine.spiff.diagram import find, tag_of
from engine.spiff.vocabulary import ANJU, CAMUNDA

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mappings:
    """The input and output parameters of a task: name to text, in order."""

    inputs: Mapping[str, str]
    outputs: Mapping[str, str]


def expression_of(text: str) -> str:
    """Take the leading "=" off a FEEL expression."""
    return text.strip().removeprefix("=").strip()


def read_mappings(xml: etree._Element) -> Mappings:
    """Read camunda:inputOutput of a task."""
    path = "./bpmn:extensionElements/camunda:inputOutput/camunda:{}Parameter"
    return Mappings(
        inputs=_parameters(find(xml, path.format("input"))),
        outputs=_parameters(find(xml, path.format("output"))),
    )


def read_script(xml: etree._Element) -> str:
    """Give the text of a script task."""
    return "\n".join(script.text or "" for script in find(xml, "./bpmn:script"))


def script_lines(script: str) -> list[tuple[str, str]]:
    """Split a script of lines `name = <FEEL>` into names and expressions; // starts a comment.

    Raises:
        ValueError: a line is no assignment to a plain name.
    """
    lines = [line.strip() for line in script.splitlines()]
    return [_assignment(line) for line in lines if line and not line.startswith("//")]


def is_name(text: str) -> bool:
    """Tell whether a text can be the name of a process variable."""
    return _NAME.fullmatch(text) is not None


def read_properties(xml: etree._Element) -> Mapping[str, str]:
    """Collect camunda: and anju: attributes and extension properties, such as "anju:milestone"."""
    found: dict[str, str] = {}
    for name, value in xml.attrib.items():
        prefix = _prefix_of(str(name))
        if prefix:
            found[f"{prefix}:{etree.QName(str(name)).localname}"] = str(value)
    path = "./bpmn:extensionElements/camunda:properties/camunda:property"
    for entry in find(xml, path):
        found[entry.get("name", "")] = entry.get("value", "")
    return found


def parameter_problems(xml: etree._Element) -> list[str]:
    """List the parameters that hold something else than text, such as a script or a list."""
    path = "./bpmn:extensionElements/camunda:inputOutput/*"
    return [
        f"{child.get('name', '')} ({tag_of(child[0])})" for child in find(xml, path) if len(child)
    ]


def _assignment(line: str) -> tuple[str, str]:
    name, equals, expression = line.partition("=")
    if not equals or not is_name(name.strip()) or not expression.strip():
        raise ValueError(
            sentence("the line %(line)s is not of the form name = <FEEL>", line=repr(line))
        )
    return name.strip(), expression.strip()


def _parameters(found: list[etree._Element]) -> Mapping[str, str]:
    return {entry.get("name", ""): (entry.text or "").strip() for entry in found}


def _prefix_of(name: str) -> str:
    return {CAMUNDA: "camunda", ANJU: "anju"}.get(etree.QName(name).namespace or "", "")
