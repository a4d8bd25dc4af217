"""Rules of the deploy check for call activities."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.spiff.calls import BINDINGS, callable_process, read_call
from engine.spiff.diagram import Diagram, Node, find
from engine.spiff.expressions import is_name
from engine.spiff.findings import Known, NodeRule, check_feel, error, warning
from engine.spiff.vocabulary import camunda

_DELEGATES = ("variableMappingClass", "variableMappingDelegateExpression")


def called_process(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Check what a call activity calls, and in which version."""
    if node.type != "callActivity":
        return
    called = read_call(node).called
    text = node.xml.get("calledElement", "")
    if not called.key:
        yield error(node, "It names no process. Set calledElement to the id of a process.")
    elif text.startswith(("=", "${", "#{")):
        yield error(node, f"{text!r} is no fixed name. Name one process or global task.")
    if called.binding is not None and called.binding not in BINDINGS:
        advice = f"Use one of: {', '.join(sorted(BINDINGS))}."
        yield error(node, f"The version binding {called.binding} is not supported. {advice}")
    if called.binding == "version" and not called.version:
        yield error(node, "It names no version. Set camunda:calledElementVersion to a number.")
    root = diagram.xml.getroottree().getroot()
    if called.binding == "deployment" and callable_process(root, called.key) is None:
        yield error(node, f"{called.key} does not stand in this file. Add it or bind to latest.")


def call_mappings(_: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check which values go in and out of a call activity."""
    if node.type != "callActivity":
        return
    rule = read_call(node)
    for transfer in (*rule.inputs, *rule.outputs):
        if transfer.target is None:
            continue
        yield from check_feel(node, transfer.source, known, f"The source of {transfer.target}")
        if not is_name(transfer.target):
            yield error(node, f"{transfer.target!r} is no name of a variable. Set a target.")


def call_extras(_: Diagram, node: Node, __: Known) -> Iterator[Problem]:
    """Name what a call activity asks for in vain."""
    for xml in find(node.xml, "./bpmn:extensionElements/camunda:in"):
        if xml.get("businessKey") is not None:
            yield warning(node, "A business key for the call has no effect: it has its caller's.")
    for name in _DELEGATES:
        if node.xml.get(camunda(name)) is not None:
            yield error(node, f"camunda:{name} is not supported. Use camunda:in and camunda:out.")


CALL_RULES: tuple[NodeRule, ...] = (called_process, call_mappings, call_extras)
