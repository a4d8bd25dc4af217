"""Pure rules of feedback: who is asked, what is kept of a sentence, what small counts hide."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

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
class Answer:
    """One answer, as figures need it."""

    process_key: str
    scope: str
    month: str
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


def means(stars: Mapping[str, Sequence[int]]) -> tuple[Mean, ...]:
    """Take the mean of each group; small groups are hidden, and never a single one alone.

    A single hidden group could be counted back from the other tables of the same answers, so the
    smallest shown one is hidden with it.

    Args:
        stars: group to its answers.
    """
    hidden = {key for key, given in stars.items() if len(given) < LEAST}
    shown = sorted((len(given), key) for key, given in stars.items() if key not in hidden)
    if len(hidden) == 1 and shown:
        hidden.add(shown[0][1])
    return tuple(
        Mean(key=key, count=None, mean=None)
        if key in hidden
        else Mean(key=key, count=len(given), mean=fmean(given))
        for key, given in sorted(stars.items())
    )


def grouped(answers: Iterable[Answer], by: str) -> Mapping[str, list[int]]:
    """Gather the stars by "process_key", "scope" or "month"."""
    found: dict[str, list[int]] = {}
    for each in answers:
        found.setdefault(str(getattr(each, by)), []).append(each.stars)
    return found
