"""Read what all answers together say."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from housing.feedback import rules
from housing.feedback.models import Feedback
from housing.feedback.rules import Answer, Mean
from housing.places.rules import COMMUNITY_PREFIX
from housing.repairs.models import RepairTicket
from housing.repairs.service import PROCESS as REPAIRS

CITY = "city"


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
        sentences: of processes whose figures are shown, in no telling order.
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
    rows = [
        each
        for each in session.scalars(select(Feedback).order_by(Feedback.id))
        if CITY in wanted or each.scope in wanted
    ]
    answers = [
        Answer(process_key=each.process_key, scope=each.scope, month=each.month, stars=each.stars)
        for each in rows
    ]
    answers += [each for each in _ratings(session) if CITY in wanted or each.scope in wanted]
    processes = rules.means(rules.grouped(answers, "process_key"))
    shown = {each.key for each in processes if each.count is not None}
    return Results(
        processes=processes,
        communities=rules.means(rules.grouped(answers, "scope")),
        months=rules.means(rules.grouped(answers, "month"))[::-1],
        sentences=tuple(
            Said(process_key=each.process_key, stars=each.stars, sentence=each.sentence)
            for each in rows
            if each.sentence and each.process_key in shown
        ),
    )


def _ratings(session: Session) -> list[Answer]:
    rows = session.execute(
        select(RepairTicket.community, RepairTicket.closed_at, RepairTicket.rating).where(
            RepairTicket.rating.is_not(None), RepairTicket.closed_at.is_not(None)
        )
    )
    return [
        Answer(
            process_key=REPAIRS,
            scope=f"{COMMUNITY_PREFIX}{community}",
            month=f"{local_date(closed_at):%Y-%m}",
            stars=rating,
        )
        for community, closed_at, rating in rows
        if closed_at is not None and rating is not None
    ]
