"""The value of each kind of boxed expression (DMN 1.5, 10.2)."""

from collections.abc import Sequence
from decimal import Decimal
from functools import singledispatch

from engine.dmn.elements import (
    Box,
    Conditional,
    Entries,
    FilterBox,
    Function,
    Invocation,
    Items,
    Loop,
    Relation,
    Text,
)
from engine.dmn.frame import Frame
from feel.compiler.loops import items_of, select
from feel.errors import FeelTypeError
from feel.nodes import TypeName
from feel.values import FeelFunction


@singledispatch
def value_of(box: Box, frame: Frame) -> object:
    """Evaluate a box; what goes wrong inside is null with a problem noted."""
    raise TypeError(f"{type(box).__name__} in {frame.model.name}")


@value_of.register
def _text(box: Text, frame: Frame) -> object:
    if box.expression is None:
        return frame.null(f"The expression {box.text!r} cannot be read.")
    value = frame.evaluation.value(box.expression, frame.variables)
    return frame.fit(value, box.type_ref, "The expression")


@value_of.register
def _entries(box: Entries, frame: Frame) -> object:
    made: dict[str, object] = {}
    for name, type_ref, inner in box.entries:
        value = value_of(inner, frame.inside(made))
        if not name:
            return value
        made[name] = frame.fit(value, type_ref, name)
    return made


@value_of.register
def _items(box: Items, frame: Frame) -> object:
    return [value_of(item, frame) for item in box.items]


@value_of.register
def _relation(box: Relation, frame: Frame) -> object:
    return [
        {name: value_of(cell, frame) for name, cell in zip(box.columns, row, strict=False)}
        for row in box.rows
    ]


@value_of.register
def _invocation(box: Invocation, frame: Frame) -> object:
    function = value_of(box.function, frame)
    if not isinstance(function, FeelFunction):
        return frame.null("What is invoked is not a function.")
    given = {name: value_of(inner, frame) for name, inner in box.arguments}
    if not given.keys() <= set(function.parameters):
        return frame.null(f"The function's parameters are {', '.join(function.parameters)}.")
    try:
        return frame.evaluation.run.call(
            function, [given.get(name) for name in function.parameters]
        )
    except FeelTypeError as error:
        return frame.null(error.message)


@value_of.register
def _function(box: Function, frame: Frame) -> object:
    return function_of(box, frame, "")


def function_of(box: Function, frame: Frame, result_type: str) -> object:
    """Make a function value of a definition; it sees what stands around the definition."""
    body = box.body
    if box.kind != "FEEL" or body is None:
        return frame.null(f"Functions of kind {box.kind} without FEEL are not supported.")
    names = tuple(name for name, _ in box.parameters)

    def invoke(*arguments: object) -> object:
        given = _arguments(box, arguments, frame)
        return frame.fit(value_of(body, frame.inside(given)), result_type, "The result")

    types = tuple(TypeName(type_ref) if type_ref else None for _, type_ref in box.parameters)
    return FeelFunction(names, invoke, types)


def _arguments(box: Function, arguments: Sequence[object], frame: Frame) -> dict[str, object]:
    return {
        name: frame.fit_or_raise(value, type_ref, name)
        for (name, type_ref), value in zip(box.parameters, arguments, strict=True)
    }


@value_of.register
def _conditional(box: Conditional, frame: Frame) -> object:
    condition = value_of(box.condition, frame)
    if condition is not None and not isinstance(condition, bool):
        return frame.null("The condition is neither true nor false.")
    return value_of(box.then if condition else box.otherwise, frame)


@value_of.register
def _filter(box: FilterBox, frame: Frame) -> object:
    items = value_of(box.source, frame)
    if items is None:
        return frame.null("There is nothing to filter.")
    kept: list[object] = []
    for item in items if isinstance(items, list) else [items]:
        seen = {**item, "item": item} if isinstance(item, dict) else {"item": item}
        outcome = value_of(box.condition, frame.inside(seen))
        if isinstance(outcome, Decimal):
            return select(items, outcome, frame.evaluation.run)
        if outcome is True:
            kept.append(item)
    return kept


@value_of.register
def _loop(box: Loop, frame: Frame) -> object:
    try:
        items = items_of(value_of(box.source, frame), frame.evaluation.run)
    except FeelTypeError as error:
        return frame.null(error.message)
    results: list[object] = []
    for item in items:
        frame.evaluation.run.meter.spend()
        results.append(value_of(box.body, frame.inside({box.variable: item, "partial": results})))
    if box.kind == "for":
        return results
    return _quantified(box.kind == "some", results, frame)


def _quantified(decisive: bool, results: Sequence[object], frame: Frame) -> object:
    if any(result is decisive for result in results):
        return decisive
    if all(isinstance(result, bool) for result in results):
        return not decisive
    return frame.null("Some conditions are neither true nor false.")
