"""Facts of an application by plain names, for the scenarios of its packages."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.applications.desk import application_by_number, changes_of, open_findings
from housing.applications.duplicates import choice_notices
from housing.applications.models import QueuePlace
from housing.applications.supplements import defects_of, newest_supplement
from housing.letters.queries import letters_of

KINDS = frozenset({"application", "supplement", "letters"})
"""The kinds of facts below."""


def facts(number: str, *, session: Session, now: datetime) -> Mapping[str, Mapping[str, object]]:
    """Give the facts of an application, its newest supplement, and its letters by kind.

    Raises:
        ApplicationNotFound: there is none of this number.
    """
    del now
    application = application_by_number(number, session=session)
    supplement = newest_supplement(application.id, session=session)
    place = session.scalars(
        select(QueuePlace).where(QueuePlace.application_id == application.id).limit(1)
    ).first()
    letters = letters_of(application.instance_id or "", session=session)
    kinds = [each.kind for each in letters]
    changes = changes_of(application.id, session=session)
    return {
        "application": {
            "number": application.number,
            "state": application.state,
            "reason_code": application.reason_code,
            "household_class": application.household_class,
            "room_type": application.room_type,
            "score": application.score,
            "lottery_number": application.lottery_number,
            "supplement_rounds": application.supplement_rounds,
            "open_findings": [each.key for each in open_findings(application.id, session=session)],
            "queue_position": place.position if place is not None else None,
            "choice_notices": choice_notices(application, session=session),
            "draw_rank": application.draw_rank,
            "changed": changes[0].fields if changes else [],
        },
        "supplement": {
            "due_at": supplement.due_at,
            "original_due_at": supplement.original_due_at,
            "outcome": supplement.outcome,
            "defects": [each.key for each in defects_of(supplement.id, session=session)],
        }
        if supplement is not None
        else {},
        "letters": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
    }
