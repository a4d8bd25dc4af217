"""What one step does to the SLA clocks of its instance: begin, end, pause, resume, move.

A clock begins when the step that enters its element ends; what is entered and left within one step
has none. A step of a process without service levels asks the database nothing for them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from engine import calendars, sla_carrying, sla_clocks, user_tasks
from engine.differences import Difference
from engine.errors import ExpressionFailed
from engine.history import Line
from engine.host import StepHost
from engine.jobs import NewJob
from engine.periods.calendars import Calendar
from engine.periods.computation import Start
from engine.sla import Terms, count_terms
from engine.sla_clocks import Ending, SlaClock, clock_id_of
from engine.sla_counting import counted_anew, resumed_at, rule_as_json
from engine.sla_rules import OWN_SCOPE, ClockRule
from engine.spiff.execution import Execution
from engine.spiff.model import Carrying, ClockPlace
from engine.spiff.timers import explanation_of
from engine.types import CITY

_ENTERED_BY_LEAVING = ("startEvent", "boundaryEvent")


@dataclass(kw_only=True, slots=True)
class ClockChanges:
    """What becomes of the clocks of an instance in one step.

    Attributes:
        begun, endings, changed: the rows to be written.
        closed_jobs: by clock, the state of the rungs that stand no more.
        new_jobs: rungs that are planned.
        lines: for the history.
        due_by_task: the new due date of user tasks, by their token.
        renamed: old ids of clocks to new ones; their rows are changed under the new ones.
    """

    begun: list[SlaClock] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    changed: list[SlaClock] = field(default_factory=list)
    closed_jobs: dict[str, str] = field(default_factory=dict)
    new_jobs: list[NewJob] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    due_by_task: dict[str, datetime] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)

    def clock_of(self, token_id: str) -> SlaClock | None:
        """Give the clock that began for a user task in this step."""
        return next((c for c in self.begun if c.kind == "task" and c.token_id == token_id), None)

    def explanations(self) -> Mapping[str, Mapping[str, Any]]:
        """Say of the user tasks with a new due date how it was counted, by token."""
        return {
            clock.token_id: clock.computation
            for clock in (*self.begun, *self.changed)
            if clock.kind == "task" and clock.token_id and clock.computation
        }

    def write(self, now: datetime, connection: Connection) -> None:
        """Write the rows and move due dates; the jobs are written with those of the step."""
        sla_clocks.rename(self.renamed, connection)
        sla_clocks.end(self.endings, now, connection)
        sla_clocks.change(self.changed, connection)
        sla_clocks.insert_new(self.begun, connection)
        for task_id, until in self.due_by_task.items():
            user_tasks.move_due([task_id], until, connection)


@dataclass(kw_only=True)
class StepClocks:
    """Compares the service levels that applied before and after a step.

    Attributes:
        changed: what the step changed.
        execution: after the step.
        connection: of the caller's transaction.
        carrying: how the instance went over to another version in this step, if it did.
    """

    changed: Difference
    execution: Execution
    host: StepHost
    connection: Connection
    carrying: Carrying | None = None

    def changes(self) -> ClockChanges:
        """Find out what becomes of the clocks.

        Raises:
            ExpressionFailed: an amount, a start or a condition is none.
            PeriodInvalid, NoWorkingTime: a period cannot be counted.
        """
        found = ClockChanges()
        before, after = self.changed.before.clocks, self.changed.after.clocks
        phases = self.execution.phases()
        if self.carrying is not None:
            self._carry(phases, found)
            return found
        if not (before or after or phases):
            return found
        for key, place in before.items():
            if key not in after:
                self._end(self._id_of(place), self._is_fulfilled(place), found)
        for key, place in after.items():
            if key not in before:
                self._begin(place, self._id_of(place), found)
        self._follow(phases, found)
        return found

    @cached_property
    def _stored(self) -> Mapping[str, SlaClock]:
        """The clocks of the instance that still count, by id; read when they are needed."""
        clocks = sla_clocks.open_of(self.changed.seen.id, self.connection)
        return {clock.id: clock for clock in clocks}

    def _id_of(self, place: ClockPlace) -> str:
        return clock_id_of(self.changed.seen.id, place.token_id, place.rule.id)

    def _is_fulfilled(self, place: ClockPlace) -> bool:
        if place.kind == "task":
            return place.token_id == self.changed.trigger.completed_task
        if place.token_id in self.execution.withdrawn() or self.changed.trigger.is_cancel:
            return False
        return self._is_done(place.rule)

    def _is_done(self, rule: ClockRule) -> bool:
        """Tell whether the work of a phase that was left, or of a process that ended, is done."""
        return rule.fulfilled is None or self.execution.evaluate_at(None, rule.fulfilled) is True

    def _end(self, clock_id: str, is_fulfilled: bool, found: ClockChanges) -> None:
        found.endings.append(Ending(clock_id=clock_id, is_fulfilled=is_fulfilled))
        found.closed_jobs[clock_id] = "cancelled"

    # --- beginning -----------------------------------------------------------------------------

    def _begin(self, place: ClockPlace, clock_id: str, found: ClockChanges) -> None:
        clock = self._new_clock(place, clock_id)
        if clock is None:
            return
        reason = self._pause_reason(place)
        if reason is not None:
            now = self.changed.now
            clock = replace(clock, state="paused", paused_since=now, pause_reason=reason)
        found.begun.append(clock)
        if clock.token_id is not None and clock.token_id in self.changed.before.tasks:
            found.due_by_task[clock.token_id] = clock.due_at  # the task was open before
        job = clock.next_job(self.changed.now)
        if job is not None:
            found.new_jobs.append(job)

    def _new_clock(self, place: ClockPlace, clock_id: str) -> SlaClock | None:
        terms = self._terms(place)
        if terms is None:
            return None
        calendar = self._calendar_of(place)
        clock = self._blank(place, clock_id, terms)
        if terms.amount is None:
            return clock
        computation = count_terms(terms, self._read_calendar(calendar, place.rule))
        return replace(
            clock,
            due_at=computation.ends_at,
            original_due_at=computation.ends_at,
            calendar=calendar if place.rule.needs_calendar else None,
            computation=explanation_of(computation),
        )

    def _blank(self, place: ClockPlace, clock_id: str, terms: Terms) -> SlaClock:
        """Make a clock that is due when its user task or timer is, or now."""
        now, task = self.changed.now, self.changed.after.tasks.get(place.token_id or "")
        due_at = self._given_due(place) or now
        return SlaClock(
            id=clock_id,
            instance_id=self.changed.seen.id,
            token_id=place.token_id,
            sla_id=place.rule.id,
            kind=place.kind,
            element_id=place.element_id,
            name=place.rule.name[:200],
            scope=self.changed.seen.scope,
            candidate_group=None if task is None else task.candidate_group,
            state="running",
            started_at=terms.start.instant,
            due_at=due_at,
            original_due_at=due_at,
            counted_from=terms.start.instant,
            basis=place.rule.basis,
            rule=rule_as_json(place.rule, terms),
        )

    def _terms(self, place: ClockPlace) -> Terms | None:
        """Evaluate what a clock is counted by; None if the diagram says that there is none."""
        rule, amount = place.rule, None
        if rule.amount is not None and rule.timer is None:
            amount = self._amount(place)
            if amount is None:
                return None
        elif self._given_due(place) is None:
            return None
        at = self._start(place)
        if at is None:
            return None
        return Terms(
            start=Start(at=at, kind=rule.start_kind, proof=self._proof(place)),
            amount=amount,
            unit=rule.unit,
            is_rolling=rule.is_rolling,
            saturday_end=rule.saturday_end,
        )

    def _amount(self, place: ClockPlace) -> int | None:
        value = self._value(place, place.rule.amount or "")
        if value is None:
            return None
        try:
            number = Decimal(str(value))
        except ArithmeticError as error:
            raise self._failed(place, "amount", value) from error
        if isinstance(value, bool) or number != number.to_integral_value() or number < 0:
            raise self._failed(place, "amount", value)
        return int(number)

    def _start(self, place: ClockPlace) -> datetime | date | None:
        if place.rule.start is None:
            return self.changed.now
        value = self._value(place, place.rule.start)
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.date()
        if value is None or isinstance(value, date):
            return value
        raise self._failed(place, "start", value)

    def _proof(self, place: ClockPlace) -> str:
        value = self._value(place, place.rule.proof) if place.rule.proof else ""
        return "" if value is None else str(value)

    def _given_due(self, place: ClockPlace) -> datetime | None:
        """Give the due date that the user task or the timer of a clock has."""
        rule = place.rule
        if rule.timer is not None:
            timers = self.changed.after.timers.values()
            return min((t.due_at for t in timers if t.element_id == rule.timer), default=None)
        task = self.changed.after.tasks.get(place.token_id or "")
        return None if task is None or rule.amount is not None else task.due_at

    def _value(self, place: ClockPlace, text: str) -> object:
        if not text.startswith("="):
            return text
        return self.execution.evaluate_at(place.token_id, text)

    def _failed(self, place: ClockPlace, what: str, value: object) -> ExpressionFailed:
        reason = f"the {what} of the service level {place.rule.id} is {value!r}"
        return ExpressionFailed(place.element_id, reason)

    def _calendar_of(self, place: ClockPlace) -> str:
        name = self._value(place, place.rule.calendar)
        return self.changed.seen.scope if name == OWN_SCOPE else str(name or CITY)[:64]

    def _read_calendar(self, scope: str, rule: ClockRule | None) -> Calendar:
        if rule is not None and not rule.needs_calendar:
            return Calendar(id=scope, version="")
        if scope == self.changed.seen.scope:
            return self.host.days.calendar
        return calendars.counting_calendar(scope, self.changed.now, self.connection)

    # --- pausing, moving, phases ---------------------------------------------------------------

    def _follow(self, phases: Sequence[ClockPlace], found: ClockChanges) -> None:
        """Pause, resume and move clocks that go on, and follow the phases between elements."""
        for place in self._going_on():
            clock = self._stored.get(self._id_of(place))
            if clock is not None:
                self._update(clock, place, found)
        for place in phases:
            self._walk(place, found)

    def _going_on(self) -> Iterator[ClockPlace]:
        """List the places of before that still apply and that a step can change."""
        before, after = self.changed.before.clocks, self.changed.after.clocks
        for key, place in after.items():
            if key in before and (place.rule.pauses or self._is_moved(place)):
                yield place

    def _is_moved(self, place: ClockPlace) -> bool:
        """Tell whether the user task or the timer that the clock is due with was moved."""
        old, new = self.changed.before, self.changed.after
        if place.rule.timer is not None:
            was = {t.due_at for t in old.timers.values() if t.element_id == place.rule.timer}
            now = {t.due_at for t in new.timers.values() if t.element_id == place.rule.timer}
            return was != now
        task, was_task = new.tasks.get(place.token_id or ""), old.tasks.get(place.token_id or "")
        return task is not None and was_task is not None and task.due_at != was_task.due_at

    def _update(self, clock: SlaClock, place: ClockPlace, found: ClockChanges) -> None:
        due_at = self._given_due(place) if clock.is_given else None
        if due_at is not None and due_at != clock.due_at:
            self._replan(clock.due_on(due_at, self.changed.now), found)
            return
        reason = self._pause_reason(place)
        if reason is not None and clock.paused_since is None:
            self._pause(clock, reason, found)
        elif reason is None and clock.paused_since is not None:
            self._resume(clock, found)

    def _pause_reason(self, place: ClockPlace) -> str | None:
        """Tell why a clock stands still after this step; None if it runs."""
        for pause in place.rule.pauses:
            if pause.element_id is not None and pause.element_id in self._active:
                return pause.reason[:200]
            holds = pause.condition and self.execution.evaluate_at(place.token_id, pause.condition)
            if holds is True:
                return pause.reason[:200]
        return None

    @cached_property
    def _active(self) -> frozenset[str]:
        return frozenset(self.execution.active_elements())

    def _pause(self, clock: SlaClock, reason: str, found: ClockChanges) -> None:
        now = self.changed.now
        found.changed.append(replace(clock, state="paused", paused_since=now, pause_reason=reason))
        found.closed_jobs[clock.id] = "cancelled"
        found.lines.append(self._line("clock_paused", clock, reason=reason, due_at=clock.due_at))

    def _resume(self, clock: SlaClock, found: ClockChanges) -> None:
        resumed = resumed_at(clock, self.changed.now)
        moved = counted_anew(
            resumed, self._read_calendar(clock.calendar or "", None) if clock.calendar else None
        )
        found.lines.append(
            self._line(
                "clock_resumed",
                clock,
                reason=clock.pause_reason,
                old=clock.due_at,
                new=moved.due_at,
            )
        )
        self._replan(moved.laid_out_anew(), found)

    def _replan(self, clock: SlaClock, found: ClockChanges) -> None:
        found.changed.append(clock)
        found.closed_jobs[clock.id] = "cancelled"
        job = clock.next_job(self.changed.now)
        if job is not None:
            found.new_jobs.append(job)
        if clock.kind == "task" and clock.token_id is not None:
            found.due_by_task[clock.token_id] = clock.due_at

    def _carry(self, phases: Sequence[ClockPlace], found: ClockChanges) -> None:
        """Take the clocks over to another version of the process."""
        before, after = self.changed.before.clocks, self.changed.after.clocks
        matched = [
            (self._stored.get(self._id_of(old)), new, self._id_of(new))
            for old, new in sla_carrying.pairs(before.values(), after.values())
        ]
        running = {c.sla_id: c for c in self._stored.values() if _is_between(c)}
        matched += [
            (running[place.rule.id], place, running[place.rule.id].id)
            for place in phases
            if place.rule.id in running
        ]
        taken = {clock.id for clock, _, _ in matched if clock is not None}
        known = {id(new) for _, new, _ in matched}
        for clock_id in self._stored.keys() - taken:
            self._end(clock_id, is_fulfilled=False, found=found)
        for clock, place, clock_id in matched:
            if clock is not None:
                self._take_over(clock, place, clock_id, found)
        for place in after.values():
            if id(place) not in known:
                self._begin(place, self._id_of(place), found)

    def _take_over(
        self, clock: SlaClock, place: ClockPlace, clock_id: str, found: ClockChanges
    ) -> None:
        policies = {} if self.carrying is None else self.carrying.clocks
        policy = sla_carrying.policy_of(policies, place.rule.id)
        if clock.id != clock_id:
            found.renamed[clock.id] = clock_id
            found.closed_jobs[clock.id] = "cancelled"
        carried = self._carried(clock, place, clock_id, policy)
        if carried is None:
            self._end(clock_id, is_fulfilled=False, found=found)
        elif sla_carrying.is_unchanged(clock, carried):
            found.changed.append(carried)
        else:
            self._replan(carried.laid_out_anew(), found)

    def _carried(
        self, clock: SlaClock, place: ClockPlace, clock_id: str, policy: str
    ) -> SlaClock | None:
        if policy == sla_carrying.KEEP:
            return sla_carrying.kept(clock, place, clock_id)
        fresh = self._new_clock(place, clock_id)
        if fresh is None or policy == sla_carrying.RESTART:
            return None if fresh is None else sla_carrying.restarted(clock, fresh)
        merged = sla_carrying.counted_by(clock, fresh, place, clock_id)
        known = self._read_calendar(merged.calendar, None) if merged.calendar else None
        return counted_anew(merged, known)

    def _walk(self, place: ClockPlace, found: ClockChanges) -> None:
        """Follow a phase between two elements along the sequence flows of the step."""
        running = next((c for c in self._stored.values() if c.sla_id == place.rule.id), None)
        was_left, is_inside = self._course(place.rule, is_inside=running is not None)
        is_over = self.execution.is_ended
        if running is not None and (was_left or is_over):
            is_done = was_left and self._is_done(place.rule)
            self._end(running.id, is_fulfilled=is_done, found=found)
        elif running is not None:
            self._update(running, place, found)
        if is_inside and not is_over and (running is None or was_left):
            self._begin(place, uuid4().hex, found)

    def _course(self, rule: ClockRule, *, is_inside: bool) -> tuple[bool, bool]:
        """Tell whether the step left a phase, and whether it ends inside of it."""
        was_left = False
        for kind, element_id in self._passed():
            if is_inside and self._is_end(rule, kind, element_id):
                was_left, is_inside = True, False
            elif self._is_begin(rule, kind, element_id):
                is_inside = True
        return was_left, is_inside

    def _passed(self) -> Iterable[tuple[str, str]]:
        """List what was left and entered in this step, in order."""
        flows = self.host.process.definition.flows
        for flow_id in self.execution.flows_taken():
            flow = flows.get(flow_id)
            if flow is not None:
                yield "left", flow.source
                yield "entered", flow.target

    def _is_begin(self, rule: ClockRule, kind: str, element_id: str) -> bool:
        if element_id != rule.begins_at:
            return False
        return kind == "entered" or self._type_of(element_id) in _ENTERED_BY_LEAVING

    def _is_end(self, rule: ClockRule, kind: str, element_id: str) -> bool:
        if element_id not in rule.ends_at_one_of:
            return False
        return kind == "left" or self._type_of(element_id) == "endEvent"

    def _type_of(self, element_id: str) -> str:
        element = self.host.process.definition.elements.get(element_id)
        return "" if element is None else element.type

    def _line(self, kind: str, clock: SlaClock, **details: object) -> Line:
        told = {"clock_id": clock.id, "name": clock.name, **details}
        return Line(kind=kind, element_id=clock.element_id, element_name=clock.name, details=told)


def _is_between(clock: SlaClock) -> bool:
    """Tell whether a clock belongs to a phase between two elements."""
    return clock.kind == "phase" and clock.token_id is None
