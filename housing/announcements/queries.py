"""Read announcements: what a reader is told, what the office keeps, what everybody may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.types import Actor
from housing.announcements import audience
from housing.announcements.desk import may_keep, row_by_number, scope_of
from housing.announcements.errors import AnnouncementNotFound
from housing.announcements.models import Announcement, AnnouncementReceipt, AnnouncementVersion
from housing.announcements.rules import (
    ENDED,
    LIVE,
    MANAGER_ROLES,
    OFFICE_ROLES,
    covers,
    excerpt,
    translated,
)
from housing.announcements.views import (
    AnnouncementView,
    Listed,
    ReaderItem,
    VersionView,
    view_of,
)
from housing.places.models import Community
from housing.places.rules import COMMUNITY_PREFIX, code_of

MOST_LIVE = 300
"""Announcements in force that are looked at for one reader, the newest."""


class Person(Protocol):
    """Whom announcements are read for."""

    @property
    def id(self) -> int:
        """Tell the account."""
        ...

    @property
    def language(self) -> str:
        """Tell the language of pages."""
        ...

    @property
    def roles(self) -> frozenset[str]:
        """Tell the roles held in any scope."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which part of the office's list is wanted; "" means all.

    Attributes:
        state: a code of `rules.STATES`, or "live" or "ended".
        text: part of title, text or number.
    """

    state: str = ""
    category: str = ""
    community: str = ""
    text: str = ""
    offset: int = 0
    limit: int = 25


def for_reader(session: Session, person: Person, at: datetime, limit: int) -> Sequence[ReaderItem]:
    """List what is in force for somebody: first what he must acknowledge, then unread, then new.

    Args:
        session: any.
        person: an account with its roles and language.
        at: which homes count.
        limit: announcements at most.
    """
    return _read_by(person, LIVE, at, session)[:limit]


def archive_for(session: Session, person: Person, at: datetime) -> Sequence[ReaderItem]:
    """List what somebody was told and is over, the newest first."""
    items = _read_by(person, ENDED, at, session)
    return sorted(items, key=lambda each: each.published_at, reverse=True)


def reader_item(
    session: Session, number: str, person: Person, at: datetime
) -> tuple[AnnouncementView, ReaderItem]:
    """Read an announcement that went out, for somebody it is meant for.

    Raises:
        AnnouncementNotFound: there is none for him.
    """
    row = row_by_number(number, session=session)
    receipts = _receipts(person, [row.id], session)
    homes = audience.homes_of(person.id, at=at, session=session)
    is_meant = row.id in receipts or covers(scope_of(row), homes, person.roles)
    if row.published_at is None or not is_meant:
        raise AnnouncementNotFound(number)
    return _view(row, session), _item(row, row.published_at, receipts.get(row.id), person)


def kept(session: Session, number: str, by: Actor) -> AnnouncementView:
    """Read an announcement for those who look after it.

    Raises:
        AnnouncementNotFound: there is none, or it is no business of this person.
    """
    row = row_by_number(number, session=session)
    if not may_keep(row, by):
        raise AnnouncementNotFound(number)
    return _view(row, session)


def listed(session: Session, wanted: Wanted, by: Actor) -> Listed:
    """List announcements for the office, and for managers those of their communities."""
    conditions = [*_kept_by(by), *_conditions(wanted)]
    total = session.scalar(select(func.count(Announcement.id)).where(*conditions)) or 0
    rows = session.scalars(
        select(Announcement)
        .where(*conditions)
        .order_by(func.coalesce(Announcement.published_at, Announcement.drafted_at).desc())
        .order_by(Announcement.id.desc())
        .offset(wanted.offset)
        .limit(wanted.limit)
    ).all()
    return Listed(rows=_views(rows, session), total=total)


def public(session: Session, *, limit: int, is_over: bool = False) -> tuple[AnnouncementView, ...]:
    """List what everybody may read without an account, the newest first."""
    rows = session.scalars(
        select(Announcement)
        .where(
            Announcement.is_public,
            Announcement.published_at.is_not(None),
            Announcement.state == "expired" if is_over else Announcement.state.in_(LIVE),
        )
        .order_by(Announcement.published_at.desc(), Announcement.id.desc())
        .limit(limit)
    ).all()
    return _views(rows, session)


def public_one(session: Session, number: str) -> AnnouncementView:
    """Read an announcement that everybody may read.

    Raises:
        AnnouncementNotFound: there is none of this number that is public and was in force.
    """
    row = row_by_number(number, session=session)
    if not row.is_public or row.published_at is None:
        raise AnnouncementNotFound(number)
    return _view(row, session)


def by_instance(session: Session, instance_id: str) -> AnnouncementView:
    """Read the announcement of a process instance.

    Raises:
        AnnouncementNotFound: it has none.
    """
    row = session.scalar(select(Announcement).where(Announcement.instance_id == instance_id))
    if row is None:
        raise AnnouncementNotFound(instance_id)
    return _view(row, session)


def by_token(session: Session, token: str) -> AnnouncementView:
    """Read the announcement that a form of this token made.

    Raises:
        AnnouncementNotFound: none was made.
    """
    row = session.scalar(select(Announcement).where(Announcement.token == token))
    if row is None:
        raise AnnouncementNotFound(token)
    return _view(row, session)


def versions(session: Session, announcement_id: int) -> tuple[VersionView, ...]:
    """List the texts that were replaced, the newest first."""
    rows = session.scalars(
        select(AnnouncementVersion)
        .where(AnnouncementVersion.announcement_id == announcement_id)
        .order_by(AnnouncementVersion.version.desc())
    )
    return tuple(
        VersionView(
            version=row.version,
            title=row.title,
            body=row.body,
            replaced_at=row.replaced_at,
            replaced_by=row.replaced_by,
            reason=row.reason,
        )
        for row in rows
    )


def managed_communities(by: Actor) -> frozenset[str]:
    """Tell the codes of the communities that somebody manages."""
    scopes = (scope for role, scope in by.groups if role in MANAGER_ROLES)
    return frozenset(code_of(scope) for scope in scopes if scope.startswith(COMMUNITY_PREFIX))


def _read_by(
    person: Person, states: Iterable[str], at: datetime, session: Session
) -> list[ReaderItem]:
    rows = session.scalars(
        select(Announcement)
        .where(Announcement.state.in_(states), Announcement.published_at.is_not(None))
        .order_by(Announcement.published_at.desc(), Announcement.id.desc())
        .limit(MOST_LIVE)
    ).all()
    if not rows:
        return []
    receipts = _receipts(person, [row.id for row in rows], session)
    homes = audience.homes_of(person.id, at=at, session=session)
    items = [
        _item(row, row.published_at, receipts.get(row.id), person)
        for row in rows
        if row.published_at is not None
        and (row.id in receipts or covers(scope_of(row), homes, person.roles))
    ]
    return sorted(items, key=lambda each: (not each.must_act, not each.is_unread))


def _receipts(
    person: Person, ids: Sequence[int], session: Session
) -> Mapping[int, AnnouncementReceipt]:
    rows = session.scalars(
        select(AnnouncementReceipt).where(
            AnnouncementReceipt.account_id == person.id,
            AnnouncementReceipt.announcement_id.in_(ids),
        )
    )
    return {row.announcement_id: row for row in rows}


def _item(
    row: Announcement,
    published_at: datetime,
    receipt: AnnouncementReceipt | None,
    person: Person,
) -> ReaderItem:
    title, body = translated(row.translations, person.language, row.title, row.body)
    is_acknowledged = receipt is not None and receipt.acknowledged_at is not None
    return ReaderItem(
        number=row.number,
        title=title,
        excerpt=excerpt(body),
        category=row.category,
        state=row.state,
        published_at=published_at,
        ends_at=row.until_at,
        is_unread=row.state in LIVE and (receipt is None or receipt.version_read != row.version),
        must_act=row.state in LIVE and row.must_acknowledge and not is_acknowledged,
        is_acknowledged=is_acknowledged,
    )


def _kept_by(by: Actor) -> list[ColumnElement[bool]]:
    if any(role in OFFICE_ROLES for role, _ in by.groups):
        return []
    mine = Announcement.author_id == by.id
    return [or_(mine, Announcement.community.in_(managed_communities(by)))]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    groups = {"live": LIVE, "ended": ENDED}
    conditions: list[ColumnElement[bool]] = []
    if wanted.state:
        conditions.append(Announcement.state.in_(groups.get(wanted.state, {wanted.state})))
    if wanted.category:
        conditions.append(Announcement.category == wanted.category)
    if wanted.community:
        conditions.append(Announcement.community == wanted.community)
    if wanted.text:
        columns = (Announcement.title, Announcement.body, Announcement.number)
        conditions.append(
            or_(*(column.icontains(wanted.text, autoescape=True) for column in columns))
        )
    return conditions


def _view(row: Announcement, session: Session) -> AnnouncementView:
    return _views([row], session)[0]


def _views(rows: Sequence[Announcement], session: Session) -> tuple[AnnouncementView, ...]:
    codes = {row.community for row in rows if row.community}
    found = session.execute(select(Community.code, Community.name).where(Community.code.in_(codes)))
    names = dict(found.all())
    return tuple(view_of(row, names.get(row.community or "", "")) for row in rows)
