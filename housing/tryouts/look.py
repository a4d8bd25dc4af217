"""What the page of a trial shows: where it stands, who could do what, what would have been sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import definition_queries, explanations
from engine import queries as engine_queries
from engine.errors import UserTaskNotFound
from engine.explanations import Deadline
from engine.records import AwaitedMessage, Instance, ProcessModel, UserTask
from forms.schema import Form
from housing.cases.queries import CaseStep, form_context, steps_of
from housing.demo.accounts import ACCOUNTS
from housing.letters.queries import LetterView, letters_of
from housing.notices.queries import Notice, notices_of_case
from housing.people.queries import AccountView, account, accounts_in, all_accounts
from housing.records.forms import form_in_service, form_of_case, form_of_task
from housing.subjects import SUBJECTS, context_of_case, subject_of
from housing.tryouts import examples
from housing.tryouts.sandbox import Sandbox, next_instant
from housing.tryouts.store import Trial

Scenarios = Sequence[Mapping[str, Any]]
"""As in their files; those whose answers fit best come first."""

Values = Mapping[str, Any]
Context = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """An operation that failed and waits to be repeated."""

    element_id: str
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskLine:
    """An open task and who of the invented people may do it, the proposed one first."""

    task: UserTask
    actors: tuple[AccountView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A notice that would have been sent."""

    notice: Notice
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A trial as its page shows it.

    Attributes:
        next_due_at: when the next timer, reminder or message falls due.
        names: login to name of the invented people.
        case: the one that is shown, the newest unless asked otherwise; None before the first.
        model: the draft's diagram, or that of the case shown.
        walked: ids of the sequence flows walked.
        messages: that the case waits for.
        verbs: what may happen outside the forms, as scenarios do it.
    """

    trial: Trial
    now: datetime
    next_due_at: datetime | None
    names: Mapping[str, str]
    cases: tuple[Instance, ...]
    case: Instance | None
    model: ProcessModel
    walked: tuple[str, ...]
    start_form: str | None
    steps: tuple[CaseStep, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    variables: Mapping[str, object] = field(default_factory=dict)
    told: tuple[Told, ...] = ()
    letters: tuple[LetterView, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    failures: tuple[Failure, ...] = ()
    messages: tuple[AwaitedMessage, ...] = ()
    verbs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FormPage:
    """A form of the draft, ready to be filled in.

    Attributes:
        task: None for a start or a message.
        form: None when there is only to be confirmed.
        values: example values.
        actors: who may send it, the proposed one first.
        options: further keys of a start.
    """

    now: datetime
    title: str
    form: Form | None
    context: Context
    values: Values
    actors: tuple[AccountView, ...]
    task: UserTask | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def look(sandbox: Sandbox, scenarios: Scenarios, number: int | None = None) -> Look:
    """Read a trial.

    Args:
        sandbox: opened.
        scenarios: of the draft; their acts are proposed.
        number: which case to show, from 1; None or one that is not there shows the newest.
    """
    walk, trial = sandbox.walk, sandbox.trial
    position = number if number and 0 < number <= len(walk.cases) else len(walk.cases)
    with sandbox.application.reading() as session:
        cases = tuple(engine_queries.instance(each, session) for each in walk.cases)
        case = cases[position - 1] if cases else None
        deployed = (
            definition_queries.definition_by_id(case.definition_id, session)
            if case
            else definition_queries.definition(trial.process, None, session)
        )
        common: dict[str, Any] = {
            "trial": trial,
            "now": sandbox.now,
            "next_due_at": next_instant(sandbox),
            "names": {each.login: each.name for each in _people(session)},
            "cases": cases,
            "case": case,
            "model": definition_queries.process_model(deployed, session),
            "walked": tuple(dict.fromkeys(walk.flows)),
            "start_form": start_form_of(trial.process),
            "verbs": _verbs(trial.process, scenarios),
        }
        return Look(**common, **_of_case(case, sandbox, scenarios, session))


def start_form_of(process: str) -> str | None:
    """Name the form that opens a case; "" for a process that the business knows nothing of."""
    return subject_of(process).start_form if process in SUBJECTS else ""


def start_page(sandbox: Sandbox, scenarios: Scenarios, login: str = "") -> FormPage:
    """Read the form that opens a case, with example values.

    Raises:
        UserTaskNotFound: no form opens one.
        FormNotFound, FormInvalid: the form is missing or faulty.
    """
    process = sandbox.trial.process
    key = start_form_of(process)
    if key is None:
        raise UserTaskNotFound(process)
    when = examples.from_scenarios(scenarios, "start", "")
    start = when["start"] if when else {}
    with sandbox.application.reading() as session:
        actors = _first(_people(session), login or str(start.get("as") or ""))
        form = form_in_service(key, session=session) if key else None
        context = subject_of(process).opening(session=session, by=actors[0].actor) if key else {}
        return FormPage(
            now=sandbox.now,
            title=form.title if form else process,
            form=form,
            context=context,
            values=_values(sandbox, form, examples.answers_of(when), context),
            actors=actors,
            options={
                name: value
                for name, value in start.items()
                if name not in ("as", "values", "process")
            },
        )


def task_page(sandbox: Sandbox, task_id: str, scenarios: Scenarios, login: str = "") -> FormPage:
    """Read the form of an open task, with example values.

    Raises:
        UserTaskNotFound: it is not open in this trial, or not any more.
        FormInvalid: the form is faulty.
    """
    with sandbox.application.reading() as session:
        task = engine_queries.task(task_id, session)
        if task.state != "open":
            raise UserTaskNotFound(task_id)
        when = examples.from_scenarios(
            (_coming(sandbox.trial), *scenarios), "complete", task.element_id
        )
        wanted = login or str((when or {}).get("as") or "")
        context = form_context(
            task, engine=sandbox.application.engine, session=session, now=sandbox.now
        )
        form = form_of_task(task, session=session) if task.form_key else None
        return FormPage(
            now=sandbox.now,
            title=task.name,
            task=task,
            form=form,
            context=context,
            values=_values(sandbox, form, examples.answers_of(when), context),
            actors=_first(_may_do(task, session), wanted),
        )


def message_page(
    sandbox: Sandbox, case_number: int, message: str, scenarios: Scenarios, login: str = ""
) -> FormPage:
    """Read the form that comes with a message, with example values.

    Raises:
        InstanceNotFound: there is no such case.
        FormNotFound, FormInvalid: the form is missing or faulty.
    """
    when = examples.from_scenarios((_coming(sandbox.trial), *scenarios), "message", message)
    with sandbox.application.reading() as session:
        case = engine_queries.instance(_case_id(sandbox, case_number), session)
        key = subject_of(case.process_key).message_forms.get(message)
        form = form_of_case(key, case.definition_id, session=session) if key else None
        context = context_of_case(
            case.process_key, case.business_key, session=session, now=sandbox.now
        )
        return FormPage(
            now=sandbox.now,
            title=form.title if form else message,
            form=form,
            context=context,
            values=_values(sandbox, form, examples.answers_of(when), context),
            actors=_first(_people(session), login or str((when or {}).get("as") or "")),
        )


def verb_act(sandbox: Sandbox, verb: str, scenarios: Scenarios) -> Mapping[str, Any] | None:
    """Find how a scenario does what happens outside the forms; None when none does."""
    return examples.from_scenarios((_coming(sandbox.trial), *scenarios), "do", verb)


def _values(sandbox: Sandbox, form: Form | None, known: Values, context: Context) -> Values:
    if form is None:
        return known
    return examples.fill(form, known, context=context, now=sandbox.now)


def _of_case(
    case: Instance | None, sandbox: Sandbox, scenarios: Scenarios, session: Session
) -> dict[str, Any]:
    if case is None:
        return {}
    engine = sandbox.application.engine
    failed = [
        each
        for each in engine_queries.jobs_of(case.id, session)
        if each.error and each.state != "done"
    ]
    return {
        "steps": tuple(steps_of(case.id, session=session)),
        "tasks": tuple(
            TaskLine(
                task=task,
                actors=_first(_may_do(task, session), _proposed(task, sandbox.trial, scenarios)),
            )
            for task in engine_queries.tasks_of(case.id, session)
            if task.state == "open"
        ),
        "variables": engine.variables(case.id, session) if case.ended_at is None else {},
        "told": tuple(_told(each, session) for each in notices_of_case(case.id, session=session)),
        "letters": tuple(letters_of(case.id, session=session)),
        "deadlines": explanations.deadlines_of(case.id, session),
        "failures": tuple(
            Failure(element_id=each.element_id, error=each.error or "") for each in failed
        ),
        "messages": engine_queries.awaited_messages(case.id, session),
    }


def _told(notice: Notice, session: Session) -> Told:
    return Told(notice=notice, name=account(notice.recipient, session=session).name)


def _proposed(task: UserTask, trial: Trial, scenarios: Scenarios) -> str:
    found = examples.from_scenarios((_coming(trial), *scenarios), "complete", task.element_id)
    return str((found or {}).get("as") or "")


def _coming(trial: Trial) -> Mapping[str, Any]:
    """Give the acts still to come of the scenario that a trial follows, as a scenario."""
    return {"steps": [{"when": each} for each in trial.script]}


def _people(session: Session) -> list[AccountView]:
    known = {each.login for each in ACCOUNTS}
    return [each for each in all_accounts(session=session) if each.login in known]


def _may_do(task: UserTask, session: Session) -> list[AccountView]:
    if task.assignee:
        return [account(task.assignee, session=session)]
    if task.candidate_group:
        return accounts_in(task.candidate_group, task.scope, session=session)
    return _people(session)


def _first(people: Sequence[AccountView], login: str) -> tuple[AccountView, ...]:
    return tuple(sorted(people, key=lambda each: each.login != login))


def _verbs(process: str, scenarios: Scenarios) -> tuple[str, ...]:
    known = subject_of(process).verbs
    return tuple(
        verb for verb in known if examples.from_scenarios(scenarios, "do", verb) is not None
    )


def _case_id(sandbox: Sandbox, number: int) -> str:
    cases = sandbox.walk.cases
    return cases[number - 1] if 0 < number <= len(cases) else ""
