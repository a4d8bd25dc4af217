"""One answer becomes one typed value, or a code that says what is wrong with it."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from forms import patterns
from forms.dates import TAIPEI, parse_day, parse_instant, parse_time
from forms.schema import Field, Option

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_FILE_ID = re.compile(r"[0-9a-f]{32}")
MAX_DIGITS = 20
"""Most digits of a number a person may type."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with an answer: a code for the page to put into words, and its figures."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class Refused(Exception):
    """This answer cannot be accepted."""

    def __init__(self, error: FieldError) -> None:
        super().__init__(error.code)
        self.error = error


def refuse(code: str, **params: object) -> Refused:
    """Build the refusal of an answer."""
    return Refused(FieldError(code, params))


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What an answer is held against beside its definition.

    Attributes:
        options: of a choice, fixed or from the context.
        earliest, latest: of a day or instant.
    """

    options: Collection[Option] = ()
    earliest: object = None
    latest: object = None


def clean(part: Field, raw: object, bounds: Bounds) -> object:
    """Type and check one answer.

    Returns:
        The value; None when nothing was answered (False for a checkbox, [] for lists).

    Raises:
        Refused: with the code of the first thing that is wrong.
    """
    value = _CLEANERS[part.type](part, raw, bounds)
    if part.is_required and _is_missing(part, value):
        raise refuse("required")
    return value


def _is_missing(part: Field, value: object) -> bool:
    """Tell whether nothing was answered; "no" and 0 are answers, an unticked box is none."""
    return value is False if part.type == "checkbox" else value is None or value in ("", [])


def _text(part: Field, raw: object, _bounds: Bounds) -> str | None:
    text = _plain(raw)
    if not text:
        return None
    if _CONTROL.search(text) or (part.type == "textfield" and "\n" in text):
        raise refuse("control_characters")
    if part.max_length is not None and len(text) > part.max_length:
        raise refuse("too_long", max=part.max_length, length=len(text))
    if part.min_length is not None and len(text) < part.min_length:
        raise refuse("too_short", min=part.min_length)
    if part.pattern and not patterns.matches(part.pattern, text):
        raise refuse("pattern", message=part.pattern_message)
    return text


def _number(part: Field, raw: object, _bounds: Bounds) -> Decimal | None:
    text = _narrow(_plain(raw)).replace(",", "")
    if not text:
        return None
    value = _decimal(text)
    if part.decimal_digits is not None and -_exponent(value) > part.decimal_digits:
        raise refuse("too_many_decimals", digits=part.decimal_digits)
    if part.minimum is not None and value < part.minimum:
        raise refuse("too_small", min=part.minimum)
    if part.maximum is not None and value > part.maximum:
        raise refuse("too_large", max=part.maximum)
    return value


def _decimal(text: str) -> Decimal:
    """Read a finite number; `NaN` and `Infinity` are Decimals too and are refused."""
    try:
        value = Decimal(text) if len(text) <= MAX_DIGITS + 2 else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(_exponent(value)) > MAX_DIGITS or not text.isascii():
        raise refuse("not_a_number")
    return value


def _exponent(value: Decimal) -> int:
    return int(value.as_tuple().exponent)


def _choice(_part: Field, raw: object, bounds: Bounds) -> object:
    text = _option_text(raw)
    if not text:
        return None
    for option in bounds.options:
        if option.text == text:
            return option.value
    raise refuse("not_an_option")


def _checklist(part: Field, raw: object, bounds: Bounds) -> list[object]:
    chosen = {_option_text(item) for item in raw} if isinstance(raw, list) else set()
    known = [option for option in bounds.options if option.text in chosen]
    if len(known) < len(chosen):
        raise refuse("not_an_option")
    _check_count(part, len(known), "choices")
    return [option.value for option in known]


def _checkbox(_part: Field, raw: object, _bounds: Bounds) -> bool:
    return raw is True or raw in ("true", "on", "1")


def _datetime(part: Field, raw: object, bounds: Bounds) -> date | time | datetime | None:
    value = _moment(part.subtype, raw)
    if value is None:
        return None
    if _is_before(value, bounds.earliest):
        raise refuse("too_early", min=bounds.earliest)
    if _is_before(bounds.latest, value):
        raise refuse("too_late", max=bounds.latest)
    return value


def _moment(subtype: str, raw: object) -> date | time | datetime | None:
    if isinstance(raw, date | time):
        raw = raw.isoformat()
    text = _narrow(_plain(raw))
    if not text:
        return None
    parsers: Mapping[str, Callable[[str], date | time | datetime | None]] = {
        "date": parse_day,
        "time": parse_time,
        "datetime": parse_instant,
    }
    value = parsers[subtype](text)
    if value is None:
        raise refuse(f"not_a_{subtype}")
    return value


def _is_before(first: object, second: object) -> bool:
    if isinstance(first, datetime) and isinstance(second, datetime):
        return _aware(first) < _aware(second)
    if isinstance(first, datetime) or isinstance(second, datetime):
        return False
    if isinstance(first, date) and isinstance(second, date):
        return first < second
    return isinstance(first, time) and isinstance(second, time) and first < second


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=TAIPEI)


def _files(part: Field, raw: object, _bounds: Bounds) -> list[str]:
    items = raw if isinstance(raw, list) else []
    ids = list(dict.fromkeys(str(item) for item in items))
    if any(not _FILE_ID.fullmatch(file_id) for file_id in ids):
        raise refuse("unknown_file")
    _check_count(part, len(ids), "files")
    return ids


def _check_count(part: Field, count: int, what: str) -> None:
    if part.max_count is not None and count > part.max_count:
        raise refuse(f"too_many_{what}", max=part.max_count)
    if count < part.min_count and (count or part.is_required or what == "files"):
        raise refuse(f"too_few_{what}", min=part.min_count)


def _plain(raw: object) -> str:
    """Trim a text and make its line ends one kind; numbers of JSON callers become text."""
    if raw is None or isinstance(raw, list | dict | bool):
        return ""
    return str(raw).replace("\r\n", "\n").replace("\r", "\n").strip()


def _narrow(text: str) -> str:
    """Turn full-width digits and signs, as Chinese input methods type them, into plain ones."""
    return unicodedata.normalize("NFKC", text)


def _option_text(raw: object) -> str:
    return str(raw).lower() if isinstance(raw, bool) else _plain(raw)


_CLEANERS: Mapping[str, Callable[[Field, object, Bounds], object]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "select": _choice,
    "radio": _choice,
    "checklist": _checklist,
    "checkbox": _checkbox,
    "datetime": _datetime,
    "filepicker": _files,
}
