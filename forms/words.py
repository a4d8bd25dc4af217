"""Answers as people read them: for case pages, letters and prints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from forms.dates import parse_day, parse_instant, parse_time
from forms.schema import Field, Form, Option, scope_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answered field.

    Attributes:
        label: of the field.
        value: the stored value; words of the option for choices.
        file_ids: of a filepicker.
        rows: of a dynamic list, each a tuple of answers.
    """

    label: str
    value: str | bool | date | datetime | time | None = None
    suffix: str = ""
    file_ids: tuple[str, ...] = ()
    rows: tuple[tuple["Answer", ...], ...] = ()


def answers(
    form: Form, values: Mapping[str, object], *, separator: str = "、"
) -> tuple[Answer, ...]:
    """Put stored values of a form into words, in the order of the form; empty ones are left out.

    Args:
        form: its definition.
        values: what was stored, by name.
        separator: what stands between several choices of one field.
    """
    return tuple(_scope(form.components, values, separator))


def _scope(
    components: Iterable[Field], values: Mapping[str, object], separator: str
) -> Iterable[Answer]:
    for part in scope_of(components):
        value = values.get(part.name)
        if value in (None, "", [], {}):
            continue
        if part.type == "group" and isinstance(value, Mapping):
            yield from _scope(part.children, value, separator)
        elif part.type == "dynamiclist" and isinstance(value, list):
            rows = tuple(tuple(_scope(part.children, row, separator)) for row in value)
            yield Answer(label=part.label, rows=rows)
        else:
            yield _answer(part, value, separator)


def _answer(part: Field, value: object, separator: str) -> Answer:
    if part.type == "filepicker" and isinstance(value, list):
        return Answer(label=part.label, file_ids=tuple(str(item) for item in value))
    if part.type == "checkbox":
        return Answer(label=part.label, value=value is True)
    if part.type == "datetime":
        return Answer(label=part.label, value=_moment(part, value))
    items = value if isinstance(value, list) else [value]
    words = [_option_label(part.options, item) for item in items]
    return Answer(label=part.label, value=separator.join(words), suffix=part.suffix)


def _moment(part: Field, value: object) -> date | datetime | time | str:
    """Read a stored day or instant; it was checked when it came."""
    if isinstance(value, date | time):
        return value
    read = {"date": parse_day, "time": parse_time, "datetime": parse_instant}[part.subtype]
    return read(str(value)) or str(value)


def _option_label(options: tuple[Option, ...], value: object) -> str:
    texts = {option.text: option.label for option in options}
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return texts.get(text, text)
