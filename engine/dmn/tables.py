"""Decision tables: which rules match and what the hit policy makes of them (DMN 1.5, 8.2)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.dmn.boxes import value_of
from engine.dmn.elements import Input, Output, Rule, Table
from engine.dmn.frame import DecisionFault, Frame
from feel.builtins.library import BUILTINS
from feel.comparison import equal
from feel.errors import FeelTypeError


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A rule that matches, with its results by output."""

    rule: Rule
    results: tuple[object, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableOutcome:
    """What a table decided and why.

    Attributes:
        value: the result.
        rules: ids of the rules that the result rests on, in order.
        inputs: value under test by the label of its column.
    """

    value: object
    rules: tuple[str, ...]
    inputs: Mapping[str, object]


@value_of.register
def _table(box: Table, frame: Frame) -> object:
    try:
        return evaluate_table(box, frame).value
    except DecisionFault as fault:
        frame.faults.append(str(fault))
        return frame.null(str(fault))


def evaluate_table(table: Table, frame: Frame) -> TableOutcome:
    """Evaluate a table.

    Raises:
        DecisionFault: an input is not allowed, or the hits break the hit policy.
    """
    values = [_input_value(column, frame) for column in table.inputs]
    hits = [
        Hit(rule=rule, results=_results(rule, table, frame))
        for rule in table.rules
        if _matches(rule, values, frame)
    ]
    chosen = _POLICIES[table.hit_policy](table, hits, frame) if hits else []
    return TableOutcome(
        value=_combined(table, chosen, frame) if hits else _default(table, frame),
        rules=tuple(hit.rule.rule_id for hit in chosen),
        inputs={column.label: value for column, value in zip(table.inputs, values, strict=True)},
    )


def _input_value(column: Input, frame: Frame) -> object:
    value = frame.fit(value_of(column.expression, frame), column.type_ref, column.label)
    if column.allowed is None or value is None:
        return value
    if frame.evaluation.passes(column.allowed, value, frame.variables) is not True:
        raise DecisionFault(f"The value of {column.label} is not among the allowed ones.")
    return value


def _matches(rule: Rule, values: Sequence[object], frame: Frame) -> bool:
    frame.evaluation.run.meter.spend()
    return all(
        test is not None and frame.evaluation.passes(test, value, frame.variables) is True
        for test, value in zip(rule.tests, values, strict=False)
    )


def _results(rule: Rule, table: Table, frame: Frame) -> tuple[object, ...]:
    return tuple(
        frame.fit(value_of(result, frame), output.type_ref, output.name or "The result")
        for output, result in zip(table.outputs, rule.results, strict=False)
    )


def _default(table: Table, frame: Frame) -> object:
    """Give the result when no rule matches: the default outputs, else null."""
    if any(output.default is not None for output in table.outputs):
        values = tuple(
            None if output.default is None else value_of(output.default, frame)
            for output in table.outputs
        )
        return _row(table, values)
    if table.aggregation == "COUNT":
        return BUILTINS["count"].call(frame.evaluation.run, [[]])
    return frame.null("No rule of the table matches.")


def _row(table: Table, results: Sequence[object]) -> object:
    if len(table.outputs) == 1:
        return results[0] if results else None
    return {output.name: result for output, result in zip(table.outputs, results, strict=False)}


def _combined(table: Table, hits: Sequence[Hit], frame: Frame) -> object:
    rows = [_row(table, hit.results) for hit in hits]
    if table.hit_policy not in ("COLLECT", "RULE ORDER", "OUTPUT ORDER"):
        return rows[0]
    if table.hit_policy != "COLLECT" or not table.aggregation:
        return rows
    return _aggregate(table, hits, frame)


def _aggregate(table: Table, hits: Sequence[Hit], frame: Frame) -> object:
    columns = [
        _aggregated(table.aggregation.lower(), [hit.results[at] for hit in hits], frame)
        for at in range(len(table.outputs))
    ]
    return _row(table, columns)


def _aggregated(name: str, values: list[object], frame: Frame) -> object:
    try:
        return BUILTINS[name].call(frame.evaluation.run, [values])
    except FeelTypeError as error:
        return frame.null(error.message)


# --- hit policies


def _unique(_table: Table, hits: Sequence[Hit], _frame: Frame) -> Sequence[Hit]:
    if len(hits) > 1:
        rules = ", ".join(hit.rule.rule_id for hit in hits)
        raise DecisionFault(f"Only one rule may match, but these do: {rules}.")
    return hits


def _first(_table: Table, hits: Sequence[Hit], _frame: Frame) -> Sequence[Hit]:
    return hits[:1]


def _any(_table: Table, hits: Sequence[Hit], _frame: Frame) -> Sequence[Hit]:
    first = list(hits[0].results)
    for hit in hits[1:]:
        if equal(first, list(hit.results)) is not True:
            raise DecisionFault(
                f"The rules {hits[0].rule.rule_id} and {hit.rule.rule_id} give different results."
            )
    return hits[:1]


def _priority(table: Table, hits: Sequence[Hit], frame: Frame) -> Sequence[Hit]:
    return _output_order(table, hits, frame)[:1]


def _output_order(table: Table, hits: Sequence[Hit], frame: Frame) -> Sequence[Hit]:
    orders = [_order_of_values(output, frame) for output in table.outputs]
    return sorted(
        hits,
        key=lambda hit: [
            _rank(value, order) for value, order in zip(hit.results, orders, strict=False)
        ],
    )


def _order_of_values(output: Output, frame: Frame) -> Sequence[object]:
    """Give the output's values, most wanted first; of its type if the column lists none."""
    if output.values is not None:
        values = frame.evaluation.value(output.values, frame.variables)
        return values if isinstance(values, list) else []
    return ()


def _rank(value: object, order: Sequence[object]) -> int:
    for place, candidate in enumerate(order):
        if equal(value, candidate) is True:
            return place
    return len(order)


def _all(_table: Table, hits: Sequence[Hit], _frame: Frame) -> Sequence[Hit]:
    return hits


_POLICIES: Mapping[str, Callable[[Table, Sequence[Hit], Frame], Sequence[Hit]]] = {
    "UNIQUE": _unique,
    "FIRST": _first,
    "ANY": _any,
    "PRIORITY": _priority,
    "OUTPUT ORDER": _output_order,
    "RULE ORDER": _all,
    "COLLECT": _all,
}
