"""Tell which open tasks a change of the calendar would touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine import calendars, queries
from engine.calendar import local_date
from engine.calendars import Change
from engine.periods.calendars import Calendar
from engine.periods.computation import Computation, Start
from engine.periods.counting import Period, count
from engine.queries import TaskFilter
from engine.records import UserTask
from engine.types import CITY

MOST_TASKS = 500
"""Open tasks a preview looks at, earliest due date first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """An open task whose due date would be another by the law's rule for calendar days.

    Attributes:
        before: counted with the present calendar.
        after: counted with the changed one.
    """

    task: UserTask
    before: Computation
    after: Computation


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What a change would do to running due dates.

    Attributes:
        looked_at: open tasks that were counted.
        total: open tasks there are.
    """

    moved: tuple[Moved, ...]
    looked_at: int
    total: int


def effect_of(scope: str, change: Change, now: datetime, *, session: Session) -> Effect:
    """Count the periods of open tasks with the calendar before and after a change."""
    wanted = TaskFilter(
        scopes=frozenset() if scope == CITY else frozenset({scope}), limit=MOST_TASKS
    )
    page = queries.open_tasks(wanted, session)
    before = calendars.calendar_at(scope, now, session)
    after = calendars.calendar_after(scope, change, now, session)
    moved = _moved(page.rows, before, after)
    return Effect(moved=moved, looked_at=len(page.rows), total=page.total)


def _moved(tasks: Sequence[UserTask], before: Calendar, after: Calendar) -> tuple[Moved, ...]:
    found = []
    for task in tasks:
        if task.due_at is None:
            continue
        old, new = (_counted(task, task.due_at, calendar) for calendar in (before, after))
        if old.ends_at != new.ends_at:
            found.append(Moved(task=task, before=old, after=new))
    return tuple(found)


def _counted(task: UserTask, due_at: datetime, calendar: Calendar) -> Computation:
    start = Start(at=task.created_at, kind="event")
    days = max((local_date(due_at) - start.on).days, 0)
    return count(Period(start=start, amount=days, unit="calendar_days", calendar=calendar))
