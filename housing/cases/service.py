"""The verbs of cases: complete a user task with its form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.clock import Clock
from engine.errors import TaskAlreadyEnded
from engine.process_engine import ProcessEngine
from engine.records import StepResult, UserTask
from engine.types import Actor
from forms.schema import Form
from housing.deputies.conflicts import demand_unbiased
from housing.records.errors import TaskHasNoForm
from housing.records.forms import form_of_task
from housing.records.service import Answers, discard_draft, record
from housing.subjects import announce, check_answers, check_person, keep
from housing.vault import Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class Completion:
    """A user task's form as somebody hands it in.

    Attributes:
        values: typed and checked by `forms.validation`.
        version: of the instance when the page was drawn; None does not look.
    """

    task_id: str
    values: Mapping[str, object]
    version: int | None = None


def submit_task(  # noqa: PLR0913  # the face of the room
    completion: Completion,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
    vault: Vault | None = None,
) -> StepResult:
    """Complete a user task with a checked form.

    The whole form is kept in the record of the case; only the fields that the definition marks
    as variables enter the process. Photos are bound to the case, the draft is thrown away. What a
    subject keeps sealed needs the vault.

    Raises:
        UserTaskNotFound: there is no such task.
        TaskAlreadyEnded: somebody was faster.
        TaskNotYours, TaskAlreadyClaimed: the actor may not complete it.
        LostRace: the case moved on since the page was drawn.
        FileNotYours: a photo belongs to somebody else.
        NotAllowed: the task is not for this person, such as the second check of his own review.
        Invalid: an answer breaks a rule that the form does not know.
        KeyMissing: an answer is to be sealed and there is no vault.
    """
    task = engine_queries.task(completion.task_id, session)
    if task.state != "open":
        raise TaskAlreadyEnded(task.ended_by_name or "")
    answers = _answers(task, completion.values, session)
    demand_right_person(task, by, session=session)
    check_answers(task, completion.values, session=session)
    kept = keep(task, completion.values, by=by, session=session, clock=clock, vault=vault)
    record(replace(answers, values=kept), by=by, session=session, clock=clock)
    discard_draft(task.id, by=by, session=session)
    result = engine.complete(
        task.id,
        variables_of(answers.form, completion.values),
        by=by,
        session=session,
        version=completion.version,
    )
    announce(result, session=session, clock=clock)
    return result


def demand_right_person(task: UserTask, by: Actor, *, session: Session) -> None:
    """Refuse who may not do a task: four eyes, and for a deputy a case of his own.

    Raises:
        NotAllowed: with a sentence that names the rule.
    """
    if by.on_behalf_of is None:
        check_person(task, by, session=session)
    else:
        demand_unbiased(task, by, session=session)


def variables_of(form: Form, values: Mapping[str, object]) -> dict[str, object]:
    """Pick the answers that become process variables."""
    names = form.variable_names()
    return {name: value for name, value in values.items() if name in names}


def _answers(task: UserTask, values: Mapping[str, object], session: Session) -> Answers:
    if task.form_key is None:
        raise TaskHasNoForm(task.name)
    return Answers(
        instance_id=task.instance_id,
        form=form_of_task(task, session=session),
        form_key=task.form_key,
        values=values,
        task_id=task.id,
        element_id=task.element_id,
        element_name=task.name,
    )
