"""Patterns of XPath and XQuery Functions (regular expressions) as Python's `re` reads them."""

import re
from functools import lru_cache

from feel.errors import FeelTypeError

_FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": 0, "q": 0}


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> re.Pattern[str]:
    """Translate and compile a pattern.

    Args:
        pattern: an XPath pattern.
        flags: letters of s, m, i, x, q.

    Raises:
        FeelTypeError: the pattern or a flag is wrong.
    """
    bits = re.NOFLAG
    for flag in flags:
        if flag not in _FLAGS:
            raise FeelTypeError(f"There is no pattern flag {flag!r}.")
        bits |= _FLAGS[flag]
    try:
        return re.compile(re.escape(pattern) if "q" in flags else pattern, bits)
    except (re.error, RecursionError, OverflowError) as error:
        raise FeelTypeError(f'"{pattern}" is not a pattern.') from error


def expand_replacement(found: re.Match[str], replacement: str, is_literal: bool) -> str:
    """Fill `$0`, `$1` ... of a replacement; `\\$` is a dollar sign."""
    if is_literal:
        return replacement

    def group(match: re.Match[str]) -> str:
        if match.group().startswith("\\"):
            return match.group()[1]
        number = int(match.group()[1:])
        return found.group(number) or "" if number <= found.re.groups else ""

    return re.sub(r"\\[\\$]|\$[0-9]", group, replacement)
