"""A posted HTML form becomes nested raw values; only what the form declares is looked at."""

import re
from collections.abc import Iterable, KeysView, Mapping
from typing import Protocol

from forms.schema import Field, Form, scope_of

RawValues = Mapping[str, object]
"""Names to text, bool, lists of text, or lists of rows; groups with a path are mappings."""


class PostedForm(Protocol):
    """What a web framework hands over: names with one or more texts each."""

    def getlist(self, key: str, /) -> list[str]:
        """Give all texts of a name, in order."""
        ...

    def keys(self) -> KeysView[str] | Iterable[str]:
        """Give the posted names."""
        ...


def read(form: Form, data: PostedForm) -> dict[str, object]:
    """Read a posted form.

    Rows of a dynamic list are named `<path>-<index>-<key>`, fields of a group with a path
    `<path>-<key>`; an index may be missing, the rows close up. A row is there when its hidden
    `<path>-<index>-_row` is, so that a row of unticked boxes is not lost.

    Returns:
        Raw values: text as typed, bool for checkboxes, lists of text for checklists and files.
    """
    return _scope(form.components, data, "")


def _scope(components: Iterable[Field], data: PostedForm, prefix: str) -> dict[str, object]:
    raw: dict[str, object] = {}
    for part in components:
        if part.type == "group" and not part.name:
            raw |= _scope(part.children, data, prefix)
        elif part.name:
            raw[part.name] = _value(part, data, prefix + part.name)
    return raw


def _value(part: Field, data: PostedForm, name: str) -> object:
    if part.type == "group":
        return _scope(part.children, data, f"{name}-")
    if part.type == "dynamiclist":
        return [_scope(part.children, data, f"{name}-{index}-") for index in _indexes(data, name)]
    texts = data.getlist(name)
    if part.type in ("checklist", "filepicker"):
        return [text for text in texts if text]
    if part.type == "checkbox":
        return any(text not in ("", "false") for text in texts)
    return texts[-1] if texts else ""


def _indexes(data: PostedForm, name: str) -> list[int]:
    row = re.compile(re.escape(name) + r"-(\d{1,4})-")
    return sorted({int(match[1]) for key in data.keys() if (match := row.match(key))})  # noqa: SIM118


def file_field(form: Form, name: str) -> Field | None:
    """Find the filepicker that a full HTML name (`photos`, `lines-0-photos`) belongs to."""
    components: Iterable[Field] = form.components
    *path, last = [part for part in name.split("-") if not part.isdigit()]
    for step in path:
        found = _named(components, step)
        if found is None or not found.children:
            return None
        components = found.children
    field = _named(components, last)
    return field if field is not None and field.type == "filepicker" else None


def _named(components: Iterable[Field], name: str) -> Field | None:
    return next((part for part in scope_of(components) if part.name == name), None)
