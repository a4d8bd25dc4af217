"""What people order about running SLA clocks: extend, waive; and what a new calendar does to them.

Nothing here moves a token. The instance is locked first, as in every step, so that a rung cannot
fire meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from engine import calendars, explanations, history, instances, jobs, sla_clocks, user_tasks
from engine.clock import Clock
from engine.differences import Trigger
from engine.errors import (
    ClockEnded,
    DeadlineNotLater,
    DeadlineReasonMissing,
    DeadlineRoutes,
    RoleNotHeld,
    TimerNotRunning,
)
from engine.instances import SeenInstance
from engine.periods.calendars import Calendar
from engine.sla import Extension, extended
from engine.sla_clocks import Order, SlaClock
from engine.sla_counting import counted_anew
from engine.steps import StepOf
from engine.types import Actor


@dataclass(frozen=True, kw_only=True, slots=True)
class Grounds:
    """Who orders something about a deadline, and why.

    Attributes:
        role: in which role; the actor must hold it.
        reason: must not be empty; shown to whoever the deadline concerns.
    """

    by: Actor
    role: str
    reason: str

    def check(self) -> None:
        """Refuse an order without a reason or by somebody without the role.

        Raises:
            DeadlineReasonMissing: the reason is empty.
            RoleNotHeld: the actor does not hold the role.
        """
        if not self.reason.strip():
            raise DeadlineReasonMissing
        if self.role not in {role for role, _ in self.by.groups}:
            raise RoleNotHeld(self.role)


class Deadlines:
    """Extends, waives and counts anew; a part of `ProcessEngine`.

    Args:
        clock: the business clock.
        step_of: makes the step of a locked instance.
    """

    def __init__(self, *, clock: Clock, step_of: StepOf) -> None:
        self._clock = clock
        self._step_of = step_of

    def extend(
        self,
        clock_id: str,
        *,
        until: datetime | None = None,
        amount: int | None = None,
        grounds: Grounds,
        session: Session,
    ) -> SlaClock:
        """Move the end of a period, to an instant or by so many units from the old end on.

        A timer that the clock is due with moves along, and so do user tasks due with that timer.
        A breached clock stays breached.

        Raises:
            ClockNotFound: there is no such clock.
            ClockEnded: it does not count any more.
            DeadlineNotLater: the new end is not later than the old one and than now.
            DeadlineReasonMissing, RoleNotHeld: see Grounds.
            InstanceNotActive: the instance is suspended.
            PeriodInvalid: the amount is too large.
        """
        grounds.check()
        seen, clock = self._locked(clock_id, session)
        now, connection = self._clock.now(), session.connection()
        if (until is None) == (amount is None) or (amount is not None and amount < 1):
            raise DeadlineNotLater
        granted = Extension(amount=amount, until=until, at=now)
        calendar = self._calendar_of(clock, now, connection)
        new_due = extended(clock.due_at, [granted], clock.terms, calendar, clock.pauses)
        if new_due <= max(clock.due_at, now):
            raise DeadlineNotLater
        order = self._order("extended", clock, grounds, now)
        order = replace(order, new_due_at=new_due, amount=amount)
        if clock.timer is not None:
            clock = self._move_timer(seen, clock, new_due, grounds, session)
        else:
            clock = clock.due_on(new_due, now)
            self._relay(clock, now, connection)
        moved = replace(clock, orders=(*clock.orders, order))
        sla_clocks.change([moved], connection)
        if clock.timer is None:  # the step of the timer has told it already
            self._note(seen, "deadline_extended", moved, order, connection)
        return moved

    def waive(self, clock_id: str, *, grounds: Grounds, session: Session) -> SlaClock:
        """Let a deadline go: nobody is reminded any more, and it counts neither way.

        Raises:
            ClockNotFound: there is no such clock.
            ClockEnded: it does not count any more.
            DeadlineRoutes: it is due with a timer, which would fire all the same.
            DeadlineReasonMissing, RoleNotHeld: see Grounds.
            InstanceNotActive: the instance is suspended.
        """
        grounds.check()
        seen, clock = self._locked(clock_id, session)
        if clock.timer is not None:
            raise DeadlineRoutes(clock.name)
        now, connection = self._clock.now(), session.connection()
        order = self._order("waived", clock, grounds, now)
        waived = replace(clock, state="waived", ended_at=now, orders=(*clock.orders, order))
        sla_clocks.change([waived], connection)
        jobs.close(seen.id, {clock.id: "cancelled"}, connection)
        if clock.kind == "task" and clock.token_id is not None:
            user_tasks.clear_due(clock.token_id, connection)
        self._note(seen, "deadline_waived", waived, order, connection)
        return waived

    def recompute(
        self, seen: SeenInstance, *, may_shorten: bool, trigger: Trigger, session: Session
    ) -> Sequence[SlaClock]:
        """Count the running clocks of a locked instance by the calendars in force.

        Args:
            seen: the locked instance.
            may_shorten: also move due dates to earlier instants, never to one that has passed.
            trigger: who published the calendar, and why.
            session: the caller's unit of work.

        Returns:
            The clocks that were moved.
        """
        now, connection = self._clock.now(), session.connection()
        moved = []
        for clock, after in recounted(sla_clocks.open_of(seen.id, connection), now, connection):
            is_earlier = after.due_at < clock.due_at
            if is_earlier and not (may_shorten and after.due_at > now):
                continue
            laid = replace(after, counted_from=clock.counted_from).laid_out_anew()
            self._relay(laid, now, connection, is_suspended=seen.status == "suspended")
            sla_clocks.change([laid], connection)
            if laid.kind == "task" and laid.token_id and laid.computation is not None:
                found = {laid.token_id: laid.computation}
                explanations.rewrite(laid.instance_id, found, connection)
            stamp = history.Stamp(instance_id=seen.id, step=seen.version, at=now, by=trigger.by)
            version = str((laid.computation or {}).get("calendar_version", ""))
            line = _moved_line("deadline_recomputed", laid, clock.due_at, trigger.reason)
            details = {**line.details, "calendar_version": version}
            history.write(connection, stamp, [replace(line, details=details)])
            moved.append(laid)
        return moved

    def _locked(self, clock_id: str, session: Session) -> tuple[SeenInstance, SlaClock]:
        """Lock the instance of a clock, then read the clock as it stands."""
        session.flush()
        connection = session.connection()
        instance_id = sla_clocks.read(clock_id, connection).instance_id
        seen = instances.lock(instance_id, connection)
        seen.ensure_active()
        clock = sla_clocks.read(clock_id, connection)
        if not clock.is_open:
            raise ClockEnded(clock.name)
        return seen, clock

    def _move_timer(
        self,
        seen: SeenInstance,
        clock: SlaClock,
        until: datetime,
        grounds: Grounds,
        session: Session,
    ) -> SlaClock:
        """Move the timer that a clock is due with; its step moves the clock and the ladder."""
        step = self._step_of(seen, Trigger(by=grounds.by, reason=grounds.reason), session)
        timer = clock.timer or ""
        step.act(lambda execution: _reschedule(execution.reschedule, timer, until))
        return sla_clocks.read(clock.id, session.connection())

    def _relay(
        self, clock: SlaClock, now: datetime, connection: Connection, *, is_suspended: bool = False
    ) -> None:
        """Put the rung of the new plan in place of the old one, and move the user task."""
        jobs.close(clock.instance_id, {clock.id: "cancelled"}, connection)
        job = clock.next_job(now)
        if job is not None and is_suspended:
            job = replace(job, state="suspended")
        jobs.insert_new(clock.instance_id, [job] if job else [], connection)
        if clock.kind == "task" and clock.token_id is not None:
            user_tasks.move_due([clock.token_id], clock.due_at, connection)

    def _calendar_of(self, clock: SlaClock, now: datetime, connection: Connection) -> Calendar:
        return _calendar(clock, now, connection) or Calendar(id=clock.scope, version="")

    def _order(self, kind: str, clock: SlaClock, grounds: Grounds, now: datetime) -> Order:
        return Order(
            kind=kind,
            reason=grounds.reason.strip(),
            by=grounds.by.id,
            by_name=grounds.by.name,
            role=grounds.role,
            at=now,
            old_due_at=clock.due_at,
        )

    def _note(
        self,
        seen: SeenInstance,
        kind: str,
        clock: SlaClock,
        order: Order,
        connection: Connection,
    ) -> None:
        actor = Actor(id=order.by, name=order.by_name)
        stamp = history.Stamp(instance_id=seen.id, step=seen.version, at=order.at, by=actor)
        line = _moved_line(kind, clock, order.old_due_at, order.reason)
        history.write(
            connection, stamp, [replace(line, details={**line.details, "role": order.role})]
        )


def recounted(
    clocks: Sequence[SlaClock], now: datetime, connection: Connection
) -> list[tuple[SlaClock, SlaClock]]:
    """Find the clocks that the calendars in force move: each as it is and as it would be."""
    kept: dict[str, Calendar] = {}
    found = []
    for clock in clocks:
        if clock.calendar is None or clock.is_given or clock.paused_since is not None:
            continue
        if clock.calendar not in kept:
            kept[clock.calendar] = calendars.counting_calendar(clock.calendar, now, connection)
        after = counted_anew(clock, kept[clock.calendar])
        if after.due_at != clock.due_at:
            found.append((clock, after))
    return found


def _calendar(clock: SlaClock, now: datetime, connection: Connection) -> Calendar | None:
    if clock.calendar is None:
        return None
    return calendars.counting_calendar(clock.calendar, now, connection)


def _reschedule(
    move: Callable[[str, datetime], Sequence[str]], timer: str, until: datetime
) -> None:
    if not move(timer, until):
        raise TimerNotRunning(timer)


def _moved_line(kind: str, clock: SlaClock, old_due_at: datetime, reason: str) -> history.Line:
    details: Mapping[str, object] = {
        "clock_id": clock.id,
        "token_id": clock.token_id if clock.kind == "task" else None,
        "name": clock.name,
        "reason": reason,
        "old": old_due_at.isoformat(),
        "new": clock.due_at.isoformat(),
    }
    return history.Line(
        kind=kind, element_id=clock.element_id, element_name=clock.name, details=details
    )
