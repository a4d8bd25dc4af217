"""A cursor over tokens that knows names, counts nesting and says where an error is."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from feel.budget import MAX_NESTING
from feel.builtins.library import LONG_NAMES
from feel.errors import FeelBudgetExceeded, FeelSyntaxError
from feel.lexer import Token, place, tokenize
from feel.names import KEYWORDS, joined, longest_match, table_of, words_of
from feel.sentences import sentence


class Reader:
    """Gives tokens one by one and puts names of several words together."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self._nesting = 0
        self._names = names | LONG_NAMES
        self._table = table_of(self._names)

    @property
    def token(self) -> Token:
        """The token at the cursor."""
        return self.tokens[self.at]

    def ahead(self, count: int = 1) -> Token:
        """Look at a later token; behind the end there is the end."""
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Give the token at the cursor and move on."""
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def sees(self, *texts: str) -> bool:
        """Tell whether the cursor is at one of these operators or keywords."""
        token = self.tokens[self.at]
        return token.kind in ("operator", "name") and token.text in texts

    def accept(self, text: str) -> bool:
        """Move over an operator or keyword if it is there."""
        if self.sees(text):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Move over an operator or keyword that must be there.

        Raises:
            FeelSyntaxError: something else is there.
        """
        if not self.accept(text):
            raise self.error(
                sentence(
                    "Expected %(text)s but found %(found)s.", text=repr(text), found=self.found()
                )
            )

    def found(self) -> str:
        """Name the token at the cursor for a message."""
        return "the end" if self.token.kind == "end" else repr(self.token.text)

    def error(self, message: str, token: Token | None = None) -> FeelSyntaxError:
        """Make an error at a token, or at the cursor."""
        return FeelSyntaxError(message, *place(self.text, (token or self.token).start))

    def learn(self, names: Iterable[str]) -> None:
        """Know more names from here on."""
        fresh = {name for name in names if len(words_of(name)) > 1} - self._names
        if fresh:
            self._names |= fresh
            self._table = table_of(self._names)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Count one level of nesting.

        Raises:
            FeelBudgetExceeded: there are too many.
        """
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise FeelBudgetExceeded(
                sentence(
                    "The expression is nested more than %(max_nesting)s deep.",
                    max_nesting=MAX_NESTING,
                ),
                *place(self.text, self.token.start),
            )
        yield
        self._nesting -= 1

    def name(self) -> str:
        """Read a name: the longest known one, else all words up to an operator or keyword.

        Raises:
            FeelSyntaxError: there is no name.
        """
        match = longest_match(self.tokens, self.at, self._table)
        if match is not None:
            self.at += match[0]
            return match[1]
        start = self.at
        if self.token.kind != "name" or self.token.text in KEYWORDS:
            raise self.error(sentence("Expected a name but found %(found)s.", found=self.found()))
        while self.token.kind == "name" and (self.at == start or self.token.text not in KEYWORDS):
            if self.at > start and longest_match(self.tokens, self.at, self._table):
                break
            self.at += 1
        return joined(self.tokens[start : self.at])

    def name_before(self, *ends: str) -> str | None:
        """Read a new name that is being defined, up to one of these; None if there is none.

        Symbols may stand inside it. The cursor stays if there is none.
        """
        at = self.at
        while self._may_be_in_name(self.tokens[at]) and self.tokens[at].text not in ends:
            at += 1
        if at == self.at or self.tokens[at].text not in ends:
            return None
        if self.tokens[at].kind not in ("operator", "name"):
            return None
        words = self.tokens[self.at : at]
        self.at = at
        return joined(words)

    @staticmethod
    def _may_be_in_name(token: Token) -> bool:
        if token.kind in ("name", "number"):
            return True
        return token.kind in ("operator", "other") and token.text not in (
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
        )
