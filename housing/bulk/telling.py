"""Tell colleagues of tasks that were given to them or taken from them, each once an order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from engine.clock import FrozenClock
from engine.types import Actor
from housing.bulk.models import BulkBatch, BulkItem
from housing.bulk.rules import ASSIGN, Terms
from housing.notices import preferences
from housing.notices.kinds import channels_for, topic_of
from housing.notices.service import tell_account
from housing.people import queries as people
from housing.people.queries import AccountView

_MINE, _ALL = "/tasks?view=mine", "/tasks?view=all"


def tell(
    batch: BulkBatch, items: Iterable[BulkItem], *, by: Actor, session: Session, now: datetime
) -> None:
    """Tell who got tasks and from whom they were taken; nobody is told of what he did himself."""
    done = [each for each in items if each.outcome == "done"]
    terms = Terms.from_json(batch.terms or {})
    names = people.names_of([terms.assignee], session=session)
    fields = {"name": by.name, "what": names.get(terms.assignee, ""), "reason": terms.reason}
    for kind, account_id, count in _told(batch.verb, terms.assignee, done):
        if account_id != by.id:
            _write(account_id, kind, {**fields, "count": count}, session, now)


def _told(verb: str, assignee: str, done: Sequence[BulkItem]) -> Iterator[tuple[str, str, int]]:
    """Say who is told what: kind of notice, account id, number of tasks."""
    if not done:
        return
    if verb != ASSIGN:
        yield "tasks_returned", assignee, len(done)
        return
    yield "tasks_given", assignee, len(done)
    for account_id, count in Counter(each.held_by for each in done if each.held_by).items():
        yield "tasks_taken", account_id, count


def _write(
    account_id: str, kind: str, fields: Mapping[str, object], session: Session, now: datetime
) -> None:
    for reader in people.accounts([account_id], session=session):
        if reader.state == "active":
            for channel in _channels(reader, kind, session):
                tell_account(
                    reader,
                    kind,
                    fields,
                    _MINE if kind == "tasks_given" else _ALL,
                    channel=channel,
                    session=session,
                    clock=FrozenClock(now),
                )


def _channels(reader: AccountView, kind: str, session: Session) -> tuple[str, ...]:
    chosen = preferences.channels_of({reader.id}, topic_of(kind).code, session=session)
    return channels_for(kind, chosen[reader.id])
