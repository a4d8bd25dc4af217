"""Words to search by. Chinese has no spaces: a run of it is cut into all pairs of characters.

Letters and digits stay together ("a-0305") and are found by their beginning; the parts between
hyphens and the number without its zeros are words too. Pure functions.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_WORD = 24
MOST_TERMS = 12

_PHONES = re.compile(r"\+?\d(?:[\s()-]*\d){7,}")
_NATIONAL_IDS = re.compile(r"[A-Za-z][A-Da-d12389]\d{8}")
_RUNS = re.compile(r"[a-z0-9]+(?:[-_/.][a-z0-9]+)*|[^\W_a-z0-9]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A part of what is looked for.

    Attributes:
        is_beginning: whether words that begin with it fit too.
    """

    word: str
    is_beginning: bool


def words_of(text: str) -> frozenset[str]:
    """Cut a text into the words it is found by."""
    found: set[str] = set()
    for run in _RUNS.findall(_plain(text)):
        found |= _names(run) if run[0].isascii() else _pairs(run)
    return frozenset(found)


def terms_of(text: str) -> tuple[Term, ...]:
    """Cut what somebody typed into terms, all of which must fit; none for what has no letters."""
    found: dict[Term, None] = {}
    for run in _RUNS.findall(_plain(text)):
        if run[0].isascii() or len(run) == 1:
            found[Term(word=run[:LONGEST_WORD], is_beginning=True)] = None
        else:
            for at in range(len(run) - 1):
                found[Term(word=run[at : at + 2], is_beginning=False)] = None
    return tuple(found)[:MOST_TERMS]


def without_numbers(text: str) -> str:
    """Take phone and ID numbers out of what people typed: nobody is to be found by them."""
    return _PHONES.sub(" ", _NATIONAL_IDS.sub(" ", unicodedata.normalize("NFKC", text)))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _names(run: str) -> set[str]:
    parts = re.split(r"[-_/.]", run)
    numbers = (part.lstrip("0") for part in parts if part.isdecimal())
    return {each[:LONGEST_WORD] for each in (run, *parts, *numbers) if each}


def _pairs(run: str) -> set[str]:
    """Cut a run into pairs; the last character stands alone too, to be found by its beginning."""
    return {run[at : at + 2] for at in range(len(run))}
