"""Announcements of a period in numbers, counted by the database: seven statements, however many."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, distinct, func, select, true
from sqlalchemy.orm import Session

from engine import dispatches
from engine.spans import seconds_between
from housing.announcements.models import Announcement, AnnouncementReceipt
from housing.announcements.rules import A_DAY, EMERGENCY, THREE_DAYS, minutes_to_most, percentile
from housing.notices.models import NoticePreference

Chosen = list[ColumnElement[bool]]
"""Which announcements are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Announcements of a period in numbers (announcements.md, KPIs).

    Attributes:
        in_a_day, in_three_days: (readers within it, told).
        acknowledged: (who did, told of those that must be acknowledged).
        muted: (readers who take no notices of the category by any channel, told).
        drafts_returned: (returns, drafts that managers sent in), of those drafted in the period.
        emergency_minutes: until 95 % had it, the middle value; None without an emergency.
        pushes_a_week: ordinary pushes a reader and week; None without readers.
        by_category: category to published.
    """

    published: int
    in_a_day: tuple[int, int]
    in_three_days: tuple[int, int]
    acknowledged: tuple[int, int]
    muted: tuple[int, int]
    drafts_returned: tuple[int, int]
    emergency_minutes: float | None
    pushes_a_week: float | None
    by_category: Mapping[str, int]


def figures(
    session: Session,
    since: datetime,
    until: datetime,
    communities: Collection[str] | None = None,
) -> Figures:
    """Count the announcements published in a period.

    Args:
        session: any.
        since: first instant.
        until: first instant after it.
        communities: codes; None means all, those of the whole city included.
    """
    place = true() if communities is None else Announcement.community.in_(communities)
    chosen = [Announcement.published_at >= since, Announcement.published_at < until, place]
    drafted = [Announcement.drafted_at >= since, Announcement.drafted_at < until, place]
    ordinary = [*chosen, Announcement.category != EMERGENCY]
    by_category = _by_category(chosen, session)
    told, in_a_day, in_three_days, must, acknowledged = _reading(chosen, session)
    return Figures(
        published=sum(by_category.values()),
        in_a_day=(in_a_day, told),
        in_three_days=(in_three_days, told),
        acknowledged=(acknowledged, must),
        muted=_muted(ordinary, session),
        drafts_returned=_returned(drafted, session),
        emergency_minutes=_emergency_minutes(chosen, session),
        pushes_a_week=_pushes_a_week(ordinary, until - since, session),
        by_category=by_category,
    )


def _by_category(chosen: Chosen, session: Session) -> Mapping[str, int]:
    rows = session.execute(
        select(Announcement.category, func.count()).where(*chosen).group_by(Announcement.category)
    )
    return dict(rows.all())


def _reading(chosen: Chosen, session: Session) -> tuple[int, int, int, int, int]:
    """Count those told, those who read in time, those who must acknowledge, and those who did."""
    took = seconds_between(AnnouncementReceipt.told_at, AnnouncementReceipt.read_at)
    must = Announcement.must_acknowledge
    told, in_a_day, in_three_days, asked, acknowledged = session.execute(
        select(
            func.count(),
            func.count().filter(took <= A_DAY.total_seconds()),
            func.count().filter(took <= THREE_DAYS.total_seconds()),
            func.count().filter(must),
            func.count().filter(and_(must, AnnouncementReceipt.acknowledged_at.is_not(None))),
        )
        .join_from(AnnouncementReceipt, Announcement)
        .where(AnnouncementReceipt.is_told, *chosen)
    ).one()
    return told, in_a_day, in_three_days, asked, acknowledged


def _muted(ordinary: Chosen, session: Session) -> tuple[int, int]:
    """Count who takes no notice of a category by any channel; who chose nothing takes them."""
    has_muted = and_(
        NoticePreference.account_id == AnnouncementReceipt.account_id,
        NoticePreference.topic == "news_" + Announcement.category,
        NoticePreference.channels == "",
    )
    muted, told = session.execute(
        select(func.count(NoticePreference.account_id), func.count())
        .join_from(AnnouncementReceipt, Announcement)
        .outerjoin(NoticePreference, has_muted)
        .where(AnnouncementReceipt.is_told, *ordinary)
    ).one()
    return muted, told


def _returned(drafted: Chosen, session: Session) -> tuple[int, int]:
    returned, sent_in = session.execute(
        select(func.coalesce(func.sum(Announcement.returned_count), 0), func.count()).where(
            Announcement.is_office.is_(False), *drafted
        )
    ).one()
    return returned, sent_in


def _emergency_minutes(chosen: Chosen, session: Session) -> float | None:
    rows = session.execute(
        select(Announcement.instance_id, Announcement.published_at, AnnouncementReceipt.account_id)
        .join_from(AnnouncementReceipt, Announcement)
        .where(AnnouncementReceipt.is_told, Announcement.category == EMERGENCY, *chosen)
    )
    told: dict[tuple[str, datetime], list[str]] = {}
    for instance_id, published_at, account_id in rows:
        if instance_id is not None and published_at is not None:
            told.setdefault((instance_id, published_at), []).append(str(account_id))
    sent = dispatches.outcomes_of([each for each, _at in told], session.connection())
    minutes = [
        minutes_to_most(
            published_at,
            [
                outcome.sent_at if (outcome := sent.get(instance_id, {}).get(each)) else None
                for each in readers
            ],
        )
        for (instance_id, published_at), readers in told.items()
    ]
    return percentile([each for each in minutes if each is not None], 50)


def _pushes_a_week(ordinary: Chosen, period: timedelta, session: Session) -> float | None:
    readers = session.scalar(
        select(func.count(distinct(AnnouncementReceipt.account_id)))
        .join_from(AnnouncementReceipt, Announcement)
        .where(AnnouncementReceipt.is_told, *ordinary)
    )
    if not readers:
        return None
    cases = select(Announcement.instance_id).where(*ordinary)
    pushes = dispatches.count_pushed(cases, session.connection())
    return pushes / readers / max(period / timedelta(weeks=1), 1)
