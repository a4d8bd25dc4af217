"""Which inputs of a decision table no rule covers, and which several rules cover.

Cells are tried out on sample values: every value that a column names, one between each two
neighbours and one beyond each end. So the answer holds for cells that compare with literals; a
column with any other cell (names of other inputs, functions of the value) is left alone, and the
table then says so instead of guessing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cmp_to_key
from itertools import pairwise

from engine.dmn.elements import Input, Table
from feel.budget import Budget
from feel.comparison import less
from feel.compiler.base import Scope, compile_node
from feel.errors import FeelError
from feel.evaluator import Evaluation
from feel.nodes import HalfRange, Node, RangeOf, UnaryTests
from feel.values import quoted, to_text

MOST_COMBINATIONS = 50_000
MOST_FINDINGS = 20
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_BUDGET = Budget(steps=1_000_000)
_OTHER_TEXT = "\u2026"
_ONE_HIT = frozenset({"UNIQUE", "ANY"})
_MAY_BE_EMPTY = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})
"""Hit policies that answer with all that match: nothing is an answer, too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A set of inputs, in words, with the rules that match there.

    Attributes:
        example: such as `category = "gas"; amount > 100`.
        rules: numbers of the rules, from 1; none for a gap.
    """

    example: str
    rules: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sample:
    """One value to try, and the part of the column it stands for."""

    value: object
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """Sample values of one column on which the same rules match, as a bit mask of rules."""

    words: tuple[str, ...]
    rules: int


class NotAnalysable(Exception):
    """A cell of this column compares with something else than literals."""


def find_gaps(table: Table) -> list[Finding]:
    """Find inputs that no rule covers.

    None when the table has default outputs, or collects whatever matches.

    Raises:
        NotAnalysable: a column cannot be tried out, or the table is too large.
    """
    has_default = any(output.default is not None for output in table.outputs)
    if has_default or table.hit_policy in _MAY_BE_EMPTY:
        return []
    columns = _columns(table)
    found = [choice for choice, rules in _combinations(columns, table) if not rules]
    return [Finding(example=_words(each, columns, table)) for each in _merged(found, columns)]


def find_overlaps(table: Table) -> list[Finding]:
    """Find inputs on which several rules match although the hit policy wants one answer.

    Rules of an ANY table may overlap when their outputs are written alike.

    Raises:
        NotAnalysable: a column cannot be tried out, or the table is too large.
    """
    if table.hit_policy not in _ONE_HIT:
        return []
    columns = _columns(table)
    found: dict[int, list[tuple[int, ...]]] = {}
    for choice, rules in _combinations(columns, table):
        if rules & (rules - 1) and _is_wrong(rules, table):
            found.setdefault(rules, []).append(choice)
    return [
        Finding(example=_words(each, columns, table), rules=_numbers(rules))
        for rules, choices in found.items()
        for each in _merged(choices, columns)[:1]
    ][:MOST_FINDINGS]


def _is_wrong(rules: int, table: Table) -> bool:
    if table.hit_policy == "UNIQUE":
        return True
    hits = (table.rules[number - 1] for number in _numbers(rules))
    return len({tuple(result.text for result in hit.results) for hit in hits}) > 1


def _numbers(rules: int) -> tuple[int, ...]:
    return tuple(at + 1 for at in range(rules.bit_length()) if rules >> at & 1)


def _columns(table: Table) -> list[list[_Part]]:
    evaluation = Evaluation(now=_NOW, budget=_BUDGET)
    return [_parts(at, column, table, evaluation) for at, column in enumerate(table.inputs)]


def _parts(at: int, column: Input, table: Table, evaluation: Evaluation) -> list[_Part]:
    """Put sample values together that the same rules match."""
    tests = [rule.tests[at] for rule in table.rules]
    words_by_rules: dict[int, list[str]] = {}
    for sample in _samples(column, [test for test in tests if test is not None], evaluation):
        rules = 0
        for number, test in enumerate(tests):
            if test is not None and evaluation.passes(test, sample.value, {}) is True:
                rules |= 1 << number
        words_by_rules.setdefault(rules, []).append(sample.words)
    return [_Part(words=tuple(words), rules=rules) for rules, words in words_by_rules.items()]


def _samples(column: Input, tests: Sequence[UnaryTests], evaluation: Evaluation) -> list[_Sample]:
    given = [*tests, column.allowed] if column.allowed is not None else [*tests]
    named = [value for test in given for value in _named(test, column, evaluation)]
    values = [value for value in named if value is not None]
    nulls = [_Sample(value=None, words="null")] if len(values) < len(named) else []
    samples = [*nulls, *_of_kind(values, column)]
    if column.allowed is None:
        return samples
    allowed = column.allowed
    return [each for each in samples if evaluation.passes(allowed, each.value, {}) is True]


def _named(test: UnaryTests, column: Input, evaluation: Evaluation) -> Iterator[object]:
    """Give the values that a cell compares with."""
    if test.text.strip() == "-":
        return
    if test.names:
        raise NotAnalysable(column.label)
    for node in test.tests:
        for end in _ends(node):
            try:
                value = compile_node(end)(Scope({}, None, evaluation.run))
            except FeelError as error:
                raise NotAnalysable(column.label) from error
            if isinstance(value, list) or not isinstance(value, _KINDS):
                raise NotAnalysable(column.label)
            yield value


def _ends(node: Node) -> tuple[Node, ...]:
    if isinstance(node, HalfRange):
        return (node.end,)
    return (node.low, node.high) if isinstance(node, RangeOf) else (node,)


def _of_kind(values: Sequence[object], column: Input) -> list[_Sample]:
    if column.type_ref == "boolean" or any(isinstance(value, bool) for value in values):
        return [_Sample(value=value, words=f"= {to_text(value)}") for value in (True, False)]
    if not values:
        return [_Sample(value=None, words="")]
    if all(isinstance(value, str) for value in values):
        unique = dict.fromkeys(map(str, values))
        texts = [_Sample(value=text, words=f"= {quoted(text)}") for text in unique]
        return [*texts, _Sample(value=_OTHER_TEXT, words="is any other text")]
    if len({type(value) for value in values}) > 1:
        raise NotAnalysable(column.label)
    return _of_scale(_sorted(values))


def _sorted(values: Sequence[object]) -> list[object]:
    unique = list(dict.fromkeys(values))
    return sorted(unique, key=cmp_to_key(lambda one, other: -1 if less(one, other) else 1))


def _of_scale(values: Sequence[object]) -> list[_Sample]:
    """Sample a scale: below, at and above each value."""
    below, above, between = _NEIGHBOURS[type(values[0])]
    samples = [_Sample(value=below(values[0]), words=f"< {to_text(values[0])}")]
    for low, high in pairwise([*values, None]):
        samples.append(_Sample(value=low, words=f"= {to_text(low)}"))
        middle = above(low) if high is None else between(low, high)
        if middle is not None:
            words = f"> {to_text(low)}" if high is None else f"in ({to_text(low)}..{to_text(high)})"
            samples.append(_Sample(value=middle, words=words))
    return samples


def _middle_day(low: date, high: date) -> date | None:
    return low + timedelta(days=1) if (high - low).days > 1 else None


_DAY = timedelta(days=1)
_NEIGHBOURS: dict[type, tuple[Callable[..., object], Callable[..., object], Callable[..., object]]]
_NEIGHBOURS = {
    Decimal: (lambda x: x - 1, lambda x: x + 1, lambda low, high: (low + high) / 2),
    date: (lambda x: x - _DAY, lambda x: x + _DAY, _middle_day),
    datetime: (lambda x: x - _DAY, lambda x: x + _DAY, lambda low, high: low + (high - low) / 2),
    timedelta: (lambda x: x - _DAY, lambda x: x + _DAY, lambda low, high: (low + high) / 2),
}
_KINDS: tuple[type, ...] = (str, bool, type(None), *_NEIGHBOURS)


def _combinations(
    columns: Sequence[Sequence[_Part]], table: Table
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Give every choice of one part a column, with the rules that match there."""
    size = 1
    for column in columns:
        size *= max(1, len(column))
    if size > MOST_COMBINATIONS:
        raise NotAnalysable("the table is too large")
    found: list[tuple[tuple[int, ...], int]] = [((), (1 << len(table.rules)) - 1)]
    for column in columns:
        found = [
            ((*choice, at), rules & part.rules)
            for choice, rules in found
            for at, part in enumerate(column)
        ]
    yield from found


def _merged(
    choices: Sequence[tuple[int, ...]], columns: Sequence[Sequence[_Part]]
) -> list[tuple[frozenset[int], ...]]:
    """Put choices together that differ in one column only."""
    boxes = [tuple(frozenset({at}) for at in choice) for choice in choices]
    for column in range(len(columns)):
        grouped: dict[tuple[frozenset[int], ...], frozenset[int]] = {}
        for box in boxes:
            rest = (*box[:column], *box[column + 1 :])
            grouped[rest] = grouped.get(rest, frozenset()) | box[column]
        boxes = [(*rest[:column], ats, *rest[column:]) for rest, ats in grouped.items()]
    return boxes[:MOST_FINDINGS]


def _words(
    box: tuple[frozenset[int], ...], columns: Sequence[Sequence[_Part]], table: Table
) -> str:
    """Say a box; a column where anything goes is left out."""
    said = []
    for ats, column, head in zip(box, columns, table.inputs, strict=True):
        if len(ats) == len(column):
            continue
        words = [text for at in sorted(ats) for text in column[at].words]
        said.append(f"{head.label} {' or '.join(words)}")
    return "; ".join(said) or "any input"
