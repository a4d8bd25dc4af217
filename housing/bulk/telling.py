"""Tell colleagues of tasks that were given to them or taken from them, each once an order."""

from collections import Counter
from collections.abc import Iterable, Mapping
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
    fields = {
        "name": by.name,
        "what": names.get(terms.assignee, ""),
        "reason": terms.reason,
    }
    kinds = ("tasks_given", "tasks_taken") if batch.verb == ASSIGN else ("tasks_returned",) * 2
    counts = {
        kinds[0]: Counter({terms.assignee: len(done)}),
        kinds[1]: Counter(each.held_by for each in done if each.held_by),
    }
    if batch.verb != ASSIGN:
        counts = {kinds[0]: Counter({terms.assignee: len(done)})}
    for kind, numbers in counts.items():
        url = _MINE if kind == "tasks_given" else _ALL
        for account_id, count in numbers.items():
            if count and account_id != by.id:
                _write(account_id, kind, {**fields, "count": count}, url, session, now)


def _write(  # noqa: PLR0913  # one notice, in full
    account_id: str | None,
    kind: str,
    fields: Mapping[str, object],
    url: str,
    session: Session,
    now: datetime,
) -> None:
    for reader in people.accounts([account_id or ""], session=session):
        if reader.state == "active":
            for channel in _channels(reader, kind, session):
                tell_account(
                    reader,
                    kind,
                    fields,
                    url,
                    channel=channel,
                    session=session,
                    clock=FrozenClock(now),
                )


def _channels(reader: AccountView, kind: str, session: Session) -> tuple[str, ...]:
    chosen = preferences.channels_of({reader.id}, topic_of(kind).code, session=session)
    return channels_for(kind, chosen[reader.id])
