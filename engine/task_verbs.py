"""What is done to one user task without completing it: when to follow it up, how urgent it is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from engine import user_tasks
from engine.db import connection_of
from engine.errors import PriorityInvalid
from engine.records import UserTask
from engine.types import Actor


class TaskVerbs(ABC):
    """The verbs on one open task that move no token; a part of `ProcessEngine`."""

    @abstractmethod
    def _note(
        self,
        task: UserTask,
        kind: str,
        by: Actor,
        connection: Connection,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Write a history line about a user task."""

    def set_follow_up(
        self, task_id: str, at: datetime | None, *, by: Actor, session: Session
    ) -> UserTask:
        """Say when to look at a task again; deadlines stay as they are.

        Args:
            task_id: of the user task.
            at: an instant, or None to follow it up no longer.
            by: who holds it, or to whose group it is offered.
            session: the caller's unit of work.

        Raises:
            UserTaskNotFound: there is no such task.
            TaskNotYours: somebody else's, and not offered to the actor.
            TaskAlreadyEnded: it was completed or cancelled.
        """
        connection = connection_of(session)
        task = user_tasks.read(task_id, connection)
        user_tasks.ensure_known(task, by)
        user_tasks.set_follow_up(task_id, at, connection)
        details = {"follow_up": at.isoformat() if at else None}
        self._note(task, "follow_up_set", by, connection, details)
        return user_tasks.read(task_id, connection)

    def set_priority(self, task_id: str, priority: int, *, by: Actor, session: Session) -> UserTask:
        """Say how urgent a task is among others.

        Args:
            task_id: of the user task.
            priority: 0 to 100, higher first.
            by: who holds it, or to whose group it is offered.
            session: the caller's unit of work.

        Raises:
            UserTaskNotFound: there is no such task.
            TaskNotYours: somebody else's, and not offered to the actor.
            TaskAlreadyEnded: it was completed or cancelled.
            PriorityInvalid: out of bounds.
        """
        if not 0 <= priority <= user_tasks.HIGHEST_PRIORITY:
            raise PriorityInvalid(priority)
        connection = connection_of(session)
        task = user_tasks.read(task_id, connection)
        user_tasks.ensure_known(task, by)
        user_tasks.set_priority(task_id, priority, connection)
        details = {"from": task.priority, "to": priority}
        self._note(task, "priority_set", by, connection, details)
        return user_tasks.read(task_id, connection)

    def release(self, task_id: str, *, reason: str, by: Actor, session: Session) -> UserTask:
        """Give a task back to its group, whoever holds it; who may do so is the caller's rule.

        Raises:
            UserTaskNotFound: there is no such task.
            TaskAlreadyEnded: it was completed or cancelled.
            TaskAlreadyClaimed: somebody else took it at the same moment.
        """
        connection = connection_of(session)
        task = user_tasks.read(task_id, connection)
        user_tasks.release(task, connection)
        details = {"from": task.assignee, "reason": reason}
        self._note(task, "task_released", by, connection, details)
        return user_tasks.read(task_id, connection)
