"""The requirements graph: values of decisions and what they rest on, each worked out once."""

from collections.abc import Mapping, Sequence

from engine.dmn import tables
from engine.dmn.boxes import function_of, value_of
from engine.dmn.elements import (
    Decision,
    DrgElement,
    InputData,
    Item,
    Knowledge,
    Model,
    Service,
)
from engine.dmn.frame import Frame
from feel.evaluator import Evaluation
from feel.nodes import TypeName
from feel.values import FeelFunction, to_value

Models = Mapping[str, Model]
Key = tuple[str, str]

# Importing this registers how tables are evaluated.
REGISTERED = (tables,)


class Graph:
    """One evaluation over a model and those it imports.

    Args:
        models: all models by namespace.
        variables: values of input data by name; `namespace#name` goes before the plain name.
        evaluation: budget, instant, functions and problems.
    """

    def __init__(
        self, models: Models, variables: Mapping[str, object], evaluation: Evaluation
    ) -> None:
        self._models = models
        self._variables = variables
        self.evaluation = evaluation
        self._values: dict[Key, object] = {}
        self._open: set[Key] = set()
        self.faults: list[str] = []

    def value(self, model: Model, element: DrgElement) -> object:
        """Give the value of a node; a function for knowledge models and services."""
        key = (model.namespace, element.element_id)
        if key in self._values:
            return self._values[key]
        if key in self._open:
            return self.evaluation.run.null(f"{element.name} requires itself.")
        self._open.add(key)
        value = self._work_out(model, element)
        self._open.discard(key)
        self._values[key] = value
        return value

    def _work_out(self, model: Model, element: DrgElement) -> object:
        frame = self.frame(model, element)
        if isinstance(element, InputData):
            return frame.fit(self._given(model, element), element.type_ref, element.name)
        if isinstance(element, Decision):
            if element.box is None:
                return frame.null(f"The decision {element.name} has no logic.")
            return frame.fit(value_of(element.box, frame), element.type_ref, element.name)
        if isinstance(element, Knowledge) and element.function is not None:
            return function_of(element.function, frame, element.type_ref)
        if isinstance(element, Service):
            return self._service(model, element)
        return frame.null(f"{element.name} has no logic.")

    def _given(self, model: Model, element: DrgElement) -> object:
        full = f"{model.namespace}#{element.name}"
        return to_value(self._variables.get(full, self._variables.get(element.name)))

    def frame(self, model: Model, element: DrgElement) -> Frame:
        """Make the surroundings of a node: what it requires, and undeclared variables."""
        items = all_items(self._models, model)
        return Frame(
            evaluation=self.evaluation,
            model=model,
            variables={**self._undeclared(model), **self._required(model, element)},
            items=items,
            faults=self.faults,
        )

    def _undeclared(self, model: Model) -> dict[str, object]:
        """Give variables that the model does not declare as input data; tables use them freely."""
        declared = {element.variable for element in model.elements.values()}
        return {
            name: to_value(value)
            for name, value in self._variables.items()
            if name not in declared and "#" not in name
        }

    def _required(self, model: Model, element: DrgElement) -> dict[str, object]:
        seen: dict[str, object] = {}
        for reference in element.requires:
            home, required = self.find(model, reference)
            if required is None:
                continue
            value = self.value(home, required)
            alias = model.imports.get(home.namespace, "") if home is not model else ""
            if not alias:
                seen[required.variable] = value
                continue
            nested = seen.setdefault(alias, {})
            if isinstance(nested, dict):
                nested[required.variable] = value
        return seen

    def find(self, model: Model, reference: str) -> tuple[Model, DrgElement | None]:
        """Find the node that `#id` or `namespace#id` names."""
        namespace, _, element_id = reference.rpartition("#")
        home = self._models.get(namespace, model)
        return home, home.elements.get(element_id)

    def _service(self, model: Model, service: Service) -> object:
        references = (*service.input_data, *service.input_decisions)
        inputs = [self.find(model, reference) for reference in references]
        names = tuple(element.variable for _, element in inputs if element is not None)

        def invoke(*arguments: object) -> object:
            return self.serve(model, service, dict(zip(names, arguments, strict=True)))

        return FeelFunction(names, invoke)

    def serve(self, model: Model, service: Service, arguments: Mapping[str, object]) -> object:
        """Evaluate a decision service with arguments by name."""
        inner = Graph(self._models, {}, self.evaluation)
        inner.faults = self.faults
        frame = self.frame(model, service)
        for reference in (*service.input_data, *service.input_decisions):
            home, element = self.find(model, reference)
            if element is not None:
                value = frame.fit(
                    to_value(arguments.get(element.variable)), element.type_ref, element.name
                )
                inner.put(home, element, value)
        return frame.fit(inner.results(model, service.outputs), service.type_ref, service.name)

    def put(self, model: Model, element: DrgElement, value: object) -> None:
        """Fix the value of a node."""
        self._values[model.namespace, element.element_id] = value

    def results(self, model: Model, references: Sequence[str]) -> object:
        """Give the value of one node, or of several as a context by name."""
        found = [self.find(model, reference) for reference in references]
        values = {
            element.variable: self.value(home, element)
            for home, element in found
            if element is not None
        }
        return next(iter(values.values())) if len(values) == 1 else values


def all_items(models: Models, model: Model) -> Mapping[str, Item]:
    """Collect the item definitions that a model may name, those of imports as `import.name`."""
    items: dict[str, Item] = {}
    for namespace, alias in model.imports.items():
        if namespace in models:
            for name, item in all_items(models, models[namespace]).items():
                items[f"{alias}.{name}" if alias else name] = item
                items.setdefault(name, item)
    items.update(model.items)
    return items


def all_types(models: Models, model: Model) -> Mapping[str, TypeName]:
    """Collect the types that a model may name."""
    return {name: item.type for name, item in all_items(models, model).items()}
