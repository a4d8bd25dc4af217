"""Which channels a person wants for which notices."""

from collections.abc import Collection, Mapping
from datetime import time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from housing.notices.errors import (
    ChannelUnknown,
    QuietHoursInvalid,
    TopicUnknown,
    UrgentNeedsChannel,
)
from housing.notices.kinds import CHANNELS, TOPICS, topic
from housing.notices.models import NoticePreference, QuietHours
from housing.notices.rules import LONGEST_QUIET, Quiet


def channels_of(
    account_ids: Collection[int], topic_code: str, *, session: Session
) -> dict[int, tuple[str, ...]]:
    """Tell the channels several people chose for a topic, its defaults where they chose none."""
    found = topic(topic_code)
    if found is None:
        raise TopicUnknown(topic_code)
    rows = session.execute(
        select(NoticePreference.account_id, NoticePreference.channels).where(
            NoticePreference.account_id.in_(account_ids), NoticePreference.topic == topic_code
        )
    )
    chosen = {account_id: tuple(channels.split()) for account_id, channels in rows}
    return {each: chosen.get(each, found.defaults) for each in account_ids}


def all_of(account_id: int, *, session: Session) -> dict[str, tuple[str, ...]]:
    """Tell a person's channels by topic."""
    rows = session.execute(
        select(NoticePreference.topic, NoticePreference.channels).where(
            NoticePreference.account_id == account_id
        )
    )
    chosen = {code: tuple(channels.split()) for code, channels in rows}
    return {each.code: chosen.get(each.code, each.defaults) for each in TOPICS}


def choose(account_id: int, channels: Mapping[str, Collection[str]], *, session: Session) -> None:
    """Set a person's channels for every topic; urgent notices keep one channel at least.

    Args:
        account_id: whose.
        channels: topic to channels; a topic that is missing is switched off.
        session: of the request.

    Raises:
        TopicUnknown, ChannelUnknown: there is no such thing.
        UrgentNeedsChannel: an urgent topic would have none.
    """
    _check(channels)
    session.execute(delete(NoticePreference).where(NoticePreference.account_id == account_id))
    session.add_all(
        NoticePreference(
            account_id=account_id,
            topic=each.code,
            channels=" ".join(way for way in CHANNELS if way in channels.get(each.code, ())),
        )
        for each in TOPICS
    )
    session.flush()


def quiet_of(account_ids: Collection[int], *, session: Session) -> dict[int, Quiet]:
    """Tell the quiet hours of those among several people who chose some."""
    rows = session.scalars(select(QuietHours).where(QuietHours.account_id.in_(account_ids)))
    return {
        row.account_id: Quiet(begins=_time_of(row.begins), ends=_time_of(row.ends)) for row in rows
    }


def choose_quiet(account_id: int, begins: str, ends: str, *, session: Session) -> None:
    """Set a person's own quiet hours; two empty texts take them away.

    Args:
        account_id: whose.
        begins: time of day as "13:00".
        ends: likewise; before the beginning it lies on the next day.
        session: of the request.

    Raises:
        QuietHoursInvalid: one of them is no time of day, or they last longer than 12 hours.
    """
    row = session.get(QuietHours, account_id)
    if row is not None:
        session.delete(row)
        session.flush()
    if not begins and not ends:
        return
    try:
        quiet = Quiet(begins=_time_of(begins), ends=_time_of(ends))
    except ValueError as error:
        raise QuietHoursInvalid from error
    if not timedelta() < quiet.length <= LONGEST_QUIET:
        raise QuietHoursInvalid
    session.add(
        QuietHours(
            account_id=account_id, begins=f"{quiet.begins:%H:%M}", ends=f"{quiet.ends:%H:%M}"
        )
    )
    session.flush()


def _time_of(text: str) -> time:
    return time.fromisoformat(text).replace(tzinfo=None)


def _check(channels: Mapping[str, Collection[str]]) -> None:
    for code, ways in channels.items():
        if topic(code) is None:
            raise TopicUnknown(code)
        for way in ways:
            if way not in CHANNELS:
                raise ChannelUnknown(way)
    if any(each.is_urgent and not channels.get(each.code) for each in TOPICS):
        raise UrgentNeedsChannel
