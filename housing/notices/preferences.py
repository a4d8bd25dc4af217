"""Which channels a person wants for which notices."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from housing.notices.errors import ChannelUnknown, TopicUnknown, UrgentNeedsChannel
from housing.notices.kinds import CHANNELS, TOPICS, topic
from housing.notices.models import NoticePreference


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


def _check(channels: Mapping[str, Collection[str]]) -> None:
    for code, ways in channels.items():
        if topic(code) is None:
            raise TopicUnknown(code)
        for way in ways:
            if way not in CHANNELS:
                raise ChannelUnknown(way)
    if any(each.is_urgent and not channels.get(each.code) for each in TOPICS):
        raise UrgentNeedsChannel
