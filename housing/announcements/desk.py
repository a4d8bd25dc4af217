"""What operations and verbs share: rows by number, scopes, numbers, who is told."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.types import CITY, Actor, InstanceRef
from forms.dates import republic_year
from housing.announcements.errors import AnnouncementNotFound
from housing.announcements.models import (
    Announcement,
    AnnouncementReceipt,
    AnnouncementSerial,
    AnnouncementVersion,
)
from housing.announcements.rules import (
    EMERGENCY,
    MANAGER_ROLES,
    OFFICE_ROLES,
    Scope,
    announcement_number,
)
from housing.notices.service import notify
from housing.people.queries import AccountRef
from housing.places.rules import community_scope
from housing.serials import take_serials


def row_of(announcement_id: int, *, session: Session) -> Announcement:
    """Read an announcement by its id.

    Raises:
        AnnouncementNotFound: there is none.
    """
    found = session.get(Announcement, announcement_id)
    if found is None:
        raise AnnouncementNotFound(str(announcement_id))
    return found


def row_by_number(number: str, *, session: Session) -> Announcement:
    """Read an announcement by its number.

    Raises:
        AnnouncementNotFound: there is none.
    """
    found = session.scalar(select(Announcement).where(Announcement.number == number))
    if found is None:
        raise AnnouncementNotFound(number)
    return found


def next_number(session: Session, now: datetime) -> str:
    """Take the next number of the year of the Republic."""
    year = republic_year(local_date(now))
    return announcement_number(year, take_serials(AnnouncementSerial, year, session=session))


def scope_of(row: Announcement) -> Scope:
    """Tell whom an announcement is for."""
    return Scope(
        kind=row.scope_kind,
        community=row.community or "",
        building=row.building,
        floor=row.floor,
        units=tuple(row.units),
        role=row.role,
    )


def task_scope(scope: Scope) -> str:
    """Name the scope of the tasks of an announcement: its community, else the city."""
    return community_scope(scope.community) if scope.community else CITY


def path_of(number: str) -> str:
    """Tell the page of an announcement for its readers."""
    return f"/announcements/{number}"


def may_keep(row: Announcement, by: Actor) -> bool:
    """Tell whether somebody may correct, withdraw and see the readers of an announcement."""
    if any(role in OFFICE_ROLES for role, _ in by.groups) or row.author_id == by.id:
        return True
    scope = community_scope(row.community or "")
    return bool(row.community) and any(by.belongs_to(role, scope) for role in MANAGER_ROLES)


def receipts_of(row: Announcement, *, session: Session) -> list[AnnouncementReceipt]:
    """List the receipts of an announcement by account."""
    return list(
        session.scalars(
            select(AnnouncementReceipt)
            .where(AnnouncementReceipt.announcement_id == row.id)
            .order_by(AnnouncementReceipt.account_id)
        )
    )


def tell(  # noqa: PLR0913  # who, what, about which, with what
    row: Announcement,
    kind: str,
    readers: Iterable[AccountRef],
    fields: Mapping[str, object],
    *,
    english: Mapping[str, object] | None = None,
    session: Session,
    clock: Clock,
) -> None:
    """Tell accounts something about an announcement; the notice leads to its page."""
    said = row.translations.get("en")
    in_english = {"title": said["title"]} if said else {}
    notify(
        readers,
        kind,
        {"title": row.title, **fields},
        instance=InstanceRef(
            id=row.instance_id or "", business_key=row.number, scope=task_scope(scope_of(row))
        ),
        url=path_of(row.number),
        english={**in_english, **(english or {})},
        session=session,
        clock=clock,
    )


def tell_all(
    row: Announcement, kind: str, fields: Mapping[str, object], *, session: Session, clock: Clock
) -> None:
    """Tell exactly those who were told before; of an emergency at any hour."""
    told = [each.account_id for each in receipts_of(row, session=session) if each.is_told]
    urgent = "_urgent" if row.category == EMERGENCY else ""
    tell(row, f"{kind}{urgent}", told, fields, session=session, clock=clock)


def keep_version(
    row: Announcement, *, by_name: str, reason: str, at: datetime, session: Session
) -> None:
    """Keep the text in force before it is replaced."""
    session.add(
        AnnouncementVersion(
            announcement_id=row.id,
            version=row.version,
            title=row.title,
            body=row.body,
            until_at=row.until_at,
            replaced_at=at,
            replaced_by=by_name,
            reason=reason[:300],
        )
    )
    row.version += 1
    row.corrected_at = at
