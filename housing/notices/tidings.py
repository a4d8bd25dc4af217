"""Tell colleagues something that belongs to no case, by the channels each has chosen."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from engine import outbox
from engine.clock import Clock
from engine.outbox import NewMessage
from housing.notices import preferences
from housing.notices.bundling import bundled_as
from housing.notices.kinds import channels_for, topic_of
from housing.notices.rules import Reader, leaves_at, render
from housing.people import queries as people
from housing.people.queries import AccountRef


def tell(  # noqa: PLR0913  # the face of the room: who, what, with what, about which thing
    recipients: Iterable[AccountRef],
    kind: str,
    context: Mapping[str, object],
    *,
    url: str,
    occasion: str,
    session: Session,
    clock: Clock,
) -> None:
    """Write a notice without a case; told once for each occasion, however often this is called.

    It keeps the night, the readers' own quiet hours and the hour between two sounds as notices of
    cases do.

    Args:
        recipients: account ids; unknown and disabled ones are left out.
        kind: a row of `housing.notices.words.NOTICES`.
        context: fields of the words.
        url: path of the page that it is about.
        occasion: such as "absence:7:over", at most 80 characters.
        session: of the unit of work.
        clock: tells when it is written.

    Raises:
        NoticeUnknown: the table of words has no such kind.
    """
    found = people.accounts(recipients, session=session)
    readers = [each for each in found if each.state == "active"]
    ids = {each.id for each in readers}
    chosen = preferences.channels_of(ids, topic_of(kind).code, session=session)
    quiet = preferences.quiet_of(ids, session=session)
    now, messages = clock.now(), list[NewMessage]()
    for reader in readers:
        words = render(kind, context, Reader(name=reader.name, language=reader.language), url)
        messages += [
            NewMessage(
                idem=f"{occasion}:{kind}:{reader.id}:{channel}",
                channel=channel,
                recipient=str(reader.id),
                payload=words.payload(kind, url, now),
                not_before=leaves_at(kind, channel, now, quiet.get(reader.id)),
                grouping=bundled_as(kind, channel),
            )
            for channel in channels_for(kind, chosen[reader.id])
        ]
    session.flush()  # Core does not see pending ORM rows
    outbox.add(messages, now, session.connection())
