"""User tasks: who may take them, who took them, and their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Update, and_, bindparam, case, func, insert, or_, select, update

from engine.errors import (
    TaskAlreadyClaimed,
    TaskAlreadyEnded,
    TaskDelegated,
    TaskNotYours,
    UserTaskNotFound,
)
from engine.queries import TASK_COLUMNS, as_user_task
from engine.records import UserTask
from engine.tables import process_definition, process_instance, user_task
from engine.types import SYSTEM, Actor

_JOINED = (
    select(*TASK_COLUMNS)
    .select_from(user_task.join(process_instance).join(process_definition))
    .order_by(user_task.c.created_at, user_task.c.id)
)
_READ = _JOINED.where(user_task.c.id == bindparam("id"))
_OPEN_OF_INSTANCE = _JOINED.where(
    user_task.c.instance_id == bindparam("instance_id"), user_task.c.state == "open"
)
_INSERT = insert(user_task)
_CLOSE = (
    update(user_task)
    .where(user_task.c.id == bindparam("task_id"), user_task.c.state == "open")
    .values(
        state=bindparam("new_state"),
        ended_at=bindparam("at"),
        ended_by=bindparam("by_id"),
        ended_by_name=bindparam("by_name"),
        # completing an unclaimed task claims it
        assignee=func.coalesce(user_task.c.assignee, bindparam("claimant_id")),
        assignee_name=func.coalesce(user_task.c.assignee_name, bindparam("claimant_name")),
    )
)
PENDING, RETURNED = "pending", "returned"
"""States of a delegation."""

_FOR = bindparam("for_id", type_=user_task.c.assignee.type)  # "" for who acts for nobody
_NO_DELEGATION = {"delegation": "", "delegated_by": None, "delegated_by_name": None}
_CLAIM = (
    update(user_task)
    .where(
        user_task.c.id == bindparam("task_id"),
        user_task.c.state == "open",
        user_task.c.delegation != PENDING,
        or_(
            user_task.c.assignee.is_(None),
            # a deputy takes what the absent person holds; that person takes it back
            and_(user_task.c.assignee == _FOR, _FOR != ""),
            user_task.c.on_behalf_of == bindparam("by_id"),
        ),
    )
    .values(
        assignee=bindparam("by_id"),
        assignee_name=bindparam("by_name"),
        claimed_at=bindparam("at"),
        # of a deputy's deputy the first absent person stays
        on_behalf_of=case((_FOR != "", func.coalesce(user_task.c.on_behalf_of, _FOR))),
    )
)
_ASSIGN = (
    update(user_task)
    .where(user_task.c.id == bindparam("task_id"), user_task.c.state == "open")
    .values(
        assignee=bindparam("by_id"),
        assignee_name=bindparam("by_name"),
        claimed_at=bindparam("at"),
        on_behalf_of=None,
        **_NO_DELEGATION,
    )
)
_DELEGATE = (
    update(user_task)
    .where(
        user_task.c.id == bindparam("task_id"),
        user_task.c.state == "open",
        user_task.c.assignee == bindparam("held_by"),
        user_task.c.delegation != PENDING,
    )
    .values(
        assignee=bindparam("to_id"),
        assignee_name=bindparam("to_name"),
        delegation=PENDING,
        delegated_by=bindparam("owner"),
        delegated_by_name=bindparam("owner_name"),
    )
)
_HAND_BACK = (
    update(user_task)
    .where(
        user_task.c.id == bindparam("task_id"),
        user_task.c.state == "open",
        user_task.c.delegation == PENDING,
    )
    .values(
        assignee=user_task.c.delegated_by,
        assignee_name=user_task.c.delegated_by_name,
        delegation=RETURNED,
    )
)
_RELEASE = (
    update(user_task)
    .where(
        user_task.c.id == bindparam("task_id"),
        user_task.c.state == "open",
        user_task.c.assignee == bindparam("held_by"),
    )
    .values(assignee=None, assignee_name=None, claimed_at=None, on_behalf_of=None, **_NO_DELEGATION)
)
_GIVE_BACK = (
    update(user_task)
    .where(
        user_task.c.id == bindparam("task_id"),
        user_task.c.state == "open",
        user_task.c.assignee == bindparam("held_by"),
    )
    .values(
        assignee=user_task.c.on_behalf_of,
        assignee_name=bindparam("owner_name"),
        on_behalf_of=None,
    )
)
_MOVE_DUE = (
    update(user_task)
    .where(user_task.c.id == bindparam("task_id"), user_task.c.state == "open")
    .values(due_at=bindparam("until"))
)
_OFFER_TO = (
    update(user_task)
    .where(user_task.c.id == bindparam("task_id"), user_task.c.state == "open")
    .values(
        candidate_group=bindparam("group"),
        assignee=None,
        assignee_name=None,
        claimed_at=None,
        on_behalf_of=None,
        **_NO_DELEGATION,
    )
)
_RAISE = (
    update(user_task)
    .where(
        user_task.c.id == bindparam("task_id"),
        user_task.c.state == "open",
        user_task.c.priority < bindparam("least"),
    )
    .values(priority=bindparam("least"))
)
_FOLLOW_UP = (
    update(user_task)
    .where(user_task.c.id == bindparam("task_id"), user_task.c.state == "open")
    .values(follow_up_at=bindparam("at"))
)
_SET_PRIORITY = (
    update(user_task)
    .where(user_task.c.id == bindparam("task_id"), user_task.c.state == "open")
    .values(priority=bindparam("to"))
)

HIGHEST_PRIORITY = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """A user task that this step ends.

    Attributes:
        state: completed or cancelled.
    """

    task_id: str
    state: str


def read(task_id: str, connection: Connection) -> UserTask:
    """Read one user task.

    Raises:
        UserTaskNotFound: there is none of this id.
    """
    row = connection.execute(_READ, {"id": task_id}).mappings().first()
    if row is None:
        raise UserTaskNotFound(task_id)
    return as_user_task(row)


def open_of(instance_id: str, connection: Connection) -> tuple[UserTask, ...]:
    """Read the open user tasks of an instance, oldest first."""
    rows = connection.execute(_OPEN_OF_INSTANCE, {"instance_id": instance_id}).mappings()
    return tuple(as_user_task(row) for row in rows)


def ensure_completable(task: Mapping[str, Any], by: Actor) -> None:
    """Refuse to complete a task that has ended or belongs to somebody else.

    Args:
        task: the task's row.
        by: who wants to complete it.

    Raises:
        TaskAlreadyEnded: it was completed or cancelled.
        TaskAlreadyClaimed: a colleague of the same group holds it.
        TaskNotYours: it is not offered to this actor.
        TaskDelegated: this actor is its delegate.
    """
    if task["state"] != "open":
        raise TaskAlreadyEnded(task["ended_by_name"] or "")
    if by is SYSTEM:
        return
    if is_held(task["assignee"], by):
        if task["delegation"] == PENDING:
            raise TaskDelegated(task["delegated_by_name"] or "")
        return
    if not _is_offered(task, by):
        raise TaskNotYours(task["name"])
    if task["assignee"] is not None:
        raise TaskAlreadyClaimed(task["assignee_name"] or task["assignee"])


def ensure_known(task: UserTask, by: Actor) -> None:
    """Refuse to arrange a task that somebody neither holds nor is offered.

    Raises:
        TaskNotYours: somebody else's, and not offered to this actor.
    """
    offer = {"candidate_group": task.candidate_group, "scope": task.scope}
    if not (by is SYSTEM or is_held(task.assignee, by) or _is_offered(offer, by)):
        raise TaskNotYours(task.name)


def claim(task: UserTask, by: Actor, at: datetime, connection: Connection) -> None:
    """Take an offered task, if nobody was faster: one atomic update.

    Raises:
        TaskNotYours: it is not offered to this actor.
        TaskAlreadyEnded: it was completed or cancelled.
        TaskAlreadyClaimed: somebody else holds it.
    """
    is_known = is_held(task.assignee, by) or task.on_behalf_of == by.id
    offer = {"candidate_group": task.candidate_group, "scope": task.scope}
    if not is_known and not _is_offered(offer, by):
        raise TaskNotYours(task.name)
    taken = connection.execute(
        _CLAIM,
        {
            "task_id": task.id,
            "by_id": by.id,
            "by_name": by.name,
            "at": at,
            "for_id": by.on_behalf_of or "",
        },
    )
    if taken.rowcount != 1:
        _explain_lost_claim(read(task.id, connection), by)


def release(task: UserTask, connection: Connection) -> None:
    """Give a claimed task back to its group.

    Raises:
        TaskAlreadyEnded: it was completed or cancelled.
        TaskAlreadyClaimed: somebody else holds it now.
    """
    given = connection.execute(_RELEASE, {"task_id": task.id, "held_by": task.assignee})
    if given.rowcount != 1:
        _explain_changed(task.id, connection)


def give_back(task: UserTask, owner_name: str, connection: Connection) -> None:
    """Give a task that a deputy claimed back to the absent person he claimed it for.

    Raises:
        TaskAlreadyEnded: it was completed or cancelled.
        TaskAlreadyClaimed: somebody else holds it now.
    """
    given = connection.execute(
        _GIVE_BACK, {"task_id": task.id, "held_by": task.assignee, "owner_name": owner_name}
    )
    if given.rowcount != 1:
        _explain_changed(task.id, connection)


def assign(task_id: str, assignee: tuple[str, str], at: datetime, connection: Connection) -> None:
    """Give a task to an account (id and name), whoever holds it.

    Raises:
        TaskAlreadyEnded: it was completed or cancelled.
    """
    account_id, name = assignee
    given = connection.execute(
        _ASSIGN, {"task_id": task_id, "by_id": account_id, "by_name": name, "at": at}
    )
    if given.rowcount != 1:
        raise TaskAlreadyEnded(read(task_id, connection).ended_by_name or "")


def is_held(holder: str | None, by: Actor) -> bool:
    """Tell whether the holder of a task is the actor, or the person he acts for."""
    return holder is not None and holder in by.identities


def as_claimed(holder: str | None, on_behalf_of: str | None, by: Actor) -> Actor:
    """Let a deputy act on behalf of whom he claimed a task for, whichever page he comes from."""
    if by.on_behalf_of is None and on_behalf_of is not None and holder == by.id:
        return replace(by, on_behalf_of=on_behalf_of)
    return by


def delegate(task: UserTask, to: Actor, connection: Connection) -> None:
    """Give a held task to a delegate; its holder becomes its owner.

    Raises:
        TaskAlreadyEnded: it was completed or cancelled.
        TaskAlreadyClaimed: somebody else holds it now.
    """
    owner = {"held_by": task.assignee, "owner": task.assignee, "owner_name": task.assignee_name}
    given = connection.execute(
        _DELEGATE, {"task_id": task.id, "to_id": to.id, "to_name": to.name, **owner}
    )
    if given.rowcount != 1:
        _explain_changed(task.id, connection)


def hand_back(task: UserTask, connection: Connection) -> None:
    """Return a delegated task to its owner.

    Raises:
        TaskAlreadyEnded: it was completed or cancelled.
        TaskAlreadyClaimed: it came into other hands meanwhile.
    """
    if connection.execute(_HAND_BACK, {"task_id": task.id}).rowcount != 1:
        _explain_changed(task.id, connection)


def insert_open(rows: Sequence[Mapping[str, Any]], connection: Connection) -> None:
    """Write new open tasks, in one statement."""
    if rows:
        connection.execute(_INSERT, rows)


def close(closings: Sequence[Closing], by: Actor, at: datetime, connection: Connection) -> None:
    """End tasks, in one statement."""
    if closings:
        connection.execute(_CLOSE, [_closing_row(each, by, at) for each in closings])


def _closing_row(closing: Closing, by: Actor, at: datetime) -> dict[str, object]:
    is_completed = closing.state == "completed"
    return {
        "task_id": closing.task_id,
        "new_state": closing.state,
        "at": at,
        "by_id": by.id,
        "by_name": by.name,
        "claimant_id": by.id if is_completed else None,
        "claimant_name": by.name if is_completed else None,
    }


def move_due(task_ids: Sequence[str], until: datetime, connection: Connection) -> None:
    """Move due dates; original_due_at stays."""
    if task_ids:
        connection.execute(_MOVE_DUE, [{"task_id": each, "until": until} for each in task_ids])


def clear_due(task_id: str, connection: Connection) -> None:
    """Take the due date of an open task away; original_due_at stays."""
    connection.execute(_MOVE_DUE, {"task_id": task_id, "until": None})


def offer_to(task_ids: Sequence[str], group: str, connection: Connection) -> None:
    """Take open tasks from whoever holds them and offer them to another group."""
    if task_ids:
        connection.execute(_OFFER_TO, [{"task_id": each, "group": group} for each in task_ids])


def raise_priority(task_ids: Sequence[str], least: int, connection: Connection) -> None:
    """Give open tasks at least this priority."""
    if task_ids:
        connection.execute(_RAISE, [{"task_id": each, "least": least} for each in task_ids])


def set_follow_up(task_id: str, at: datetime | None, connection: Connection) -> None:
    """Say when to look at an open task again, or never.

    Raises:
        TaskAlreadyEnded: it was completed or cancelled.
    """
    _change_open(_FOLLOW_UP, {"task_id": task_id, "at": at}, connection)


def set_priority(task_id: str, priority: int, connection: Connection) -> None:
    """Give an open task a priority, 0 to HIGHEST_PRIORITY.

    Raises:
        TaskAlreadyEnded: it was completed or cancelled.
    """
    _change_open(_SET_PRIORITY, {"task_id": task_id, "to": priority}, connection)


def _change_open(change: Update, values: Mapping[str, object], connection: Connection) -> None:
    if connection.execute(change, values).rowcount != 1:
        task = read(str(values["task_id"]), connection)
        raise TaskAlreadyEnded(task.ended_by_name or "")


def _is_offered(task: Mapping[str, Any], by: Actor) -> bool:
    group = task["candidate_group"]
    return group is not None and by.belongs_to(group, task["scope"])


def _explain_changed(task_id: str, connection: Connection) -> None:
    now = read(task_id, connection)
    if now.state != "open":
        raise TaskAlreadyEnded(now.ended_by_name or "")
    raise TaskAlreadyClaimed(now.assignee_name or "")


def _explain_lost_claim(task: UserTask, by: Actor) -> None:
    """Say why a claim failed; claiming one's own task again is no failure."""
    if task.state != "open":
        raise TaskAlreadyEnded(task.ended_by_name or "")
    if task.assignee != by.id:
        raise TaskAlreadyClaimed(task.assignee_name or "")
