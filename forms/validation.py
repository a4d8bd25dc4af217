"""The server's check of a form: the same schema that draws it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from forms.cleaning import Bounds, FieldError, Refused, clean
from forms.expressions import compute
from forms.reading import RawValues
from forms.schema import Field, Form, Option, as_option, scope_of

MAX_ROUNDS = 10
"""Conditions may depend on fields that other conditions hide; this ends a circle."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """A checked form.

    Attributes:
        values: typed values by name: text, Decimal, bool, options' values, days, instants
            (aware, Asia/Taipei), lists of file ids, lists of rows. Hidden fields are not there.
        errors: one error a field, by its full name in HTML (`lines-0-price`).
        variables: the part of the values that becomes process variables.
    """

    values: Mapping[str, object]
    errors: Mapping[str, FieldError]
    variables: Mapping[str, object]

    @property
    def is_valid(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.errors


def validate(
    form: Form, raw: RawValues, *, context: Mapping[str, object], now: datetime
) -> Submission:
    """Check a form's raw values.

    Args:
        form: its definition.
        raw: from `reading.read`, or plain JSON values of another caller.
        context: what expressions may name beside the values.
        now: the instant of the check.

    Raises:
        ConditionFailed: an expression of the definition cannot be evaluated.
    """
    checked = evaluate(form, raw, context=context, now=now)
    names = form.variable_names()
    return Submission(
        values=checked.values,
        errors=checked.errors,
        variables={name: value for name, value in checked.values.items() if name in names},
    )


@dataclass(slots=True)
class Evaluation:
    """Values, errors and hidden fields of one look at a form, by full names."""

    context: Mapping[str, object]
    now: datetime
    values: dict[str, object] = field(default_factory=dict)
    errors: dict[str, FieldError] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def bounds_of(self, part: Field) -> Bounds:
        """Compute what an answer is held against."""
        return Bounds(
            options=self.options_of(part),
            earliest=self._compute(part.earliest, part) if part.earliest else None,
            latest=self._compute(part.latest, part) if part.latest else None,
        )

    def options_of(self, part: Field) -> tuple[Option, ...]:
        """Give the options of a choice, from the context where the definition says so."""
        if not part.options_from:
            return part.options
        found = self._compute(part.options_from, part)
        items = found if isinstance(found, list) else []
        return tuple(option for item in items if (option := as_option(item)) is not None)

    def initial(self, part: Field) -> object:
        """Give what stands in a field before anybody typed."""
        return self._compute(part.prefill, part) if part.prefill else part.default

    def _compute(self, expression: str, part: Field) -> object:
        return compute(expression, self.context, now=self.now, name=part.key)


def evaluate(
    form: Form, raw: RawValues, *, context: Mapping[str, object], now: datetime
) -> Evaluation:
    """Type every answer, find what is hidden, and drop its values and errors."""
    state = Evaluation(context=context, now=now)
    for _ in range(MAX_ROUNDS):
        state.errors = {}
        state.values = _scope(state, form.components, raw, "")
        hidden = frozenset(_hidden(state, form.components, state.values, ""))
        if hidden == state.hidden:
            break
        state.hidden = hidden
    return state


def _scope(
    state: Evaluation, components: Iterable[Field], raw: RawValues, prefix: str
) -> dict[str, object]:
    """Check one scope: the whole form, a group with a path, or a row."""
    components = tuple(components)
    values: dict[str, object] = {}
    for part in _shown(state, components, prefix):
        try:
            values[part.name] = _value(state, part, raw, prefix)
        except Refused as refused:
            state.errors[prefix + part.name] = refused.error
    declared = {part.name for part in scope_of(components)}
    for name in raw.keys() - declared:
        state.errors[prefix + name] = FieldError("undeclared")
    return values


def _shown(state: Evaluation, components: Iterable[Field], prefix: str) -> Iterator[Field]:
    for part in components:
        if prefix + part.key in state.hidden:
            continue
        if part.type == "group" and not part.name:
            yield from _shown(state, part.children, prefix)
        elif part.name:
            yield part


def _value(state: Evaluation, part: Field, raw: RawValues, prefix: str) -> object:
    name, answer = prefix + part.name, raw.get(part.name)
    if part.type == "group":
        return _scope(
            state, part.children, answer if isinstance(answer, Mapping) else {}, name + "-"
        )
    if part.type == "dynamiclist":
        return _rows(state, part, answer if isinstance(answer, list) else [], name)
    if part.is_readonly:
        answer = state.initial(part)
    return clean(part, answer, state.bounds_of(part))


def _rows(state: Evaluation, part: Field, rows: list[object], name: str) -> list[object]:
    if part.max_count is not None and len(rows) > part.max_count:
        state.errors[name] = FieldError("too_many_rows", {"max": part.max_count})
        return []
    least = max(part.min_count, int(part.is_required))
    if len(rows) < least:
        state.errors[name] = FieldError("too_few_rows", {"min": least})
    return [
        _scope(state, part.children, row if isinstance(row, Mapping) else {}, f"{name}-{index}-")
        for index, row in enumerate(rows)
    ]


def _hidden(
    state: Evaluation, components: Iterable[Field], values: Mapping[str, object], prefix: str
) -> Iterator[str]:
    for part in components:
        names = {**state.context, **state.values, **values}
        if part.hide and compute(part.hide, names, now=state.now, name=part.key) is True:
            yield prefix + part.key
            continue
        yield from _hidden_inside(state, part, values, prefix)


def _hidden_inside(
    state: Evaluation, part: Field, values: Mapping[str, object], prefix: str
) -> Iterator[str]:
    if part.type == "group" and not part.name:
        yield from _hidden(state, part.children, values, prefix)
    elif part.type == "group":
        inner = values.get(part.name)
        inner = inner if isinstance(inner, Mapping) else {}
        yield from _hidden(state, part.children, inner, f"{prefix}{part.name}-")
    elif part.type == "dynamiclist":
        rows = values.get(part.name)
        for index, row in enumerate(rows if isinstance(rows, list) else []):
            yield from _hidden(state, part.children, row, f"{prefix}{part.name}-{index}-")
