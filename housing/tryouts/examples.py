"""Example values for a form: as a scenario fills it in, else made up from the form itself."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.calendar import TAIPEI
from forms import patterns
from forms.schema import Field, Form, OptionValue, scope_of
from forms.validation import evaluate
from forms.viewing import initial_values

ROUNDS = 4
"""Answers may show further fields; after so many looks the rest is left to the person."""

TEXTS = (
    "範例",
    "範例內容，供試跑使用。",
    "0912345678",
    "sample@example.org",
    "A123456789",
    "12345678",
    "12345",
    "123456789012",
    "1",
    "ABC-1234",
)
"""Texts of which the first that a field accepts is taken."""

Values = Mapping[str, Any]


def fill(form: Form, known: Values, *, context: Mapping[str, object], now: datetime) -> Values:
    """Give a form's example values: prefills, then the known ones, then made-up ones.

    Args:
        form: its definition.
        known: answers of a scenario to the same form; those that are refused now are replaced.
        context: what its expressions may name.
        now: where the clock stands.

    Raises:
        FormInvalid: an expression of the form fails.
    """
    declared = {part.name: part for part in scope_of(form.components)}
    values: dict[str, Any] = {
        **initial_values(form, context=context, now=now),
        **{name: _own(declared[name], value) for name, value in known.items() if name in declared},
    }
    for _ in range(ROUNDS):
        state = evaluate(form, values, context=context, now=now)
        wrong = {name.partition("-")[0] for name in state.errors} & declared.keys()
        if not wrong:
            return {**values, **state.values}  # typed, so that days stand in their inputs
        for name in wrong:
            options = state.options_of(declared[name])
            values[name] = _make(declared[name], [each.value for each in options], now)
    return values


def from_scenarios(
    scenarios: Iterable[Mapping[str, Any]], kind: str, subject: str
) -> Mapping[str, Any] | None:
    """Find the first act of a kind about a subject in scenarios, as in their files.

    Args:
        scenarios: those whose answers fit best come first.
        kind: complete, message, do or start.
        subject: element, message or verb; "" for a start.
    """
    for raw in scenarios:
        for when in _acts(raw):
            if kind in when and (kind == "start" or when[kind] == subject):
                return when
    return None


def answers_of(when: Mapping[str, Any] | None) -> Values:
    """Read the answers of an act; nothing for none."""
    if when is None:
        return {}
    start = when.get("start")
    found = start.get("values") if isinstance(start, Mapping) else when.get("with")
    return found if isinstance(found, Mapping) else {}


def _acts(raw: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    given = raw.get("given")
    if isinstance(given, Mapping) and "start" in given:
        yield {"start": given["start"]}
    for step in raw.get("steps") or ():
        if isinstance(step, Mapping) and isinstance(step.get("when"), Mapping):
            yield step["when"]


def _own(part: Field, value: object) -> object:
    """Number the photos of an answer from 1: a form offers the first ones."""
    if part.type == "filepicker" and isinstance(value, list):
        return [f"photo:{number + 1}" for number in range(len(value))]
    return value


def _make(part: Field, options: list[OptionValue], now: datetime) -> object:
    makers: Mapping[str, Callable[[], object]] = {
        "number": lambda: _number(part),
        "datetime": lambda: _moment(part, now),
        "checkbox": lambda: True,
        "radio": lambda: options[0] if options else "",
        "select": lambda: options[0] if options else "",
        "checklist": lambda: options[: max(part.min_count, 1)],
        "filepicker": lambda: [f"photo:{number + 1}" for number in range(max(part.min_count, 1))],
        "dynamiclist": lambda: [_row(part, now) for _ in range(max(part.min_count, 1))],
        "group": lambda: _row(part, now),
    }
    return makers.get(part.type, lambda: _text(part))()


def _row(part: Field, now: datetime) -> dict[str, Any]:
    return {
        each.name: _make(each, [option.value for option in each.options], now)
        for each in scope_of(part.children)
        if each.is_required or each.min_count
    }


def _number(part: Field) -> int | str:
    least = part.minimum if part.minimum is not None else Decimal(1)
    chosen = max(least, Decimal(1))
    if part.maximum is not None:
        chosen = min(chosen, part.maximum)
    return int(chosen) if chosen == chosen.to_integral_value() else str(chosen)


def _moment(part: Field, now: datetime) -> str:
    """Take tomorrow morning: most dates of forms are days to come; people see and change it."""
    local = now.astimezone(TAIPEI)
    is_past = "now()" in part.latest or "today()" in part.latest
    day: date = local.date() if is_past else local.date() + timedelta(days=1)
    if part.subtype == "time":
        return "10:00"
    if part.subtype == "date":
        return day.isoformat()
    at = local if is_past else datetime.combine(day, time(10), TAIPEI)
    return at.replace(second=0, microsecond=0).isoformat()


def _text(part: Field) -> str:
    for text in (f"{part.label}{TEXTS[0]}", *TEXTS):
        if _fits(part, text):
            return text
    least = part.min_length or 1
    return (TEXTS[1] * (least // len(TEXTS[1]) + 1))[: max(least, 10)]


def _fits(part: Field, text: str) -> bool:
    if part.pattern and not patterns.matches(part.pattern, text):
        return False
    return (part.min_length or 0) <= len(text) <= (part.max_length or len(text))
