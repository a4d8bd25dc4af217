"""A process definition, compiled once for each deployed file and shared by its instances."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine.errors import DeploymentRefused, Problem
from engine.sentences import sentence
from engine.spiff.building import build, elements_of
from engine.spiff.calls import callable_process, called_in_file
from engine.spiff.diagram import Diagram, read_diagram
from engine.spiff.findings import Known
from engine.spiff.library import ref_within
from engine.spiff.linter import diagrams_of, lint_diagram
from engine.spiff.messaging import read_addresses
from engine.spiff.model import Element, SequenceFlow
from engine.spiff.reading import read_xml, refused
from engine.spiff.timers import Timer
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
        message_starts: start event, or task that starts the process, by the name of its message.
        signal_starts: start event by the name of its signal.
        timer_starts: start event by id, of those that a timer triggers.
        warnings: findings that did not prevent the deployment.
        specs: what SpiffWorkflow runs, by id of the process or sub-process.
        relatives: what its call activities may call in its own file, by key; shared by all of them.
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
    timer_starts: Mapping[str, Timer]
    warnings: tuple[Problem, ...]
    specs: Mapping[str, ProcessSpec]
    relatives: Mapping[str, "Definition"]


def keys_of(bpmn: bytes) -> list[str]:
    """Name the executable processes of a BPMN file, in the order of the file.

    Raises:
        DeploymentRefused: it cannot be read or holds nothing to run.
    """
    return [diagram.key for diagram in diagrams_of(read_xml(bpmn))]


def compile_process(
    bpmn: bytes, *, definition_ref: str, known: Known | None = None, key: str | None = None
) -> Definition:
    """Read, check and build an executable process of a BPMN file.

    Args:
        bpmn: the file, at most 5 MB.
        key: id of the process; the first executable one without it.
        definition_ref: name of this version, stored with each state.
        known: topics, decisions and forms that exist, where this shall be checked.

    Raises:
        DeploymentRefused: with all problems that were found.
    """
    root = read_xml(bpmn)
    found = diagrams_of(root)
    diagram = next((d for d in found if key in {None, d.key}), None)
    if diagram is None:
        raise refused(sentence("The file holds no process %(key)s to run.", key=key))
    called = _called(root, diagram)
    problems = [p for d in (diagram, *called.values()) for p in lint_diagram(d, known or Known())]
    if any(problem.severity == "error" for problem in problems):
        raise DeploymentRefused(problems=tuple(dict.fromkeys(problems)))
    relatives: dict[str, Definition] = {}
    for name, each in called.items():
        relatives[name] = _definition(each, ref_within(definition_ref, name), (), relatives)
    return _definition(diagram, definition_ref, tuple(dict.fromkeys(problems)), relatives)


def _called(root: etree._Element, diagram: Diagram) -> dict[str, Diagram]:
    """Read all that a process and what it calls may call in their file, by key."""
    found: dict[str, Diagram] = {}
    todo = [diagram]
    while todo:
        for key in called_in_file(todo.pop()):
            process = None if key in found else callable_process(root, key)
            if process is not None:
                found[key] = read_diagram(process)
                todo.append(found[key])
    return found


def _definition(
    diagram: Diagram,
    ref: str,
    warnings: tuple[Problem, ...],
    relatives: Mapping[str, Definition],
) -> Definition:
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
        timer_starts=_timer_starts(diagram),
        warnings=warnings,
        specs=_specs(diagram, ref),
        relatives=relatives,
    )


def _specs(diagram: Diagram, ref: str) -> Mapping[str, ProcessSpec]:
    specs, addresses = build(diagram), read_addresses(diagram)
    for spec in specs.values():
        spec.addresses = addresses
        spec.ref, spec.family = ref, specs
    return specs


def _waits_for(diagram: Diagram, kind: str) -> frozenset[str]:
    catching = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
    nodes = [n for n in diagram.nodes.values() if n.type in catching and n.trigger.kind == kind]
    return frozenset(node.trigger.name or "" for node in nodes)


def _starts_by(diagram: Diagram, kind: str) -> Mapping[str, str]:
    starts = [
        event
        for node in diagram.starts(diagram.key)
        if node.type == "startEvent" or node.is_instantiating
        for event in diagram.instantiating(node)
    ]
    return {node.trigger.name or "": node.id for node in starts if node.trigger.kind == kind}


def _timer_starts(diagram: Diagram) -> Mapping[str, Timer]:
    starts = [n for n in diagram.starts(diagram.key) if n.trigger.kind == "timer"]
    return {
        node.id: Timer(
            type=node.trigger.timer_type, text=node.trigger.text, calendar=node.trigger.calendar
        )
        for node in starts
    }
