"""When past cases of a process came to its user tasks: the ground of what usually comes, and when.

Cases are named by numbers that mean nothing outside of one reading.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.tables import process_definition, process_instance, user_task

MOST_CASES = 400
"""The newest ended cases that one reading looks at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PastCase:
    """One case that ran to its end.

    Attributes:
        visits: element id to when the case first came there.
    """

    ended_at: datetime
    visits: dict[str, datetime]


def past_cases(
    process_key: str, elements: Collection[str], since: datetime, session: Session
) -> tuple[PastCase, ...]:
    """Read the newest cases that were completed, all versions of the process together.

    Args:
        process_key: of the process.
        elements: user tasks that are looked at.
        since: older ends do not count.
        session: any.
    """
    ended = session.execute(
        select(process_instance.c.id, process_instance.c.ended_at)
        .select_from(process_instance.join(process_definition))
        .where(
            process_definition.c.key == process_key,
            process_instance.c.status == "completed",
            process_instance.c.ended_at >= since,
        )
        .order_by(process_instance.c.ended_at.desc(), process_instance.c.id)
        .limit(MOST_CASES)
    ).all()
    first = func.min(user_task.c.created_at, type_=user_task.c.created_at.type)
    visits: dict[str, dict[str, datetime]] = {each.id: {} for each in ended}
    rows = session.execute(
        select(user_task.c.instance_id, user_task.c.element_id, first)
        .where(
            user_task.c.instance_id.in_(list(visits)), user_task.c.element_id.in_(list(elements))
        )
        .group_by(user_task.c.instance_id, user_task.c.element_id)
    )
    for case_id, element_id, at in rows:
        visits[case_id][element_id] = at
    return tuple(PastCase(ended_at=each.ended_at, visits=visits[each.id]) for each in ended)
