"""Tell colleagues of tasks that were given to them or taken from them, each once an order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import Actor
from housing.bulk.models import BulkBatch, BulkItem
from housing.bulk.rules import ASSIGN, Terms
from housing.notices import tidings
from housing.people import queries as people

_MINE, _ALL = "/tasks?view=mine", "/tasks?view=all"


def tell(
    batch: BulkBatch, items: Iterable[BulkItem], *, by: Actor, session: Session, clock: Clock
) -> None:
    """Tell who got tasks and from whom they were taken; nobody is told of what he did himself."""
    done = [each for each in items if each.outcome == "done"]
    terms = Terms.from_json(batch.terms or {})
    names = people.names_of([terms.assignee], session=session)
    fields = {"name": by.name, "what": names.get(terms.assignee, ""), "reason": terms.reason}
    for kind, account_id, count in _told(batch.verb, terms.assignee, done):
        if account_id != by.id:
            tidings.tell(
                [account_id],
                kind,
                {**fields, "count": count},
                url=_MINE if kind == "tasks_given" else _ALL,
                occasion=f"bulk:{batch.id}",
                session=session,
                clock=clock,
            )


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
