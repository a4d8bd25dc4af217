"""Whether an assignment can be taken back: only where nothing has happened to the task since."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine import queries
from engine.records import HistoryEntry
from engine.types import Actor
from housing.bulk.models import BulkBatch, BulkItem
from housing.bulk.rules import Refusal, Terms
from housing.cases.queries import draft_of


def unfit(batch: BulkBatch, item: BulkItem, session: Session) -> Refusal | None:
    """Tell why an assignment cannot be taken back: anything that happened to the task since."""
    task = queries.task(item.task_id, session)
    if task.state != "open":
        return Refusal(code="ended", name=task.ended_by_name or "")
    target = Terms.from_json(batch.terms or {}).assignee
    history = queries.history_of(task.instance_id, session)
    is_touched = task.assignee != target or _is_touched(history, batch, task.id)
    if is_touched or draft_of(task.id, by=Actor(id=target, name=""), session=session):
        return Refusal(code="changed", name=task.assignee_name or "")
    return None


def _is_touched(history: Sequence[HistoryEntry], batch: BulkBatch, task_id: str) -> bool:
    """Tell whether the history of a case has a line of the task after the assignment."""
    of_task = [line for line in history if line.details.get("task_id") == task_id]
    return not of_task or of_task[-1].batch_id != batch.undoes
