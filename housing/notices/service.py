"""Tell people: words into the outbox, in the same transaction as what happened."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from engine import dispatches, outbox
from engine.bundles import LATE, LATE_ONES
from engine.clock import Clock
from engine.outbox import Message, NewMessage
from engine.records import UserTask
from engine.sla import Rung
from engine.types import CITY, InstanceRef
from housing import texts
from housing.notices import preferences
from housing.notices.bundling import bundled_as
from housing.notices.kinds import (
    CHANNELS,
    PORTAL,
    SOFT_KINDS,
    URGENT,
    channels_for,
    topic_of,
)
from housing.notices.rules import (
    CHINESE,
    Quiet,
    Reader,
    digest,
    leaves_at,
    notice_key,
    render,
    supervisor_of,
)
from housing.people import queries as people
from housing.people.queries import AccountRef, AccountView

URGENT_PRIORITY = 90
"""User tasks of this priority and above are emergencies: from the due date on no rung waits."""

CITY_GROUPS = frozenset({"section_chief"})
"""Groups that are told of cases of every scope, wherever their members hold the role."""

_NOTIFIED: Mapping[str, tuple[str, ...]] = {
    "overdue": ("doer", "supervisor"),
    "escalated": ("officer",),
    "chief": ("section_chief",),
}
"""Whom a rung that names nobody tells, by level; the doer otherwise."""

_KIND_BY_SOFT_LEVEL: Mapping[str, str] = {"half": "due_half", "day_before": "due_soon"}

_KIND_BY_TARGET: Mapping[str, str] = {
    "doer": "overdue",
    "supervisor": "overdue_supervisor",
    "section_chief": "chief",
}
"""Whom a rung tells, to the words for it; any other group: escalated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Notice:
    """One thing to tell about one case.

    Attributes:
        english: fields as readers of English get them, such as names of a diagram.
        url: path it leads to; None means the page of the case.
        occasion: tells it apart from other notices of the case; part of the idempotency key.
        is_urgent: it never waits, whatever its kind.
        is_late: it should have been told earlier, while nobody was at work.
        at: when it was to be told; a digest lists its notices in this order.
    """

    kind: str
    instance: InstanceRef
    context: Mapping[str, object] = field(default_factory=dict)
    english: Mapping[str, object] = field(default_factory=dict)
    occasion: str
    at: datetime
    url: str | None = None
    is_urgent: bool = False
    is_late: bool = False


def notify(  # noqa: PLR0913  # the face of the room: who, what, about which case, with what
    recipients: Iterable[AccountRef],
    kind: str,
    context: Mapping[str, object],
    *,
    instance: InstanceRef,
    url: str | None = None,
    english: Mapping[str, object] = MappingProxyType({}),
    session: Session,
    clock: Clock,
) -> None:
    """Tell accounts something about a case, by the channels and in the language each has chosen.

    The same notice at the same instant is written once, however often this is called.

    Args:
        recipients: account ids; unknown and disabled ones are left out.
        kind: a row of `housing.notices.words.NOTICES`.
        context: fields of the words; never more personal data than the recipient may see.
        instance: the case.
        url: path that the notice leads to; None means the page of the case.
        english: fields as readers of English get them.
        session: of the step.
        clock: tells when the notice is written.

    Raises:
        NoticeUnknown: the table of words has no such kind.
    """
    now = clock.now()
    notice = _Notice(
        kind=kind,
        instance=instance,
        context=context,
        english=english,
        url=url,
        occasion=f"{kind}:{digest(kind, context, now)}",
        at=now,
    )
    _send(people.accounts(recipients, session=session), notice, session=session, now=now)


def on_rung(rung: Rung, *, session: Session, clock: Clock) -> None:
    """Remind and escalate: the engine's rung handler, in the transaction of the rung.

    Whom a rung names is told, each group in its own words. A rung that fires late is one of a
    catch-up and travels with the others; an emergency never waits and always travels alone.
    """
    now = clock.now()
    for kind, readers in _told(rung, session):
        notice = _rung_notice(rung, kind, now)
        if any(reader.language != CHINESE for reader in readers):
            said = texts.english(session=session).get(rung.task.name, rung.task.name)
            notice = replace(notice, english={"what": said})
        _send(readers, notice, session=session, now=now)


def mark_read(instance_id: str, account_id: AccountRef, *, session: Session, clock: Clock) -> None:
    """Note that somebody opened a case: what he was told about it until now is read."""
    dispatches.note_read(instance_id, str(account_id), clock.now(), session.connection())


def ask_to_verify(account: AccountView, link: str, *, session: Session, clock: Clock) -> None:
    """Write the letter whose link proves that an e-mail address is right.

    Args:
        account: with the address.
        link: path of the page that takes the proof.
        session: of the request.
        clock: tells when it is written.
    """
    fields = {"what": account.email}
    tell_account(account, "email_check", fields, link, channel="mail", session=session, clock=clock)


def tell_account(  # noqa: PLR0913  # the face of the room: who, what, with what, how
    account: AccountView,
    kind: str,
    context: Mapping[str, object],
    url: str,
    *,
    channel: str,
    recipient: str = "",
    session: Session,
    clock: Clock,
) -> str:
    """Write a message about an account itself, which belongs to no case, for one channel.

    Args:
        account: name and language of the reader.
        kind: a row of `housing.notices.words.NOTICES`.
        context: fields of the words.
        url: path of the page it leads to.
        channel: the only one; preferences do not count here.
        recipient: other than the account's id, for somebody who has no account yet.
        session: of the request.
        clock: tells when it is written.

    Returns:
        The message's idempotency key.
    """
    now = clock.now()
    to = recipient or str(account.id)
    words = render(kind, context, Reader(name=account.name, language=account.language), url)
    key = f"account:{to}:{kind}:{digest(kind, {**context, 'url': url}, now)}:{channel}"
    letter = NewMessage(
        idem=key,
        channel=channel,
        recipient=to,
        payload=words.payload(kind, url, now),
    )
    session.flush()  # Core does not see pending ORM rows
    outbox.add([letter], now, session.connection())
    return key


def fall_back(
    message: Message,
    usable: Collection[str],
    *,
    grouping: str | None = None,
    session: Session,
    now: datetime,
) -> str | None:
    """Send a notice that was refused for good by another channel, unless one carries it already.

    Args:
        message: refused.
        usable: channels by which the reader can be reached.
        grouping: of `engine.bundles`, when several are refused together.
        session: of the delivery.
        now: business instant.

    Returns:
        The channel chosen; None when the notice goes out, or went, by another one anyway, or when
        none is left.
    """
    notice = notice_key(message.idem)
    keys = {channel: f"{notice}:{channel}" for channel in CHANNELS}
    known = {each.channel: each for each in dispatches.by_keys(keys.values(), session.connection())}
    others = (each for channel, each in known.items() if channel != message.channel)
    if any(not each.is_dead for each in others):
        return None
    channel = next((way for way in CHANNELS if way in usable and way not in known), None)
    if channel is not None:
        stand_in = NewMessage(
            idem=keys[channel],
            channel=channel,
            recipient=message.recipient,
            payload=message.payload,
            instance_id=message.instance_id,
            grouping=grouping,
        )
        outbox.add([stand_in], now, session.connection())
    return channel


def _rung_notice(rung: Rung, kind: str, now: datetime) -> _Notice:
    task = rung.task
    is_urgent = task.priority >= URGENT_PRIORITY and kind not in SOFT_KINDS
    return _Notice(
        kind=kind,
        instance=InstanceRef(id=task.instance_id, business_key=task.business_key, scope=task.scope),
        context={
            "what": task.name,
            "until": task.due_at,
            "doer": task.assignee_name or task.candidate_group,
        },
        # An extended task climbs its ladder again: the rung's own due date tells them apart.
        occasion=f"{task.id}:{kind}:{rung.due_at:%Y%m%dT%H%M%S}",
        at=rung.due_at,
        is_urgent=is_urgent,
        is_late=not is_urgent and now - rung.due_at > LATE,
    )


def _told(rung: Rung, session: Session) -> list[tuple[str, list[AccountView]]]:
    """List who is told by a rung, with the kind of notice that speaks to them."""
    targets = rung.notify or _NOTIFIED.get(rung.level, ("doer",))
    return [(_kind(rung.level, target), _readers(rung, target, session)) for target in targets]


def _kind(level: str, target: str) -> str:
    if level in _KIND_BY_SOFT_LEVEL:
        return _KIND_BY_SOFT_LEVEL[level]
    return _KIND_BY_TARGET.get(target, "escalated")


def _readers(rung: Rung, target: str, session: Session) -> list[AccountView]:
    task = rung.task
    if target == "doer":
        doers = {each.id: each for one in rung.doers or (task,) for each in _doers(one, session)}
        return list(doers.values())
    group = supervisor_of(task.candidate_group) if target == "supervisor" else target
    scope = CITY if group in CITY_GROUPS else task.scope
    return people.accounts_in(group, scope, session=session)


def _doers(task: UserTask, session: Session) -> list[AccountView]:
    """Whose task it is: the assignee, else everybody it is offered to."""
    if task.assignee:
        return people.accounts([task.assignee], session=session)
    if task.candidate_group:
        return people.accounts_in(task.candidate_group, task.scope, session=session)
    return []


def _send(
    readers: Iterable[AccountView], notice: _Notice, *, session: Session, now: datetime
) -> None:
    active = [reader for reader in readers if reader.state == "active"]
    topic = URGENT if notice.is_urgent else topic_of(notice.kind)
    ids = {each.id for each in active}
    chosen = preferences.channels_of(ids, topic.code, session=session)
    quiet = preferences.quiet_of(ids, session=session)
    messages = [
        replace(message, not_before=_leaves_at(notice, message.channel, now, quiet.get(reader.id)))
        for reader in active
        for message in _messages(reader, notice, channels_for(notice.kind, chosen[reader.id]))
    ]
    session.flush()  # Core does not see pending ORM rows
    outbox.add(messages, now, session.connection())


def _messages(reader: AccountView, notice: _Notice, channels: Iterable[str]) -> list[NewMessage]:
    url = notice.url or f"/cases/{notice.instance.business_key}"
    english = notice.english if reader.language != CHINESE else {}
    words = render(
        notice.kind,
        {"number": notice.instance.business_key, **notice.context, **english},
        Reader(name=reader.name, language=reader.language),
        url,
    )
    return [
        NewMessage(
            idem=f"{notice.instance.id}:{notice.occasion}:{reader.id}:{channel}",
            channel=channel,
            recipient=str(reader.id),
            payload=words.payload(notice.kind, url, notice.at),
            instance_id=notice.instance.id,
            grouping=_grouping(notice, channel),
        )
        for channel in channels
    ]


def _leaves_at(notice: _Notice, channel: str, now: datetime, own: Quiet | None) -> datetime:
    return now if notice.is_urgent else leaves_at(notice.kind, channel, now, own)


def _grouping(notice: _Notice, channel: str) -> str | None:
    if notice.is_urgent or topic_of(notice.kind).is_urgent or channel == PORTAL:
        return None
    return LATE_ONES if notice.is_late else bundled_as(notice.kind, channel)
