"""Changes to a form one by one, for people who do not drag and drop: pure functions.

A place is the way to a component by numbers from 0: `2-1` is the second component within the third.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.errors import FormInvalid, FormKeyInvalid, FormPlaceMissing
from forms.quality import DEEPEST
from forms.schema import CHOICE_TYPES, CONTAINER_TYPES, INPUT_TYPES, SHOWN_TYPES

_PLACE = re.compile(r"\d{1,3}(-\d{1,3}){0,7}")
_FORM_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}/[a-z][a-z0-9_]{0,40}")
_OPTION = re.compile(r"\s*\|\s*")
NEW_LABEL = "新欄位"
"""Label of a field that was just added; models are written in Chinese."""

PHOTOS = "image/jpeg,image/png,image/webp,image/heic,image/heif"
"""What a new field for photos takes."""

Schema = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A component in the list of an editor.

    Attributes:
        place: where it stands.
        depth: containers around it.
        is_first, is_last: among those of its container.
    """

    place: str
    depth: int
    kind: str
    key: str
    label: str
    help: str
    is_required: bool
    is_first: bool
    is_last: bool
    component: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a list of options says, one a line: value and words.

    Attributes:
        english: English words by Chinese words.
    """

    values: tuple[Mapping[str, str], ...] = ()
    english: Mapping[str, str] = field(default_factory=dict)


def parse(content: bytes) -> dict[str, Any]:
    """Read a form to change it.

    Raises:
        FormInvalid: it is no JSON object.
    """
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FormInvalid from error
    if not isinstance(schema, dict):
        raise FormInvalid
    return schema


def new(form_key: str, title: str) -> bytes:
    """Make a form with one text to begin with.

    Raises:
        FormKeyInvalid: the key is not `<package>/<form>` in small letters, digits and _.
    """
    if not _FORM_KEY.fullmatch(form_key):
        raise FormKeyInvalid(form_key)
    form_id = form_key.replace("/", "_")
    first = {"id": "field_note", "type": "textarea", "key": "note", "label": "說明"}
    return write({"type": "default", "id": form_id, "title": title, "components": [first]})


def titled(schema: Schema, title: str) -> Schema:
    """Give a form another title; without one it keeps its own."""
    return {**schema, "title": title} if title else schema


def write(schema: Schema) -> bytes:
    """Write a form as the packages hold it."""
    return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()


def rows(schema: Schema) -> tuple[Row, ...]:
    """List all components, those of a container after it."""
    return tuple(_rows(schema.get("components"), "", 0))


def row(schema: Schema, place: str) -> Row:
    """Find one component.

    Raises:
        FormPlaceMissing: nothing stands there.
    """
    found = next((each for each in rows(schema) if each.place == place), None)
    if found is None:
        raise FormPlaceMissing
    return found


def moved(schema: Schema, place: str, step: int) -> Schema:
    """Move a component up (-1) or down (1) within its container; at the end it stays.

    Raises:
        FormPlaceMissing: nothing stands there.
    """
    changed = copy.deepcopy(dict(schema))
    siblings, at = _find(changed, place)
    to = at + step
    if 0 <= to < len(siblings):
        siblings[at], siblings[to] = siblings[to], siblings[at]
    return changed


def removed(schema: Schema, place: str) -> Schema:
    """Take a component out, with all that is in it.

    Raises:
        FormPlaceMissing: nothing stands there.
    """
    changed = copy.deepcopy(dict(schema))
    siblings, at = _find(changed, place)
    del siblings[at]
    return changed


def added(schema: Schema, kind: str, container: str = "") -> tuple[Schema, str]:
    """Add a component at the end of the form, or of a container.

    Returns:
        The form, and the place of what was added.

    Raises:
        FormPlaceMissing: the container is gone, or the kind is not known.
    """
    changed = copy.deepcopy(dict(schema))
    if kind not in INPUT_TYPES | SHOWN_TYPES | CONTAINER_TYPES:
        raise FormPlaceMissing
    siblings = changed.setdefault("components", [])
    if container:
        holders, at = _find(changed, container)
        if holders[at].get("type") not in CONTAINER_TYPES:
            raise FormPlaceMissing
        siblings = holders[at].setdefault("components", [])
    siblings.append(_new(kind, _free_name(changed, kind)))
    place = f"{container}-{len(siblings) - 1}" if container else str(len(siblings) - 1)
    return changed, place


def changed(schema: Schema, place: str, answers: Mapping[str, Any]) -> Schema:
    """Change the properties of a component.

    Args:
        schema: the form.
        place: of the component.
        answers: by name as in `_SETTERS`; None and "" take a property away.

    Raises:
        FormPlaceMissing: nothing stands there.
    """
    result = copy.deepcopy(dict(schema))
    siblings, at = _find(result, place)
    component = siblings[at]
    for name, value in answers.items():
        holder, key = _SETTERS[name]
        _put(component, holder, _key_of(component, key), value)
    return result


def read_options(text: str) -> Options:
    """Read options one a line: `value | words | English`; a value may be left out.

    Words alone are value and words at once.
    """
    values: list[Mapping[str, str]] = []
    english: dict[str, str] = {}
    for line in text.splitlines():
        parts = [part.strip() for part in _OPTION.split(line.strip())]
        if not parts[0]:
            continue
        value, words = parts[0], parts[1] if len(parts) > 1 and parts[1] else parts[0]
        values.append({"value": value, "label": words})
        if len(parts) > 2 and parts[2]:
            english[words] = parts[2]
    return Options(values=tuple(values), english=english)


def write_options(component: Mapping[str, Any], english: Mapping[str, str]) -> str:
    """Write the options of a choice as `read_options` reads them."""
    values = component.get("values")
    lines = []
    for each in values if isinstance(values, list) else ():
        if isinstance(each, dict):
            words = str(each.get("label") or "")
            parts = [_plain(each.get("value")), words, english.get(words, "")]
            lines.append(" | ".join(parts).removesuffix(" | "))
    return "\n".join(lines)


def keep_values(component: Mapping[str, Any], options: Options) -> list[dict[str, Any]]:
    """Give the new options with the values that were no text before, such as true."""
    old = component.get("values")
    kept = {
        _plain(each.get("value")): each.get("value")
        for each in (old if isinstance(old, list) else ())
        if isinstance(each, dict)
    }
    return [
        {"value": kept.get(each["value"], each["value"]), "label": each["label"]}
        for each in options.values
    ]


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_SETTERS: Mapping[str, tuple[str, str]] = {
    "label": ("", "label"),
    "help": ("", "description"),
    "key": ("", "key"),
    "is_required": ("validate", "required"),
    "min_length": ("validate", "minLength"),
    "max_length": ("validate", "maxLength"),
    "minimum": ("validate", "min"),
    "maximum": ("validate", "max"),
    "pattern": ("validate", "pattern"),
    "hide": ("conditional", "hide"),
    "retention": ("properties", "retention"),
    "is_variable": ("properties", "variable"),
    "min_count": ("properties", "min"),
    "max_count": ("properties", "max"),
    "subtype": ("", "subtype"),
    "values": ("", "values"),
}


def _key_of(component: Mapping[str, Any], key: str) -> str:
    """Tell under which name a kind keeps a property."""
    kind = component.get("type")
    if key == "label" and kind == "text":
        return "text"
    if key == "label" and kind == "datetime" and "label" not in component:
        return "timeLabel" if component.get("subtype") == "time" else "dateLabel"
    return "path" if key == "key" and kind in CONTAINER_TYPES else key


def _put(component: dict[str, Any], holder: str, key: str, value: object) -> None:
    target = component if not holder else component.setdefault(holder, {})
    if not isinstance(target, dict):
        target = component[holder] = {}
    if value in (None, "", False):
        target.pop(key, None)
    else:
        target[key] = value
    if holder and not target:
        del component[holder]


def _rows(components: object, prefix: str, depth: int) -> Iterator[Row]:
    siblings = components if isinstance(components, list) and depth <= DEEPEST else []
    for at, each in enumerate(siblings):
        if not isinstance(each, dict):
            continue
        kind, place = str(each.get("type") or ""), f"{prefix}{at}"
        names = ("text",) if kind == "text" else ("label", "dateLabel", "timeLabel")
        yield Row(
            place=place,
            depth=depth,
            kind=kind,
            key=str(each.get("key" if kind in INPUT_TYPES else "path") or ""),
            label=next((str(each[name]) for name in names if each.get(name)), ""),
            help=str(each.get("description") or ""),
            is_required=_is_required(each),
            is_first=at == 0,
            is_last=at == len(siblings) - 1,
            component=each,
        )
        yield from _rows(each.get("components"), f"{place}-", depth + 1)


def _is_required(component: Mapping[str, Any]) -> bool:
    rules = component.get("validate")
    return isinstance(rules, dict) and rules.get("required") is True


def _find(schema: dict[str, Any], place: str) -> tuple[list[dict[str, Any]], int]:
    """Find the list that a component stands in, and its number there."""
    if not _PLACE.fullmatch(place):
        raise FormPlaceMissing
    *holders, last = (int(part) for part in place.split("-"))
    siblings = schema.get("components")
    for at in holders:
        siblings = _at(siblings, at).get("components")
    _at(siblings, last)
    return siblings if isinstance(siblings, list) else [], last


def _at(siblings: object, at: int) -> dict[str, Any]:
    if not isinstance(siblings, list) or at >= len(siblings):
        raise FormPlaceMissing
    found = siblings[at]
    if not isinstance(found, dict):
        raise FormPlaceMissing
    return found


def _free_name(schema: Schema, kind: str) -> str:
    taken = {each.key for each in rows(schema)} | {
        str(each.component.get("id")) for each in rows(schema)
    }
    numbers = range(1, len(taken) + 2)
    return next(name for number in numbers if (name := f"{kind}_{number}") not in taken)


def _new(kind: str, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {"id": f"field_{name}", "type": kind}
    if kind == "text":
        return {**made, "text": NEW_LABEL}
    if kind == "separator":
        return made
    made |= {"label": NEW_LABEL}
    if kind in CONTAINER_TYPES:
        return {**made, "components": [], **({"path": name} if kind == "dynamiclist" else {})}
    made |= {"key": name}
    if kind in CHOICE_TYPES:
        made["values"] = [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]
    if kind == "filepicker":
        made |= {"multiple": True, "accept": PHOTOS, "properties": {"max": "6"}}
    if kind == "datetime":
        made["subtype"] = "date"
    return made
