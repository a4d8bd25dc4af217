"""How each verb is done to one task, within the caller's unit of work."""

from collections.abc import Callable, Mapping
from datetime import datetime, time

from engine.calendar import TAIPEI
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from engine.records import UserTask
from housing.bulk.judging import Deed
from housing.bulk.models import BulkItem
from housing.bulk.rules import (
    ASSIGN,
    CLAIM,
    COMPLETE,
    FOLLOW_UP,
    NOTE,
    PRIORITY,
    UNCLAIM,
    UNDO,
)
from housing.cases.service import Completion, submit_task
from housing.notes import service as notes
from housing.slices import Desk


def perform(deed: Deed, task: UserTask, item: BulkItem, desk: Desk) -> None:
    """Do a verb to one task.

    Raises:
        EngineError: as the verb of the engine or of the business.
    """
    _PERFORMERS[deed.verb](deed, task, item, desk)


def outcome_of(error: EngineError) -> str:
    """Tell a task that somebody was faster with, or that is not for this person, from a failure."""
    return "skipped" if isinstance(error, Conflict | NotAllowed | NotFound) else "failed"


def _claim(deed: Deed, task: UserTask, _item: BulkItem, desk: Desk) -> None:
    desk.engine.claim(task.id, by=deed.by, session=desk.session)


def _unclaim(deed: Deed, task: UserTask, _item: BulkItem, desk: Desk) -> None:
    desk.engine.unclaim(task.id, by=deed.by, session=desk.session)


def _assign(deed: Deed, task: UserTask, _item: BulkItem, desk: Desk) -> None:
    if deed.target is None:
        return
    desk.engine.assign(
        task.id,
        deed.target.id,
        deed.target.name,
        reason=deed.terms.reason,
        by=deed.by,
        session=desk.session,
    )


def _follow_up(deed: Deed, task: UserTask, _item: BulkItem, desk: Desk) -> None:
    day = deed.terms.until
    at = datetime.combine(day, time(), tzinfo=TAIPEI) if day else None
    desk.engine.set_follow_up(task.id, at, by=deed.by, session=desk.session)


def _priority(deed: Deed, task: UserTask, _item: BulkItem, desk: Desk) -> None:
    desk.engine.set_priority(task.id, deed.terms.priority, by=deed.by, session=desk.session)


def _note(deed: Deed, task: UserTask, _item: BulkItem, desk: Desk) -> None:
    notes.write(
        desk.session,
        instance_id=task.instance_id,
        text=deed.terms.text,
        by=deed.by,
        at=desk.clock.now(),
        task_id=task.id,
        vault=desk.vault,
    )


def _complete(deed: Deed, task: UserTask, _item: BulkItem, desk: Desk) -> None:
    if task.form_key is None:
        desk.engine.complete(task.id, {}, by=deed.by, session=desk.session)
        return
    submit_task(
        Completion(task_id=task.id, values=deed.terms.values, version=task.version),
        by=deed.by,
        engine=desk.engine,
        session=desk.session,
        clock=desk.clock,
        vault=desk.vault,
    )


def _give_back(deed: Deed, task: UserTask, item: BulkItem, desk: Desk) -> None:
    if item.held_by is None:
        desk.engine.release(task.id, reason=deed.terms.reason, by=deed.by, session=desk.session)
        return
    desk.engine.assign(
        task.id,
        item.held_by,
        item.held_by_name or "",
        reason=deed.terms.reason,
        by=deed.by,
        session=desk.session,
    )


_PERFORMERS: Mapping[str, Callable[[Deed, UserTask, BulkItem, Desk], None]] = {
    CLAIM: _claim,
    UNCLAIM: _unclaim,
    ASSIGN: _assign,
    FOLLOW_UP: _follow_up,
    PRIORITY: _priority,
    NOTE: _note,
    COMPLETE: _complete,
    UNDO: _give_back,
}
