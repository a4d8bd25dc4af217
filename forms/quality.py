"""What is wrong with a form, and what could be better: one finding a place, for editors."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from feel.errors import FeelError
from feel.parser import parse_expression
from forms import patterns, schema
from forms.errors import FormDefinitionInvalid
from forms.personal import RETENTION_CLASSES, asks_for_personal_data
from forms.schema import CHOICE_TYPES, CONTAINER_TYPES, INPUT_TYPES, SHOWN_TYPES
from forms.sentences import SENTENCES

KNOWN_TYPES = INPUT_TYPES | SHOWN_TYPES | CONTAINER_TYPES
DEEPEST = 8
"""Containers within containers; deeper ones are refused."""

_SEVERITY_BY_RULE: Mapping[str, str] = {
    "form-help-missing": "warning",
    "form-retention-missing": "warning",
    "form-english-missing": "warning",
    "form-field-gone": "warning",
    "form-shipped-field-gone": "warning",
}
"""All other findings are errors: the form could not be used."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_CONDITIONS = (
    ("conditional", "hide"),
    ("properties", "prefill"),
    ("properties", "earliest"),
    ("properties", "latest"),
    ("", "valuesExpression"),
)
_PAIRS = (("validate", "minLength", "maxLength"), ("validate", "min", "max"))
_COUNTS = (("properties", "min", "max"),)


@dataclass(frozen=True, kw_only=True, slots=True)
class FormFinding:
    """One finding of the check of a form.

    Attributes:
        element_id: id of the component, else its path; "" for the whole form.
        element_name: its label, else its key.
        rule: in kebab-case, one of those of this module.
        severity: "error" refuses the form, "warning" does not.
        params: what its sentence names; several things are parted by " / ".
    """

    element_id: str
    element_name: str
    rule: str
    severity: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def advice(self) -> str:
        """What is wrong, in English."""
        return SENTENCES[self.rule] % self.params


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """One component as it was written, sound or not.

    Attributes:
        raw: its mapping of the file.
        path: names of the lists and groups around it and its own, `lines.price`.
        is_top: its value belongs to the form itself, not to a row or a group of values.
    """

    raw: Mapping[str, object]
    kind: str
    key: str
    path: str
    is_top: bool

    @property
    def id(self) -> str:
        """What an editor marks."""
        return str(self.raw.get("id") or self.path)

    @property
    def label(self) -> str:
        """What people read."""
        names = ("text",) if self.kind == "text" else ("label", "dateLabel", "timeLabel")
        return next((str(self.raw[name]) for name in names if self.raw.get(name)), "")

    def part(self, holder: str) -> Mapping[str, object]:
        """One mapping within it, such as `validate`; itself for ""."""
        found = self.raw if not holder else self.raw.get(holder)
        return found if isinstance(found, Mapping) else {}

    def finding(self, rule: str, **params: object) -> FormFinding:
        """Report something about it."""
        return FormFinding(
            element_id=self.id,
            element_name=self.label or self.key or self.kind,
            rule=rule,
            severity=_SEVERITY_BY_RULE.get(rule, "error"),
            params={name: _written(value) for name, value in params.items()},
        )


def check_form(
    content: str | bytes, *, english: Mapping[str, str] | None = None
) -> tuple[FormFinding, ...]:
    """Check a form-js schema, in the order of the form.

    Args:
        content: the JSON text.
        english: English by text of the package; None leaves English unchecked.
    """
    form = _read(content)
    if form is None:
        return (_of_form("form-not-json"),)
    parts = tuple(components(form))
    found = [*_of_whole(form, parts), *_twice(parts)]
    for part in parts:
        found += _of_component(part)
        if english is not None:
            found += _untranslated(part, english)
    if not any(each.severity == "error" for each in found):
        found += _unusable(content)
    return tuple(found)


def field_names(content: str | bytes) -> frozenset[str]:
    """Name the answers that a form gives to its case; none for a form that cannot be read."""
    form = _read(content)
    asked = INPUT_TYPES | {"dynamiclist"}
    found = () if form is None else components(form)
    return frozenset(part.key for part in found if part.is_top and part.kind in asked and part.key)


def names_read(content: str | bytes) -> frozenset[str]:
    """Name what the conditions and computed values of a form read: answers and variables."""
    form = _read(content)
    found: set[str] = set()
    for part in () if form is None else components(form):
        for text in _feel_texts(part):
            found |= _names(text)
    return frozenset(found)


def gone(
    before: str | bytes,
    after: str | bytes,
    readers: Mapping[str, Iterable[str]],
    *,
    is_shipped: bool = False,
) -> tuple[FormFinding, ...]:
    """Tell which fields a change takes away although something reads them.

    Args:
        before: the form in service.
        after: the form as it is to be.
        readers: who reads a variable, in words, by its name.
        is_shipped: operations of the software may read every answer of the form.
    """
    form = _read(before)
    lost = field_names(before) - field_names(after)
    parts = () if form is None else components(form)
    return tuple(
        finding
        for part in parts
        if part.is_top and part.key in lost
        for finding in _missed(part, tuple(readers.get(part.key, ())), is_shipped)
    )


def components(form: Mapping[str, object]) -> Iterator[Component]:
    """Walk the components of a form, those of groups and lists after their holder."""
    yield from _walk(form.get("components"), "", 0, is_top=True)


def _missed(part: Component, readers: tuple[str, ...], is_shipped: bool) -> Iterator[FormFinding]:
    if readers:
        yield part.finding("form-field-gone", key=part.key, readers=readers)
    elif is_shipped:
        yield part.finding("form-shipped-field-gone", key=part.key)


def _read(content: str | bytes) -> Mapping[str, object] | None:
    try:
        found = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _walk(raw: object, prefix: str, depth: int, *, is_top: bool) -> Iterator[Component]:
    for each in raw if isinstance(raw, list) and depth <= DEEPEST else ():
        if not isinstance(each, dict):
            continue
        kind = str(each.get("type") or "")
        key = str(each.get("key" if kind in INPUT_TYPES else "path") or "")
        path = prefix + (key or str(each.get("id") or kind))
        part = Component(raw=each, kind=kind, key=key, path=path, is_top=is_top)
        yield part
        is_plain = kind == "group" and not key
        inner = prefix if is_plain else f"{path}."
        yield from _walk(each.get("components"), inner, depth + 1, is_top=is_top and is_plain)


def _written(value: object) -> str:
    return " / ".join(value) if isinstance(value, tuple) else str(value)


def _of_form(rule: str, **params: str) -> FormFinding:
    return FormFinding(element_id="", element_name="", rule=rule, severity="error", params=params)


def _of_whole(form: Mapping[str, object], parts: Iterable[Component]) -> Iterator[FormFinding]:
    if not form.get("id"):
        yield _of_form("form-without-id")
    if not any(part.kind in INPUT_TYPES for part in parts):
        yield _of_form("form-asks-nothing")


def _twice(parts: Iterable[Component]) -> Iterator[FormFinding]:
    seen: set[str] = set()
    for part in parts:
        if part.key and part.path in seen:
            yield part.finding("form-key-twice", key=part.key)
        seen.add(part.path)


def _of_component(part: Component) -> Iterator[FormFinding]:
    if part.kind not in KNOWN_TYPES:
        yield part.finding("form-type-unknown", type=part.kind or "?")
        return
    yield from _named(part)
    yield from _options(part)
    yield from _pattern(part)
    yield from _conditions(part)
    yield from _bounds(part)
    yield from _kept(part)


def _named(part: Component) -> Iterator[FormFinding]:
    needs_key = part.kind in INPUT_TYPES or part.kind == "dynamiclist"
    if (needs_key or part.key) and not _KEY.fullmatch(part.key):
        yield part.finding("form-key-name", key=part.key)
    if not part.label and part.kind not in SHOWN_TYPES | {"group"}:
        yield part.finding("form-label-missing", key=part.key)
    if part.kind == "filepicker" and not part.raw.get("description"):
        yield part.finding("form-help-missing")


def _options(part: Component) -> Iterator[FormFinding]:
    if part.kind not in CHOICE_TYPES:
        return
    values = part.raw.get("values")
    given = values if isinstance(values, list) else []
    known = [option for each in given if (option := schema.as_option(each)) is not None]
    if len(known) < len(given):
        yield part.finding("form-option-incomplete")
    if not given and not part.raw.get("valuesKey") and not part.raw.get("valuesExpression"):
        yield part.finding("form-options-empty")
    texts = [option.text for option in known]
    for text in dict.fromkeys(text for text in texts if texts.count(text) > 1):
        yield part.finding("form-option-twice", value=text)


def _pattern(part: Component) -> Iterator[FormFinding]:
    match patterns.fault(str(part.part("validate").get("pattern") or "")):
        case "":
            return
        case "slow" | "unsupported" as code:
            yield part.finding(f"form-pattern-{code}")
        case reason:
            yield part.finding("form-pattern-broken", reason=reason)


def _conditions(part: Component) -> Iterator[FormFinding]:
    for text in _feel_texts(part):
        yield from _condition(part, text)


def _feel_texts(part: Component) -> list[object]:
    """Give what must be FEEL, whatever was written there."""
    texts = [part.part(holder).get(name) for holder, name in _CONDITIONS]
    if key := part.raw.get("valuesKey"):
        texts.append(f"={key}")
    if part.kind == "text" and part.label.startswith("="):
        texts.append(part.label)
    return [text for text in texts if text not in (None, "")]


def _names(text: object) -> frozenset[str]:
    try:
        return parse_expression(str(text).removeprefix("=")).names
    except FeelError:
        return frozenset()


def _condition(part: Component, text: object) -> Iterator[FormFinding]:
    if not isinstance(text, str) or not text.startswith("="):
        yield part.finding("form-expression-without-sign", expression=str(text))
        return
    try:
        parse_expression(text[1:])
    except FeelError as error:
        yield part.finding("form-expression-broken", expression=text, reason=str(error))


def _bounds(part: Component) -> Iterator[FormFinding]:
    for holder, least, most in (*_PAIRS, *_COUNTS):
        low, high = (_number(part.part(holder).get(name)) for name in (least, most))
        if low is not None and high is not None and low > high:
            yield part.finding("form-bounds-crossed", least=low, most=high)
    is_fixed = part.raw.get("readonly") is True or part.raw.get("disabled") is True
    has_value = part.part("properties").get("prefill") or part.raw.get("defaultValue") is not None
    if is_fixed and part.kind in INPUT_TYPES and not has_value:
        yield part.finding("form-readonly-empty")
    if part.kind == "datetime" and part.raw.get("subtype", "date") not in schema.SUBTYPES:
        yield part.finding("form-subtype-unknown")


def _number(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def _kept(part: Component) -> Iterator[FormFinding]:
    """Hold a field against the rules about personal data."""
    given = str(part.part("properties").get("retention") or "")
    if given and given not in RETENTION_CLASSES:
        yield part.finding("form-retention-unknown", retention=given)
    is_fixed = part.raw.get("readonly") is True or part.raw.get("disabled") is True
    if part.kind not in INPUT_TYPES or is_fixed or given == "none":
        return
    if given or asks_for_personal_data(part.key, part.label):
        if not given:
            yield part.finding("form-retention-missing")
        if not part.raw.get("description") and part.kind != "filepicker":
            yield part.finding("form-help-missing")


def texts_of(part: Component) -> Iterator[str]:
    """Give every text of a component that people read."""
    yield part.label
    yield str(part.raw.get("description") or "")
    yield str(part.part("appearance").get("suffixAdorner") or "")
    yield str(part.part("validate").get("patternErrorMessage") or "")
    values = part.raw.get("values")
    for each in values if isinstance(values, list) else ():
        yield str(each.get("label") or "") if isinstance(each, Mapping) else ""


def _untranslated(part: Component, english: Mapping[str, str]) -> Iterator[FormFinding]:
    missing = [text for text in texts_of(part) if _CHINESE.search(text) and not english.get(text)]
    if missing:
        yield part.finding("form-english-missing", texts=tuple(dict.fromkeys(missing)))


def _unusable(content: str | bytes) -> Iterator[FormFinding]:
    """Report what only the reader of forms refuses."""
    try:
        schema.load(content)
    except FormDefinitionInvalid as refusal:
        yield _of_form("form-not-usable", reason=refusal.summary)
    except RecursionError:
        yield _of_form("form-not-json")
