"""One user task as its page needs it: form, draft, and what this person may do with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import flask

from engine import explanations, queries
from engine.errors import (
    Conflict,
    InstanceNotFound,
    NotAllowed,
    TaskAlreadyClaimed,
    TaskAlreadyEnded,
    UserTaskNotFound,
)
from engine.explanations import Deadline
from engine.queries import UserTask
from engine.types import Actor
from forms.schema import Form
from housing.cases import delegating
from housing.cases import queries as cases
from housing.people.queries import AccountView
from housing.records.forms import form_of_task
from housing.teams.rules import team_of
from webapp import case_page, case_timeline, current, errors, model_words, standing_in
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
        acting: this person, perhaps on behalf of the task's absent holder.
        absent_name: on whose behalf he acts, or "".
        refusal: why he may not stand in although he is named, or "".
        delegates: to whom he may delegate it.
        asked: what the owner of a task delegated to this person wrote.
    """

    task: UserTask
    form: Form | None
    context: Mapping[str, object]
    draft: Mapping[str, object] | None
    is_mine: bool
    may_claim: bool
    may_take_over: bool
    acting: Actor
    absent_name: str = ""
    refusal: str = ""
    delegates: tuple[AccountView, ...] = ()
    asked: str = ""

    @property
    def may_work(self) -> bool:
        """Tell whether the form can be filled in."""
        return self.is_mine and self.task.state == "open"

    @property
    def is_helping(self) -> bool:
        """Tell whether this person works for the owner, who completes it."""
        return self.may_work and self.task.delegation == "pending"

    @property
    def may_call_back(self) -> bool:
        """Tell whether this person is the owner of a task that is with a delegate."""
        is_owner = self.task.delegated_by in self.acting.identities
        return is_owner and self.task.state == "open" and self.task.delegation == "pending"


def read(task_id: str) -> TaskPage:
    """Read a task that this request's person may see.

    Raises:
        UserTaskNotFound: there is none, or it is no business of his; the same for both.
    """
    application, actor = current.application(), current.actor()
    with application.reading() as session:
        task = queries.task(task_id, session)
        acting, refusal = _acting(task, actor)
        if not _may_see(task, acting):
            raise refusal or UserTaskNotFound(task_id)
        form = form_of_task(task, session=session) if task.form_key else None
        kept = cases.draft_of(task.id, by=acting, session=session)
        asked = delegating.asked_for(task, session=session)
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
        may_claim=_may_claim(task, acting),
        may_take_over=is_offered
        and task.assignee not in {None, actor.id}
        and not (task.delegation == "pending" and task.delegated_by == actor.id)
        and not _may_claim(task, acting),
        acting=acting,
        absent_name=standing_in.name_of(acting.on_behalf_of),
        refusal=errors.sentence(refusal) if refusal else "",
        delegates=_delegates(task, acting),
        asked=asked,
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


def _acting(task: UserTask, actor: Actor) -> tuple[Actor, NotAllowed | None]:
    """Tell as whom this person acts, or why he may not stand in for the task's absent holder."""
    try:
        return standing_in.actor_on(task), None
    except NotAllowed as refusal:
        return actor, refusal


def _may_claim(task: UserTask, acting: Actor) -> bool:
    """Tell whether it waits to be claimed, is an absent person's, or was claimed for this one."""
    if task.state != "open" or task.delegation == "pending":
        return False
    if task.assignee is None:
        return _is_offered(task, acting)
    is_for_him = acting.on_behalf_of == task.assignee or task.on_behalf_of == acting.id
    return is_for_him and task.assignee != acting.id


def _delegates(task: UserTask, acting: Actor) -> tuple[AccountView, ...]:
    if not current.is_worker() or task.state != "open" or task.delegation == "pending":
        return ()
    if task.assignee != acting.id:
        return ()
    with current.application().reading() as session:
        return delegating.colleagues_for(task, by=acting, session=session)


def _may_see(task: UserTask, actor: Actor) -> bool:
    concerned = {task.assignee, task.ended_by, task.delegated_by, task.on_behalf_of}
    is_own = bool(concerned & actor.identities)
    is_led = team_of(actor.groups).holds(task.candidate_group, task.scope)
    return is_own or is_led or _is_offered(task, actor) or bool(current.roles() & OVERSEERS)


def _is_offered(task: UserTask, actor: Actor) -> bool:
    return bool(task.candidate_group) and actor.belongs_to(task.candidate_group or "", task.scope)


def why_not(task: UserTask) -> Conflict:
    """Say why this person cannot send the task's form any more."""
    if task.state != "open":
        return TaskAlreadyEnded(task.ended_by_name or "")
    return TaskAlreadyClaimed(task.assignee_name or "")
