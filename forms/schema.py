"""Form definitions: a form-js schema, read into typed fields and checked in itself."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from feel.errors import FeelError
from feel.parser import parse_expression
from forms import patterns
from forms.errors import FormDefinitionInvalid

CHOICE_TYPES = frozenset({"select", "radio", "checklist"})
INPUT_TYPES = frozenset(
    {"textfield", "textarea", "number", "datetime", "checkbox", "filepicker"} | CHOICE_TYPES
)
SHOWN_TYPES = frozenset({"text", "separator"})
CONTAINER_TYPES = frozenset({"group", "dynamiclist"})
SUBTYPES = ("date", "time", "datetime")
DEFAULT_MAX_ROWS = 50
DEFAULT_MAX_TEXT = {"textfield": 200, "textarea": 4000}
"""Longest texts in characters, where a definition sets no `maxLength`."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")

OptionValue = str | bool | int | Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One answer of a select, radio or checklist."""

    value: OptionValue
    label: str

    @property
    def text(self) -> str:
        """The value as it stands in HTML."""
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One component of a form.

    Attributes:
        type: the form-js type, one of the types of this module.
        name: key, or path of a group or dynamic list; "" for what is only shown.
        key: the name, or `_1`, `_2` ... for components without one; unique within its scope.
        label: what the field is called; for `text` its text, `=` begins FEEL.
        min_count, max_count: files of a filepicker, rows of a dynamic list, choices of a checklist.
        minimum, maximum: of a number.
        earliest, latest: FEEL for the bounds of a datetime, without `=`; "" for none.
        hide, prefill: FEEL without `=`; "" for none.
        options_from: FEEL for a list of {value, label} in the context; "" for fixed options.
        is_variable: the value becomes a process variable; all others stay in the record.
    """

    type: str
    name: str = ""
    key: str = ""
    label: str = ""
    help: str = ""
    is_required: bool = False
    is_readonly: bool = False
    is_variable: bool = False
    is_multiple: bool = False
    subtype: str = ""
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    pattern_message: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    earliest: str = ""
    latest: str = ""
    decimal_digits: int | None = None
    suffix: str = ""
    min_count: int = 0
    max_count: int | None = None
    accept: str = ""
    options: tuple[Option, ...] = ()
    options_from: str = ""
    default: object = None
    hide: str = ""
    prefill: str = ""
    children: tuple["Field", ...] = ()

    @property
    def is_input(self) -> bool:
        """Tell whether a person's answer belongs to it."""
        return self.type in INPUT_TYPES


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A form: its id, its title and its components in order."""

    id: str
    title: str
    components: tuple[Field, ...]

    def variable_names(self) -> frozenset[str]:
        """Name the top-level values that become process variables."""
        return frozenset(part.name for part in scope_of(self.components) if part.is_variable)


def scope_of(components: Iterable[Field]) -> Iterator[Field]:
    """Walk the named fields of one scope: groups without a path are looked into, others are not."""
    for component in components:
        if component.type == "group" and not component.name:
            yield from scope_of(component.children)
        elif component.name:
            yield component


def load(text: str | bytes) -> Form:
    """Read a form-js schema and check it in itself.

    Args:
        text: the JSON text.

    Raises:
        FormDefinitionInvalid: with all problems found.
    """
    try:
        schema = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise FormDefinitionInvalid("?", (f"not JSON: {error}",)) from error
    if not isinstance(schema, dict):
        raise FormDefinitionInvalid("?", ("not a JSON object",))
    reader = _Reader()
    components = reader.components(schema.get("components"), "")
    form_id = str(schema.get("id") or "")
    reader.check(bool(form_id), "the form has no id")
    reader.check(any(part.is_input for part in _walk(components)), "the form asks nothing")
    if reader.problems:
        raise FormDefinitionInvalid(form_id or "?", tuple(reader.problems))
    return Form(id=form_id, title=str(schema.get("title") or form_id), components=components)


def _walk(components: Iterable[Field]) -> Iterator[Field]:
    for component in components:
        yield component
        yield from _walk(component.children)


@dataclass(slots=True)
class _Reader:
    """Reads components and gathers every problem on the way."""

    problems: list[str] = field(default_factory=list)
    unnamed: int = 0

    def check(self, is_right: bool, problem: str) -> None:
        if not is_right:
            self.problems.append(problem)

    def components(self, raw: object, where: str) -> tuple[Field, ...]:
        if not isinstance(raw, list) or not all(isinstance(part, dict) for part in raw):
            self.problems.append(f"{where or 'the form'}: components must be a list of objects")
            return ()
        fields = tuple(self.component(part, where) for part in raw)
        names = [part.name for part in scope_of(fields)]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.problems.append(f"{where}{name}: this key is used twice")
        return fields

    def component(self, raw: Mapping[str, object], where: str) -> Field:
        kind = str(raw.get("type") or "")
        name = str(raw.get("key" if kind in INPUT_TYPES else "path") or "")
        here = where + (name or str(raw.get("id") or kind or "?"))
        known = kind in INPUT_TYPES | SHOWN_TYPES | CONTAINER_TYPES
        self.check(known, f"{here}: the type {kind or '?'} is not known")
        self._check_name(kind, name, here)
        rules, extra = _mapping(raw.get("validate")), _mapping(raw.get("properties"))
        label = _label(raw, kind)
        self.check(
            bool(label) or kind in SHOWN_TYPES | {"group"} or not known, f"{here}: it has no label"
        )
        children = (
            self.components(raw.get("components"), f"{here}.") if kind in CONTAINER_TYPES else ()
        )
        part = Field(
            type=kind,
            name=name,
            key=name or self._next_key(),
            label=label,
            help=str(raw.get("description") or ""),
            is_required=rules.get("required") is True,
            is_readonly=self._flag(raw, "readonly", here) or self._flag(raw, "disabled", here),
            is_variable=str(extra.get("variable", "")).lower() == "true",
            is_multiple=raw.get("multiple") is True,
            subtype=str(raw.get("subtype") or ("date" if kind == "datetime" else "")),
            min_length=self._count(rules, "minLength", here),
            max_length=self._count(rules, "maxLength", here) or DEFAULT_MAX_TEXT.get(kind),
            pattern=_pattern(rules),
            pattern_message=str(rules.get("patternErrorMessage") or ""),
            minimum=self._number(rules, "min", here),
            maximum=self._number(rules, "max", here),
            earliest=self._expression(extra, "earliest", here),
            latest=self._expression(extra, "latest", here),
            decimal_digits=self._count(raw, "decimalDigits", here),
            suffix=str(_mapping(raw.get("appearance")).get("suffixAdorner") or ""),
            min_count=self._count(extra, "min", here) or 0,
            max_count=self._count(extra, "max", here)
            or (DEFAULT_MAX_ROWS if kind == "dynamiclist" else None),
            accept=str(extra.get("accept") or raw.get("accept") or ""),
            options=self._options(raw, kind, here),
            options_from=self._options_from(raw, here),
            default=raw.get("defaultValue"),
            hide=self._expression(_mapping(raw.get("conditional")), "hide", here),
            prefill=self._expression(extra, "prefill", here),
            children=children,
        )
        self._check_field(part, here)
        return part

    def _next_key(self) -> str:
        self.unnamed += 1
        return f"_{self.unnamed}"

    def _check_name(self, kind: str, name: str, here: str) -> None:
        if kind in INPUT_TYPES or kind == "dynamiclist" or name:
            self.check(
                _NAME.fullmatch(name) is not None,
                f"{here}: the key must be letters, digits and _, beginning with a letter",
            )

    def _check_field(self, part: Field, here: str) -> None:
        if part.pattern and (problem := patterns.problem(part.pattern)):
            self.problems.append(f"{here}: {problem}")
        if part.type in CHOICE_TYPES:
            texts = [option.text for option in part.options]
            self.check(bool(texts or part.options_from), f"{here}: it has no options")
            self.check(len(set(texts)) == len(texts), f"{here}: an option is there twice")
        if part.type == "datetime":
            self.check(part.subtype in SUBTYPES, f"{here}: the subtype is not known")
        self.check(
            _in_order(part.min_length, part.max_length)
            and _in_order(part.minimum, part.maximum)
            and _in_order(part.min_count, part.max_count),
            f"{here}: a minimum is over its maximum",
        )
        if part.is_readonly and not part.prefill and part.default is None and part.is_input:
            self.problems.append(f"{here}: a read-only field needs properties.prefill")
        if part.type == "text" and part.label.startswith("="):
            self._parse(part.label[1:], "text", here)

    def _flag(self, raw: Mapping[str, object], key: str, here: str) -> bool:
        value = raw.get(key, False)
        self.check(isinstance(value, bool), f"{here}: {key} must be true or false")
        return value is True

    def _count(self, raw: Mapping[str, object], key: str, here: str) -> int | None:
        number = self._number(raw, key, here)
        if number is None:
            return None
        if number != int(number) or number < 0:
            self.problems.append(f"{here}: {key} must be a whole number of at least 0")
            return None
        return int(number)

    def _number(self, raw: Mapping[str, object], key: str, here: str) -> Decimal | None:
        value = raw.get(key)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or isinstance(value, bool):
            self.problems.append(f"{here}: {key} must be a number")
            return None
        return number

    def _options(self, raw: Mapping[str, object], kind: str, here: str) -> tuple[Option, ...]:
        values = raw.get("values", [])
        if kind not in CHOICE_TYPES or not isinstance(values, list):
            return ()
        options = [option for value in values if (option := as_option(value)) is not None]
        self.check(len(options) == len(values), f"{here}: an option needs a value and a label")
        return tuple(options)

    def _options_from(self, raw: Mapping[str, object], here: str) -> str:
        if key := raw.get("valuesKey"):
            return self._expression({"valuesKey": f"={key}"}, "valuesKey", here)
        return self._expression(raw, "valuesExpression", here)

    def _expression(self, raw: Mapping[str, object], key: str, here: str) -> str:
        """Read FEEL, which must begin with `=`; it is returned without it."""
        text = raw.get(key)
        if text is None or text == "":
            return ""
        if not isinstance(text, str) or not text.startswith("="):
            self.problems.append(f"{here}: {key} must be FEEL that begins with =")
            return ""
        return self._parse(text[1:], key, here)

    def _parse(self, expression: str, key: str, here: str) -> str:
        try:
            parse_expression(expression)
        except FeelError as error:
            self.problems.append(f"{here}: {key} is not FEEL: {error}")
        return expression


def as_option(value: object) -> Option | None:
    """Read a {value, label} mapping; None when it is none."""
    if not isinstance(value, Mapping):
        return None
    key, label = value.get("value"), value.get("label")
    if not isinstance(key, str | bool | int | Decimal) or not isinstance(label, str) or not label:
        return None
    return Option(value=key, label=label)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _label(raw: Mapping[str, object], kind: str) -> str:
    keys = {"text": ("text",), "datetime": ("label", "dateLabel", "timeLabel")}
    return next((str(raw[key]) for key in keys.get(kind, ("label",)) if raw.get(key)), "")


def _pattern(rules: Mapping[str, object]) -> str:
    named = {
        "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        "phone": r"^(09\d{2}-?\d{3}-?\d{3}|0\d{1,2}-?\d{6,8}(#\d{1,6})?)$",
    }
    return str(rules.get("pattern") or named.get(str(rules.get("validationType")), ""))


def _in_order(least: Decimal | int | None, most: Decimal | int | None) -> bool:
    return least is None or most is None or least <= most
