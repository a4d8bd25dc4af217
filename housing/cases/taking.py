"""Taking over a task that a colleague has claimed."""

from sqlalchemy.orm import Session

from engine import queries
from engine.clock import Clock
from engine.errors import TaskAlreadyEnded, TaskNotYours
from engine.process_engine import ProcessEngine
from engine.records import UserTask
from engine.types import Actor, InstanceRef
from housing.cases.errors import ReasonMissing
from housing.notices.service import notify
from housing.subjects import check_person

LONGEST_REASON = 300


def take_over(  # noqa: PLR0913  # the face of the room
    task_id: str,
    reason: str,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> UserTask:
    """Take a task from the colleague of one's own team who holds it, and tell him.

    The reason stands in the history of the case. A task of one's own stays as it is.

    Raises:
        UserTaskNotFound: there is no such task.
        TaskAlreadyEnded: it was completed or cancelled.
        TaskNotYours: it is not offered to the actor's team.
        NotAllowed: the task is not for this person, such as the second of four eyes.
        ReasonMissing: no reason was given.
    """
    task = queries.task(task_id, session)
    if task.state != "open":
        raise TaskAlreadyEnded(task.ended_by_name or "")
    if not task.candidate_group or not by.belongs_to(task.candidate_group, task.scope):
        raise TaskNotYours(task.name)
    check_person(task, by, session=session)
    if task.assignee == by.id:
        return task
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise ReasonMissing
    taken = engine.assign(task_id, by.id, by.name, reason=why, by=by, session=session)
    if task.assignee is not None:
        _tell(task, why, by=by, session=session, clock=clock)
    return taken


def _tell(task: UserTask, reason: str, *, by: Actor, session: Session, clock: Clock) -> None:
    concerned = {task.assignee, task.on_behalf_of}
    if task.delegation == "pending":
        concerned.add(task.delegated_by)
    notify(
        sorted(each for each in concerned if each and each != by.id),
        "task_taken",
        {"number": task.business_key, "what": task.name, "name": by.name, "reason": reason},
        instance=InstanceRef(id=task.instance_id, business_key=task.business_key, scope=task.scope),
        session=session,
        clock=clock,
    )
