"""Constraints on data: inputs, outputs, their sets, associations and item definitions."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.vocabulary import ACTIVITIES, SUB_PROCESSES
from engine.standard.document import (
    CATCHING,
    THROWING,
    Check,
    Document,
    Element,
    Rule,
    children,
    flag,
    tag,
    text,
)

_COLLECTION = {
    "dataObject": Rule(id="collection-of-item", constraint="EXT020 EXT077", is_soft=True),
    "dataInput": Rule(id="collection-of-item", constraint="EXT020 EXT081", is_soft=True),
    "dataOutput": Rule(id="collection-of-item", constraint="EXT020 EXT083", is_soft=True),
}
_SUB_PROCESS = Rule(id="sub-process-data", constraint="EXT079", is_soft=True)
_OPTIONAL_IN = Rule(id="optional-input", constraint="EXT085", is_soft=True)
_WHILE_IN = Rule(id="while-executing-input", constraint="EXT086", is_soft=True)
_OPTIONAL_OUT = Rule(id="optional-output", constraint="EXT089", is_soft=True)
_WHILE_OUT = Rule(id="while-executing-output", constraint="EXT090", is_soft=True)
_MUTUAL = Rule(id="mutual-sets", constraint="EXT087", is_soft=True)
_ASSOCIATION = Rule(id="association-items", constraint="EXT091", is_soft=True)
_EVENT_DATA = Rule(id="event-data", constraint="EXT093", is_soft=True)
_EVENT_ITEM = Rule(id="event-item", constraint="EXT094", is_soft=True)
_CALL = Rule(id="call-data", constraint="EXT063", is_soft=True)
_BINDING = Rule(id="service-binding", constraint="EXT064", is_soft=True)
_BINDING_PARTS = Rule(id="service-binding-parts", constraint="EXT065", is_soft=True)
_LOOP_INPUT = Rule(id="loop-data-input", constraint="EXT068", is_soft=True)
_LOOP_OUTPUT = Rule(id="loop-data-output", constraint="EXT071", is_soft=True)
_LOOP_INPUT_ITEM = Rule(id="loop-input-item", constraint="EXT070", is_soft=True)
_LOOP_OUTPUT_ITEM = Rule(id="loop-output-item", constraint="EXT069", is_soft=True)

_ITEM_OF = {
    "messageEventDefinition": ("messageRef", "itemRef"),
    "signalEventDefinition": ("signalRef", "structureRef"),
    "errorEventDefinition": ("errorRef", "structureRef"),
    "escalationEventDefinition": ("escalationRef", "structureRef"),
}
_SETS = (
    ("inputSet", "dataInputRefs", "optionalInputRefs", _OPTIONAL_IN),
    ("inputSet", "dataInputRefs", "whileExecutingInputRefs", _WHILE_IN),
    ("outputSet", "dataOutputRefs", "optionalOutputRefs", _OPTIONAL_OUT),
    ("outputSet", "dataOutputRefs", "whileExecutingOutputRefs", _WHILE_OUT),
)


_LOOP_DATA = (
    (("loopDataInputRef", "dataInput", "inputDataItem"), (_LOOP_INPUT, _LOOP_INPUT_ITEM)),
    (("loopDataOutputRef", "dataOutput", "outputDataItem"), (_LOOP_OUTPUT, _LOOP_OUTPUT_ITEM)),
)


def collections(document: Document) -> Iterator[Problem]:
    """Check that data and its item definition agree on being a collection."""
    for name, rule in _COLLECTION.items():
        for item in document.all(name):
            definition = document.target(item.get("itemSubjectRef"))
            if definition is None or tag(definition) != "itemDefinition":
                continue
            if flag(item, "isCollection") != flag(definition, "isCollection"):
                advice = "Its item definition says otherwise. Make them agree."
                yield rule.broken(
                    item, sentence("isCollection is wrong. %(advice)s", advice=advice)
                )


def sets(document: Document) -> Iterator[Problem]:
    """Check input sets, output sets and where they may stand."""
    for item in document.all("ioSpecification"):
        owner = item.getparent()
        place = item if owner is None else owner
        if tag(place) in SUB_PROCESSES:
            yield _SUB_PROCESS.broken(place, "A sub-process has no ioSpecification. Remove it.")


def set_parts(document: Document) -> Iterator[Problem]:
    """Check that optional data is data of the set, and that sets name each other."""
    for name, all_refs, some_refs, rule in _SETS:
        for item in document.all(name):
            allowed = _texts(item, all_refs)
            if not _texts(item, some_refs) <= allowed:
                yield rule.broken(
                    _owner(item),
                    sentence(
                        "%(some_refs)s names data that is not in %(all_refs)s. Add it.",
                        some_refs=some_refs,
                        all_refs=all_refs,
                    ),
                )


def mutual_sets(document: Document) -> Iterator[Problem]:
    """Check that input sets and output sets name each other."""
    for name, refs, back in (
        ("inputSet", "outputSetRefs", "inputSetRefs"),
        ("outputSet", "inputSetRefs", "outputSetRefs"),
    ):
        for item in document.all(name):
            for key in _texts(item, refs):
                other = document.target(key)
                if other is not None and item.get("id") not in _texts(other, back):
                    yield _MUTUAL.broken(
                        _owner(item), "Input and output sets do not name each other. Correct it."
                    )


def associations(document: Document) -> Iterator[Problem]:
    """Check that data is carried between items of one type."""
    for item in document.all("dataInputAssociation", "dataOutputAssociation"):
        sources, targets = children(item, "sourceRef"), children(item, "targetRef")
        if len(sources) != 1 or len(targets) != 1:
            continue
        if children(item, "transformation", "assignment"):
            continue
        source = _item(document, document.target(sources[0].text))
        target = _item(document, document.target(targets[0].text))
        if source is not None and target is not None and not _same(source, target):
            advice = "Add a transformation or make them agree."
            yield _ASSOCIATION.broken(
                _owner(item),
                sentence("It joins data of different types. %(advice)s", advice=advice),
            )


def event_data(document: Document) -> Iterator[Problem]:
    """Check that events carry one item for each definition, and of its type."""
    for event in document.nodes(*THROWING, *CATCHING):
        data = children(event, "dataInput" if tag(event) in THROWING else "dataOutput")
        found = [item for item in document.definitions(event) if tag(item) in _ITEM_OF]
        carrying = [item for item in found if _definition_item(document, item) is not None]
        if data and len(data) < len(carrying):
            yield _EVENT_DATA.broken(event, "It needs data for each event definition. Add it.")
        if len(data) == 1 and len(found) == 1:
            item, carried = _item(document, data[0]), _definition_item(document, found[0])
            if item is not None and carried is not None and not _same(item, carried):
                yield _EVENT_ITEM.broken(event, "Its data has another type than it carries.")


def calls(document: Document) -> Iterator[Problem]:
    """Check that a call passes what the called element of the file takes and gives."""
    for call in document.all("callActivity"):
        called = document.target(call.get("calledElement"))
        if called is None:
            continue
        for name in ("dataInput", "dataOutput"):
            ours, theirs = _specified(call, name), _specified(called, name)
            if sorted(ours) != sorted(theirs) and (ours or theirs):
                yield _CALL.broken(
                    call,
                    sentence(
                        "Its %(name)ss are not those of what it calls. Make them agree.", name=name
                    ),
                )


def bindings(document: Document) -> Iterator[Problem]:
    """Check how a process or global task is offered as a service."""
    for item in document.elements:
        bound = children(item, "ioBinding")
        if children(item, "supportedInterfaceRef") and not bound:
            yield _BINDING.broken(item, "It is offered as a service without a binding. Add one.")
        for binding in bound:
            if not _is_bound(document, item, binding):
                advice = "Bind one input and one output of the operation's types."
                yield _BINDING_PARTS.broken(
                    item, sentence("A binding does not fit. %(advice)s", advice=advice)
                )


def _is_bound(document: Document, item: Element, binding: Element) -> bool:
    operation = document.target(binding.get("operationRef"))
    if operation is None or tag(operation) != "operation":
        return False
    for name, part in (("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")):
        data = document.target(binding.get(name))
        messages = children(operation, part)
        if not messages and not binding.get(name):
            continue
        if data is None or item not in data.iterancestors():
            return False
        carried = _item_ref(document, messages, "itemRef")
        bound = _item(document, data)
        if carried is not None and bound is not None and not _same(carried, bound):
            return False
    return True


def loops(document: Document) -> Iterator[Problem]:
    """Check the data that a multi-instance goes through and collects."""
    for item in document.all("multiInstanceLoopCharacteristics"):
        activity = _owner(item)
        specified = children(activity, "ioSpecification")
        for names, rules in _LOOP_DATA:
            for reference in children(item, names[0]):
                data = document.target(text(reference))
                if data is None or not specified or tag(activity) not in ACTIVITIES:
                    continue
                if data not in [d for spec in specified for d in children(spec, names[1])]:
                    advice = "Choose one of them."
                    yield rules[0].broken(
                        activity,
                        sentence(
                            "%(reference)s names no %(part)s. %(advice)s",
                            reference=names[0],
                            part=names[1],
                            advice=advice,
                        ),
                    )
                yield from _single_items(document, (activity, item), (data, names[2]), rules[1])


def _single_items(
    document: Document, place: tuple[Element, Element], data: tuple[Element, str], rule: Rule
) -> Iterator[Problem]:
    (activity, loop), (collection, single) = place, data
    whole = _item(document, collection)
    for one in (_item(document, child) for child in children(loop, single)):
        if whole is not None and one is not None and not _same_structure(whole, one):
            advice = "Give it the type of one item."
            yield rule.broken(
                activity,
                sentence(
                    "%(single)s has another type than the whole. %(advice)s",
                    single=single,
                    advice=advice,
                ),
            )


def _specified(item: Element, name: str) -> list[str]:
    specifications = children(item, "ioSpecification")
    found = [data for spec in specifications for data in children(spec, name)]
    return [data.get("itemSubjectRef", "") for data in found]


def _texts(item: Element, name: str) -> set[str]:
    return {text(child) for child in children(item, name)}


def _owner(item: Element) -> Element:
    """Find the element of the drawing around a part of it."""
    parts = ("Set", "ioSpecification", "Association", "Characteristics")
    while tag(item).endswith(parts):
        parent = item.getparent()
        if parent is None:
            return item
        item = parent
    return item


def _item(document: Document, data: Element | None) -> Element | None:
    """Find the item definition of data, through references to data objects."""
    if data is not None and tag(data) == "dataObjectReference":
        own = document.target(data.get("itemSubjectRef"))
        return (
            own if own is not None else _item(document, document.target(data.get("dataObjectRef")))
        )
    return None if data is None else _definition(document, data.get("itemSubjectRef"))


def _definition_item(document: Document, definition: Element) -> Element | None:
    reference, attribute = _ITEM_OF[tag(definition)]
    carried = document.target(definition.get(reference))
    return None if carried is None else _definition(document, carried.get(attribute))


def _item_ref(document: Document, references: list[Element], name: str) -> Element | None:
    message = document.target(references[0].text) if references else None
    return None if message is None else _definition(document, message.get(name))


def _definition(document: Document, reference: str | None) -> Element | None:
    found = document.target(reference)
    return found if found is not None and tag(found) == "itemDefinition" else None


def _same(one: Element, other: Element) -> bool:
    return one is other or (
        _same_structure(one, other) and flag(one, "isCollection") == flag(other, "isCollection")
    )


def _same_structure(one: Element, other: Element) -> bool:
    return one is other or one.get("structureRef") == other.get("structureRef")


CHECKS: tuple[Check, ...] = (
    collections,
    sets,
    set_parts,
    mutual_sets,
    associations,
    event_data,
    calls,
    bindings,
    loops,
)
