"""Rules of the deploy check for call activities."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
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
        yield error(
            node,
            sentence(
                "%(text)s is no fixed name. Name one process or global task.", text=repr(text)
            ),
        )
    if called.binding is not None and called.binding not in BINDINGS:
        advice = sentence("Use one of: %(choices)s.", choices=", ".join(sorted(BINDINGS)))
        yield error(
            node,
            sentence(
                "The version binding %(binding)s is not supported. %(advice)s",
                binding=called.binding,
                advice=advice,
            ),
        )
    if called.binding == "version" and not called.version:
        yield error(node, "It names no version. Set camunda:calledElementVersion to a number.")
    root = diagram.xml.getroottree().getroot()
    if called.binding == "deployment" and callable_process(root, called.key) is None:
        yield error(
            node,
            sentence(
                "%(key)s does not stand in this file. Add it or bind to latest.", key=called.key
            ),
        )


def call_mappings(_: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check which values go in and out of a call activity."""
    if node.type != "callActivity":
        return
    rule = read_call(node)
    for transfer in (*rule.inputs, *rule.outputs):
        if transfer.target is None:
            continue
        yield from check_feel(
            node,
            transfer.source,
            known,
            sentence("The source of %(target)s", target=transfer.target),
        )
        if not is_name(transfer.target):
            yield error(
                node,
                sentence(
                    "%(target)s is no name of a variable. Set a target.",
                    target=repr(transfer.target),
                ),
            )


def call_extras(_: Diagram, node: Node, __: Known) -> Iterator[Problem]:
    """Name what a call activity asks for in vain."""
    for xml in find(node.xml, "./bpmn:extensionElements/camunda:in"):
        if xml.get("businessKey") is not None:
            yield warning(node, "A business key for the call has no effect: it has its caller's.")
    for name in _DELEGATES:
        if node.xml.get(camunda(name)) is not None:
            yield error(
                node,
                sentence(
                    "camunda:%(name)s is not supported. Use camunda:in and camunda:out.", name=name
                ),
            )


CALL_RULES: tuple[NodeRule, ...] = (called_process, call_mappings, call_extras)
