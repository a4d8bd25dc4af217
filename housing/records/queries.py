"""Read whose turn a case is: its open user tasks with the names of who has them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.queries import TaskFilter
from engine.records import UserTask
from housing.people.queries import names_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Whose turn it is.

    Attributes:
        name: of the user task.
        group: candidate group; None for a task of one person.
        scope: in which the group may do it.
        assignee_name: who claimed it or must do it, or "".
        original_due_at: the first due date, if it was moved.
    """

    task_id: str
    element_id: str
    name: str
    group: str | None
    scope: str
    assignee: str | None
    assignee_name: str
    due_at: datetime | None
    original_due_at: datetime | None


def turns_of(instance_id: str, *, session: Session) -> tuple[Turn, ...]:
    """List who has something to do in a case now, earliest due first."""
    tasks = engine_queries.open_tasks(TaskFilter(instance_id=instance_id), session).rows
    names = names_of({task.assignee for task in tasks if task.assignee}, session=session)
    return tuple(_turn(task, names.get(task.assignee or "", "")) for task in tasks)


def _turn(task: UserTask, assignee_name: str) -> Turn:
    return Turn(
        task_id=task.id,
        element_id=task.element_id,
        name=task.name,
        group=task.candidate_group,
        scope=task.scope,
        assignee=task.assignee,
        assignee_name=assignee_name,
        due_at=task.due_at,
        original_due_at=task.original_due_at if task.original_due_at != task.due_at else None,
    )
