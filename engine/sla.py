"""SLA clocks: when their rungs are due, and how a due date follows pauses and extensions.

A clock never moves a token. One pending rung stands in the job table for a clock; firing it inserts
the next one, due by the original schedule, so that after days of downtime every rung still comes
once and in order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.periods.calendars import Calendar
from engine.periods.computation import Computation, Pause, SaturdayEnd, Start, Unit
from engine.periods.counting import Period, Rules, count
from engine.records import UserTask
from engine.sla_rules import RungRule

SOFT_LEVELS = frozenset({"half", "day_before"})
"""Levels that are pointless once their instant has passed when the ladder is planned."""

NONE = timedelta()
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One notice of a ladder, handed to the rung handler.

    Attributes:
        task: what is due. Of a phase or a process the oldest open task in it, under the name, the
            due date and the id of the clock.
        level: half, day_before, overdue, escalated or chief.
        due_at: when this rung was to fire; the due date itself is `task.due_at`.
        notify: doer, supervisor and candidate groups, in order.
        doers: the open tasks whose doers are meant; empty when nobody works on it now.
    """

    task: UserTask
    level: str
    due_at: datetime
    notify: tuple[str, ...] = ()
    doers: tuple[UserTask, ...] = ()


class RungHandler(Protocol):
    """What tells people; called in the transaction of the rung."""

    def __call__(self, rung: Rung, *, session: Session, clock: Clock) -> None:
        """Write the notices of a rung to the outbox."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRung:
    """A rung and the instant it is due."""

    rule: RungRule
    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The time a ladder is laid over.

    Attributes:
        began_at: from here on shares are counted: the start, or the last extension.
        due_at: the end of the period.
        pauses: times that do not count, in order, none within another.
    """

    began_at: datetime
    due_at: datetime
    pauses: Sequence[Pause] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a clock is counted by.

    Attributes:
        amount: in the unit; None where the due date comes from elsewhere and is never counted.
    """

    start: Start
    amount: int | None
    unit: Unit
    is_rolling: bool
    saturday_end: SaturdayEnd


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    """A due date that somebody moved.

    Attributes:
        amount: so many more units from the old end on; None if the new end was given.
        until: the new end that was given; None if it was counted.
        at: when it was granted.
    """

    amount: int | None
    until: datetime | None
    at: datetime


def plan(rungs: Iterable[RungRule], course: Course) -> tuple[PlannedRung, ...]:
    """Lay out a ladder in the order of its instants.

    A rung at a share of the period or after its end is put off by the pauses before it. Of two
    reminders at the same instant only the later one is kept: one notice is enough.
    """
    planned = [PlannedRung(rule=rung, due_at=_instant(rung, course)) for rung in rungs]
    planned.sort(key=lambda each: (each.due_at, not each.rule.is_before_end))
    return tuple(
        each
        for each, following in zip(planned, [*planned[1:], None], strict=True)
        if following is None or not _is_repeated(each, following)
    )


def first_rung(planned: Sequence[PlannedRung], now: datetime) -> PlannedRung | None:
    """Choose where a ladder begins when it is planned now.

    A reminder whose instant has passed is left out; the end of the period never is.
    """
    return next((r for r in planned if not r.rule.is_before_end or r.due_at > now), None)


def rung_after(planned: Sequence[PlannedRung], done: Iterable[str]) -> PlannedRung | None:
    """Choose the rung that follows the last one that was done, or None after the end."""
    known = set(done)
    ahead = list(planned)
    for position, rung in enumerate(planned):
        if rung.rule.at in known:
            ahead = list(planned[position + 1 :])
    return ahead[0] if ahead else None


def history_kind(rung: RungRule) -> str:
    """Name the history line of a rung."""
    is_escalation = not rung.is_before_end and rung.offset > NONE
    return "escalated" if is_escalation else "reminder_sent"


def count_terms(terms: Terms, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Computation:
    """Count the period of a clock as it was agreed, without extensions.

    Raises:
        PeriodInvalid: the amount is negative or too large.
        NoWorkingTime: the calendar has not so much working time within thirty years.
    """
    return count(
        Period(
            start=terms.start,
            amount=terms.amount or 0,
            unit=terms.unit,
            calendar=calendar,
            rules=Rules(saturday_end=terms.saturday_end, is_rolling=terms.is_rolling),
            pauses=pauses,
        )
    )


def extended(
    ends_at: datetime,
    extensions: Sequence[Extension],
    terms: Terms,
    calendar: Calendar,
    pauses: Sequence[Pause],
) -> datetime:
    """Follow the extensions of a period from its counted end to the end that counts.

    Each amount is counted from the end before it; a given end is put off by later pauses.
    """
    for each in extensions:
        if each.until is not None:
            later = [pause for pause in pauses if pause.begins_at >= each.at]
            ends_at = put_off(each.until, later, terms.unit)
            continue
        more = Terms(
            start=Start(at=ends_at, kind="event"),
            amount=each.amount,
            unit=terms.unit,
            is_rolling=terms.is_rolling,
            saturday_end=terms.saturday_end,
        )
        ends_at = count_terms(more, calendar, pauses).ends_at
    return ends_at


def put_off(until: datetime, pauses: Iterable[Pause], unit: Unit) -> datetime:
    """Move a given end by the pauses before it: by whole days, or by the time of hours."""
    for pause in pauses:
        if pause.begins_at >= until:
            continue
        length = pause.ends_at - pause.begins_at
        if unit != "working_hours":
            length = local_date(pause.ends_at) - local_date(pause.begins_at)
        until += length
    return until


def after(since: datetime, length: timedelta, pauses: Iterable[Pause]) -> datetime:
    """Tell when a time has passed since an instant, pauses left out."""
    at, left = since, length
    for pause in sorted(pauses, key=lambda each: each.begins_at):
        begins_at = max(pause.begins_at, at)
        if pause.ends_at <= at:
            continue
        if begins_at - at >= left:
            break
        left -= begins_at - at
        at = pause.ends_at
    return at + left


def running_time(since: datetime, until: datetime, pauses: Iterable[Pause]) -> timedelta:
    """Measure the time between two instants that no pause covers."""
    total, at = NONE, since
    for pause in sorted(pauses, key=lambda each: each.begins_at):
        begins_at = min(max(pause.begins_at, at), until)
        total += begins_at - at
        at = max(at, min(pause.ends_at, until))
    return total + max(until - at, NONE)


def _instant(rung: RungRule, course: Course) -> datetime:
    if rung.share is not None:
        whole = running_time(course.began_at, course.due_at, course.pauses)
        share_ends_at = after(course.began_at, whole * rung.share, course.pauses)
        # of a period that had ended when it began: no reminder may follow the escalations
        return min(share_ends_at, course.due_at)
    if rung.offset <= NONE:
        return course.due_at + rung.offset
    return after(course.due_at, rung.offset, course.pauses)


def _is_repeated(rung: PlannedRung, following: PlannedRung) -> bool:
    is_reminder = rung.rule.is_before_end and following.rule.is_before_end
    is_same = rung.due_at == following.due_at and rung.rule.notify == following.rule.notify
    return is_reminder and is_same
