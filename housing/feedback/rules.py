"""Pure rules of feedback: who is asked, what is kept of a sentence, what small counts hide."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

BEST = 5
LONGEST = 300
"""Characters of the sentence."""

PERIOD = timedelta(days=30)
"""How long after its end a case can be answered for."""

LEAST = 5
"""Groups of fewer answers are not shown: they could be somebody's own."""

_BLOT = "▇▇▇"
_PERSONAL = re.compile(
    r"[A-Za-z][1289A-Da-d]\d{8}"  # national id and residence permit
    r"|\+?\d[\d\-() ]{6,}\d"  # phone and account numbers
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """The answers of one process, place and month: how many, and their stars together."""

    process_key: str
    scope: str
    month: str
    count: int
    stars: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Mean:
    """What a group thought.

    Attributes:
        key: process, community or month.
        count, mean: None where they are not shown.
    """

    key: str
    count: int | None
    mean: float | None


def is_open(status: str, ended_at: datetime | None, now: datetime) -> bool:
    """Tell whether a case can be answered for, unless it was already."""
    return status == "completed" and ended_at is not None and now <= ended_at + PERIOD


def blotted(sentence: str) -> str:
    """Keep one line of a sentence, with what looks like personal data blotted out."""
    line = " ".join(sentence.split())
    return _PERSONAL.sub(_BLOT, line)[:LONGEST]


def means(groups: Mapping[str, tuple[int, int]]) -> tuple[Mean, ...]:
    """Take the mean of each group; small groups are hidden, and never a single one alone.

    A single hidden group could be counted back from the other tables of the same answers, so the
    smallest shown one is hidden with it.

    Args:
        groups: group to the number of its answers and the sum of their stars.
    """
    hidden = {key for key, (count, _stars) in groups.items() if count < LEAST}
    shown = sorted((count, key) for key, (count, _stars) in groups.items() if key not in hidden)
    if len(hidden) == 1 and shown:
        hidden.add(shown[0][1])
    return tuple(
        Mean(key=key, count=None, mean=None)
        if key in hidden
        else Mean(key=key, count=count, mean=stars / count)
        for key, (count, stars) in sorted(groups.items())
    )


def grouped(answers: Iterable[Answers], by: str) -> Mapping[str, tuple[int, int]]:
    """Add up numbers and stars by "process_key", "scope" or "month"."""
    found: dict[str, tuple[int, int]] = {}
    for each in answers:
        key = str(getattr(each, by))
        count, stars = found.get(key, (0, 0))
        found[key] = (count + each.count, stars + each.stars)
    return found
