"""An application that rests in another one as officers merged their cases: it counts once."""

from datetime import datetime

from sqlalchemy.orm import Session

from housing.applications.desk import application_by_number, move
from housing.slices import Merging

DROPPED = frozenset({"withdrawn", "deceased", "merged"})
"""States in which an application ended without a decision."""


def _merge(number: str, lead: str, *, session: Session, now: datetime) -> str:
    application = application_by_number(number, session=session)
    state = application.state
    application.merged_into_id = application_by_number(lead, session=session).id
    move(application, "merged", at=now)
    return state


def _part(number: str, state: str, *, session: Session, now: datetime) -> None:
    application = application_by_number(number, session=session)
    application.merged_into_id = None
    move(application, state, at=now)


def _was_dropped(number: str, *, session: Session) -> bool:
    return application_by_number(number, session=session).state in DROPPED


MERGING = Merging(merge=_merge, part=_part, was_dropped=_was_dropped)
