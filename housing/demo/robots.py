"""Robots that review the synthetic set: the same forms, tasks and letters as people, quickly.

They pass over the open tasks of the call until nothing is left but time; then the clock moves on,
due timers fire, and they pass again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import queries
from engine.clock import FrozenClock
from engine.queries import TaskFilter
from engine.records import Job, UserTask
from engine.types import Actor
from housing.applications.desk import application_by_number, open_findings, round_by_number
from housing.applications.rules import REASON_WORDS
from housing.applications.service import PROCESS, WITHDRAW_MESSAGE
from housing.bootstrap import Application
from housing.cases.service import Completion, submit_task
from housing.demo.intake import LAST_HOUR, Case, Imported
from housing.demo.synthetic import PAPERS
from housing.letters import service as letters
from housing.letters.models import LetterRow
from housing.letters.service import Proof
from housing.people.queries import account_by_login

BATCH = 40
MANY = 20_000
STEP = timedelta(days=2)
PASSES = 30

Values = Mapping[str, object]
Answer = tuple[Actor, Values]


@dataclass(kw_only=True, slots=True)
class Robots:
    """The staff and the applicants of one imported call.

    Attributes:
        progress: called with how many cases a pass brought forward.
        done: tasks completed so far.
    """

    application: Application
    clock: FrozenClock
    imported: Imported
    progress: Callable[[int], object]
    done: int = 0
    _staff: dict[str, Actor] = field(default_factory=dict)

    def run(self) -> int:
        """Review until every case is decided; gives the number of completed tasks."""
        self._hire()
        self._close()
        self._withdraw()
        for _ in range(PASSES):
            while self._pass() or self._serve() or self._fire():
                pass
            self.clock.advance(STEP)
        return self.done

    def _close(self) -> None:
        """Let the intake end; the cases that wait for it begin to be checked."""
        self.clock.advance(LAST_HOUR)
        with self.application.unit_of_work() as session:
            call_round = round_by_number(self.imported.round_number, session=session)
            call_round.stage, call_round.closed_at = "closed", self.clock.now()

    def _hire(self) -> None:
        with self.application.reading() as session:
            for login in ("officer1", "officer2", "chief1"):
                found = account_by_login(login, session=session)
                if found is not None:
                    self._staff[login] = found.actor

    def _withdraw(self) -> None:
        cases = list(self.imported.cases.values())
        leaving = [each for each in cases if each.applied.outcome == "withdrawn"]
        engine = self.application.engine
        with self.application.unit_of_work() as session:
            for case in leaving:
                by = case.by or self._staff["officer1"]
                engine.send_message(case.instance_id, WITHDRAW_MESSAGE, {}, by=by, session=session)
        self.progress(len(leaving))

    def _pass(self) -> int:
        """Complete every open task that somebody does now."""
        with self.application.reading() as session:
            found = queries.open_tasks(TaskFilter(process_key=PROCESS, limit=MANY), session)
        tasks = [task for task in found.rows if task.instance_id in self.imported.cases]
        count = 0
        for begin in range(0, len(tasks), BATCH):
            with self.application.unit_of_work() as session:
                for task in tasks[begin : begin + BATCH]:
                    count += self._do(task, session)
        self.done += count
        return count

    def _do(self, task: UserTask, session: Session) -> int:
        case = self.imported.cases[task.instance_id]
        answer = self._answer(task, case, session)
        if answer is None:
            return 0
        by, values = answer
        submit_task(
            Completion(task_id=task.id, values=values),
            by=by,
            engine=self.application.engine,
            session=session,
            clock=self.clock,
        )
        if task.element_id in ("sign_rejection", "second_check"):
            self.progress(1)
        return 1

    def _answer(self, task: UserTask, case: Case, session: Session) -> Answer | None:
        """Tell who does a task and what he writes; None when nobody does it, so time passes."""
        first, outcome = self._staff["officer1"], case.applied.outcome
        if task.element_id == "answer":
            missing = [kind for kind in PAPERS if kind not in case.applied.papers]
            answers = {"papers": missing, "remark": "合成資料"}
            return (case.by or first, answers) if outcome == "answered" else None
        simple: dict[str, Callable[[], Answer]] = {
            "review": lambda: (first, self._reviewed(case, session)),
            "second_check": lambda: (self._staff["officer2"], {"second_decision": "agree"}),
            "list_defects": lambda: (first, {"defects": self._keys(case, session)}),
            "draft_rejection": lambda: (first, self._drafted(case, session)),
            "sign_rejection": lambda: (self._staff["chief1"], {"sign_decision": "sign"}),
        }
        made = simple.get(task.element_id)
        return made() if made is not None else None

    def _drafted(self, case: Case, session: Session) -> Values:
        reason = self._reason(case, session)
        return {
            "rejection_outcome": "reject",
            "reason_code": reason,
            "reason_text": REASON_WORDS[reason][0],
        }

    def _reviewed(self, case: Case, session: Session) -> Values:
        return {f"decision_{key}": "confirm" for key in self._keys(case, session)} | {
            "is_forged": False
        }

    def _keys(self, case: Case, session: Session) -> list[str]:
        application = application_by_number(case.number, session=session)
        return [each.key for each in open_findings(application.id, session=session)]

    def _reason(self, case: Case, session: Session) -> str:
        if case.applied.outcome == "duplicate":
            return "DUPLICATE"
        keys = self._keys(case, session)
        return next((key for key in REASON_WORDS if key in keys), "SUPPLEMENT_EXPIRED")

    def _is_ours(self, job: Job) -> bool:
        """Tell whether a job belongs to the call; messages have no case yet."""
        return job.kind == "message" or job.instance_id in self.imported.cases

    def _serve(self) -> int:
        """Enter the receipts of registered letters."""
        with self.application.reading() as session:
            sent = select(LetterRow.id, LetterRow.instance_id).where(LetterRow.state == "sent")
            waiting = [
                letter_id
                for letter_id, instance_id in session.execute(sent)
                if instance_id in self.imported.cases
            ]
        for begin in range(0, len(waiting), BATCH):
            with self.application.unit_of_work() as session:
                for letter_id in waiting[begin : begin + BATCH]:
                    letters.prove_service(
                        letter_id,
                        Proof(kind="registered_receipt", moment=self.clock.now()),
                        by=self._staff["officer1"],
                        engine=self.application.engine,
                        session=session,
                        clock=self.clock,
                    )
        return len(waiting)

    def _fire(self) -> int:
        """Fire what is due now, some to a transaction."""
        with self.application.reading() as session:
            waiting = self.application.engine.due_jobs(session, self.clock.now(), MANY)
        due = [job for job in waiting if self._is_ours(job)]
        for begin in range(0, len(due), BATCH):
            with self.application.unit_of_work() as session:
                for job in due[begin : begin + BATCH]:
                    self.application.engine.fire(job.id, session=session)
        return len(due)
