"""Runs the models of the betsy suite on the public engine, with a frozen clock and a database.

A folder holds `expected.json` and the models beside it. Each case gets a fresh engine, a fresh
database and a fresh clock; what the models' scripts say is done by operations of the engine.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from engine import queries, tables
from engine.clock import FrozenClock
from engine.conformance.betsy_models import TOPIC, Model, read_model
from engine.db import Database, metadata
from engine.errors import (
    BusinessError,
    DeploymentRefused,
    EngineError,
    ExternalTaskNotFound,
    JobFailed,
)
from engine.external_tasks import TopicRequest
from engine.process_engine import ProcessEngine
from engine.service_tasks import Operation
from engine.types import CITY, Actor

HOST = Actor(id="betsy", name="betsy")
BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
LONGEST_STEP = timedelta(milliseconds=500)
EXTRA = timedelta(seconds=1)
MOST_JOBS = 500
WORK, LOCK = timedelta(seconds=10), timedelta(hours=1)
"""How long an activity takes whose script says so, and how long its worker may hold it."""

REFUSALS = frozenset({"ERROR_deployment", "ERROR_runtime"})
"""Both ways of saying no are right where a case expects just ERROR."""

assert tables  # noqa: S101 - importing it puts the engine's tables into the metadata


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A case that went wrong.

    Attributes:
        reason: what was logged and expected, or why the model was refused.
    """

    test: str
    group: str
    case: int
    reason: str


@dataclass(slots=True)
class Tally:
    """How many tests and cases of a group passed."""

    total: int = 0
    passed: int = 0
    cases: int = 0
    cases_passed: int = 0

    def as_json(self) -> dict[str, int]:
        """Give the figures by name."""
        return {
            "total": self.total,
            "passed": self.passed,
            "failed": self.total - self.passed,
            "cases": self.cases,
            "cases_passed": self.cases_passed,
        }


@dataclass(slots=True)
class Report:
    """What a run showed; a test passes if all its cases do."""

    total: Tally = field(default_factory=Tally)
    groups: dict[str, Tally] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def add(self, group: str, cases: int, failures: list[Failure]) -> None:
        """Count a test."""
        for tally in (self.total, self.groups.setdefault(group, Tally())):
            tally.total += 1
            tally.passed += not failures
            tally.cases += cases
            tally.cases_passed += cases - len(failures)
        self.failures.extend(failures)

    def as_json(self) -> dict[str, object]:
        """Give totals, totals per group and failures by name."""
        return {
            **self.total.as_json(),
            "groups": {name: tally.as_json() for name, tally in sorted(self.groups.items())},
            "failures": [asdict(failure) for failure in self.failures],
        }


def run_suite(directory: Path, *, only: frozenset[str] = frozenset()) -> Report:
    """Run the tests of a folder.

    Args:
        directory: holds expected.json and the models.
        only: names of the tests to run; all by default.
    """
    tests = json.loads((directory / "expected.json").read_text())
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        empty = _empty_database(Path(folder))
        for name, test in tests.items():
            if only and name not in only:
                continue
            failures = list(_run_test(name, test, directory, empty))
            report.add(test["group"], len(test["cases"]), failures)
    return report


def _run_test(
    name: str, test: Mapping[str, Any], directory: Path, empty: Path
) -> Iterator[Failure]:
    for case in test["cases"]:
        model = read_model(directory / test["file"])
        with _fresh(empty) as database:
            run = CaseRun(model, database)
            run.run(test["process"], case)
            log = run.finished_log(case["expected_tokens"])
        if not run.has_log or sorted(log) != sorted(case["expected_tokens"]):
            reason = f"logged {sorted(log)}, expected {sorted(case['expected_tokens'])}"
            yield Failure(
                test=name,
                group=test["group"],
                case=case["number"],
                reason="; ".join([reason, *run.reasons]),
            )


def _empty_database(folder: Path) -> Path:
    """Make a database with the engine's tables, to be copied for each case."""
    path = folder / "empty.db"
    database = Database(f"sqlite:///{path}")
    metadata.create_all(database.engine)
    database.dispose()
    return path


@contextmanager
def _fresh(empty: Path) -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.db"
        shutil.copy(empty, path)
        database = Database(f"sqlite:///{path}")
        try:
            yield database
        finally:
            database.dispose()


@dataclass(slots=True)
class Notes:
    """What scripts leave behind; undone with the transaction that wrote it."""

    tokens: list[str] = field(default_factory=list)
    data: list[object] = field(default_factory=list)
    has_log: bool = False
    has_marker: bool = False

    def take(self, other: "Notes") -> None:
        """Add what a committed transaction noted."""
        self.tokens += other.tokens
        self.data += other.data
        self.has_log |= other.has_log
        self.has_marker |= other.has_marker


class CaseRun:
    """One case: a host around a fresh engine."""

    def __init__(self, model: Model, database: Database) -> None:
        self._model = model
        self._database = database
        self._clock = FrozenClock(BEGIN)
        self._kept, self._pending = Notes(), Notes()
        self._failed: set[str | None] = set()
        self._intervals: list[tuple[datetime, datetime]] = []
        self._working: dict[str, tuple[str, datetime]] = {}
        self.reasons: list[str] = []
        self._engine = ProcessEngine(
            operations=self._operations(),
            clock=self._clock,
            on_rung=lambda *_, **__: None,
            worker_topics=model.slow_words,
        )

    @property
    def has_log(self) -> bool:
        """Tell whether the log exists."""
        return self._kept.has_log or bool(self._kept.tokens)

    def run(self, process: str, case: Mapping[str, Any]) -> None:
        """Deploy, start and let the clock run; the log is kept."""
        try:
            with self._unit_of_work() as session:
                self._engine.deploy({"model.bpmn": self._model.xml}, by=HOST, session=session)
        except DeploymentRefused as refusal:
            self._kept.tokens.append("ERROR_deployment")
            self.reasons.append(_said(refusal))
            return
        for other in case["also_start"]:
            self._start(other, {})
        self._start(process, case["inputs"])
        end = BEGIN + timedelta(milliseconds=case["delay_ms"]) + EXTRA
        while self._clock.now() < end:
            self._clock.set(min(self._clock.now() + LONGEST_STEP, end))
            self._settle()
        self._note_failures()
        self._note_global_tasks()

    def finished_log(self, expected: list[str]) -> list[str]:
        """Give the log with the tokens that only the end of a case can tell."""
        log = list(self._kept.tokens)
        if "ERROR" in expected:
            log = [
                "ERROR" if each in ("ERROR_deployment", "ERROR_runtime") else each for each in log
            ]
        facts = {
            "MARKER_exists": self._kept.has_marker,
            "DATA_correct": "String" in self._kept.data,
            "EXECUTION_parallel": _overlap(self._intervals),
        }
        return log + [token for token, is_so in facts.items() if is_so and token in expected]

    def _start(self, process: str, variables: Mapping[str, object]) -> None:
        try:
            with self._unit_of_work() as session:
                self._engine.start(
                    process, variables, business_key="", scope=CITY, by=HOST, session=session
                )
        except (EngineError, BusinessError) as error:
            self._fail(f"start of {process}", error)
        self._settle()

    def _settle(self) -> None:
        """Fire what is due and finish slow work until nothing is left to do now."""
        for _ in range(MOST_JOBS):
            if self._work():
                continue
            with self._database.reading() as session:
                due = self._engine.due_jobs(session, self._clock.now(), 1)
            if not due:
                return
            self._fire(due[0].id, due[0].instance_id)
        self.reasons.append("jobs without end")

    def _work(self) -> bool:
        """Do the slow work as an outside worker does; tell whether some of it is done now."""
        if not self._model.slow_words:
            return False
        now = self._clock.now()
        topics = [TopicRequest(name=each, lock=LOCK) for each in sorted(self._model.slow_words)]
        with self._unit_of_work() as session:
            fetched = self._engine.external_tasks.fetch_and_lock(
                HOST.id, topics, MOST_JOBS, session=session
            )
        self._working |= {task.id: (task.topic, now) for task in fetched}
        done = [
            task_id for task_id, (_, begun_at) in self._working.items() if now - begun_at >= WORK
        ]
        for task_id in done:
            topic, begun_at = self._working.pop(task_id)
            self._finish_work(task_id, topic, (begun_at, now))
        return bool(done)

    def _finish_work(self, task_id: str, topic: str, interval: tuple[datetime, datetime]) -> None:
        try:
            with self._unit_of_work() as session:
                self._engine.external_tasks.complete(task_id, HOST.id, {}, session=session)
        except ExternalTaskNotFound:
            return  # its activity was interrupted meanwhile
        except (EngineError, BusinessError) as error:
            self._fail(task_id, error)
        if "TIMESTAMP" in topic:
            self._intervals.append(interval)

    def _fire(self, job_id: str, instance_id: str | None) -> None:
        try:
            with self._unit_of_work() as session:
                self._engine.fire(job_id, session=session)
        except JobFailed as error:
            self._fail(instance_id, error)
            with self._database.unit_of_work() as session:
                self._engine.record_failure(job_id, error.reason, session=session)

    def _fail(self, instance: str | None, error: Exception) -> None:
        """Log a technical failure, once an instance."""
        self.reasons.append(f"{type(error).__name__}: {error}")
        if instance not in self._failed:
            self._failed.add(instance)
            self._kept.tokens.append("ERROR_runtime")

    def _note_failures(self) -> None:
        """Log the incidents that the engine opened: uncaught BPMN errors, and other failures."""
        with self._database.reading() as session:
            found = queries.incidents(session)
        for incident in found:
            if incident.instance_id in self._failed:
                continue
            self._failed.add(incident.instance_id)
            is_thrown = incident.message.startswith("BPMN error")
            self._kept.tokens.append("ERROR_thrownErrorEvent" if is_thrown else "ERROR_runtime")
            self.reasons.append(f"incident: {incident.message}")

    def _note_global_tasks(self) -> None:
        """Log the words of global script tasks that ran."""
        if not self._model.global_words:
            return
        with self._database.reading() as session:
            found = queries.instances(queries.InstanceFilter(), session)
            lines = [line for each in found.rows for line in queries.history_of(each.id, session)]
        for line in lines:
            if line.kind == "script_done" and line.element_id in self._model.global_words:
                self._kept.tokens.append(self._model.global_words[line.element_id])

    @contextmanager
    def _unit_of_work(self) -> Iterator[Session]:
        """Open a transaction; what operations note is kept if it commits."""
        self._pending = Notes()
        with self._database.unit_of_work() as session:
            yield session
        self._kept.take(self._pending)
        self._pending = Notes()

    def _operations(self) -> Mapping[str, Operation]:
        known: Mapping[str, Callable[..., Mapping[str, object]]] = {
            "CREATE_LOG_FILE": self._create_log,
            "CREATE_MARKER_FILE": self._create_marker,
            "INCREMENT_INTEGER_VARIABLE": _increment,
            "INCREMENT_INTEGER_VARIABLE_AND_LOG": self._increment_and_log,
            "SET_STRING_DATA": _set_data,
            "LOG_DATA": self._log_data,
            "THROW_ERROR": _throw_error,
        }
        words = {topic: topic.removeprefix(TOPIC) for topic in self._model.words}
        return {topic: known.get(word, partial(self._log, word)) for topic, word in words.items()}

    def _create_log(self) -> Mapping[str, object]:
        self._pending.has_log = True
        return {}

    def _create_marker(self) -> Mapping[str, object]:
        self._pending.has_marker = True
        return {}

    def _log(self, word: str) -> Mapping[str, object]:
        self._pending.tokens.append(word)
        return {}

    def _increment_and_log(self, integerVariable: int) -> Mapping[str, object]:  # noqa: N803
        self._pending.tokens.append("INCREMENT")
        return _increment(integerVariable)

    def _log_data(self, data: object = None) -> Mapping[str, object]:
        self._pending.data.append(data)
        return {}


def _increment(integerVariable: int) -> Mapping[str, object]:  # noqa: N803 - the suite's name
    return {"integerVariable": integerVariable + 1}


def _set_data() -> Mapping[str, object]:
    return {"written": "String"}


def _throw_error() -> Mapping[str, object]:
    raise BusinessError("ERR_CODE")


def _overlap(intervals: list[tuple[datetime, datetime]]) -> bool:
    return len(intervals) == 2 and max(intervals)[0] < min(intervals)[1]


def _said(refusal: DeploymentRefused) -> str:
    errors = [each for each in refusal.problems if each.severity == "error"]
    return "refused: " + " / ".join(f"{each.element_id}: {each.advice}" for each in errors)
