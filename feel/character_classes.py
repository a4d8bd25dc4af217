"""Character classes of XML Schema patterns as the inside of a Python class."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

# The blocks that texts of an office may ask for; names as in Unicode, without spaces.
_BLOCKS = {
    "BasicLatin": (0x00, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Thai": (0xE00, 0xE7F),
    "HangulJamo": (0x1100, 0x11FF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "Bopomofo": (0x3100, 0x312F),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
}
_CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)
_NAME_START = (
    r":A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
    r"\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_NAME = _NAME_START + r"\-.0-9\u00b7\u0300-\u036f\u203f-\u2040"
_LAST = 0x10FFFF

Spans = tuple[tuple[int, int], ...]


def escape_class(letter: str) -> str | None:
    r"""Give the inside of a class for `\d`, `\s`, `\w`, `\i`, `\c` and their capitals."""
    if letter in "dDwW":
        return "\\" + letter
    if letter == "s":
        return r" \t\n\r"
    if letter == "S":
        return _inside(_complement(((0x09, 0x0A), (0x0D, 0x0D), (0x20, 0x20))))
    if letter in "iIcC":
        return _name_class(letter)
    return None


@lru_cache(maxsize=4)
def _name_class(letter: str) -> str:
    content = _NAME_START if letter in "iI" else _NAME
    if letter in "ic":
        return content
    member = re.compile(f"[{content}]")
    return _inside(_spans(lambda code: member.match(chr(code)) is None))


def block(name: str, is_negated: bool) -> str | None:
    r"""Give the inside of a class for `\p{IsName}`; None if there is no such block."""
    span = _BLOCKS.get(name)
    if span is None:
        return None
    return _inside(_complement((span,)) if is_negated else (span,))


@lru_cache(maxsize=64)
def category(name: str, is_negated: bool) -> str | None:
    r"""Give the inside of a class for `\p{Lu}`; None if there is no such category."""
    if name not in _CATEGORIES:
        return None
    return _inside(
        _spans(lambda code: unicodedata.category(chr(code)).startswith(name) is not is_negated)
    )


def _spans(belongs: Callable[[int], bool]) -> Spans:
    """Collect the stretches of characters that belong to a class; looks at all of Unicode."""
    spans: list[tuple[int, int]] = []
    start = None
    for code in range(_LAST + 2):
        is_member = code <= _LAST and belongs(code)
        if is_member and start is None:
            start = code
        elif not is_member and start is not None:
            spans.append((start, code - 1))
            start = None
    return tuple(spans)


def _complement(spans: Spans) -> Spans:
    kept = []
    start = 0
    for first, last in spans:
        if first > start:
            kept.append((start, first - 1))
        start = last + 1
    return (*kept, (start, _LAST))


def _inside(spans: Spans) -> str:
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in spans)
