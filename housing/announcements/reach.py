"""How far an announcement came: states of delivery, who has not acknowledged, who needs paper."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import dispatches
from engine.dispatches import Outcome
from housing.announcements import audience
from housing.announcements.audience import Dweller
from housing.announcements.desk import receipts_of, row_by_number, row_of, scope_of
from housing.announcements.models import Announcement, AnnouncementReceipt
from housing.announcements.rules import (
    DELIVERY_STATES,
    EMERGENCY,
    Reading,
    percentile,
    share,
    state_of,
)
from housing.announcements.views import PaperHome, Reach, ReceiptView
from housing.delivery import devices
from housing.notices.preferences import channels_of
from housing.people import queries as people

A_DAY = timedelta(days=1)
THREE_DAYS = timedelta(days=3)
MOST = 95
"""Per cent of the readers that an emergency is measured by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Announcements of a period in numbers (announcements.md, KPIs).

    Attributes:
        in_a_day, in_three_days: (readers within it, told).
        acknowledged: (who did, told of those that must be acknowledged).
        muted: (readers who take no notices of the category by any channel, told).
        drafts_returned: (returns, drafts sent in by managers).
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


def receipts(session: Session, announcement_id: int) -> tuple[ReceiptView, ...]:
    """List the readers of an announcement with how far each came, by home."""
    row = row_of(announcement_id, session=session)
    found = receipts_of(row, session=session)
    sent = dispatches.outcomes(row.instance_id or "", session.connection())
    accounts = people.accounts([each.account_id for each in found], session=session)
    known = {each.id: each for each in accounts}
    homes = _homes(row, session)
    views = [
        ReceiptView(
            account_id=each.account_id,
            name=known[each.account_id].name,
            home=homes.get(each.account_id, ""),
            state=state_of(_reading(each, sent.get(str(each.account_id)))),
            told_at=each.told_at,
            read_at=each.read_at,
            acknowledged_at=each.acknowledged_at,
            reminded_at=each.reminded_at,
            is_on_paper=each.is_on_paper,
            can_be_reached=_has_address(
                known[each.account_id].email,
                known[each.account_id].mobile,
                each.account_id,
                session,
            ),
        )
        for each in found
    ]
    return tuple(sorted(views, key=lambda each: (each.home, each.account_id)))


def reach(session: Session, announcement_id: int) -> Reach:
    """Count how far an announcement came with those who were told."""
    row = row_of(announcement_id, session=session)
    told = [each for each in receipts_of(row, session=session) if each.is_told]
    sent = dispatches.outcomes(row.instance_id or "", session.connection())
    states = Counter(state_of(_reading(each, sent.get(str(each.account_id)))) for each in told)
    return Reach(
        told=len(told),
        states={state: states[state] for state in DELIVERY_STATES},
        in_a_day=share(_within(told, A_DAY), len(told)),
        in_three_days=share(_within(told, THREE_DAYS), len(told)),
        acknowledged=share(sum(each.acknowledged_at is not None for each in told), len(told)),
        minutes_to_most=_minutes_to_most(row, told, sent),
    )


def on_paper(session: Session, number: str, at: datetime) -> tuple[PaperHome, ...]:
    """List the homes that must be told on paper: nobody there can be reached otherwise.

    Whoever acknowledged needs no paper any more; of an announcement without acknowledgement,
    whoever read it.

    Args:
        session: any.
        number: of the announcement.
        at: who lives where now.
    """
    row = row_by_number(number, session=session)
    done = {
        each.account_id
        for each in receipts_of(row, session=session)
        if each.acknowledged_at or (each.read_at and not row.must_acknowledge)
    }
    homes = audience.households(scope_of(row), at=at, session=session)
    return tuple(
        PaperHome(
            unit=f"{home.community} {home.unit}",
            names=tuple(each.name for each in home.people),
            account_ids=tuple(each.account_id for each in home.people),
        )
        for home in homes
        if not any(each.account_id in done or _is_reached(each, session) for each in home.people)
    )


def figures(
    session: Session, since: datetime, until: datetime, communities: Collection[str] = ()
) -> Figures:
    """Count the announcements published in a period.

    Args:
        session: any.
        since: first instant.
        until: first instant after it.
        communities: codes; none means all, those of the whole city included.
    """
    conditions = [Announcement.published_at >= since, Announcement.published_at < until]
    if communities:
        conditions.append(Announcement.community.in_(communities))
    rows = session.scalars(select(Announcement).where(*conditions)).all()
    told = {
        row.id: [each for each in receipts_of(row, session=session) if each.is_told] for row in rows
    }
    everyone = [each for readers in told.values() for each in readers]
    must = [each for row in rows if row.must_acknowledge for each in told[row.id]]
    drafted = [row for row in rows if not row.is_office]
    ordinary = [row for row in rows if row.category != EMERGENCY]
    minutes = [
        found
        for row in rows
        if row.category == EMERGENCY
        and (found := _minutes_to_most(row, told[row.id], _sent(row, session))) is not None
    ]
    return Figures(
        published=len(rows),
        in_a_day=(_within(everyone, A_DAY), len(everyone)),
        in_three_days=(_within(everyone, THREE_DAYS), len(everyone)),
        acknowledged=(sum(each.acknowledged_at is not None for each in must), len(must)),
        muted=_muted(ordinary, told, session),
        drafts_returned=(sum(row.returned_count for row in drafted), len(drafted)),
        emergency_minutes=percentile(minutes, 50),
        pushes_a_week=_pushes_a_week(ordinary, told, until - since, session),
        by_category=Counter(row.category for row in rows),
    )


def _sent(row: Announcement, session: Session) -> Mapping[str, Outcome]:
    return dispatches.outcomes(row.instance_id or "", session.connection())


def _muted(
    rows: list[Announcement], told: Mapping[int, list[AnnouncementReceipt]], session: Session
) -> tuple[int, int]:
    muted = total = 0
    for row in rows:
        readers = [each.account_id for each in told[row.id]]
        chosen = channels_of(readers, f"news_{row.category}", session=session)
        muted += sum(not channels for channels in chosen.values())
        total += len(readers)
    return muted, total


def _pushes_a_week(
    rows: list[Announcement],
    told: Mapping[int, list[AnnouncementReceipt]],
    period: timedelta,
    session: Session,
) -> float | None:
    readers = {each.account_id for row in rows for each in told[row.id]}
    if not readers:
        return None
    pushed = sum(
        outcome.pushed_at is not None for row in rows for outcome in _sent(row, session).values()
    )
    return pushed / len(readers) / max(period / timedelta(weeks=1), 1)


def _reading(receipt: AnnouncementReceipt, sent: Outcome | None) -> Reading:
    return Reading(
        read_at=receipt.read_at,
        acknowledged_at=receipt.acknowledged_at,
        is_carried=sent is not None and sent.sent_at is not None,
        is_shown=sent is not None and (sent.pushed_at is not None or sent.has_opened),
        is_lost=sent is not None and sent.is_lost,
    )


def _within(told: list[AnnouncementReceipt], period: timedelta) -> int:
    return sum(
        each.read_at is not None
        and each.told_at is not None
        and each.read_at - each.told_at <= period
        for each in told
    )


def _minutes_to_most(
    row: Announcement, told: list[AnnouncementReceipt], sent: Mapping[str, Outcome]
) -> float | None:
    """Tell when 95 % had it, in minutes after publication; None while fewer have."""
    if row.published_at is None or not told:
        return None
    arrived = [
        (found.sent_at - row.published_at) / timedelta(minutes=1)
        for each in told
        if (found := sent.get(str(each.account_id))) is not None and found.sent_at is not None
    ]
    if 100 * len(arrived) < MOST * len(told):
        return None
    missing = [float("inf")] * (len(told) - len(arrived))
    return percentile([*arrived, *missing], MOST)


def _homes(row: Announcement, session: Session) -> dict[int, str]:
    if row.published_at is None:
        return {}
    homes = audience.households(scope_of(row), at=row.published_at, session=session)
    return {
        each.account_id: f"{home.community} {home.unit}" for home in homes for each in home.people
    }


def _is_reached(person: Dweller, session: Session) -> bool:
    return _has_address(person.email, person.mobile, person.account_id, session)


def _has_address(email: str | None, mobile: str | None, account_id: int, session: Session) -> bool:
    return bool(email or mobile) or devices.has_device(account_id, session=session)
