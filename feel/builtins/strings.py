"""String functions (DMN 1.5, 10.3.4.3)."""

import re
from collections.abc import Iterable
from decimal import Decimal

from feel.builtins.registry import Registry
from feel.errors import FeelTypeError
from feel.patterns import compile_pattern, expand_replacement
from feel.run import Run

FUNCTIONS = Registry()

_CHARACTERS_A_STEP = 50


@FUNCTIONS.add("substring(string: string, start position: number, length: number?)")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    """Cut a text; positions begin at 1, negative ones count from the end."""
    place = int(start)
    if place == 0 or abs(place) > len(text):
        raise FeelTypeError(f"The text has no position {place}.")
    count = len(text) if length is None else int(length)
    if count < 1:
        raise FeelTypeError("The length of a substring is at least 1.")
    first = place - 1 if place > 0 else len(text) + place
    return text[first : first + count]


@FUNCTIONS.add("string length(string: string)")
def string_length(text: str) -> Decimal:
    """Count the characters."""
    return Decimal(len(text))


@FUNCTIONS.add("upper case(string: string)")
def upper_case(text: str) -> str:
    """Write in capital letters."""
    return text.upper()


@FUNCTIONS.add("lower case(string: string)")
def lower_case(text: str) -> str:
    """Write in small letters."""
    return text.lower()


@FUNCTIONS.add("substring before(string: string, match: string)")
def substring_before(text: str, match: str) -> str:
    """Take what stands before the first match; "" if there is none."""
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@FUNCTIONS.add("substring after(string: string, match: string)")
def substring_after(text: str, match: str) -> str:
    """Take what stands after the first match; "" if there is none."""
    return text.partition(match)[2] if match else text


@FUNCTIONS.add("contains(string: string, match: string)")
def contains(text: str, match: str) -> bool:
    """Tell whether a text holds another."""
    return match in text


@FUNCTIONS.add("starts with(string: string, match: string)")
def starts_with(text: str, match: str) -> bool:
    """Tell whether a text begins with another."""
    return text.startswith(match)


@FUNCTIONS.add("ends with(string: string, match: string)")
def ends_with(text: str, match: str) -> bool:
    """Tell whether a text ends with another."""
    return text.endswith(match)


@FUNCTIONS.add_with_run("matches(input: string, pattern: string, flags: string?)")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    """Tell whether a pattern is found anywhere in a text."""
    return _pattern(run, pattern, flags, text).search(text) is not None


def _pattern(run: Run, pattern: str, flags: str | None, text: str) -> re.Pattern[str]:
    """Compile a pattern for a text, and pay for the search beforehand."""
    compiled = compile_pattern(pattern, flags or "")
    run.meter.spend(compiled.cost(text))
    return compiled.on(text)


@FUNCTIONS.add_with_run(
    "replace(input: string, pattern: string, replacement: string, flags: string?)"
)
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """Replace each match; `$1` in the replacement is the first group."""
    compiled = _pattern(run, pattern, flags, text)
    if compiled.match("") is not None:
        raise FeelTypeError("The pattern matches the empty text.")
    is_literal = "q" in (flags or "")
    pieces: list[str] = []
    end = 0
    for found in compiled.finditer(text):
        run.meter.spend(1 + len(replacement) // _CHARACTERS_A_STEP)
        pieces += (
            text[end : found.start()],
            expand_replacement(found, replacement, is_literal=is_literal),
        )
        end = found.end()
    return _joined(run, [*pieces, text[end:]], "")


@FUNCTIONS.add_with_run("split(string: string, delimiter: string)")
def split(run: Run, text: str, delimiter: str) -> list[str]:
    """Cut a text at each match of a pattern."""
    compiled = _pattern(run, delimiter, None, text)
    parts: list[str] = []
    end = 0
    for found in compiled.finditer(text):
        run.meter.spend()
        if found.end() == found.start():
            raise FeelTypeError("The delimiter matches the empty text.")
        parts.append(text[end : found.start()])
        end = found.end()
    return [*parts, text[end:]]


@FUNCTIONS.add_with_run("string join(list: list, delimiter: string?)")
def string_join(run: Run, items: list[object], delimiter: str | None = None) -> str:
    """Join texts; null items are left out."""
    if not all(item is None or isinstance(item, str) for item in items):
        raise FeelTypeError("Only strings can be joined.")
    return _joined(run, [item for item in items if isinstance(item, str)], delimiter or "")


def _joined(run: Run, pieces: Iterable[str], delimiter: str) -> str:
    texts = list(pieces)
    run.meter.check_size(sum(map(len, texts)) + len(delimiter) * len(texts))
    return delimiter.join(texts)
