"""One user task as its page needs it: form, draft, and what this person may do with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import flask

from engine import explanations, queries
from engine.errors import (
    Conflict,
    InstanceNotFound,
    TaskAlreadyClaimed,
    TaskAlreadyEnded,
    UserTaskNotFound,
)
from engine.explanations import Deadline
from engine.queries import UserTask
from engine.types import Actor
from forms.schema import Form
from housing.cases import queries as cases
from housing.records.forms import form_of_task
from webapp import case_page, case_timeline, current, model_words
from webapp.case_page import CasePage

OVERSEERS = frozenset({"process_supervisor", "administrator"})
"""Roles that may look at every task, without working on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPage:
    """A task and how this person stands to it.

    Attributes:
        form: None when the task is only to be confirmed.
        context: what expressions of the form may name.
        draft: raw values this person saved before.
        is_mine: claimed by or assigned to this person.
        may_claim: open, unclaimed, and offered to one of this person's teams.
        may_take_over: open, held by somebody else, and offered to one of this person's teams.
    """

    task: UserTask
    form: Form | None
    context: Mapping[str, object]
    draft: Mapping[str, object] | None
    is_mine: bool
    may_claim: bool
    may_take_over: bool

    @property
    def may_work(self) -> bool:
        """Tell whether the form can be filled in."""
        return self.is_mine and self.task.state == "open"


def read(task_id: str) -> TaskPage:
    """Read a task that this request's person may see.

    Raises:
        UserTaskNotFound: there is none, or it is no business of his; the same for both.
    """
    application, actor = current.application(), current.actor()
    with application.reading() as session:
        task = queries.task(task_id, session)
        if not _may_see(task, actor):
            raise UserTaskNotFound(task_id)
        form = form_of_task(task, session=session) if task.form_key else None
        kept = cases.draft_of(task.id, by=actor, session=session)
        context = (
            cases.form_context(
                task, engine=application.engine, session=session, now=application.clock.now()
            )
            if task.state == "open"
            else {}
        )
    is_offered = task.state == "open" and _is_offered(task, actor)
    return TaskPage(
        task=task,
        form=model_words.say_form(form) if form else None,
        context=context,
        draft=kept.values if kept else None,
        is_mine=task.assignee == actor.id,
        may_claim=is_offered and task.assignee is None,
        may_take_over=is_offered and task.assignee not in (None, actor.id),
    )


def case_of(task: UserTask, *, is_whole: bool = False) -> CasePage | None:
    """Read the case around a task; nothing for who may do the task but not open the case."""
    wanted = case_timeline.read_query(flask.request.args)
    try:
        return case_page.read(task.business_key, replace(wanted, is_whole=is_whole))
    except InstanceNotFound:
        return None


def deadline_of(task: UserTask) -> Deadline | None:
    """Read how the due date of a task came about; None for a task without one."""
    if task.due_at is None:
        return None
    with current.application().reading() as session:
        found = explanations.deadlines_of(task.instance_id, session)
    return next((each for each in found if each.token_id == task.id), None)


def _may_see(task: UserTask, actor: Actor) -> bool:
    is_own = actor.id in (task.assignee, task.ended_by)
    return is_own or _is_offered(task, actor) or bool(current.roles() & OVERSEERS)


def _is_offered(task: UserTask, actor: Actor) -> bool:
    return bool(task.candidate_group) and actor.belongs_to(task.candidate_group or "", task.scope)


def why_not(task: UserTask) -> Conflict:
    """Say why this person cannot send the task's form any more."""
    if task.state != "open":
        return TaskAlreadyEnded(task.ended_by_name or "")
    return TaskAlreadyClaimed(task.assignee_name or "")
