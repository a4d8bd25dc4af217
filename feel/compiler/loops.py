"""for, some, every and filters."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from feel.arithmetic import kind
from feel.comparison import less
from feel.compiler.base import Scope, Thunk, compile_node, weigh
from feel.errors import FeelTypeError
from feel.nodes import Filter, For, Iteration, Literal, Negate, Node, Quantified
from feel.run import Run
from feel.values import FeelRange

Source = tuple[str, Thunk, Thunk | None]


@compile_node.register
def _for(node: For) -> Thunk:
    sources, body = _sources(node.iterations), compile_node(node.body)
    cost = weigh(node.body)

    def run(scope: Scope) -> object:
        results: list[object] = []
        outer = Scope({"partial": results}, scope, scope.run)
        try:
            # Not extend: the body sees the results so far as `partial`.
            for inner in _bindings(sources, outer, cost):
                results.append(body(inner))  # noqa: PERF401
        except FeelTypeError as error:
            return scope.run.null(error.message)
        return results

    return run


@compile_node.register
def _quantified(node: Quantified) -> Thunk:
    sources, condition = _sources(node.iterations), compile_node(node.condition)
    decisive = node.kind == "some"
    cost = weigh(node.condition)

    def run(scope: Scope) -> object:
        outcome: bool | None = not decisive
        try:
            for inner in _bindings(sources, scope, cost):
                result = condition(inner)
                if result is decisive:
                    return decisive
                if not isinstance(result, bool):
                    outcome = scope.run.null(f"{kind(result)} is neither true nor false.")
        except FeelTypeError as error:
            return scope.run.null(error.message)
        return outcome

    return run


def _sources(iterations: Sequence[Iteration]) -> tuple[Source, ...]:
    return tuple(
        (
            iteration.name,
            compile_node(iteration.source),
            None if iteration.end is None else compile_node(iteration.end),
        )
        for iteration in iterations
    )


def _bindings(sources: Sequence[Source], scope: Scope, cost: int) -> Iterator[Scope]:
    """Give a scope for each combination of loop variables; the last one moves fastest."""
    if not sources:
        yield scope
        return
    name, start, end = sources[0]
    meter = scope.run.meter
    for item in _items(start(scope), end, scope):
        meter.spend(1 if len(sources) > 1 else cost)
        yield from _bindings(sources[1:], Scope({name: item}, scope, scope.run), cost)


def _items(start: object, end: Thunk | None, scope: Scope) -> Iterable[object]:
    if end is not None:
        return _count(start, end(scope), scope.run)
    return items_of(start, scope.run)


def items_of(start: object, run: Run) -> Iterable[object]:
    """Give what a loop walks over: the items of a list or range; another value is its own item.

    Raises:
        FeelTypeError: it is null, or a range that cannot be counted.
        FeelBudgetExceeded: there are more than the budget allows.
    """
    if isinstance(start, FeelRange):
        return _items_of_range(start, run)
    if start is None:
        raise FeelTypeError("A loop over null has no result.")
    return start if isinstance(start, list) else [start]


def _items_of_range(span: FeelRange, run: Run) -> Sequence[object]:
    if less(span.high, span.low):
        return []
    items = list(_count(span.low, span.high, run))
    first = 0 if span.low_included else 1
    return items[first : len(items) if span.high_included else -1]


def _count(start: object, end: object, run: Run) -> Iterator[object]:
    """Count from one whole number or date to another, up or down, both included."""
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        first, last = _whole(start), _whole(end)
        step = 1 if first <= last else -1
        _afford(abs(last - first), run)
        return (Decimal(at) for at in range(first, last + step, step))
    if type(start) is date and type(end) is date:
        first, last = start.toordinal(), end.toordinal()
        step = 1 if first <= last else -1
        _afford(abs(last - first), run)
        return (start + timedelta(days=at - first) for at in range(first, last + step, step))
    raise FeelTypeError(f"A loop cannot count from {kind(start)} to {kind(end)}.")


def _afford(count: int, run: Run) -> None:
    """Refuse a loop that cannot be paid, before it begins."""
    meter = run.meter
    if count > meter.steps:
        meter.spend(count)


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value():
        raise FeelTypeError("A loop counts whole numbers only.")
    return int(value)


@compile_node.register
def _filter(node: Filter) -> Thunk:
    source = compile_node(node.source)
    index = _constant_index(node.condition)
    if index is not None:
        constant = index
        return lambda scope: select(source(scope), constant, scope.run)
    condition, cost = compile_node(node.condition), weigh(node.condition)
    return lambda scope: _filtered(_items_to_filter(source(scope)), condition, cost, scope)


def _constant_index(node: Node) -> Decimal | None:
    if isinstance(node, Negate):
        inner = _constant_index(node.operand)
        return None if inner is None else -inner
    if isinstance(node, Literal) and isinstance(node.value, Decimal):
        return node.value
    return None


def _items_to_filter(value: object) -> list[object] | None:
    return None if value is None else _as_list(value)


def _as_list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def select(source: object, index: Decimal, run: Run) -> object:
    """Give the item at a position, from 1, or from the end if negative; null if there is none."""
    items = _as_list(source)
    place = int(index)
    if place != index or place == 0 or abs(place) > len(items):
        return run.null(f"The list has no item {index}.")
    return items[place - 1 if place > 0 else place]


def _filtered(items: list[object] | None, condition: Thunk, cost: int, scope: Scope) -> object:
    kept: list[object] = []
    run = scope.run
    if items is None:
        return run.null("There is nothing to filter.")
    for item in items:
        run.meter.spend(cost)
        inner = Scope({"item": item}, scope, run)
        if isinstance(item, dict):
            inner = Scope(item, inner, run)
        outcome = condition(inner)
        if outcome is True:
            kept.append(item)
        elif isinstance(outcome, Decimal):
            return select(items, outcome, run)
    return kept
