"""Take the answer of whoever a case was about."""

import secrets
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.records import Instance
from housing.feedback import rules
from housing.feedback.errors import FeedbackClosed, StarsMissing
from housing.feedback.models import Feedback, FeedbackGiven
from housing.progress.queries import FOLLOWED
from housing.repairs.models import RepairTicket


def is_asked(case: Instance, *, session: Session, now: datetime) -> bool:
    """Tell whether a case is asked about: once, for a month, unless it was rated in its course."""
    if case.process_key not in FOLLOWED or not rules.is_open(case.status, case.ended_at, now):
        return False
    if session.get(FeedbackGiven, case.id) is not None:
        return False
    rated = select(RepairTicket.id).where(
        RepairTicket.instance_id == case.id, RepairTicket.rating.is_not(None)
    )
    return session.scalar(rated) is None


def give(
    case: Instance, stars: int | None, sentence: str, *, session: Session, clock: Clock
) -> None:
    """Keep stars and a sentence; once a case, within 30 days of its end.

    Raises:
        StarsMissing: stars are not 1 to 5.
        FeedbackClosed: the case is not asked about, or not any more.
    """
    if stars is None or not 1 <= stars <= rules.BEST:
        raise StarsMissing()
    if case.ended_at is None or not is_asked(case, session=session, now=clock.now()):
        raise FeedbackClosed()
    session.add(FeedbackGiven(instance_id=case.id, given_at=clock.now()))
    try:
        session.flush()
    except IntegrityError as error:  # somebody else was faster
        raise FeedbackClosed() from error
    session.add(
        Feedback(
            id=secrets.token_hex(16),
            process_key=case.process_key,
            scope=case.scope,
            month=f"{local_date(case.ended_at):%Y-%m}",
            stars=stars,
            sentence=rules.blotted(sentence),
        )
    )


def purge(*, session: Session, clock: Clock) -> None:
    """Forget which cases were answered for, once none of them can be asked about any more."""
    given = FeedbackGiven.given_at <= clock.now() - rules.PERIOD
    session.execute(delete(FeedbackGiven).where(given))
