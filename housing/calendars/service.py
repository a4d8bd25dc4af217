"""Change the office's calendars."""

from sqlalchemy.orm import Session

from engine.calendars import Change, Edition
from engine.process_engine import ProcessEngine
from engine.types import CITY, Actor
from housing.calendars.errors import OnlyDisasterDays
from housing.places import queries as places
from housing.places.rules import code_of

SUPERVISOR = "process_supervisor"
OFFICER = "officer"
DISASTER_KINDS = frozenset({"typhoon", "half"})
"""What an officer may enter: days and afternoons closed by a typhoon or the like."""


def publish(edition: Edition, *, by: Actor, engine: ProcessEngine, session: Session) -> int:
    """Publish a new version of the city's or a community's calendar; return its number.

    Running due dates that it moves follow after the commit, case by case.

    Raises:
        OnlyDisasterDays: an officer wants to change more than days closed by a disaster, or
            somebody is neither officer nor process supervisor.
        CommunityNotFound: the scope is no community.
        ReasonMissing, CalendarChanged, NothingToPublish: as `engine.calendars.publish`.
    """
    ensure_allowed(edition.scope, edition.change, by=by)
    ensure_scope(edition.scope, session=session)
    return engine.publish_calendar(edition, by=by, session=session)


def ensure_allowed(scope: str, change: Change, *, by: Actor) -> None:
    """Refuse a change that this person may not make.

    Raises:
        OnlyDisasterDays: an officer may enter days closed by a disaster only.
    """
    if by.belongs_to(SUPERVISOR, scope):
        return
    if by.belongs_to(OFFICER, scope) and _is_disaster(change):
        return
    raise OnlyDisasterDays


def ensure_scope(scope: str, *, session: Session) -> None:
    """Refuse a scope that is neither the city nor a community.

    Raises:
        CommunityNotFound: there is none of this code.
    """
    if scope != CITY:
        places.community(code_of(scope), session=session)


def _is_disaster(change: Change) -> bool:
    kinds = {day.kind for day in change.put}
    return bool(kinds) and kinds <= DISASTER_KINDS and not (change.removed or change.years)
