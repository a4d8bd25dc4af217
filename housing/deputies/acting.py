"""Acting for an absent person: on whose behalf somebody touches a task."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from engine.records import UserTask
from engine.types import Actor
from housing.deputies import conflicts
from housing.deputies.errors import NotFirstDeputy
from housing.deputies.standing import Standing, standing_at


def acting_for(
    task: UserTask,
    actor: Actor,
    *,
    session: Session,
    at: datetime,
    standing: Standing | None = None,
) -> Actor:
    """Tell as whom somebody acts on a task: as himself, or on behalf of its absent holder.

    Hand what this gives to the verbs of the engine as `by`; the history then names both. Nobody
    may choose by himself on whose behalf he acts. One statement when nobody is absent.

    Args:
        task: that he wants to see, claim, save or complete.
        actor: the signed-in person.
        session: any.
        at: the instant.
        standing: who is absent then, when the caller knows it already.

    Raises:
        NotAllowed: he stands in, but has a conflict of interest; the sentence names the rule.
        NotFirstDeputy: he is in the pool, but somebody before him does this task.
    """
    if actor.on_behalf_of is not None or task.state != "open":
        return actor
    if task.assignee == actor.id:
        return replace(actor, on_behalf_of=task.on_behalf_of)
    standing = standing or standing_at(at, session=session)
    holder = standing.holder_of(task)
    if holder is None or holder == actor.id or not _is_in_line(actor, task, holder, standing):
        return actor
    acting = replace(actor, on_behalf_of=holder)
    first = standing.deputy_of(task)
    if first == actor.id:
        return acting
    if task.assignee is None:
        return actor  # he is of the group himself, and does it as himself
    conflicts.demand_unbiased(task, acting, session=session)
    names = {each: standing.accounts[each].name for each in (first, holder) if each}
    raise NotFirstDeputy(names.get(first or "", ""), names[holder])


def _is_in_line(actor: Actor, task: UserTask, holder: str, standing: Standing) -> bool:
    return any(
        each.person_id == actor.id and standing.is_covered(each, task)
        for each in standing.line(holder)
    )
