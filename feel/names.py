"""Names that hold spaces and symbols, found in a row of tokens by longest match."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from feel.lexer import Token, tokenize

KEYWORDS = frozenset(
    [
        "and",
        "or",
        "in",
        "between",
        "instance",
        "then",
        "else",
        "return",
        "satisfies",
        "for",
        "if",
        "some",
        "every",
        "true",
        "false",
        "null",
    ]
)
_MAX_DEPTH = 4
_MAX_ITEMS = 16

Words = tuple[str, ...]
NameTable = Mapping[str, tuple[tuple[Words, str], ...]]


@lru_cache(maxsize=4096)
def words_of(name: str) -> Words:
    """Cut a name into the words that the lexer would see."""
    return tuple(token.text for token in tokenize(name)[:-1])


@lru_cache(maxsize=1024)
def table_of(names: frozenset[str]) -> NameTable:
    """Order names by their first word, longest first; names of one word need no entry."""
    table: dict[str, list[tuple[Words, str]]] = {}
    for name in names:
        words = words_of(name)
        if len(words) > 1:
            table.setdefault(words[0], []).append((words, name))
    return {
        first: tuple(sorted(entries, key=lambda entry: (-len(entry[0]), entry[1])))
        for first, entries in table.items()
    }


def longest_match(tokens: Sequence[Token], at: int, table: NameTable) -> tuple[int, str] | None:
    """Find the longest known name of several words that begins at a token.

    Returns:
        The count of tokens and the name, or None.
    """
    for words, name in table.get(tokens[at].text, ()):
        stretch = tokens[at : at + len(words)]
        if tuple(token.text for token in stretch) == words and _are_words(stretch):
            return len(words), name
    return None


def _are_words(tokens: Sequence[Token]) -> bool:
    return all(token.kind not in ("string", "at", "end") for token in tokens)


def joined(tokens: Sequence[Token]) -> str:
    """Write the words of a name as one name: a space where words of letters meet."""
    text = ""
    for token in tokens:
        is_word = token.kind in ("name", "number")
        text += (
            " " if text and is_word and (text[-1].isalnum() or text[-1] in "_?") else ""
        ) + token.text
    return text


def odd_names(variables: Mapping[str, object], depth: int = _MAX_DEPTH) -> frozenset[str]:
    """Collect the names, also of entries inside, that are not one plain word.

    Only these change how a text is read; so texts over plain names share one parse.
    """
    found: set[str] = set()
    _collect(variables, depth, found)
    return frozenset(found)


def _collect(entries: Mapping[str, object], depth: int, found: set[str]) -> None:
    for name, value in entries.items():
        if not name.isidentifier():
            found.add(name)
        if depth and isinstance(value, (dict, list, tuple)):
            for inner in _contexts_in(value):
                _collect(inner, depth - 1, found)


def _contexts_in(value: object) -> Iterable[Mapping[str, object]]:
    if isinstance(value, dict):
        return (value,)
    if isinstance(value, (list, tuple)):
        return [item for item in value[:_MAX_ITEMS] if isinstance(item, dict)]
    return ()
