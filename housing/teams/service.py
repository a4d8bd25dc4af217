"""Give tasks of one's team back to it, from whoever holds them."""

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.clock import Clock
from engine.errors import TaskAlreadyEnded, TaskNotYours
from engine.process_engine import ProcessEngine
from engine.records import UserTask
from engine.types import Actor, InstanceRef
from housing.cases.errors import ReasonMissing
from housing.notices.service import notify
from housing.teams.rules import team_of

LONGEST_REASON = 300


def release(  # noqa: PLR0913  # the face of the room
    task_id: str,
    reason: str,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> UserTask:
    """Offer a task of one's team to all of it again; who held it is told, and the draft stays.

    A task that nobody holds stays as it is.

    Raises:
        UserTaskNotFound: there is no such task.
        TaskAlreadyEnded: it was completed or cancelled.
        TaskNotYours: the actor does not lead the task's group there.
        ReasonMissing: no reason was given.
    """
    task = engine_queries.task(task_id, session)
    if task.state != "open":
        raise TaskAlreadyEnded(task.ended_by_name or "")
    if not team_of(by.groups).holds(task.candidate_group, task.scope):
        raise TaskNotYours(task.name)
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise ReasonMissing
    if task.assignee is None:
        return task
    released = engine.release(task_id, reason=why, by=by, session=session)
    if task.assignee != by.id:
        notify(
            [task.assignee],
            "task_released",
            {"number": task.business_key, "what": task.name, "name": by.name, "reason": why},
            instance=InstanceRef(
                id=task.instance_id, business_key=task.business_key, scope=task.scope
            ),
            session=session,
            clock=clock,
        )
    return released
