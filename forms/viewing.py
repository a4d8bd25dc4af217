"""What a template needs to draw a form: every field with its answer, error and visibility."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from forms.cleaning import FieldError
from forms.dates import TAIPEI
from forms.expressions import compute
from forms.reading import RawValues
from forms.schema import Field, Form, Option, scope_of
from forms.validation import Evaluation, evaluate


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionView:
    """One answer to choose; `id` is that of its input."""

    id: str
    text: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldView:
    """One field to draw.

    Attributes:
        id: of the input, or of the fieldset around inputs; links of the summary aim at it.
        name: full name in HTML; "" for what is only shown.
        key: unique within the form, for hiding; also of fields without a name.
        value: the answer as text; "true" for a ticked checkbox.
        values: answers of a checklist, or file ids of a filepicker.
        text: of a `text` component.
        children: fields of a group.
        rows: of a dynamic list, in order.
    """

    id: str
    name: str
    key: str
    definition: Field
    value: str = ""
    values: tuple[str, ...] = ()
    text: str = ""
    options: tuple[OptionView, ...] = ()
    error: FieldError | None = None
    is_hidden: bool = False
    children: tuple["FieldView", ...] = ()
    rows: tuple[tuple["FieldView", ...], ...] = ()

    @property
    def type(self) -> str:
        """The form-js type."""
        return self.definition.type

    @property
    def label(self) -> str:
        """What the field is called."""
        return self.definition.label

    @property
    def is_optional(self) -> bool:
        """Tell whether the field is to be marked as optional."""
        part = self.definition
        if part.type == "dynamiclist":
            return part.min_count == 0 and not part.is_required
        needs_files = part.type == "filepicker" and part.min_count > 0
        return part.is_input and not (part.is_required or part.is_readonly or needs_files)


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorLink:
    """A line of the error summary.

    Attributes:
        row: counted from 1, of a field in a dynamic list; 0 elsewhere.
    """

    target_id: str
    label: str
    error: FieldError
    row: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class FormView:
    """A form to draw."""

    id: str
    title: str
    fields: tuple[FieldView, ...]
    summary: tuple[ErrorLink, ...]
    hidden: frozenset[str]
    has_files: bool


def initial_values(
    form: Form, *, context: Mapping[str, object], now: datetime
) -> dict[str, object]:
    """Compute what stands in a fresh form: prefills and defaults of the top scope.

    Args:
        form: its definition.
        context: what prefill expressions may name.
        now: the instant of `now()` and `today()`.
    """
    state = Evaluation(context=context, now=now)
    return {
        part.name: value
        for part in scope_of(form.components)
        if part.is_input and (value := state.initial(part)) is not None
    }


def view(
    form: Form,
    values: RawValues,
    errors: Mapping[str, FieldError],
    *,
    context: Mapping[str, object],
    now: datetime,
) -> FormView:
    """Prepare a form for its template.

    Args:
        form: its definition.
        values: raw or typed answers by name; those of `initial_values` for a fresh form.
        errors: of `validation.validate`, by full name; empty for a fresh form.
        context: what expressions may name beside the values.
        now: the instant of `now()` and `today()`.
    """
    state = evaluate(form, values, context=context, now=now)
    drawer = _Drawer(state=state, errors=errors, form_id=form.id.replace("/", "-"))
    fields = drawer.scope(form.components, values, "")
    return FormView(
        id=form.id,
        title=form.title,
        fields=fields,
        summary=tuple(_links(fields)),
        hidden=frozenset(drawer.hidden_ids),
        has_files=any(part.type == "filepicker" for part in _flat(fields)),
    )


def as_text(value: object) -> str:
    """Write a value as it stands in an input; days in ISO, instants in Taipei time."""
    if value is None or value is False:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(TAIPEI).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "true" if value is True else str(value)


class _Drawer:
    """Turns components and answers into field views."""

    def __init__(
        self, *, state: Evaluation, errors: Mapping[str, FieldError], form_id: str
    ) -> None:
        self._state = state
        self._errors = errors
        self._form_id = form_id
        self.hidden_ids: list[str] = []

    def scope(
        self, components: tuple[Field, ...], values: RawValues, prefix: str
    ) -> tuple[FieldView, ...]:
        return tuple(self._field(part, values, prefix) for part in components)

    def _field(self, part: Field, values: RawValues, prefix: str) -> FieldView:
        full = prefix + part.name if part.name else ""
        key = prefix + part.key
        answer = values.get(part.name) if part.name else None
        if part.is_readonly:
            answer = self._state.initial(part)
        is_hidden = key in self._state.hidden
        if is_hidden:
            self.hidden_ids.append(f"field-{key}")
        return FieldView(
            id=f"f-{key}",
            name=full,
            key=key,
            definition=part,
            value="" if isinstance(answer, list | Mapping) else as_text(answer),
            values=_texts(answer),
            text=self._text(part),
            options=self._options(part, answer, key),
            error=self._errors.get(full) if full else None,
            is_hidden=is_hidden,
            children=self._children(part, values, answer, prefix),
            rows=self._rows(part, answer, full),
        )

    def _text(self, part: Field) -> str:
        if part.type != "text" or not part.label.startswith("="):
            return part.label if part.type == "text" else ""
        names = {**self._state.context, **self._state.values}
        shown = compute(part.label[1:], names, now=self._state.now, name=part.key)
        return as_text(shown)

    def _options(self, part: Field, answer: object, key: str) -> tuple[OptionView, ...]:
        chosen = (
            {_option_text(item) for item in answer}
            if isinstance(answer, list)
            else {_option_text(answer)}
        )
        return tuple(
            OptionView(
                id=f"f-{key}-{number}",
                text=option.text,
                label=option.label,
                is_chosen=option.text in chosen,
            )
            for number, option in enumerate(self._options_of(part), start=1)
        )

    def _options_of(self, part: Field) -> tuple[Option, ...]:
        return self._state.options_of(part) if part.is_input else ()

    def _children(
        self, part: Field, values: RawValues, answer: object, prefix: str
    ) -> tuple[FieldView, ...]:
        if part.type != "group":
            return ()
        if not part.name:
            return self.scope(part.children, values, prefix)
        inner = answer if isinstance(answer, Mapping) else {}
        return self.scope(part.children, inner, f"{prefix}{part.name}-")

    def _rows(self, part: Field, answer: object, full: str) -> tuple[tuple[FieldView, ...], ...]:
        if part.type != "dynamiclist":
            return ()
        rows = answer if isinstance(answer, list) else []
        rows = rows or [{}] * part.min_count
        return tuple(
            self.scope(part.children, row if isinstance(row, Mapping) else {}, f"{full}-{index}-")
            for index, row in enumerate(rows)
        )


def _texts(answer: object) -> tuple[str, ...]:
    items = answer if isinstance(answer, list) else []
    return tuple(as_text(item) for item in items if not isinstance(item, Mapping))


def _option_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else as_text(value)


def _flat(fields: tuple[FieldView, ...]) -> list[FieldView]:
    found: list[FieldView] = []
    for part in fields:
        found.append(part)
        found += _flat(part.children)
        for row in part.rows:
            found += _flat(row)
    return found


def _links(fields: tuple[FieldView, ...]) -> list[ErrorLink]:
    return [
        ErrorLink(target_id=part.id, label=part.label, error=part.error, row=_row_number(part.name))
        for part in _flat(fields)
        if part.error is not None
    ]


def _row_number(name: str) -> int:
    indexes = [int(step) for step in name.split("-") if step.isdigit()]
    return indexes[-1] + 1 if indexes else 0
