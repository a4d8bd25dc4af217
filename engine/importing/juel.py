"""Simple JUEL expressions of other engines in FEEL; all others are left to people."""

import re

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?P<call>\s*\()?
    |(?P<mark>==|!=|<=|>=|&&|\|\||[<>!()+*/%-]))""",
    re.VERBOSE,
)
_WORDS = {
    "eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
    "and": "and", "or": "or", "not": "!", "div": "/", "true": "true", "false": "false",
    "null": "null",
}  # fmt: skip
_MARKS = {"==": "=", "&&": "and", "||": "or"}
_REFUSED = frozenset({"empty", "mod", "instanceof"})
LONGEST = 2_000


def to_feel(expression: str) -> str | None:
    """Translate `${amount > 100 && !paid}` to `amount > 100 and not(paid)`.

    Known are comparisons, and, or, not, arithmetic, numbers, texts, names and property paths.

    Args:
        expression: JUEL in `${...}` or `#{...}`, at most 2,000 characters.

    Returns:
        FEEL, or None for everything else: method calls, several parts, ternaries, `empty`.
    """
    text = expression.strip()
    if len(text) > LONGEST or not text.startswith(("${", "#{")) or not text.endswith("}"):
        return None
    tokens = _tokens(text[2:-1])
    if not tokens:
        return None
    reader = _Reader(tokens)
    try:
        translated = reader.expression()
    except (IndexError, ValueError):
        return None
    return translated if reader.is_done else None


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match["call"] or match["name"] in _REFUSED or match["mark"] == "%":
            return []
        found.append(_translated(match))
        position = match.end()
    return found


def _translated(match: re.Match[str]) -> str:
    if match["text"] is not None:
        inner = re.sub(r"\\(['\"\\])", r"\1", match["text"][1:-1])
        return '"' + inner.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if match["name"] is not None:
        return _WORDS.get(match["name"], match["name"])
    return match["number"] or _MARKS.get(match["mark"], match["mark"])


class _Reader:
    """Reads tokens by precedence: or, and, comparison, sum, product, sign."""

    _LEVELS = (
        frozenset({"or"}),
        frozenset({"and"}),
        frozenset({"=", "!=", "<", "<=", ">", ">="}),
        frozenset({"+", "-"}),
        frozenset({"*", "/"}),
    )
    _DEEPEST = 40

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._tokens)

    def expression(self, level: int = 0) -> str:
        if level == len(self._LEVELS):
            return self._single()
        found = self.expression(level + 1)
        while not self.is_done and self._tokens[self._at] in self._LEVELS[level]:
            mark = self._next()
            found = f"{found} {mark} {self.expression(level + 1)}"
        return found

    def _single(self) -> str:
        self._depth += 1
        if self._depth > self._DEEPEST:
            raise ValueError("nested too deeply")
        part = self._next()
        if part == "!":
            found = f"not({_without_brackets(self._single())})"
        elif part == "-":
            found = f"-{self._single()}"
        elif part == "(":
            found = f"({self.expression()})"
            if self._next() != ")":
                raise ValueError("a bracket is open")
        elif part[0].isalnum() or part[0] in '_"':
            found = part
        else:
            raise ValueError(f"{part} stands alone")
        self._depth -= 1
        return found

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]


def _without_brackets(text: str) -> str:
    is_one = text.startswith("(") and text.endswith(")") and text[1:-1].count("(") == 0
    return text[1:-1] if is_one else text
