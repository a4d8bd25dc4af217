"""Reminders reach whoever does the work: also the deputy, and the owner of a delegated task."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.records import UserTask
from engine.sla import Rung
from housing.deputies.standing import Standing, standing_at
from housing.notices import service as notices


def on_rung(rung: Rung, *, session: Session, clock: Clock) -> None:
    """Remind and escalate like `housing.notices`; deputies and owners count as doers too."""
    standing = standing_at(clock.now(), session=session)
    tasks = rung.doers or (rung.task,)
    further = tuple(each for task in tasks for each in _further(task, standing))
    notices.on_rung(
        replace(rung, doers=(*tasks, *further)) if further else rung, session=session, clock=clock
    )


def _further(task: UserTask, standing: Standing) -> Iterator[UserTask]:
    """Give a task as those hold it who are to be told beside its holder."""
    if task.delegation == "pending":
        yield replace(task, assignee=task.delegated_by, assignee_name=task.delegated_by_name)
    deputy = standing.deputy_of(task) if standing.pools else None
    if deputy is not None:
        name = standing.accounts[deputy].name
        yield replace(task, assignee=deputy, assignee_name=name)
