"""The verbs of an order for many tasks: prepare, say the terms, confirm, do one, end, take back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.calendar import local_date
from engine.clock import Clock
from engine.errors import EngineError
from engine.types import Actor
from housing.bulk import deeds, selection
from housing.bulk.errors import (
    BatchEmpty,
    BatchNotFound,
    BatchTermsMissing,
    BatchVerbUnknown,
    NothingToUndo,
)
from housing.bulk.judging import as_deputy, deed, judge
from housing.bulk.models import BulkBatch, BulkItem
from housing.bulk.rules import (
    ASSIGN,
    NEEDING_TERMS,
    UNDO,
    VERBS,
    Refusal,
    Terms,
    check_terms,
    refused_by,
)
from housing.bulk.telling import tell
from housing.bulk.undoing import unfit
from housing.slices import Desk

KEPT = timedelta(days=730)
"""How long orders are kept; the history of the cases keeps their ids for good."""

UNCONFIRMED = timedelta(days=2)
"""How long an order waits to be confirmed."""


def prepare(  # noqa: PLR0913  # each is a word of the field of its own
    verb: str,
    chosen: Mapping[str, Any],
    *,
    by: Actor,
    session: Session,
    clock: Clock,
    terms: Terms | None = None,
) -> str:
    """Write down what somebody wants to do to many tasks; nothing is done yet.

    Args:
        verb: one of `housing.bulk.rules.VERBS`.
        chosen: made by `housing.bulk.selection`.
        by: who orders.
        session: of the caller's unit of work.
        clock: of the business.
        terms: what the verb needs, when it is known already.

    Returns:
        The id of the order, which the history of every case will bear.

    Raises:
        BatchVerbUnknown: there is no such verb.
        BatchAssigneeMissing, BatchReasonMissing, BatchDayInvalid, BatchPriorityInvalid: terms.
    """
    if verb not in VERBS:
        raise BatchVerbUnknown
    batch = _new(verb, chosen, by, clock.now())
    session.add(batch)
    session.flush()
    if terms is not None:
        set_terms(batch.id, terms, by=by, session=session, clock=clock)
    return batch.id


def set_terms(batch_id: str, terms: Terms, *, by: Actor, session: Session, clock: Clock) -> None:
    """Say what the verb needs; it can be said again until the order is confirmed.

    Raises:
        BatchNotFound: there is no such prepared order of this person.
        BatchAssigneeMissing, BatchReasonMissing, BatchDayInvalid, BatchPriorityInvalid: as named.
    """
    batch = _prepared(batch_id, by, session)
    check_terms(batch.verb, terms, local_date(clock.now()))
    batch.terms = terms.to_json()
    session.flush()


def confirm(batch_id: str, *, by: Actor, session: Session, clock: Clock) -> int:
    """Fix the tasks of an order, as its view shows them now; confirming again changes nothing.

    Returns:
        How many tasks it has.

    Raises:
        BatchNotFound: there is no such order of this person.
        BatchTermsMissing: its terms were not said yet.
        BatchEmpty: its view shows nothing any more.
    """
    batch = owned(batch_id, by, session)
    session.refresh(batch, with_for_update=True)  # of two clicks the second finds it confirmed
    if batch.state != "prepared":
        return len(_items(batch_id, session))
    if batch.verb in NEEDING_TERMS and batch.terms is None:
        raise BatchTermsMissing
    now = clock.now()
    if batch.verb != UNDO:
        tasks = selection.resolve(batch.selection, by, now, session)
        session.add_all(_item(batch_id, place, each) for place, each in enumerate(tasks))
    batch.state, batch.confirmed_at = "confirmed", now
    session.flush()
    count = len(_items(batch_id, session))
    if not count:
        raise BatchEmpty
    return count


def hand_to(batch_id: str, work_id: str, session: Session) -> None:
    """Note which background task does the order."""
    batch = _row(batch_id, session)
    batch.work_id = work_id
    session.flush()


def do(batch_id: str, task_id: str, desk: Desk) -> None:
    """Do an order to one task, unless that was done before; the outcome stands in the same step.

    Args:
        batch_id: of a confirmed order.
        task_id: one of its tasks.
        desk: of the person who ordered, with the rights he holds now.

    Raises:
        EngineError: it failed; roll back, then call `note_failure` in a unit of work of its own.
    """
    batch, item = _row(batch_id, desk.session), _taken(batch_id, task_id, desk.session)
    if item is None:
        return
    terms = Terms.from_json(batch.terms or {})
    wanted = deed(batch.verb, terms, replace(desk.by, batch_id=batch_id), desk.session)
    task = engine_queries.task(task_id, desk.session)
    wanted = as_deputy(wanted, task, session=desk.session, at=desk.clock.now())
    refusal = (
        unfit(batch, item, desk.session)
        if batch.verb == UNDO
        else judge(task, wanted, desk.session)
    )
    if refusal is None:
        item.at = desk.clock.now()
        if batch.verb != UNDO:
            item.held_by, item.held_by_name = task.assignee, task.assignee_name
        deeds.perform(wanted, task, item, desk)
    _close(item, refusal)
    desk.session.flush()


def note_failure(batch_id: str, task_id: str, error: EngineError, *, session: Session) -> None:
    """Keep why a task could not be done, after the roll-back."""
    item = _taken(batch_id, task_id, session)
    if item is not None:
        item.outcome = deeds.outcome_of(error)
        item.why = refused_by(error).to_json()
        session.flush()


def refuse_rest(batch_id: str, refusal: Refusal, *, session: Session) -> None:
    """Leave everything that is not done yet as it is, for one reason."""
    session.execute(
        update(BulkItem)
        .where(BulkItem.batch_id == batch_id, BulkItem.outcome == "")
        .values(outcome="skipped", why=refusal.to_json())
    )


def finish(batch_id: str, *, by: Actor, session: Session, clock: Clock) -> None:
    """End an order and tell the colleagues whom it concerns, each once."""
    batch = _row(batch_id, session)
    if batch.state == "done":
        return
    batch.state, batch.ended_at = "done", clock.now()
    if not batch.is_told and batch.verb in (ASSIGN, UNDO):
        tell(batch, _items(batch_id, session), by=by, session=session, clock=clock)
        batch.is_told = True
    session.flush()


def undo(batch_id: str, *, by: Actor, session: Session, clock: Clock) -> str:
    """Prepare and confirm the taking back of an assignment, where nothing happened since.

    Returns:
        The id of the order that takes it back.

    Raises:
        BatchNotFound: there is no such order of this person.
        NothingToUndo: it assigned nothing, or was taken back already.
    """
    first = owned(batch_id, by, session)
    taken_back = session.scalar(select(BulkBatch.id).where(BulkBatch.undoes == batch_id))
    given = [each for each in _items(batch_id, session) if each.outcome == "done"]
    if first.verb != ASSIGN or first.state != "done" or taken_back or not given:
        raise NothingToUndo
    batch = _new(UNDO, {"ids": [each.task_id for each in given]}, by, clock.now())
    batch.undoes, batch.terms = batch_id, first.terms
    session.add(batch)
    session.flush()
    session.add_all(_again(batch.id, each) for each in given)
    confirm(batch.id, by=by, session=session, clock=clock)
    return batch.id


def owned(batch_id: str, by: Actor, session: Session) -> BulkBatch:
    """Read an order of a person.

    Raises:
        BatchNotFound: there is none, or it is somebody else's; the same for both.
    """
    batch = _row(batch_id, session)
    if batch.ordered_by != by.id:
        raise BatchNotFound
    return batch


def purge(*, session: Session, now: datetime) -> None:
    """Forget orders that nobody confirmed, and those of long ago."""
    old = select(BulkBatch.id).where(
        ((BulkBatch.state == "prepared") & (BulkBatch.prepared_at < now - UNCONFIRMED))
        | (BulkBatch.prepared_at < now - KEPT)
    )
    ids = list(session.scalars(old))
    if ids:
        session.execute(delete(BulkItem).where(BulkItem.batch_id.in_(ids)))
        session.execute(delete(BulkBatch).where(BulkBatch.id.in_(ids)))


def _new(verb: str, chosen: Mapping[str, Any], by: Actor, now: datetime) -> BulkBatch:
    return BulkBatch(
        id=uuid4().hex,
        verb=verb,
        selection=dict(chosen),
        terms=None,
        state="prepared",
        ordered_by=by.id,
        ordered_by_name=by.name,
        prepared_at=now,
    )


def _item(batch_id: str, position: int, task: engine_queries.UserTask) -> BulkItem:
    return BulkItem(
        batch_id=batch_id,
        task_id=task.id,
        position=position,
        instance_id=task.instance_id,
        number=task.business_key,
        name=task.name,
        outcome="",
    )


def _again(batch_id: str, item: BulkItem) -> BulkItem:
    """Copy an item into the order that takes it back, with who held the task before."""
    names = ("task_id", "position", "instance_id", "number", "name", "held_by", "held_by_name")
    return BulkItem(batch_id=batch_id, outcome="", **{name: getattr(item, name) for name in names})


def _row(batch_id: str, session: Session) -> BulkBatch:
    found = session.get(BulkBatch, batch_id)
    if found is None:
        raise BatchNotFound
    return found


def _prepared(batch_id: str, by: Actor, session: Session) -> BulkBatch:
    batch = owned(batch_id, by, session)
    if batch.state != "prepared":
        raise BatchNotFound
    return batch


def _items(batch_id: str, session: Session) -> list[BulkItem]:
    found = select(BulkItem).where(BulkItem.batch_id == batch_id).order_by(BulkItem.position)
    return list(session.scalars(found))


def _taken(batch_id: str, task_id: str, session: Session) -> BulkItem | None:
    """Take an item that is not done yet; of two workers the second finds none."""
    taken = session.execute(
        update(BulkItem)
        .where(
            BulkItem.batch_id == batch_id,
            BulkItem.task_id == task_id,
            BulkItem.outcome == "",
        )
        .values(outcome="failed")
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[Any], taken).rowcount != 1:
        return None
    return session.get(BulkItem, (batch_id, task_id), populate_existing=True)


def _close(item: BulkItem, refusal: Refusal | None) -> None:
    item.outcome = "skipped" if refusal else "done"
    item.why = refusal.to_json() if refusal else None
