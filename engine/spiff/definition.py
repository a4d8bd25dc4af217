"""A process definition, compiled once for each deployed file and shared by its instances."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import DeploymentRefused, Problem
from engine.spiff.building import build, elements_of
from engine.spiff.diagram import Diagram
from engine.spiff.findings import Known
from engine.spiff.linter import diagram_of, lint_diagram
from engine.spiff.model import Element, SequenceFlow
from engine.spiff.reading import read_xml
from engine.spiff.workflows import ProcessSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A process that can be run. Running it never changes it.

    Attributes:
        key: id of the process.
        ref: what the engine calls this version; stored states carry it.
        elements: flow nodes of all levels by id, in the order of the file.
        flows: sequence flows of all levels by id.
        messages: names of the messages that something in the process can wait for.
        signals: names of the signals that something in the process can wait for.
        message_starts: start event by the name of its message.
        signal_starts: start event by the name of its signal.
        warnings: findings that did not prevent the deployment.
        specs: what SpiffWorkflow runs, by id of the process or sub-process.
    """

    key: str
    name: str
    ref: str
    elements: Mapping[str, Element]
    flows: Mapping[str, SequenceFlow]
    messages: frozenset[str]
    signals: frozenset[str]
    message_starts: Mapping[str, str]
    signal_starts: Mapping[str, str]
    warnings: tuple[Problem, ...]
    specs: Mapping[str, ProcessSpec]


def compile_process(bpmn: bytes, *, definition_ref: str, known: Known | None = None) -> Definition:
    """Read, check and build the executable process of a BPMN file.

    Args:
        bpmn: the file, at most 5 MB.
        definition_ref: name of this version, stored with each state.
        known: topics, decisions and forms that exist, where this shall be checked.

    Raises:
        DeploymentRefused: with all problems that were found.
    """
    diagram = diagram_of(read_xml(bpmn))
    problems = lint_diagram(diagram, known or Known())
    if any(problem.severity == "error" for problem in problems):
        raise DeploymentRefused(problems=tuple(problems))
    return _definition(diagram, definition_ref, tuple(problems))


def _definition(diagram: Diagram, ref: str, warnings: tuple[Problem, ...]) -> Definition:
    elements = elements_of(diagram)
    del elements[diagram.key]
    return Definition(
        key=diagram.key,
        name=diagram.name,
        ref=ref,
        elements=elements,
        flows={f.id: SequenceFlow(f.source, f.target, f.name) for f in diagram.flows.values()},
        messages=_waits_for(diagram, "message"),
        signals=_waits_for(diagram, "signal"),
        message_starts=_starts_by(diagram, "message"),
        signal_starts=_starts_by(diagram, "signal"),
        warnings=warnings,
        specs=build(diagram),
    )


def _waits_for(diagram: Diagram, kind: str) -> frozenset[str]:
    catching = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
    nodes = [n for n in diagram.nodes.values() if n.type in catching and n.trigger.kind == kind]
    return frozenset(node.trigger.name or "" for node in nodes)


def _starts_by(diagram: Diagram, kind: str) -> Mapping[str, str]:
    starts = [n for n in diagram.starts(diagram.key) if n.trigger.kind == kind]
    return {node.trigger.name or "": node.id for node in starts if node.type == "startEvent"}
