"""Constraints on tasks that call operations or pass messages."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.standard.document import Check, Document, Element, Rule, children, tag

_RULES = {
    ("serviceTask", "inputSet"): Rule(id="service-input-sets", constraint="EXT042", is_soft=True),
    ("serviceTask", "outputSet"): Rule(id="service-output-sets", constraint="EXT043", is_soft=True),
    ("serviceTask", "dataInput"): Rule(id="service-input-item", constraint="EXT044", is_soft=True),
    ("serviceTask", "dataOutput"): Rule(
        id="service-output-item", constraint="EXT045", is_soft=True
    ),
    ("sendTask", "inputSet"): Rule(id="send-input-sets", constraint="EXT046", is_soft=True),
    ("sendTask", "dataInputs"): Rule(id="send-inputs", constraint="EXT047", is_soft=True),
    ("sendTask", "dataInput"): Rule(id="send-item", constraint="EXT048", is_soft=True),
    ("receiveTask", "outputSet"): Rule(id="receive-output-sets", constraint="EXT050", is_soft=True),
    ("receiveTask", "dataOutputs"): Rule(id="receive-outputs", constraint="EXT051", is_soft=True),
    ("receiveTask", "dataOutput"): Rule(id="receive-item", constraint="EXT052", is_soft=True),
}


def operations(document: Document) -> Iterator[Problem]:
    """Check that a service task carries the messages of its operation."""
    for task in document.all("serviceTask"):
        operation = document.target(task.get("operationRef"))
        if operation is None or tag(operation) != "operation":
            continue
        for part, reference in (("dataInput", "inMessageRef"), ("dataOutput", "outMessageRef")):
            for message in children(operation, reference):
                yield from _items(document, task, part, document.target(message.text))
        yield from _one_set(task, "inputSet")
        yield from _one_set(task, "outputSet")


def messages(document: Document) -> Iterator[Problem]:
    """Check that send and receive tasks carry their message."""
    for name, part, sets in (
        ("sendTask", "dataInput", "inputSet"),
        ("receiveTask", "dataOutput", "outputSet"),
    ):
        for task in document.all(name):
            message = document.target(task.get("messageRef"))
            if message is None or tag(message) != "message":
                continue
            yield from _items(document, task, part, message)
            yield from _one_set(task, sets)
            if len(_parts(task, part)) > 1:
                advice = sentence("A message fills one %(part)s. Remove the others.", part=part)
                yield _RULES[name, f"{part}s"].broken(task, advice)


def _items(
    document: Document, task: Element, part: str, message: Element | None
) -> Iterator[Problem]:
    wanted = None if message is None else document.target(message.get("itemRef"))
    for data in _parts(task, part):
        found = document.target(data.get("itemSubjectRef"))
        if wanted is None or found is wanted:
            continue
        structure = None if found is None else found.get("structureRef")
        if structure is None or structure != wanted.get("structureRef"):
            advice = "Give both the same item definition."
            yield _RULES[tag(task), part].broken(
                task,
                sentence(
                    "Its %(part)s has another type than the message. %(advice)s",
                    part=part,
                    advice=advice,
                ),
            )


def _one_set(task: Element, name: str) -> Iterator[Problem]:
    if len(_parts(task, name)) > 1:
        yield _RULES[tag(task), name].broken(
            task, sentence("It has several %(name)ss. Keep one of them.", name=name)
        )


def _parts(task: Element, name: str) -> list[Element]:
    return [part for spec in children(task, "ioSpecification") for part in children(spec, name)]


CHECKS: tuple[Check, ...] = (operations, messages)
