"""What speaks against doing a verb to a task: the team, the state, four eyes, the form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from engine import definition_queries, queries
from engine.errors import EngineError, NotAllowed
from engine.records import UserTask
from engine.types import Actor
from forms.schema import Form
from housing.bulk.rules import (
    ASSIGN,
    BULK_SAFE,
    CLAIM,
    COMPLETE,
    FOLLOW_UP,
    NOTE,
    Refusal,
    Terms,
    obstacle,
    only_confirms,
    refused_by,
)
from housing.cases.about import reads
from housing.deputies.acting import acting_for
from housing.deputies.standing import Standing
from housing.notices.rules import supervisor_of
from housing.people import queries as people
from housing.records.forms import form_of_task
from housing.subjects import check_person

OF_A_HOLDER = frozenset({CLAIM, FOLLOW_UP, COMPLETE})
"""Verbs that a deputy does on behalf of the absent holder of a task."""

_SAFE: dict[str, frozenset[str]] = {}
"""Bulk-safe steps by version of the process; a deployed version never changes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """What somebody wants to do to tasks.

    Attributes:
        target: who is to get the tasks of an assignment; None when nobody active is named.
    """

    verb: str
    terms: Terms
    by: Actor
    target: Actor | None = None


def deed(verb: str, terms: Terms, by: Actor, session: Session) -> Deed:
    """Put together what somebody wants to do."""
    named = people.accounts([terms.assignee], session=session) if terms.assignee else []
    target = next((each.actor for each in named if each.state == "active"), None)
    return Deed(verb=verb, terms=terms, by=by, target=target)


def as_deputy(
    wanted: Deed,
    task: UserTask,
    *,
    session: Session,
    at: datetime,
    standing: Standing | None = None,
) -> Deed:
    """Let somebody act on behalf of the absent holder of a task, as on the task's own page."""
    if wanted.verb not in OF_A_HOLDER:
        return wanted
    try:
        acting = acting_for(task, wanted.by, session=session, at=at, standing=standing)
        return replace(wanted, by=acting)
    except NotAllowed:  # a conflict of interest, or another deputy comes first
        return wanted


def judge(task: UserTask, wanted: Deed, session: Session) -> Refusal | None:
    """Tell why a deed cannot be done to a task; None when it can."""
    if wanted.verb == NOTE:
        case = queries.instance(task.instance_id, session)
        is_reader = reads(wanted.by, case.process_key, case.scope)
        return None if is_reader else Refusal(code="not_readable")
    found = obstacle(wanted.verb, task, wanted.by, supervisor_of(task.candidate_group))
    if found is not None:
        return found
    if wanted.verb == ASSIGN:
        return _unfit_target(task, wanted.target, session)
    if wanted.verb == COMPLETE:
        return _unfit_form(task, wanted, session) or _barred(task, wanted.by, session)
    return _barred(task, wanted.by, session) if wanted.verb == CLAIM else None


def is_bulk_safe(task: UserTask, session: Session) -> bool:
    """Tell whether the diagram of a case allows to complete many of a task at once."""
    definition_id = queries.instance(task.instance_id, session).definition_id
    return task.element_id in _safe_steps(definition_id, session)


def is_any_bulk_safe(tasks: Iterable[UserTask], session: Session) -> bool:
    """Tell whether the newest version of a process allows to complete many of one of some tasks."""
    steps: dict[str, set[str]] = {}
    for each in tasks:
        steps.setdefault(each.process_key, set()).add(each.element_id)
    newest = (
        (definition_queries.definition(key, None, session).id, ids) for key, ids in steps.items()
    )
    return any(_safe_steps(definition_id, session) & ids for definition_id, ids in newest)


def shared_form(task: UserTask, session: Session) -> Form | None:
    """Read the form that may be filled in once for many; None when the task has none like that."""
    if task.form_key is None or not is_bulk_safe(task, session):
        return None
    form = form_of_task(task, session=session)
    return form if only_confirms(form) else None


def _safe_steps(definition_id: str, session: Session) -> frozenset[str]:
    if definition_id not in _SAFE:
        deployed = definition_queries.definition_by_id(definition_id, session)
        model = definition_queries.process_model(deployed, session)
        _SAFE[definition_id] = frozenset(
            each.id for each in model.elements if _is_marked(each.properties)
        )
    return _SAFE[definition_id]


def _is_marked(properties: Mapping[str, str]) -> bool:
    return properties.get(BULK_SAFE) == "true"


def _unfit_target(task: UserTask, target: Actor | None, session: Session) -> Refusal | None:
    if target is None:
        return Refusal(code="not_of_team")
    if task.assignee == target.id:
        return Refusal(code="has_it", name=target.name)
    if task.candidate_group is None or not target.belongs_to(task.candidate_group, task.scope):
        return Refusal(code="not_of_team", name=target.name)
    return _barred(task, target, session)


def _unfit_form(task: UserTask, wanted: Deed, session: Session) -> Refusal | None:
    if not is_bulk_safe(task, session):
        return Refusal(code="not_bulk_safe")
    if task.instance_status != "active":
        return Refusal(code="suspended")
    if task.form_key != (wanted.terms.form_key or None):
        return Refusal(code="other_form")
    if task.form_key is not None and shared_form(task, session) is None:
        return Refusal(code="not_bulk_safe")
    return None


def _barred(task: UserTask, person: Actor, session: Session) -> Refusal | None:
    """Ask the subject about the person, such as the second of four eyes."""
    try:
        check_person(task, person, session=session)
    except EngineError as error:
        return refused_by(error)
    return None
