"""What the business adds to the forms of each process: context, checks, and a word afterwards."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.records import StepResult, UserTask
from housing.repairs import questions as repairs

REPAIRS = "repair.ticket"


def check_answers(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse answers that break a rule which the form's definition cannot know.

    Raises:
        Invalid: with a sentence for the person at the form.
    """
    if task.process_key == REPAIRS:
        repairs.check(task, values, session=session)


def business_context(task: UserTask, *, session: Session, now: datetime) -> Mapping[str, object]:
    """Give what the expressions of a task's form may name: prefills, options, bounds."""
    if task.process_key == REPAIRS:
        return repairs.context(task, session=session, now=now)
    return {}


def announce(result: StepResult, *, session: Session, clock: Clock) -> None:
    """Tell the person to whom a step just gave a task of his own."""
    for task in result.open_tasks:
        if task.process_key == REPAIRS and task.created_at == clock.now():
            repairs.announce(task, session=session, clock=clock)
