"""What deputies did for an absent person, and what they hold for him."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from engine.queries import TASK_COLUMNS, as_user_task
from engine.records import UserTask
from engine.tables import history, process_definition, process_instance, user_task


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One line of a case's history that a deputy wrote on behalf of somebody.

    Attributes:
        kind: of `engine.history`; what the system did in the same step is left out.
        details: of the line.
    """

    at: datetime
    kind: str
    actor_id: str
    actor_name: str
    element_name: str
    business_key: str
    details: Mapping[str, object]


PERSONAL_KINDS = (
    "task_claimed",
    "task_released",
    "task_completed",
    "task_delegated",
    "task_returned",
    "task_assigned",
    "follow_up_set",
    "priority_set",
)
"""Lines that tell what the deputy himself did; the rest of his steps was done by the system."""


def acts_on_behalf_of(
    person_id: str, since: datetime, until: datetime, session: Session, *, limit: int = 500
) -> tuple[Act, ...]:
    """List what deputies did for a person in a period, oldest first."""
    columns = (history.c.at, history.c.kind, history.c.actor_id, history.c.actor_name)
    rows = session.execute(
        select(*columns, history.c.element_name, process_instance.c.business_key, history.c.details)
        .select_from(history.join(process_instance))
        .where(
            history.c.on_behalf_of == person_id,
            history.c.at >= since,
            history.c.at <= until,
            history.c.kind.in_(PERSONAL_KINDS),
        )
        .order_by(history.c.at, history.c.id)
        .limit(limit)
    )
    return tuple(Act(**row) for row in rows.mappings())


def held_for(person_id: str, session: Session, *, limit: int = 500) -> tuple[UserTask, ...]:
    """List the open tasks that deputies claimed for a person, earliest due date first."""
    rows = session.execute(
        select(*TASK_COLUMNS)
        .select_from(user_task.join(process_instance).join(process_definition))
        .where(user_task.c.on_behalf_of == person_id, user_task.c.state == "open")
        .order_by(user_task.c.due_at.asc().nulls_last(), user_task.c.id)
        .limit(limit)
    )
    return tuple(as_user_task(row) for row in rows.mappings())


def taken_from(task: UserTask) -> dict[str, object]:
    """Give what the history keeps of a claim: from whom a deputy takes a task; {} of nobody."""
    if task.assignee is None:
        return {}
    return {"from": task.assignee, "from_name": task.assignee_name}


def owner_of(task: UserTask, connection: Connection) -> str | None:
    """Name the absent person from whom a deputy, or a deputy of his, took a task.

    Returns:
        None for a task that no deputy holds, and for one that nobody had claimed before.
    """
    if task.on_behalf_of is None:
        return None
    rows = connection.execute(
        select(history.c.details)
        .where(history.c.instance_id == task.instance_id, history.c.kind == "task_claimed")
        .order_by(history.c.id.desc())
    )
    claims = (row.details for row in rows if row.details.get("task_id") == task.id)
    return next(
        (str(each["from_name"]) for each in claims if each.get("from") == task.on_behalf_of), None
    )


def acted_together(instance_id: str, actor_id: str, session: Session) -> tuple[str, ...]:
    """Tell on whose behalf somebody completed tasks of a case, and who did so on his.

    Returns:
        Ids of accounts whose acts in the case count as this person's too.
    """
    completed = (history.c.instance_id == instance_id, history.c.kind == "task_completed")
    for_others = select(history.c.on_behalf_of.label("other")).where(
        *completed, history.c.actor_id == actor_id, history.c.on_behalf_of.is_not(None)
    )
    for_me = select(history.c.actor_id.label("other")).where(
        *completed, history.c.on_behalf_of == actor_id
    )
    both = for_others.union(for_me).subquery()
    return tuple(session.scalars(select(func.distinct(both.c.other)).order_by(both.c.other)))
