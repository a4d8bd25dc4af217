"""The shape of the words of a notice.

Data, not code: one row a kind. `{number}` is the case number, `{what}` what it is about, `{until}`
a deadline; further fields come from the notice's context. A line with a field that the context
lacks is left out, so one kind serves callers that know more or less.
"""

from collections.abc import Mapping
from dataclasses import dataclass

WRITTEN = "en"
"""The language of notices for readers of a language that notices are not written in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """One notice in one language: the subject and the lines of its body."""

    subject: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeWords:
    """One notice in both languages."""

    zh: Wording
    en: Wording


def words(zh: tuple[str, ...], en: tuple[str, ...]) -> NoticeWords:
    """Pair the two languages; the first text of each is the subject."""
    return NoticeWords(
        zh=Wording(subject=zh[0], lines=zh[1:]), en=Wording(subject=en[0], lines=en[1:])
    )


def spoken(table: Mapping[str, str], language: str) -> str:
    """Take the words of a language; in English where they are not written in it."""
    return table.get(language, table[WRITTEN])
