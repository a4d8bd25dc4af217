"""What the pages of the form editor read and show: one field, its words in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from forms import editing
from forms.editing import Row
from forms.personal import RETENTION_CLASSES
from forms.schema import CHOICE_TYPES, CONTAINER_TYPES, INPUT_TYPES, SUBTYPES

ENGLISH = "en.json"
KINDS = (
    *("textfield", "textarea", "number", "datetime", "radio", "select", "checklist", "checkbox"),
    *("filepicker", "text", "separator", "group", "dynamiclist"),
)
"""Kinds of fields in the order in which they are offered."""

Posted = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldPage:
    """One field to edit.

    Attributes:
        asks: its answers belong to people: it has a key, may be required, may hold personal data.
        options: of a choice, one a line.
        english: English of its label and help text.
        values: what stands in the other inputs, by their names.
    """

    row: Row
    asks: bool
    is_choice: bool
    is_container: bool
    options: str
    english: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """What somebody wrote about a field.

    Attributes:
        answers: for `forms.editing.changed`.
        english: English by Chinese; "" takes an entry away.
    """

    answers: Mapping[str, Any]
    english: Mapping[str, str]


def field_page(schema: Mapping[str, Any], place: str, english: Mapping[str, str]) -> FieldPage:
    """Prepare one field for its form.

    Raises:
        FormPlaceMissing: nothing stands there.
    """
    row = editing.row(schema, place)
    return FieldPage(
        row=row,
        asks=row.kind in INPUT_TYPES,
        is_choice=row.kind in CHOICE_TYPES,
        is_container=row.kind in CONTAINER_TYPES,
        options=editing.write_options(row.component, english),
        english={"label": english.get(row.label, ""), "help": english.get(row.help, "")},
        values=_values(row.component),
    )


def read_change(posted: Posted, row: Row) -> FieldChange:
    """Read the form of one field; what its kind does not know is left out."""
    label, help_text = _text(posted, "label"), _text(posted, "help")
    answers: dict[str, Any] = {"label": label}
    english = {label: _text(posted, "label_en")}
    if row.kind != "text":
        answers["help"] = help_text
        english[help_text] = _text(posted, "help_en")
    if row.kind in INPUT_TYPES or row.kind == "dynamiclist":
        answers["key"] = _text(posted, "key")
        answers["is_required"] = "is_required" in posted
    answers["hide"] = _condition(_text(posted, "hide"))
    if row.kind in INPUT_TYPES:
        answers["is_variable"] = "true" if "is_variable" in posted else ""
        answers["retention"] = _one_of(posted.get("retention", ""), RETENTION_CLASSES)
    if row.kind in CHOICE_TYPES and "options" in posted:
        options = editing.read_options(posted["options"])
        if options.values or row.component.get("values"):
            answers["values"] = editing.keep_values(row.component, options)
        english |= options.english
    answers |= _bounds(posted, row.kind)
    return FieldChange(answers=answers, english={k: v for k, v in english.items() if k})


def english_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Read the English of a package; nothing if there is none, or it cannot be read."""
    try:
        found = orjson.loads(files.get(ENGLISH, b"{}"))
    except orjson.JSONDecodeError:
        return {}
    known = found.items() if isinstance(found, dict) else ()
    return {str(text): str(english) for text, english in known}


def with_english(english: Mapping[str, str], change: Mapping[str, str]) -> dict[str, str]:
    """Lay changed English over the English of a package; empty texts take entries away."""
    merged = {**english, **change}
    return {text: words for text, words in merged.items() if words}


_BOUNDS: Mapping[str, tuple[str, ...]] = {
    "textfield": ("min_length", "max_length"),
    "textarea": ("min_length", "max_length"),
    "number": ("minimum", "maximum"),
    "filepicker": ("min_count", "max_count"),
    "checklist": ("min_count", "max_count"),
    "dynamiclist": ("min_count", "max_count"),
}
_IN_PROPERTIES = frozenset({"min_count", "max_count"})


def bounds_of(kind: str) -> tuple[str, ...]:
    """Name the bounds that a kind of field knows, least first; none for most kinds."""
    return _BOUNDS.get(kind, ())


def _bounds(posted: Posted, kind: str) -> dict[str, Any]:
    """Read least and most; custom properties hold text, rules hold numbers."""
    found: dict[str, Any] = {}
    for name in bounds_of(kind):
        text = _text(posted, name)
        is_number = text.removeprefix("-").isdecimal() and name not in _IN_PROPERTIES
        found[name] = int(text) if is_number and len(text) < 12 else text
    if kind == "datetime":
        found["subtype"] = _one_of(posted.get("subtype", ""), SUBTYPES)
    return found


def _values(component: Mapping[str, Any]) -> Mapping[str, str]:
    rules, extra = _mapping(component, "validate"), _mapping(component, "properties")
    found = {
        "min_length": rules.get("minLength"),
        "max_length": rules.get("maxLength"),
        "minimum": rules.get("min"),
        "maximum": rules.get("max"),
        "min_count": extra.get("min"),
        "max_count": extra.get("max"),
        "retention": extra.get("retention"),
        "is_variable": extra.get("variable"),
        "hide": str(_mapping(component, "conditional").get("hide") or "").removeprefix("="),
        "subtype": component.get("subtype", "date"),
    }
    return {name: "" if value is None else str(value) for name, value in found.items()}


def _mapping(component: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = component.get(name)
    return found if isinstance(found, dict) else {}


def _text(posted: Posted, name: str) -> str:
    return posted.get(name, "").replace("\r\n", "\n").strip()


def _condition(text: str) -> str:
    return f"={text.removeprefix('=')}" if text else ""


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else ""
