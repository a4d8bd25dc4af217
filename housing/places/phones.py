"""The telephone of a community's office, which residents read on their start page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import CITY, Actor
from housing.places import queries
from housing.places.errors import CommunityNotFound
from housing.places.models import Community, PhoneChange
from housing.places.queries import CommunityView
from housing.places.rules import PHONE_KEEPERS, read_phone


@dataclass(frozen=True, kw_only=True, slots=True)
class PhoneLine:
    """A change of a community's number; None stands for no number."""

    before: str | None
    after: str | None
    by_name: str
    at: datetime


def kept_by(actor: Actor, *, session: Session) -> list[CommunityView]:
    """List the communities whose number somebody may change, by code."""
    scopes = frozenset(scope for role, scope in actor.groups if role in PHONE_KEEPERS)
    found = queries.communities(session=session)
    return [each for each in found if CITY in scopes or each.scope in scopes]


def kept_community(code: str, actor: Actor, *, session: Session) -> CommunityView:
    """Read a community whose number somebody may change.

    Raises:
        CommunityNotFound: there is none, or it is no business of his; the same for both.
    """
    found = (each for each in kept_by(actor, session=session) if each.code == code)
    community = next(found, None)
    if community is None:
        raise CommunityNotFound(code)
    return community


def set_phone(code: str, text: str, *, by: Actor, session: Session, clock: Clock) -> None:
    """Change the number of a community's office; the former one stays in its history.

    Args:
        code: of the community.
        text: such as 04-2222-3333#12; "" takes the number away.
        by: whoever enters it.
        session: of the unit of work.
        clock: tells when.

    Raises:
        CommunityNotFound: as `kept_community`.
        PhoneInvalid: nobody could call it.
    """
    kept_community(code, by, session=session)
    phone = read_phone(text)
    row = session.get_one(Community, code, with_for_update=True)
    if row.phone == phone:
        return
    session.add(
        PhoneChange(
            community_code=code,
            before=row.phone,
            after=phone,
            by_id=by.id,
            by_name=by.name,
            at=clock.now(),
        )
    )
    row.phone = phone
    session.flush()


def changes_of(code: str, *, session: Session) -> list[PhoneLine]:
    """List the changes of a community's number, the newest first."""
    rows = session.scalars(
        select(PhoneChange)
        .where(PhoneChange.community_code == code)
        .order_by(PhoneChange.id.desc())
    )
    return [
        PhoneLine(before=row.before, after=row.after, by_name=row.by_name, at=row.at)
        for row in rows
    ]
