"""Messages between instances: which instance one is for, and what it carries.

A message is told apart by its name and a correlation key. The key is FEEL: `anju:correlationKey` on
the event, the task or its event definition; or what the collaboration says in the standard's own
words, a correlationKey with one messagePath a property, and on the waiting side the dataPath of a
correlationSubscription. Without any key the business key of the instance takes its place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson
from lxml import etree
from SpiffWorkflow.task import Task

from engine.errors import ExpressionFailed
from engine.spiff.diagram import Diagram, Node, find, text_of
from engine.spiff.expressions import expression_of, read_mappings
from engine.spiff.scopes import evaluate, parameter, visible
from engine.spiff.values import check_variables
from engine.spiff.vocabulary import anju


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """How an event that throws or awaits a message is addressed.

    Attributes:
        keys: FEEL of the parts of the correlation key, in order; none for the business key.
        payload: names to parameters, of what a thrown message or signal carries.
        carries_all: it carries every variable as well.
    """

    keys: tuple[str, ...] = ()
    payload: Mapping[str, str] = field(default_factory=dict)
    carries_all: bool = False


NO_ADDRESS = Address()


def read_addresses(diagram: Diagram) -> Mapping[str, Address]:
    """Read the address of each element that throws or awaits a message or signal."""
    return {
        node.id: _read_address(diagram, node)
        for node in diagram.nodes.values()
        if node.trigger.kind in {"message", "signal"}
    }


def letter(task: Task) -> dict[str, object]:
    """Evaluate what a thrown message or signal carries: its key and its variables.

    Raises:
        ExpressionFailed: an expression fails, or the key is null.
    """
    address = _address(task)
    values = visible(task) if address.carries_all else {}
    values |= {name: parameter(task, text) for name, text in address.payload.items()}
    return {"correlation": _key(task, address, values), "variables": check_variables(values)}


def awaited_key(task: Task) -> str | None:
    """Tell the correlation key that a waiting event keeps from the moment it began to wait.

    Raises:
        ExpressionFailed: an expression fails, or the key is null.
    """
    known = task.internal_data
    if "correlation" not in known:
        key = _key(task, _address(task), {})
        if key is None:
            return None
        known["correlation"] = key
    return str(known["correlation"])


def _address(task: Task) -> Address:
    addresses: Mapping[str, Address] = task.task_spec._wf_spec.addresses
    return addresses.get(task.task_spec.element.id, NO_ADDRESS)


def _key(task: Task, address: Address, more: Mapping[str, object]) -> str | None:
    """Evaluate a key to text; several parts become a JSON list."""
    parts = [evaluate(task, text, more) for text in address.keys]
    if any(part is None for part in parts):
        reason = "the correlation key is null, so the message would reach nobody"
        raise ExpressionFailed(task.task_spec.element.id, reason)
    texts = [str(part) for part in parts]
    return texts[0] if len(texts) == 1 else (orjson.dumps(texts).decode() if texts else None)


def _read_address(diagram: Diagram, node: Node) -> Address:
    places = [node.xml, *_definitions(node)]
    own = [text for xml in places if (text := xml.get(anju("correlationKey")))]
    mappings: dict[str, str] = {}
    carries_all = False
    for xml in places:
        mappings |= read_mappings(xml).inputs
        for entry in find(xml, "./bpmn:extensionElements/camunda:in"):
            carries_all |= entry.get("variables") == "all"
            mappings |= _passed(entry)
    keys = tuple(expression_of(text) for text in own[:1]) or _standard_keys(diagram, node)
    return Address(keys=keys, payload=mappings, carries_all=carries_all)


def _definitions(node: Node) -> Iterator[etree._Element]:
    for kind in ("message", "signal"):
        yield from find(node.xml, f"./bpmn:{kind}EventDefinition")


def _passed(entry: etree._Element) -> Mapping[str, str]:
    """Read one camunda:in: source is the name of a variable, sourceExpression is FEEL."""
    target, source = entry.get("target"), entry.get("source")
    text = source or expression_of(entry.get("sourceExpression", ""))
    return {target: f"={text}"} if target and text else {}


def _standard_keys(diagram: Diagram, node: Node) -> tuple[str, ...]:
    root = diagram.xml.getroottree().getroot()
    paths = _message_paths(root, node.trigger.name)
    if not paths:
        return ()
    is_waiting = node.type not in {"endEvent", "intermediateThrowEvent", "sendTask"}
    bound = _bindings(diagram.xml) if is_waiting else {}
    for key in root.iterfind(".//{*}correlationKey"):
        names = [_local(ref.text) for ref in key.iterfind("{*}correlationPropertyRef")]
        if names and all(name in paths for name in names):
            return tuple(bound.get(name, paths[name]) for name in names)
    return ()


def _message_paths(root: etree._Element, message: str | None) -> Mapping[str, str]:
    """Map each correlation property to its FEEL over the content of a message."""
    ids = {xml.get("id") for xml in find(root, "./bpmn:message") if xml.get("name") == message}
    return {
        each.get("id", ""): expression_of(text_of(retrieval, "./bpmn:messagePath") or "")
        for each in find(root, "./bpmn:correlationProperty")
        for retrieval in find(each, "./bpmn:correlationPropertyRetrievalExpression")
        if _local(retrieval.get("messageRef")) in ids
    }


def _bindings(process: etree._Element) -> Mapping[str, str]:
    """Map each correlation property to its FEEL over the variables of the waiting process."""
    path = "./bpmn:correlationSubscription/bpmn:correlationPropertyBinding"
    return {
        _local(each.get("correlationPropertyRef")): expression_of(
            text_of(each, "./bpmn:dataPath") or ""
        )
        for each in find(process, path)
    }


def _local(reference: str | None) -> str:
    return (reference or "").strip().rpartition(":")[2]
