"""What a box sees while it is evaluated, and how values are made to fit declared types."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.dmn.elements import Item, Model
from feel.errors import FeelTypeError
from feel.evaluator import Evaluation
from feel.nodes import TypeName, UnaryTests
from feel.types import coerce


class DecisionFault(Exception):
    """A table breaks its own rule, for instance several hits where one is allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """The surroundings of a box.

    Attributes:
        evaluation: budget, instant, functions and problems of the whole decision.
        model: the model that the box stands in.
        variables: values by name.
        items: item definitions by name, those of imports as `import.name`.
        faults: broken table rules so far; shared by all frames of one evaluation.
    """

    evaluation: Evaluation
    model: Model
    variables: Mapping[str, object]
    items: Mapping[str, Item]
    faults: list[str]

    def inside(self, more: Mapping[str, object]) -> "Frame":
        """Make a frame that sees more variables."""
        return Frame(
            evaluation=self.evaluation,
            model=self.model,
            variables={**self.variables, **more},
            items=self.items,
            faults=self.faults,
        )

    def null(self, problem: str) -> bool | None:
        """Note a problem and give null."""
        return self.evaluation.run.null(problem)

    def fit(self, value: object, type_ref: str, what: str) -> object:
        """Make a value fit a declared type; null, with a problem noted, if it does not."""
        try:
            return self.fit_or_raise(value, type_ref, what)
        except FeelTypeError as error:
            return self.null(error.message)

    def fit_or_raise(self, value: object, type_ref: str, what: str) -> object:
        """Make a value fit a declared type.

        Raises:
            FeelTypeError: it does not fit, or is not among the allowed values.
        """
        if not type_ref or value is None:
            return value
        try:
            fitted = coerce(value, TypeName(type_ref), self.evaluation.run.types)
        except FeelTypeError as error:
            raise FeelTypeError(f"{what}: {error.message}") from error
        item = self.items.get(type_ref)
        if item is not None and not self._is_allowed(fitted, item):
            raise FeelTypeError(f"{what}: {type_ref} does not allow the value.")
        return fitted

    def _is_allowed(self, value: object, item: Item) -> bool:
        if value is None and item.allowed is None:
            return True
        if item.type_constraint is not None and not self._passes(item.type_constraint, value):
            return False
        if item.is_collection and isinstance(value, list):
            return all(self._is_member(inner, item) for inner in value)
        return self._is_member(value, item)

    def _is_member(self, value: object, item: Item) -> bool:
        if item.allowed is not None and not self._passes(item.allowed, value):
            return False
        if isinstance(value, dict):
            return all(self._is_allowed(value.get(part.name), part) for part in item.components)
        base = self.items.get(item.base)
        return base is None or self._is_allowed(value, base)

    def _passes(self, tests: UnaryTests, value: object) -> bool:
        return self.evaluation.passes(tests, value, self.variables) is True
