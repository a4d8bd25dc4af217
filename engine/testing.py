"""A walker for tests: deploy, start, complete, advance the clock and fire what falls due.

walker = Walker(engine, database, clock)
walker.deploy({"two_steps.bpmn": xml})
case = walker.start("two_steps", {"amount": 3})
case.complete("ask", {"answer": "yes"})
case.advance(timedelta(days=8))
assert case.ended_at("done")
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine import queries
from engine.clock import FrozenClock
from engine.db import Database
from engine.errors import JobFailed, UserTaskNotFound
from engine.process_engine import ProcessEngine
from engine.records import HistoryEntry, Instance, ProcessDefinition, StepResult, UserTask
from engine.types import CITY, Actor

TESTER = Actor(id="tester", name="Tester")
MOST_JOBS = 10_000


@dataclass(kw_only=True, slots=True)
class Walker:
    """Walks through processes on a frozen clock.

    Attributes:
        steps: results of every step taken through it, in order.
    """

    engine: ProcessEngine
    database: Database
    clock: FrozenClock
    steps: list[StepResult] = field(default_factory=list)

    def deploy(self, resources: Mapping[str, bytes], *, by: Actor = TESTER) -> ProcessDefinition:
        """Deploy a process."""
        with self.database.unit_of_work() as session:
            return self.engine.deploy(resources, by=by, session=session)

    def start(
        self,
        key: str,
        variables: Mapping[str, object] | None = None,
        *,
        by: Actor = TESTER,
        scope: str = CITY,
    ) -> "Case":
        """Start an instance of the newest version."""
        with self.database.unit_of_work() as session:
            result = self.engine.start(
                key,
                variables or {},
                business_key=f"case-{len(self.steps) + 1}",
                scope=scope,
                by=by,
                session=session,
            )
        self.steps.append(result)
        return Case(walker=self, id=result.instance_id)

    def advance(self, period: timedelta) -> int:
        """Move the clock onward; see advance_to."""
        return self.advance_to(self.clock.now() + period)

    def advance_to(self, instant: datetime) -> int:
        """Move the clock to an instant and fire what falls due on the way.

        Every job fires at its own due instant, in due order, also those that a fired job makes.

        Returns:
            How many jobs took effect.
        """
        fired = 0
        for _ in range(MOST_JOBS):
            with self.database.reading() as session:
                due = self.engine.due_jobs(session, instant, 1)
            if not due:
                self.clock.set(instant)
                return fired
            self.clock.set(max(due[0].due_at, self.clock.now()))
            fired += self.fire(due[0].id)
        raise RuntimeError("jobs without end: a timer keeps making a new one")

    def fire(self, job_id: str) -> bool:
        """Fire one job, as the scheduler does; a failure is recorded in its own transaction."""
        try:
            with self.database.unit_of_work() as session:
                return self.engine.fire(job_id, session=session)
        except JobFailed as failure:
            with self.database.unit_of_work() as session:
                self.engine.record_failure(job_id, failure.reason, session=session)
            return False

    def fire_due_jobs(self) -> int:
        """Fire what is due now."""
        return self.advance_to(self.clock.now())


@dataclass(kw_only=True, slots=True)
class Case:
    """One process instance under the walker."""

    walker: Walker
    id: str

    def complete(
        self,
        element_id: str,
        values: Mapping[str, object] | None = None,
        *,
        by: Actor | None = None,
    ) -> StepResult:
        """Complete the open user task of an element, as a member of its group by default."""
        task = self.open_task(element_id)
        with self.walker.database.unit_of_work() as session:
            result = self.walker.engine.complete(
                task.id, values or {}, by=by or member_for(task), session=session
            )
        self.walker.steps.append(result)
        return result

    def message(self, name: str, variables: Mapping[str, object] | None = None) -> StepResult:
        """Send a message."""
        with self.walker.database.unit_of_work() as session:
            result = self.walker.engine.send_message(
                self.id, name, variables or {}, by=TESTER, session=session
            )
        self.walker.steps.append(result)
        return result

    def advance(self, period: timedelta) -> int:
        """Move the walker's clock onward and fire what falls due."""
        return self.walker.advance(period)

    def open_task(self, element_id: str) -> UserTask:
        """Read the oldest open user task of an element.

        Raises:
            UserTaskNotFound: none is open there.
        """
        for task in self.tasks():
            if task.element_id == element_id and task.state == "open":
                return task
        raise UserTaskNotFound(element_id)

    def user_task(self, element_id: str) -> UserTask:
        """Read the newest user task of an element, in any state.

        Raises:
            UserTaskNotFound: there was none.
        """
        for task in reversed(self.tasks()):
            if task.element_id == element_id:
                return task
        raise UserTaskNotFound(element_id)

    def tasks(self) -> tuple[UserTask, ...]:
        """List all user tasks, oldest first."""
        with self.walker.database.reading() as session:
            return queries.tasks_of(self.id, session)

    def open_elements(self) -> list[str]:
        """List the elements of the open user tasks, sorted."""
        return sorted(task.element_id for task in self.tasks() if task.state == "open")

    def instance(self) -> Instance:
        """Read the instance."""
        with self.walker.database.reading() as session:
            return queries.instance(self.id, session)

    def ended_at(self, end_event: str) -> bool:
        """Tell whether the instance has ended, at this end event last."""
        instance = self.instance()
        return instance.status == "completed" and instance.end_event == end_event

    def history(self) -> tuple[HistoryEntry, ...]:
        """List the history in order."""
        with self.walker.database.reading() as session:
            return queries.history_of(self.id, session)

    def history_kinds(self) -> list[str]:
        """List the kinds of the history lines in order."""
        return [line.kind for line in self.history()]

    def variables(self) -> dict[str, object]:
        """Read the variables as they stand."""
        with self.walker.database.reading() as session:
            return self.walker.engine.variables(self.id, session)


def member_for(task: UserTask) -> Actor:
    """Make somebody who may complete a task: its assignee, or a member of its group."""
    groups = frozenset({(task.candidate_group, task.scope)} if task.candidate_group else ())
    name = task.assignee or "member"
    return Actor(id=name, name=name, groups=groups)
