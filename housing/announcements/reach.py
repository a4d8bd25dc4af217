"""How far an announcement came: states of delivery, who has not acknowledged, who needs paper."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine import dispatches
from engine.dispatches import Outcome
from housing.announcements import audience
from housing.announcements.audience import Dweller, Household
from housing.announcements.desk import receipts_of, row_by_number, row_of, scope_of
from housing.announcements.models import Announcement, AnnouncementReceipt
from housing.announcements.rules import (
    A_DAY,
    DELIVERY_STATES,
    THREE_DAYS,
    Reading,
    minutes_to_most,
    share,
    state_of,
)
from housing.announcements.views import PaperHome, Reach, ReceiptView
from housing.delivery import devices
from housing.people import queries as people


def receipts(session: Session, announcement_id: int) -> tuple[ReceiptView, ...]:
    """List the readers of an announcement with how far each came, by home."""
    row = row_of(announcement_id, session=session)
    found = receipts_of(row, session=session)
    sent = dispatches.outcomes(row.instance_id or "", session.connection())
    names = people.names_of([each.account_id for each in found], session=session)
    homes = _homes(row, session)
    views = [
        ReceiptView(
            account_id=each.account_id,
            name=names[str(each.account_id)],
            home=homes.get(each.account_id, ""),
            state=state_of(_reading(each, sent.get(str(each.account_id)))),
            read_at=each.read_at,
            acknowledged_at=each.acknowledged_at,
            reminded_at=each.reminded_at,
            is_on_paper=each.is_on_paper,
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
    found = {each.account_id: each for each in receipts_of(row, session=session)}
    done = {
        each.account_id
        for each in found.values()
        if each.acknowledged_at or (each.read_at and not row.must_acknowledge)
    }
    homes = audience.households(scope_of(row), at=at, session=session)
    done |= devices.owners({each.account_id for each in _people(homes)}, session=session)
    done |= {each.account_id for each in _people(homes) if each.email or each.mobile}
    return tuple(
        PaperHome(
            unit=f"{home.community} {home.unit}",
            names=tuple(each.name for each in home.people),
            accounts=tuple(
                (each.account_id, each.name) for each in home.people if each.account_id in found
            ),
        )
        for home in homes
        if not any(each.account_id in done for each in home.people)
    )


def _people(homes: Iterable[Household]) -> Iterator[Dweller]:
    return (each for home in homes for each in home.people)


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
    if row.published_at is None:
        return None
    outcomes = [sent.get(str(each.account_id)) for each in told]
    return minutes_to_most(row.published_at, [each.sent_at if each else None for each in outcomes])


def _homes(row: Announcement, session: Session) -> dict[int, str]:
    if row.published_at is None:
        return {}
    homes = audience.households(scope_of(row), at=row.published_at, session=session)
    return {
        each.account_id: f"{home.community} {home.unit}" for home in homes for each in home.people
    }
