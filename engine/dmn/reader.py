"""From a DMN file to a model: the requirements graph and its item definitions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

from engine.day_counting import DAY_FUNCTIONS
from engine.dmn.boxes_reader import BoxReader
from engine.dmn.elements import (
    Decision,
    DrgElement,
    InputData,
    Item,
    Knowledge,
    Model,
    Service,
)
from engine.dmn.texts import TextReader
from engine.dmn.xml import (
    Element,
    attribute,
    child,
    children,
    local_name,
    parse_xml,
    type_ref,
)
from engine.errors import Problem
from engine.sentences import sentence
from feel.nodes import TypeName
from feel.types import is_known

_DRG = ("decision", "inputData", "businessKnowledgeModel", "decisionService")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A model as far as it could be read, and what is wrong with it."""

    model: Model
    problems: tuple[Problem, ...]


def read_model(xml: bytes) -> Reading:
    """Read a file; parts that are wrong are reported and have no value.

    Raises:
        DeploymentRefused: it is no XML, or no DMN of a version that is supported.
    """
    return _ModelReader(parse_xml(xml)).read()


class _Common(TypedDict):
    element_id: str
    name: str
    variable: str


class _ModelReader:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._texts = TextReader(frozenset(_odd_names(root)) | DAY_FUNCTIONS)
        self._boxes = BoxReader(self._texts)

    def read(self) -> Reading:
        """Read everything."""
        elements: dict[str, DrgElement] = {}
        for node in children(self._root, *_DRG):
            element = self._element(node)
            if element.element_id in elements:
                self._texts.refuse(node, "Two elements have this id; give each its own.")
            elements[element.element_id] = element
        model = Model(
            namespace=attribute(self._root, "namespace"),
            name=attribute(self._root, "name"),
            elements=elements,
            items={
                attribute(node, "name"): self._item(node)
                for node in children(self._root, "itemDefinition")
            },
            imports={
                attribute(node, "namespace"): attribute(node, "name")
                for node in children(self._root, "import")
            },
            names=self._texts.names,
        )
        self._check_references(model)
        self._check_types(model)
        return Reading(model=model, problems=tuple(self._texts.problems))

    def _element(self, node: Element) -> DrgElement:
        variable = child(node, "variable")
        name = attribute(node, "name")
        if not name:
            self._texts.refuse(node, "This element has no name; give it one.")
        return self._of_kind(
            node,
            DrgElement(
                element_id=attribute(node, "id") or name,
                name=name,
                variable=attribute(variable, "name") or name,
                type_ref=type_ref(variable),
                requires=tuple(_required(node)),
            ),
        )

    def _of_kind(self, node: Element, drg: DrgElement) -> DrgElement:
        common = _Common(element_id=drg.element_id, name=drg.name, variable=drg.variable)
        kind = local_name(node)
        if kind == "inputData":
            return InputData(**common, type_ref=drg.type_ref)
        if kind == "decision":
            box = self._boxes.box_in(node)
            return Decision(**common, type_ref=drg.type_ref, requires=drg.requires, box=box)
        if kind == "businessKnowledgeModel":
            logic = child(node, "encapsulatedLogic")
            function = None if logic is None else self._boxes.function(logic)
            return Knowledge(
                **common, type_ref=drg.type_ref, requires=drg.requires, function=function
            )
        return Service(
            **common,
            type_ref=drg.type_ref,
            outputs=_hrefs(node, "outputDecision"),
            input_decisions=_hrefs(node, "inputDecision"),
            input_data=_hrefs(node, "inputData"),
        )

    def _item(self, node: Element) -> Item:
        components = tuple(self._item(inner) for inner in children(node, "itemComponent"))
        base = type_ref(node)
        is_collection = attribute(node, "isCollection") == "true"
        shape = TypeName(base or "Any")
        if components:
            shape = TypeName("context", tuple((inner.name, inner.type) for inner in components))
        if (function := child(node, "functionItem")) is not None:
            shape = _function_type(function)
        if is_collection:
            shape = TypeName("list", (("", shape),))
        return Item(
            name=attribute(node, "name"),
            type=shape,
            base=base,
            is_collection=is_collection,
            components=components,
            allowed=self._texts.tests(child(node, "allowedValues")),
            type_constraint=self._texts.tests(child(node, "typeConstraint")),
        )

    def _check_types(self, model: Model) -> None:
        for node in self._root.iter():
            name = type_ref(node) if isinstance(node.tag, str) else ""
            is_imported = any(name.startswith(f"{alias}.") for alias in model.imports.values())
            if name and name not in model.items and not is_known(name) and not is_imported:
                self._texts.refuse(
                    node,
                    sentence(
                        "There is no type %(name)s; define it or choose another.", name=repr(name)
                    ),
                )

    def _check_references(self, model: Model) -> None:
        nodes = {attribute(node, "id"): node for node in children(self._root, *_DRG)}
        for element in model.elements.values():
            for reference in element.requires:
                if local_id(reference, model) not in (None, *model.elements):
                    self._texts.refuse(
                        nodes.get(element.element_id, self._root),
                        sentence(
                            "It requires %(reference)s, which is not in the model.",
                            reference=reference,
                        ),
                    )
            if element.element_id in _reached_from(element, model):
                self._texts.refuse(
                    nodes.get(element.element_id, self._root),
                    "It requires itself, directly or over others; break the circle.",
                )


def local_id(reference: str, model: Model) -> str | None:
    """Give the id that a reference names inside a model; None if it names another model's."""
    namespace, _, element_id = reference.rpartition("#")
    if namespace in ("", model.namespace) or namespace not in model.imports:
        return element_id
    return None


def _reached_from(element: DrgElement, model: Model) -> set[str]:
    """Collect the ids of all that an element requires inside the model."""
    reached: set[str] = set()
    waiting = [local_id(reference, model) for reference in element.requires]
    while waiting:
        found = waiting.pop()
        if found is not None and found in model.elements and found not in reached:
            reached.add(found)
            inner = model.elements[found].requires
            waiting += [local_id(reference, model) for reference in inner]
    return reached


def _hrefs(node: Element, *names: str) -> tuple[str, ...]:
    return tuple(attribute(inner, "href") for inner in children(node, *names))


def _required(node: Element) -> Iterator[str]:
    for requirement in children(node, "informationRequirement", "knowledgeRequirement"):
        yield from _hrefs(requirement, "requiredInput", "requiredDecision", "requiredKnowledge")


def _function_type(node: Element) -> TypeName:
    parts = tuple(
        (attribute(parameter, "name"), TypeName(type_ref(parameter) or "Any"))
        for parameter in children(node, "parameters")
    )
    return TypeName(
        "function", (*parts, ("->", TypeName(attribute(node, "outputTypeRef") or "Any")))
    )


def _odd_names(root: Element) -> Iterator[str]:
    """Give all names of the model that are not one plain word."""
    for node in root.iter():
        name = node.get("name") if isinstance(node.tag, str) else None
        if name and not name.isidentifier():
            yield name
