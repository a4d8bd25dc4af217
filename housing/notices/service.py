"""Tell people: words into the outbox, in the same transaction as what happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import outbox
from engine.clock import Clock
from engine.outbox import Message, NewMessage
from engine.records import UserTask
from engine.sla import SOFT_LEVELS, Rung
from engine.types import CITY, InstanceRef
from housing.notices.models import DeliveredMessage
from housing.notices.rules import (
    Reader,
    after_quiet_hours,
    digest,
    render,
    supervisor_of,
)
from housing.people import queries as people
from housing.people.queries import AccountRef, AccountView

CHANNELS = ("mail", "push")

_KIND_BY_LEVEL: Mapping[str, str] = {
    "half": "due_half",
    "day_before": "due_soon",
    "overdue": "overdue",
    "escalated": "escalated",
    "chief": "chief",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Notice:
    """One thing to tell about one case.

    Attributes:
        occasion: tells it apart from other notices of the case; part of the idempotency key.
        not_before: when it may leave the house.
    """

    kind: str
    instance: InstanceRef
    context: Mapping[str, object] = field(default_factory=dict)
    occasion: str
    not_before: datetime


def notify(  # noqa: PLR0913  # the face of the room: who, what, about which case, with what
    recipients: Iterable[AccountRef],
    kind: str,
    context: Mapping[str, object],
    *,
    instance: InstanceRef,
    session: Session,
    clock: Clock,
) -> None:
    """Tell accounts something about a case, by mail and push message, each in its own language.

    The same notice at the same instant is written once, however often this is called.

    Args:
        recipients: account ids; unknown and disabled ones are left out.
        kind: a row of `housing.notices.words.NOTICES`.
        context: fields of the words; never more personal data than the recipient may see.
        instance: the case.
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
        occasion=f"{kind}:{digest(kind, context, now)}",
        not_before=now,
    )
    _send(people.accounts(recipients, session=session), notice, session=session, now=now)


def on_rung(rung: Rung, *, session: Session, clock: Clock) -> None:
    """Remind and escalate: the engine's rung handler, in the transaction of the rung.

    Half time and the day before: the doer, outside quiet hours. Due date: the doer and the
    supervisor. A day later the officer, three days later the section chief (notice ladder).
    """
    now = clock.now()
    not_before = after_quiet_hours(now) if rung.level in SOFT_LEVELS else now
    for kind, readers in _told(rung, session):
        notice = _rung_notice(rung, kind, not_before)
        _send(readers, notice, session=session, now=now)


def store_delivered(message: Message, *, session: Session, now: datetime) -> None:
    """Put a message into the simulator's mailbox; a second delivery changes nothing."""
    known = select(DeliveredMessage.id).where(DeliveredMessage.message_id == message.idem)
    if session.scalar(known) is not None:
        return
    session.add(
        DeliveredMessage(
            message_id=message.idem,
            instance_id=message.instance_id,
            channel=message.channel,
            recipient=message.recipient,
            subject=str(message.payload["subject"]),
            body=str(message.payload["body"]),
            url=str(message.payload["url"]),
            delivered_at=now,
        )
    )


def _rung_notice(rung: Rung, kind: str, not_before: datetime) -> _Notice:
    task = rung.task
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
        not_before=not_before,
    )


def _told(rung: Rung, session: Session) -> list[tuple[str, list[AccountView]]]:
    kind = _KIND_BY_LEVEL[rung.level]
    if rung.level == "escalated":
        return [(kind, people.accounts_in("officer", rung.task.scope, session=session))]
    if rung.level == "chief":
        return [(kind, people.accounts_in("section_chief", CITY, session=session))]
    doers = [(kind, _doers(rung.task, session))]
    if rung.level != "overdue":
        return doers
    supervisor = supervisor_of(rung.task.candidate_group)
    told = people.accounts_in(supervisor, rung.task.scope, session=session)
    return [*doers, ("overdue_supervisor", told)]


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
    messages = [message for reader in active for message in _messages(reader, notice)]
    session.flush()  # Core does not see pending ORM rows
    outbox.add(messages, now, session.connection())


def _messages(reader: AccountView, notice: _Notice) -> list[NewMessage]:
    url = f"/cases/{notice.instance.business_key}"
    words = render(
        notice.kind,
        {"number": notice.instance.business_key, **notice.context},
        Reader(name=reader.name, language=reader.language),
        url,
    )
    bodies = {"mail": words.body, "push": words.short}
    return [
        NewMessage(
            idem=f"{notice.instance.id}:{notice.occasion}:{reader.id}:{channel}",
            channel=channel,
            recipient=str(reader.id),
            payload={
                "kind": notice.kind,
                "subject": words.subject,
                "body": bodies[channel],
                "url": url,
            },
            not_before=notice.not_before,
            instance_id=notice.instance.id,
        )
        for channel in CHANNELS
    ]
