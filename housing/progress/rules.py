"""Pure rules of progress: what usually comes after a milestone, and how long that takes."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_CASES = 20
"""Fewer past cases say too little, and could be somebody's own."""

USUAL_SHARE = 0.5
"""A milestone that so many of the past cases came to usually comes next."""

_EARLY, _LATE = 0.5, 0.8

MILESTONE = "anju:milestone"
"""The property of an element that holds the words for residents."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """One past case: milestone to when it first came there, and when it ended."""

    reached: Mapping[str, datetime]
    ended_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """When something is to be expected: half of the past cases by the first, 8 of 10 by the second.

    Attributes:
        cases: how many past cases say so.
    """

    early: datetime
    late: datetime
    cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """A milestone that may come.

    Attributes:
        window: None where too few past cases came there.
        is_usual: whether most past cases came there; False also when there are too few to tell.
    """

    words: str
    window: Window | None
    is_usual: bool


def course(visits: Mapping[str, datetime], ended_at: datetime, words: Mapping[str, str]) -> Course:
    """Turn visits of elements into those of milestones: the first one of each counts.

    Args:
        visits: element to instant.
        ended_at: of the case.
        words: element to its milestone.
    """
    reached: dict[str, datetime] = {}
    for element, at in visits.items():
        milestone = words[element]
        reached[milestone] = min(at, reached.get(milestone, at))
    return Course(reached=reached, ended_at=ended_at)


def end_window(now: str, since: datetime, past: Iterable[Course]) -> Window | None:
    """Tell when a case that came to a milestone at `since` usually ends; None with too few."""
    took = [each.ended_at - each.reached[now] for each in past if now in each.reached]
    return _window(took, since)


def ahead(
    now: str, since: datetime, possible: Sequence[str], past: Iterable[Course]
) -> tuple[Ahead, ...]:
    """List the milestones that may come after the present one, the usual ones first.

    Args:
        now: the present milestone.
        since: when the case first came there.
        possible: milestones the diagram still leads to, in its order.
        past: cases that ended.
    """
    like = [each for each in past if now in each.reached]
    found = [_ahead(words, now, since, like) for words in possible]
    usual = [each for each in found if each.is_usual]
    usual.sort(key=lambda each: each.window.early if each.window else since)
    return (*usual, *(each for each in found if not each.is_usual))


def _ahead(words: str, now: str, since: datetime, like: Sequence[Course]) -> Ahead:
    later = [
        each.reached[words] - each.reached[now]
        for each in like
        if words in each.reached and each.reached[words] > each.reached[now]
    ]
    is_usual = len(like) >= LEAST_CASES and len(later) >= USUAL_SHARE * len(like)
    return Ahead(words=words, window=_window(later, since), is_usual=is_usual)


def _window(took: Sequence[timedelta], since: datetime) -> Window | None:
    if len(took) < LEAST_CASES:
        return None
    ordered = sorted(took)
    early, late = (ordered[math.ceil(share * len(ordered)) - 1] for share in (_EARLY, _LATE))
    return Window(early=since + early, late=since + late, cases=len(ordered))
