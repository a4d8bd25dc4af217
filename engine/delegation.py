"""Giving one's task to a colleague who works on it and hands it back; the owner completes it.

As in WS-HumanTask: a delegated task is pending with the delegate until he resolves it, and returns
to its owner, who stays responsible throughout.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from engine import user_tasks
from engine.db import connection_of
from engine.errors import (
    DelegateIsOwner,
    TaskAlreadyEnded,
    TaskDelegated,
    TaskNotDelegated,
    TaskNotYours,
)
from engine.records import UserTask
from engine.types import Actor


class Delegations(ABC):
    """The verbs of delegation; a part of `ProcessEngine`."""

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

    def delegate(
        self, task_id: str, to: Actor, *, reason: str, by: Actor, session: Session
    ) -> UserTask:
        """Let somebody else work on a task; it comes back, and its holder stays responsible.

        Whether the delegate may see and do the task is the caller's rule.

        Args:
            task_id: of a task that the actor, or the person he acts for, holds.
            to: the delegate; he needs no group.
            reason: what is asked of him, for the history.
            by: who delegates.
            session: the caller's unit of work.

        Raises:
            UserTaskNotFound: there is no such task.
            TaskAlreadyEnded: it was completed or cancelled.
            TaskNotYours: the actor does not hold it.
            TaskDelegated: it is with a delegate already; he cannot pass it on.
            DelegateIsOwner: the delegate holds it himself.
        """
        connection = connection_of(session)
        task = _open_task(task_id, connection)
        if not user_tasks.is_held(task.assignee, by):
            raise TaskNotYours(task.name)
        if task.delegation == user_tasks.PENDING:
            raise TaskDelegated(task.delegated_by_name or "")
        if to.id in (task.assignee, by.id):
            raise DelegateIsOwner(to.name)
        user_tasks.delegate(task, to, connection)
        self._note(task, "task_delegated", by, connection, _way(task.assignee, to.id, reason))
        return user_tasks.read(task_id, connection)

    def hand_back(self, task_id: str, *, note: str, by: Actor, session: Session) -> UserTask:
        """Return a delegated task to its owner; the owner may also call it back.

        Args:
            task_id: of a delegated task.
            note: what was done or found, for the history.
            by: the delegate, or the owner.
            session: the caller's unit of work.

        Raises:
            UserTaskNotFound: there is no such task.
            TaskAlreadyEnded: it was completed or cancelled.
            TaskNotDelegated: it is with nobody.
            TaskNotYours: the actor is neither delegate nor owner.
        """
        connection = connection_of(session)
        task = _open_task(task_id, connection)
        if task.delegation != user_tasks.PENDING:
            raise TaskNotDelegated(task.name)
        is_owner = user_tasks.is_held(task.delegated_by, by)
        if not (is_owner or user_tasks.is_held(task.assignee, by)):
            raise TaskNotYours(task.name)
        user_tasks.hand_back(task, connection)
        details = {**_way(task.assignee, task.delegated_by, note), "called_back": is_owner}
        self._note(task, "task_returned", by, connection, details)
        return user_tasks.read(task_id, connection)


def _open_task(task_id: str, connection: Connection) -> UserTask:
    task = user_tasks.read(task_id, connection)
    if task.state != "open":
        raise TaskAlreadyEnded(task.ended_by_name or "")
    return task


def _way(source: str | None, target: str | None, reason: str) -> dict[str, object]:
    return {"from": source, "to": target, "reason": reason}
