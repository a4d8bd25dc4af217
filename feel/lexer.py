"""From FEEL text to tokens; names are put together later, by the parser."""

import re
from typing import NamedTuple

from feel.budget import MAX_TEXT, MAX_WORDS
from feel.errors import FeelBudgetExceeded, FeelSyntaxError
from feel.sentences import sentence

# Name characters of DMN 1.5, 10.3.1.2, rules 28-30; symbols such as - and / are own tokens.
_START = (
    "?A-Z_a-zªµº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
    "\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
    "\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE = "\\s\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_TOKEN = re.compile(
    rf"""
    (?P<blank>[{_SPACE}]+|//[^\n]*|/\*.*?\*/)
  | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<at>@[{_SPACE}]*"(?:[^"\\]|\\.)*")
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<name>[{_START}][{_PART}]*)
  | (?P<operator>\*\*|<=|>=|!=|\.\.|->|[-+*/=<>()\[\]{{}},.:'])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """One word of the text.

    Attributes:
        kind: "number", "at", "string", "name", "operator", "other" or "end".
        text: as written; for strings without the quotes and with escapes resolved.
        start: offset in the text.
    """

    kind: str
    text: str
    start: int


def place(text: str, offset: int) -> tuple[int, int]:
    """Tell line and column, both from 1, of an offset."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def unescape(literal: str) -> str:
    """Resolve the escapes of a string literal without its quotes."""
    if "\\" not in literal:
        return literal
    plain = _ESCAPE.sub(_one_escape, literal)
    # A pair of \\u escapes may stand for one character beyond U+FFFF.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _one_escape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "uU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return _ESCAPED.get(code, "\\" + code)


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens; the last one is "end".

    Raises:
        FeelSyntaxError: a string or a comment does not end.
        FeelBudgetExceeded: the text has too many characters or words.
    """
    if len(text) > MAX_TEXT:
        raise FeelBudgetExceeded(
            sentence("The expression is longer than %(max_text)s characters.", max_text=MAX_TEXT)
        )
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind != "blank":
            tokens.append(_token(kind, match, text))
            if len(tokens) > MAX_WORDS:
                raise FeelBudgetExceeded(
                    sentence(
                        "The expression has more than %(max_words)s words.", max_words=MAX_WORDS
                    )
                )
    tokens.append(Token("end", "", len(text)))
    return tokens


def _token(kind: str, match: re.Match[str], text: str) -> Token:
    word, start = match.group(), match.start()
    if kind == "string":
        return Token(kind, unescape(word[1:-1]), start)
    if kind == "at":
        return Token(kind, unescape(word[word.index('"') + 1 : -1]), start)
    if word == '"':
        raise FeelSyntaxError("This string does not end.", *place(text, start))
    if word == "/" and text.startswith("/*", start):
        raise FeelSyntaxError("This comment does not end.", *place(text, start))
    return Token(kind, word, start)
