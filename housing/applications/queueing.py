"""The rolling queue: site x room type x class, by order of qualification.

The waiting list of a new call's draw is used up before anybody of the queue is asked.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from housing.applications.desk import settings_of, sites_of
from housing.applications.models import CallRound, HousingApplication, QueuePlace


def take_places(
    application: HousingApplication, *, at: datetime, session: Session
) -> list[QueuePlace]:
    """Give an application the next position at each of its sites; a second call changes nothing."""
    known = select(QueuePlace).where(QueuePlace.application_id == application.id)
    places = list(session.scalars(known))
    if places:
        return places
    # the row of the call is locked, so that no two cases take the same position
    call_round = session.get_one(CallRound, application.round_id, with_for_update=True)
    is_by_submission = settings_of(call_round).queue_by == "complete"
    for site in sites_of(application.id, session=session):
        place = QueuePlace(
            round_id=application.round_id,
            site=site,
            room_type=application.room_type,
            household_class=application.household_class,
            position=_last_position(application, site, session) + 1,
            application_id=application.id,
            queued_at=application.counts_at if is_by_submission else at,
            state="waiting",
        )
        session.add(place)
        session.flush()
        places.append(place)
    return places


def head_of(
    round_id: int, site: str, room_type: str, household_class: str | None, *, session: Session
) -> QueuePlace | None:
    """Find who is first in a queue; without a class the priority classes come before general."""
    rows = select(QueuePlace).where(
        QueuePlace.round_id == round_id,
        QueuePlace.site == site,
        QueuePlace.room_type == room_type,
        QueuePlace.state == "waiting",
    )
    if household_class is not None:
        rows = rows.where(QueuePlace.household_class == household_class)
    is_general = QueuePlace.household_class == "general"
    order = (is_general, QueuePlace.queued_at, QueuePlace.position)
    return session.scalars(rows.order_by(*order).limit(1)).first()


def _last_position(application: HousingApplication, site: str, session: Session) -> int:
    last = session.scalar(
        select(func.max(QueuePlace.position)).where(
            QueuePlace.round_id == application.round_id,
            QueuePlace.site == site,
            QueuePlace.room_type == application.room_type,
            QueuePlace.household_class == application.household_class,
        )
    )
    return last or 0
