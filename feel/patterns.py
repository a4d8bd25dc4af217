"""Patterns of XPath and XQuery Functions 3.1 (regular expressions), translated for Python's `re`.

Python's matcher goes back and forth and cannot be stopped, so patterns that could take
exponential time are refused on long texts, and the others are paid for by their degree: a search
with k repeats that can give to each other takes time in the power of k + 1 of the text's length.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import NamedTuple

from feel.character_classes import block, category, escape_class
from feel.errors import FeelBudgetExceeded, FeelTypeError

_FLAGS: Mapping[str, re.RegexFlag] = {
    "s": re.DOTALL,
    "m": re.MULTILINE,
    "i": re.IGNORECASE,
    "x": re.NOFLAG,
    "q": re.NOFLAG,
}
_LITERAL = frozenset("\\|.-^?*+{}()[]$")
_CONTROL = {"n": "\\n", "r": "\\r", "t": "\\t"}
_QUANTIFIER = re.compile(r"[*+?]|\{([0-9]+)(,([0-9]*))?\}")
_MANY = 16
# A text so short that even a pattern of exponential time comes to its end.
_SHORT = 22
_LONG = 20_000
# Characters that the matcher looks at in one step of the budget.
_MATCHED_A_STEP = 150
# Stands for the characters there are when it is asked whether two parts overlap.
_SAMPLES = "".join(map(chr, range(9, 383))) + "ΣЯא٣अあ中한ⅷ\u2028\U0001f600"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern.

    Attributes:
        compiled: for Python.
        is_risky: whether repeats stand inside repeats.
        degree: how many unbounded repeats can give characters to each other.
    """

    compiled: re.Pattern[str]
    is_risky: bool
    degree: int = 0

    def cost(self, text: str) -> int:
        """Tell how many steps a search in a text takes at most."""
        if self.degree == 0 or self.is_risky:
            return len(text) // _MATCHED_A_STEP
        return comb(len(text) + self.degree, self.degree + 1) // _MATCHED_A_STEP

    def on(self, text: str) -> re.Pattern[str]:
        """Give the compiled pattern for use on a text.

        Raises:
            FeelBudgetExceeded: matching could take too long.
        """
        if len(text) > (_SHORT if self.is_risky else _LONG):
            raise FeelBudgetExceeded("This pattern may take too long on so long a text.")
        return self.compiled


class Part(NamedTuple):
    """One part of a pattern, for the estimate of its cost.

    Attributes:
        text: matches one character; None stands for anything.
    """

    text: str | None
    is_unbounded: bool
    is_optional: bool


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Pattern:
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
    if "q" in flags:
        return Pattern(re.compile(re.escape(pattern), bits & ~re.MULTILINE), False)
    translator = _Translator(_stripped(pattern) if "x" in flags else pattern, flags)
    try:
        compiled = re.compile(translator.translate(), bits & ~re.MULTILINE)
        return Pattern(compiled, translator.is_risky, translator.degree(pattern, bits))
    except (re.error, RecursionError, OverflowError) as error:
        raise FeelTypeError(f'"{pattern}" is not a pattern.') from error


def _stripped(pattern: str) -> str:
    """Drop white space outside of character classes, as the flag x asks."""
    kept = []
    depth = 0
    for at, character in enumerate(pattern):
        if character == "[" and pattern[at - 1 : at] != "\\":
            depth += 1
        elif character == "]" and pattern[at - 1 : at] != "\\":
            depth -= 1
        if depth or character not in " \t\n\r":
            kept.append(character)
    return "".join(kept)


class _Translator:
    """Reads one pattern from left to right.

    Attributes:
        is_risky: whether a repeat stands inside a repeat.
    """

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._groups = 0
        self._closed: set[int] = set()
        self._dot = "." if "s" in flags else r"[^\n\r]"
        is_multiline = "m" in flags
        self._start = r"(?:\A|(?<=\n)(?!\Z))" if is_multiline else r"\A"
        self._end = r"(?=\n|\Z)" if is_multiline else r"\Z"
        self.is_risky = False
        self._parts: list[Part] = []

    def degree(self, pattern: str, flags: re.RegexFlag) -> int:
        """Count the unbounded repeats that may give characters to what follows.

        One whose next part begins with other characters has a single way to match; all of these
        together count once.
        """
        samples = _SAMPLES + pattern
        alone = greedy = 0
        for at, part in enumerate(self._parts):
            if part.is_unbounded and self._parts[at + 1 :]:
                if _is_ambiguous(self._parts[at:], samples, flags):
                    greedy += 1
                else:
                    alone = 1
        return greedy + alone

    def translate(self) -> str:
        """Translate the whole pattern."""
        text, _ = self._branches()
        if self._at < len(self._pattern):
            raise self._wrong()
        return text

    def _wrong(self) -> FeelTypeError:
        return FeelTypeError(f'"{self._pattern}" is not a pattern.')

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise self._wrong()
        self._at += 1
        return character

    def _branches(self) -> tuple[str, bool]:
        """Translate up to a closing parenthesis; tell also whether something inside repeats."""
        out: list[str] = []
        repeats = False
        while (character := self._peek()) and character != ")":
            if character == "|":
                out.append(self._take())
                self._parts.append(Part(None, False, False))
                repeats = True
                continue
            piece, inner_repeats = self._piece()
            quantifier, is_unbounded = self._quantifier()
            self.is_risky |= is_unbounded and inner_repeats
            repeats |= bool(quantifier) or inner_repeats
            out.append(piece + quantifier)
            self._note(piece, quantifier, is_unbounded=is_unbounded)
        return "".join(out), repeats

    def _note(self, piece: str, quantifier: str, *, is_unbounded: bool) -> None:
        """Keep a part for the estimate of the cost; a group stands for any character."""
        if piece in (self._start, self._end):
            return
        is_group = piece.startswith(("(", "(?:\\")) and not piece.startswith("(?:(?!")
        is_optional = quantifier.startswith(("*", "?", "{0"))
        self._parts.append(Part(None if is_group else piece, is_unbounded, is_optional))

    def _quantifier(self) -> tuple[str, bool]:
        found = _QUANTIFIER.match(self._pattern, self._at)
        if found is None:
            return "", False
        self._at = found.end()
        text = found.group()
        if self._peek() == "?":
            text += self._take()
        is_unbounded = text[0] in "*+" or found.group(3) == "" or int(found.group(1) or 0) > _MANY
        return text, is_unbounded or int(found.group(3) or 0) > _MANY

    def _piece(self) -> tuple[str, bool]:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class(), False
        if character == "\\":
            return self._escape(), False
        plain = {".": self._dot, "^": self._start, "$": self._end}.get(character)
        if plain is not None:
            return plain, False
        if character in "*+?{}]":
            raise self._wrong()
        return re.escape(character), False

    def _group(self) -> tuple[str, bool]:
        opening, number = "(", None
        if self._peek() == "?":
            self._at += 1
            if self._take() != ":":
                raise self._wrong()
            opening = "(?:"
        else:
            self._groups += 1
            number = self._groups
        inner, repeats = self._branches()
        if self._take() != ")":
            raise self._wrong()
        if number is not None:
            self._closed.add(number)
        return f"{opening}{inner})", repeats

    def _escape(self) -> str:
        character = self._take()
        if character.isdigit():
            return self._back_reference(character)
        return self._shared_escape(character, inside=False)

    def _back_reference(self, digit: str) -> str:
        number = int(digit)
        while self._peek().isdigit() and int(f"{number}{self._peek()}") <= self._groups:
            number = int(f"{number}{self._take()}")
        if number not in self._closed:
            raise self._wrong()
        return f"(?:\\{number})"

    def _shared_escape(self, character: str, *, inside: bool) -> str:
        """Translate an escape that may stand inside and outside of a class."""
        if character in _LITERAL:
            return "\\" + character
        if character in _CONTROL:
            return _CONTROL[character]
        if character in "pP":
            return self._property(is_negated=character == "P", inside=inside)
        content = escape_class(character)
        if content is None:
            raise self._wrong()
        return content if inside else f"[{content}]"

    def _property(self, *, is_negated: bool, inside: bool) -> str:
        if self._take() != "{":
            raise self._wrong()
        end = self._pattern.find("}", self._at)
        if end < 0:
            raise self._wrong()
        name = self._pattern[self._at : end]
        self._at = end + 1
        content = (
            block(name[2:], is_negated) if name.startswith("Is") else category(name, is_negated)
        )
        if content is None:
            raise self._wrong()
        return content if inside else f"[{content}]"

    def _class(self) -> str:
        """Translate a character class after its opening bracket."""
        is_negated = self._peek() == "^"
        self._at += int(is_negated)
        content: list[str] = []
        removed = ""
        while self._peek() != "]" or not content:
            if self._pattern.startswith("-[", self._at):
                self._at += 2
                removed = self._class()
                break
            content.append(self._member())
        if self._take() != "]":
            raise self._wrong()
        text = f"[{'^' if is_negated else ''}{''.join(content)}]"
        return f"(?:(?!{removed}){text})" if removed else text

    def _member(self) -> str:
        character = self._take()
        if character == "\\":
            escaped = self._take()
            return self._shared_escape(escaped, inside=True)
        if character in "[]":
            raise self._wrong()
        if character == "-":
            return self._dash()
        return "\\" + character if character in "^&|~" else character

    def _dash(self) -> str:
        """Tell the dash of a range from a plain one at an end of the class."""
        before = self._pattern[self._at - 2 : self._at - 1]
        is_range = before not in ("[", "^", "-") and self._peek() not in ("]", "")
        return "-" if is_range else "\\-"


def _is_ambiguous(parts: Sequence[Part], samples: str, flags: re.RegexFlag) -> bool:
    """Tell whether the first part, a repeat, may share characters with what follows it."""
    mine = _matched(parts[0].text, samples, flags)
    for other in parts[1:]:
        if mine & _matched(other.text, samples, flags):
            return True
        if not other.is_optional:
            return False
    return False


@lru_cache(maxsize=512)
def _matched(text: str | None, samples: str, flags: re.RegexFlag) -> frozenset[str]:
    """Give the samples that a part matches."""
    if text is None:
        return frozenset(samples)
    return frozenset(re.findall(text, samples, flags & ~re.MULTILINE))


def expand_replacement(found: re.Match[str], replacement: str, *, is_literal: bool) -> str:
    r"""Fill `$0`, `$1` ... of a replacement; `\$` is a dollar sign.

    Raises:
        FeelTypeError: a dollar sign or backslash stands for nothing.
    """
    if is_literal:
        return replacement
    if re.search(r"(?<!\\)(?:\\\\)*(?:\\[^\\$]|\\$|\$(?![0-9]))", replacement):
        raise FeelTypeError("In a replacement, $ goes before a digit and a backslash before $.")

    def group(match: re.Match[str]) -> str:
        if match.group().startswith("\\"):
            return match.group()[1]
        number = int(match.group()[1:])
        return found.group(number) or "" if number <= found.re.groups else ""

    return re.sub(r"\\[\\$]|\$[0-9]", group, replacement)
