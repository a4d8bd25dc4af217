"""Read what all answers together say."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from engine.local_days import local_day
from engine.types import CITY
from housing.feedback import rules
from housing.feedback.models import Feedback
from housing.feedback.rules import Answers, Mean
from housing.places.rules import COMMUNITY_PREFIX
from housing.repairs.models import RepairTicket
from housing.repairs.service import PROCESS as REPAIRS

MOST_SENTENCES = 200
"""So many are shown, of the newest months."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A sentence, with the stars that came with it."""

    process_key: str
    stars: int
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """What people thought, in groups that are large enough to be shown.

    Attributes:
        sentences: of processes whose figures are shown, at most MOST_SENTENCES; the newest month
            first, within a month in no telling order.
    """

    processes: tuple[Mean, ...]
    communities: tuple[Mean, ...]
    months: tuple[Mean, ...]
    sentences: tuple[Said, ...]


def results(scopes: Iterable[str], *, session: Session) -> Results:
    """Read what the people of some scopes thought; "city" stands for all.

    The ratings that repairs ask for in their own process count like answers.
    """
    wanted = frozenset(scopes)
    answers = [*_answers(wanted, session), *_ratings(wanted, session)]
    processes = rules.means(rules.grouped(answers, "process_key"))
    shown = [each.key for each in processes if each.count is not None]
    return Results(
        processes=processes,
        communities=rules.means(rules.grouped(answers, "scope")),
        months=rules.means(rules.grouped(answers, "month"))[::-1],
        sentences=_sentences(shown, wanted, session),
    )


def _answers(scopes: frozenset[str], session: Session) -> list[Answers]:
    by = (Feedback.process_key, Feedback.scope, Feedback.month)
    rows = session.execute(
        select(*by, func.count(), func.sum(Feedback.stars)).where(_within(scopes)).group_by(*by)
    )
    return [
        Answers(process_key=process_key, scope=scope, month=month, count=count, stars=stars)
        for process_key, scope, month, count, stars in rows
    ]


def _ratings(scopes: frozenset[str], session: Session) -> list[Answers]:
    month = func.substr(local_day(RepairTicket.closed_at), 1, 7).label("month")
    codes = [each.removeprefix(COMMUNITY_PREFIX) for each in sorted(scopes)]
    rows = session.execute(
        select(RepairTicket.community, month, func.count(), func.sum(RepairTicket.rating))
        .where(
            RepairTicket.rating.is_not(None),
            RepairTicket.closed_at.is_not(None),
            true() if CITY in scopes else RepairTicket.community.in_(codes),
        )
        .group_by(RepairTicket.community, month)
    )
    return [
        Answers(
            process_key=REPAIRS,
            scope=f"{COMMUNITY_PREFIX}{community}",
            month=when,
            count=count,
            stars=stars,
        )
        for community, when, count, stars in rows
    ]


def _sentences(
    process_keys: Iterable[str], scopes: frozenset[str], session: Session
) -> tuple[Said, ...]:
    rows = session.scalars(
        select(Feedback)
        .where(Feedback.sentence != "", Feedback.process_key.in_(process_keys), _within(scopes))
        .order_by(Feedback.month.desc(), Feedback.id)
        .limit(MOST_SENTENCES)
    )
    return tuple(
        Said(process_key=each.process_key, stars=each.stars, sentence=each.sentence)
        for each in rows
    )


def _within(scopes: frozenset[str]) -> ColumnElement[bool]:
    return true() if CITY in scopes else Feedback.scope.in_(sorted(scopes))
