"""What differs between two form definitions, field by field."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

_LIMITS = (
    "min",
    "max",
    "minLength",
    "maxLength",
    "pattern",
    "patternErrorMessage",
    "validationType",
)
_KINDS: Mapping[str, str] = {
    "description": "field-help",
    "type": "field-type",
    "key": "field-key",
    "path": "field-key",
    "text": "field-text",
    "defaultValue": "field-default",
    "valuesExpression": "field-options-source",
    "valuesKey": "field-options-source",
    "validate.required": "field-required",
    "conditional.hide": "field-condition",
    "properties.variable": "field-variable",
    "properties.prefill": "field-prefill",
    "readonly": "field-readonly",
    "disabled": "field-readonly",
    "appearance.suffixAdorner": "field-unit",
    "decimalDigits": "field-limit",
    **{f"validate.{name}": "field-limit" for name in _LIMITS},
    **{f"properties.{name}": "field-limit" for name in ("min", "max", "earliest", "latest")},
    "properties.accept": "field-limit",
    "accept": "field-limit",
}
"""Settings of a field that have a sentence of their own."""

_ELSEWHERE = frozenset({"id", "label", "components", "values", "layout"})
_FORM_ELSEWHERE = frozenset({"components", "exporter", "executionPlatform", "schemaVersion"})
_FORM_ELSEWHERE |= {"executionPlatformVersion", "type", "id", "title", "$schema"}


@dataclass(frozen=True, kw_only=True, slots=True)
class FormChange:
    """One difference between two versions of a form.

    Attributes:
        kind: "field-added", "field-required" ...
        field_id: id of the field in the new version, of a removed one in the old version.
        field_name: its label.
        setting: which of several: name of a limit, value of an option.
        before, after: values as texts, "" for none.
        notes: of an added field what a reader wants to know, by name.
    """

    kind: str
    field_id: str = ""
    field_name: str = ""
    field_type: str = ""
    setting: str = ""
    before: str = ""
    after: str = ""
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """One component with its settings by dotted name."""

    id: str
    key: str
    type: str
    label: str
    group: str
    settings: Mapping[str, str]
    options: Mapping[str, str]
    layout: str


def title_of(content: bytes) -> str:
    """Read the title of a form, "" if it has none or is unreadable."""
    try:
        schema = json.loads(content)
    except ValueError:
        return ""
    return str(schema.get("title") or "") if isinstance(schema, dict) else ""


def compare_forms(before: bytes, after: bytes) -> list[FormChange]:
    """Compare two form-js schemas; a field is the same by its id, else by its key.

    Returns:
        Changes in the order of the new form, removed fields after that.

    Raises:
        ValueError: one of them is no JSON object.
    """
    old_schema, new_schema = _schema(before), _schema(after)
    old, new = _parts(old_schema), _parts(new_schema)
    same = _pairs(old, new)
    former = {now: was for was, now in same.items()}
    found = list(_form_changes(old_schema, new_schema))
    for key, part in new.items():
        if key in former:
            found.extend(_compared(old[former[key]], part, same))
        else:
            found.append(replace(_change("field-added", part), notes=_notes(part)))
    gone = (part for key, part in old.items() if key not in same)
    found.extend(replace(_change("field-removed", part), notes=_notes(part)) for part in gone)
    found.extend(_order(old, new, same))
    return found


def _schema(content: bytes) -> Mapping[str, object]:
    schema = json.loads(content)
    if isinstance(schema, dict):
        return schema
    raise ValueError("not a JSON object")


def _form_changes(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[FormChange]:
    titles = str(old.get("title") or ""), str(new.get("title") or "")
    if titles[0] != titles[1]:
        yield FormChange(kind="form-title", before=titles[0], after=titles[1])
    for name in dict.fromkeys((*old, *new)):
        was, now = _said(old.get(name)), _said(new.get(name))
        if name not in _FORM_ELSEWHERE and was != now:
            yield FormChange(kind="form-setting", setting=name, before=was, after=now)


def _parts(schema: Mapping[str, object]) -> dict[str, _Part]:
    found: dict[str, _Part] = {}
    for part in _walk(schema.get("components"), ""):
        key = part.id
        while key in found:  # a copy that kept its id: both are compared
            key += "+"
        found[key] = replace(part, id=key)
    return found


def _walk(components: object, group: str) -> Iterator[_Part]:
    for at, raw in enumerate(components if isinstance(components, list) else []):
        if isinstance(raw, dict):
            part = _part(raw, group, f"{group}/{at}")
            yield part
            yield from _walk(raw.get("components"), part.id)


def _part(raw: Mapping[str, object], group: str, place: str) -> _Part:
    key = str(raw.get("key") or raw.get("path") or "")
    values = raw.get("values")
    options = (
        [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []
    )
    flat = dict(_flat(raw, ""))
    return _Part(
        id=str(raw.get("id") or key or place),
        key=f"{group}.{key}" if key else "",
        type=str(raw.get("type") or ""),
        label=" ".join(str(raw.get("label") or "").split()),
        group=group,
        settings={name: text for name, text in flat.items() if text},
        options={_said(each.get("value")): _said(each.get("label")) for each in options},
        layout=_said(raw.get("layout")),
    )


def _flat(raw: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    """Give the settings by dotted name; false, null and empty ones count as absent."""
    for name, value in raw.items():
        if not prefix and name in _ELSEWHERE:
            continue
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _said(value)


def _said(value: object) -> str:
    if value is None or value is False or value == "":
        return ""
    if isinstance(value, str):
        return value.strip()
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _pairs(old: Mapping[str, _Part], new: Mapping[str, _Part]) -> dict[str, str]:
    """Give the new id of each old field that is still there."""
    same = {key: key for key in old if key in new}
    free = {part.key: part.id for part in new.values() if part.id not in same and part.key}
    for part in old.values():
        if part.id not in same and part.key in free:
            same[part.id] = free.pop(part.key)
    return same


def _change(kind: str, part: _Part) -> FormChange:
    return FormChange(kind=kind, field_id=part.id, field_name=_name(part), field_type=part.type)


def _name(part: _Part) -> str:
    return part.label or part.settings.get("text", "") or part.key.rpartition(".")[2] or part.id


def _notes(part: _Part) -> tuple[tuple[str, str], ...]:
    found = {
        "required": part.settings.get("validate.required", ""),
        "key": part.key.rpartition(".")[2],
        "condition": part.settings.get("conditional.hide", ""),
        "options": "、".join(part.options.values()),
    }
    return tuple((name, text) for name, text in found.items() if text)


def _compared(old: _Part, new: _Part, same: Mapping[str, str]) -> Iterator[FormChange]:
    base = _change("", new)
    if old.label != new.label:
        yield replace(
            base, kind="field-label", field_name=_name(old), before=old.label, after=new.label
        )
    for name in dict.fromkeys((*old.settings, *new.settings)):
        was, now = old.settings.get(name, ""), new.settings.get(name, "")
        if was != now:
            kind = _KINDS.get(name, "field-setting")
            yield replace(base, kind=kind, setting=name, before=was, after=now)
    yield from _options(old, new, base)
    if same.get(old.group, old.group) != new.group:
        yield replace(base, kind="field-group", before=old.group, after=new.group)
    if old.layout != new.layout:
        yield replace(base, kind="field-layout")


def _options(old: _Part, new: _Part, base: FormChange) -> Iterator[FormChange]:
    for value, label in new.options.items():
        if value not in old.options:
            yield replace(base, kind="option-added", setting=value, after=label)
        elif old.options[value] != label:
            yield replace(
                base, kind="option-label", setting=value, before=old.options[value], after=label
            )
    for value, label in old.options.items():
        if value not in new.options:
            yield replace(base, kind="option-removed", setting=value, before=label)
    for value in _moved(list(old.options), list(new.options)):
        yield replace(base, kind="option-order", setting=value, after=new.options[value])


def _order(
    old: Mapping[str, _Part], new: Mapping[str, _Part], same: Mapping[str, str]
) -> Iterator[FormChange]:
    """Tell which fields stand at another place among those that stayed in their group."""
    kept = [
        key for key in old if key in same and same.get(old[key].group, "") == new[same[key]].group
    ]
    for group in dict.fromkeys(old[key].group for key in kept):
        before = [same[key] for key in kept if old[key].group == group]
        for key in _moved(before, list(new)):
            yield _change("field-order", new[key])


def _moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Name the items that both lists hold and that stand at another place; the fewest possible."""
    places = {item: at for at, item in enumerate(before)}
    common = [item for item in after if item in places]
    tails: list[int] = []
    lengths: list[int] = []
    for item in common:
        length = bisect_left(tails, places[item])
        tails[length : length + 1] = [places[item]]
        lengths.append(length)
    wanted, kept = len(tails) - 1, set()
    for item, length in zip(reversed(common), reversed(lengths), strict=True):
        if length == wanted:
            kept.add(item)
            wanted -= 1
    return [item for item in common if item not in kept]
