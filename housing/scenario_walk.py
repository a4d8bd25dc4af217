"""Walk a scenario: the real engine, database, forms and notices, on a frozen clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO

from PIL import Image
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from engine import outbox, sla_queries
from engine import queries as engine_queries
from engine.calendar import TAIPEI
from engine.clock import FrozenClock
from engine.errors import JobFailed
from engine.queries import TaskFilter
from engine.records import Job, StepResult, UserTask
from engine.sla_clocks import SlaClock
from engine.sla_orders import Grounds
from engine.types import CITY, SYSTEM, Actor
from forms.errors import FormInvalid
from forms.schema import Form
from forms.validation import validate
from forms.viewing import initial_values
from housing.bootstrap import Application
from housing.cases.queries import form_context
from housing.cases.rules import EXTENDERS, WAIVERS
from housing.cases.service import Completion, submit_task
from housing.errors import (
    ScenarioEndless,
    ScenarioFormRefused,
    ScenarioJobFailed,
    ScenarioTaskNotOpen,
    ScenarioUnplayable,
)
from housing.people.queries import account, account_by_login
from housing.records.forms import form_in_service, form_of_case, form_of_task
from housing.scenario_script import When, instant
from housing.slices import Desk, Opening
from housing.subjects import SUBJECTS, context_of_case, subject_of

PHOTO = re.compile(r"photo:(\d+)")
PERIOD = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
PICTURE_SIZE = (64, 48)
MOST_JOBS = 2_000
"""Jobs on the way to an instant; more mean that a timer keeps making a new one."""

MOST_MESSAGES = 1_000
HELD_BACK = timedelta(days=1)
"""Notices of the night wait for the morning; the runner looks ahead so far."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A notice written in a step: whose, and which kind."""

    login: str
    kind: str


@dataclass(kw_only=True, slots=True)
class Walk:
    """One scenario on its way.

    Attributes:
        application: the house, on the scenario's own database and clock.
        process: key of the process of the scenario's package.
        most_jobs: that may fire in one step.
        stops_at_failures: whether a job that fails ends the step; else it is repeated as in
            service, in the end an incident.
        cases: instances started so far, in order.
        flows, ends: what was walked and reached, in order, over the whole scenario.
        step_ends: end events of the present step.
    """

    application: Application
    process: str
    clock: FrozenClock
    most_jobs: int = MOST_JOBS
    stops_at_failures: bool = True
    cases: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    step_ends: list[str] = field(default_factory=list)

    def act(self, when: When) -> None:
        """Do what a step says.

        Raises:
            EngineError: the house refused it.
            ScenarioFormRefused: the form has errors.
            ScenarioUnplayable: the scenario asks for what is not there, or a form is faulty.
        """
        self.step_ends = []
        actions = {
            "start": self._start,
            "complete": self._complete,
            "message": self._message,
            "do": self._do,
            "extend": self._extend,
            "waive": self._waive,
            "advance": self._advance,
            "advance_to": self._advance,
        }
        try:
            actions[when.kind](when)
        except FormInvalid as error:
            raise ScenarioUnplayable(str(error)) from error
        except (LookupError, TypeError, ValueError, ArithmeticError, NoResultFound) as error:
            # verbs take their values as the scenario writes them
            raise ScenarioUnplayable(f"{type(error).__name__}: {error}") from error

    def instance_id(self, when: When) -> str:
        """Name the case a step is about."""
        position = len(self.cases) if when.case is None else when.case
        if not 0 < position <= len(self.cases):
            raise ScenarioUnplayable(f"there is no case {position}")
        return self.cases[position - 1]

    def open_tasks(self, instance_id: str) -> tuple[UserTask, ...]:
        """List the open user tasks of a case."""
        with self.application.reading() as session:
            return engine_queries.open_tasks(
                TaskFilter(instance_id=instance_id, limit=100), session
            ).rows

    def failed_operations(self, instance_id: str) -> list[str]:
        """List the operations of a case that failed and wait to be repeated, with their errors."""
        with self.application.reading() as session:
            jobs = engine_queries.jobs_of(instance_id, session)
        parked = (job for job in jobs if job.kind == "service" and job.state != "done")
        return [f"{job.element_id}: {job.error}" for job in parked]

    def notices(self) -> list[Notice]:
        """Take the notices that were written since the last call out of the outbox."""
        with self.application.unit_of_work() as session:
            connection, now = session.connection(), self.clock.now()
            messages = outbox.take(now + HELD_BACK, MOST_MESSAGES, connection)
            for message in messages:
                outbox.mark_sent(message, now, connection)
            return [
                Notice(login=_login(message.recipient, session), kind=str(message.payload["kind"]))
                for message in messages
                if message.channel == "mail"
            ]

    def _start(self, when: When) -> None:
        with self.application.unit_of_work() as session:
            actor = _actor(when.login, session)
            process = when.subject or self.process
            subject, token = subject_of(process), f"scenario-{len(self.cases) + 1}"
            if process not in SUBJECTS:
                result = self._start_plainly(process, when.values, token, actor, session)
            elif subject.start_form is None:
                raise ScenarioUnplayable(f"no form opens a case of {subject.process}")
            else:
                form = form_in_service(subject.start_form, session=session)
                offered = subject.opening(session=session, by=actor)
                values = self._checked(form, when, offered, actor, session)
                opening = Opening(token=token, values=values, options=when.options)
                result = subject.open(opening, self._desk(actor, session))
        self._note(result)

    def _start_plainly(
        self,
        process: str,
        values: Mapping[str, object],
        number: str,
        actor: Actor,
        session: Session,
    ) -> StepResult:
        """Start a process that the business knows nothing of, with its variables."""
        return self.application.engine.start(
            process, values, business_key=number, scope=CITY, by=actor, session=session
        )

    def _do(self, when: When) -> None:
        """Do what happens outside the forms of the diagram: a verb of the subject."""
        verb = subject_of(self.process).verbs.get(when.subject)
        if verb is None:
            raise ScenarioUnplayable(f"{self.process} has no verb {when.subject}")
        instance_id = self.instance_id(when) if self.cases and when.case != 0 else None
        with self.application.unit_of_work() as session:
            actor = _actor(when.login, session) if when.login else SYSTEM
            values = {
                name: self._with_photos(value, actor, session)
                for name, value in when.values.items()
            }
            result = verb(instance_id, values, self._desk(actor, session))
        if result is not None:
            self._note(result)
        self.advance_to(self.clock.now())  # what the verb sent off arrives

    def _complete(self, when: When) -> None:
        task, engine = self._task(when), self.application.engine
        with self.application.unit_of_work() as session:
            actor = _actor(when.login, session)
            if task.form_key is None:
                result = engine.complete(task.id, when.values, by=actor, session=session)
            else:
                result = self._submit(task, when, actor, session)
        self._note(result)

    def _submit(self, task: UserTask, when: When, actor: Actor, session: Session) -> StepResult:
        engine = self.application.engine
        form = form_of_task(task, session=session)
        context = form_context(task, engine=engine, session=session, now=self.clock.now())
        completion = Completion(
            task_id=task.id,
            values=self._checked(form, when, context, actor, session),
            version=task.version,
        )
        return submit_task(
            completion,
            by=actor,
            engine=engine,
            session=session,
            clock=self.clock,
            vault=self.application.vault,
        )

    def _extend(self, when: When) -> None:
        until, amount = when.values.get("until"), when.values.get("amount")
        clock_id = self._clock_id(when)
        with self.application.unit_of_work() as session:
            self.application.engine.deadlines.extend(
                clock_id,
                until=None if until is None else instant(until),
                amount=amount if isinstance(amount, int) else None,
                grounds=_grounds(when, EXTENDERS, session),
                session=session,
            )

    def _waive(self, when: When) -> None:
        clock_id = self._clock_id(when)
        with self.application.unit_of_work() as session:
            self.application.engine.deadlines.waive(
                clock_id, grounds=_grounds(when, WAIVERS, session), session=session
            )

    def _clock_id(self, when: When) -> str:
        """Find the newest clock of a service level in the case of a step."""
        clocks = self.clocks(self.instance_id(when))
        if when.subject not in clocks:
            raise ScenarioUnplayable(f"there is no service level {when.subject}")
        return clocks[when.subject].id

    def clocks(self, instance_id: str) -> dict[str, SlaClock]:
        """Read the newest clock of each service level of a case."""
        with self.application.reading() as session:
            return {each.sla_id: each for each in sla_queries.clocks_of(instance_id, session)}

    def _message(self, when: When) -> None:
        with self.application.unit_of_work() as session:
            actor = _actor(when.login, session)
            case = engine_queries.instance(self.instance_id(when), session)
            subject = subject_of(case.process_key)
            form_key = subject.message_forms.get(when.subject)
            values: Mapping[str, object] = {}
            if form_key is not None:
                context = context_of_case(
                    case.process_key, case.business_key, session=session, now=self.clock.now()
                )
                form = form_of_case(form_key, case.definition_id, session=session)
                values = self._checked(form, when, context, actor, session)
            desk = self._desk(actor, session)
            result = subject.post(case.id, when.subject, values, desk)
        if result is not None:
            self._note(result)

    def _advance(self, when: When) -> None:
        if when.kind == "advance":
            self.advance_to(self.clock.now() + period(when.subject))
        else:
            self.advance_to(instant(when.subject))

    def advance_to(self, until: datetime) -> None:
        """Move the clock to an instant; every job on the way fires at its own instant, in order."""
        for _ in range(self.most_jobs):
            with self.application.reading() as session:
                due = self.application.engine.due_jobs(session, until, 1)
            if not due:
                self.clock.set(until)
                return
            self.clock.set(max(due[0].due_at, self.clock.now()))
            self._run_job(due[0])
        raise ScenarioEndless

    def _run_job(self, job: Job) -> None:
        engine, job_id = self.application.engine, job.id
        try:
            with self.application.unit_of_work() as session:
                result = engine.run_job(job_id, session=session)
        except JobFailed as failure:
            with self.application.unit_of_work() as session:
                engine.record_failure(job_id, failure.reason, session=session)
            if not self.stops_at_failures:
                return
            at = self.clock.now().astimezone(TAIPEI).isoformat(" ", "minutes")
            raise ScenarioJobFailed(failure.reason, element=job.element_id, at=at) from failure
        if result is not None:
            self._note(result)

    def _note(self, result: StepResult) -> None:
        if result.instance_id not in self.cases:  # also one that a timer or a message began
            self.cases.append(result.instance_id)
        self.step_ends += result.end_events
        if self._is_of_package(result.instance_id):  # another process may name its flows alike
            self.flows += result.flows
            self.ends += result.end_events

    def _is_of_package(self, instance_id: str) -> bool:
        with self.application.reading() as session:
            return engine_queries.instance(instance_id, session).process_key == self.process

    def _desk(self, actor: Actor, session: Session) -> Desk:
        return Desk(
            by=actor,
            engine=self.application.engine,
            session=session,
            clock=self.clock,
            vault=self.application.vault,
            is_demo=True,
        )

    def _task(self, when: When) -> UserTask:
        open_here = self.open_tasks(self.instance_id(when))
        for task in open_here:
            if task.element_id == when.subject:
                return task
        names = ", ".join(sorted(task.element_id for task in open_here)) or "-"
        raise ScenarioTaskNotOpen(names, element=when.subject)

    def _checked(
        self,
        form: Form,
        when: When,
        context: Mapping[str, object],
        actor: Actor,
        session: Session,
    ) -> Mapping[str, object]:
        raw = {
            name: self._with_photos(value, actor, session) for name, value in when.values.items()
        }
        now = self.clock.now()
        filled = {**initial_values(form, context=context, now=now), **raw}
        submission = validate(form, filled, context=context, now=now)
        if submission.errors:
            problems = [f"{name}: {error.code}" for name, error in submission.errors.items()]
            raise ScenarioFormRefused(form.id, ", ".join(problems))
        return submission.values

    def _with_photos(self, value: object, actor: Actor, session: Session) -> object:
        if isinstance(value, list):
            return [self._with_photos(part, actor, session) for part in value]
        match = PHOTO.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            return value
        stream = BytesIO(_picture(int(match[1])))
        name = f"photo{match[1]}.jpg"
        return self.application.files.save(stream, name, by=actor, session=session).id


@cache
def _picture(number: int) -> bytes:
    """Make a small real JPEG; its shade tells it from the others."""
    target = BytesIO()
    Image.new("RGB", PICTURE_SIZE, (number * 37 % 256, 120, 90)).save(target, "JPEG")
    return target.getvalue()


def period(text: str) -> timedelta:
    """Read an ISO period of days, hours and minutes.

    Raises:
        ScenarioUnplayable: it is none.
    """
    match = PERIOD.fullmatch(text)
    if match is None or text in ("P", "PT"):
        raise ScenarioUnplayable(f"{text} is no period of days, hours and minutes")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _grounds(when: When, roles: tuple[str, ...], session: Session) -> Grounds:
    """Say who orders something about a deadline, in the first role that he holds, and why."""
    actor = _actor(when.login, session)
    held = {role for role, _ in actor.groups}
    role = next((each for each in roles if each in held), roles[0])
    return Grounds(by=actor, role=role, reason=str(when.values.get("reason") or ""))


def _actor(login: str, session: Session) -> Actor:
    found = account_by_login(login, session=session)
    if found is None:
        raise ScenarioUnplayable(f"there is no account {login}")
    return found.actor


def _login(account_id: str, session: Session) -> str:
    return account(account_id, session=session).login
