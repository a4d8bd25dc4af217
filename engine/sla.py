"""The notice ladder: when to remind and escalate before and after a user task's due date.

A ladder never moves a token. One pending rung stands in the job table for a task; firing a rung
inserts the next one, due by the original schedule, so that after days of downtime every rung
still comes once and in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.errors import UnknownLadder
from engine.records import UserTask

SOFT_LEVELS = frozenset({"half", "day_before"})
"""Levels that are pointless once their instant has passed when the ladder is planned."""

ESCALATIONS = frozenset({"escalated", "chief"})

LONG_PERIOD = timedelta(days=2)
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One notice of a ladder, handed to the rung handler.

    Attributes:
        level: half, day_before, overdue, escalated or chief.
        due_at: when this rung was to fire; the task's own due date is `task.due_at`.
    """

    task: UserTask
    level: str
    due_at: datetime


class RungHandler(Protocol):
    """What tells people; called in the transaction of the rung."""

    def __call__(self, rung: Rung, *, session: Session, clock: Clock) -> None:
        """Write the notices of a rung to the outbox."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRung:
    """A level and the instant it is due."""

    level: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """What a ladder is planned from; every rung of it carries the same.

    Attributes:
        ladder: its name.
        began_at: when the period began: the task opened, or its due date was extended.
        due_at: when the period ends.
        plan: the instance's version after the step that planned it; tells re-plans apart.
    """

    ladder: str
    began_at: datetime
    due_at: datetime
    plan: int

    def rungs(self) -> tuple[PlannedRung, ...]:
        """Lay out the whole ladder."""
        return plan(self.ladder, self.began_at, self.due_at)

    def to_payload(self) -> dict[str, object]:
        """Write the schedule as JSON."""
        return {
            "ladder": self.ladder,
            "began_at": self.began_at.isoformat(),
            "due_at": self.due_at.isoformat(),
            "plan": self.plan,
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, object]) -> "Schedule":
        """Read a schedule from JSON."""
        return cls(
            ladder=str(payload["ladder"]),
            began_at=datetime.fromisoformat(str(payload["began_at"])),
            due_at=datetime.fromisoformat(str(payload["due_at"])),
            plan=int(str(payload["plan"])),
        )


def plan(ladder: str, created_at: datetime, due_at: datetime) -> tuple[PlannedRung, ...]:
    """Lay out the whole ladder of a task, in the order of its instants.

    A period of two days or more is reminded at half time and a day before its end; a shorter one
    once, when 80 % of it has passed (level "half"). Then: due date, a day later (officer), three
    days later (section chief).

    Args:
        ladder: name of the ladder; "default" is the only one.
        created_at: when the period began.
        due_at: when it ends.

    Raises:
        UnknownLadder: there is no ladder of this name.
    """
    if ladder != "default":
        raise UnknownLadder(ladder)
    period = due_at - created_at
    if period > LONG_PERIOD:
        soft = [("half", created_at + period / 2), ("day_before", due_at - DAY)]
    elif period == LONG_PERIOD:  # both fall on the same instant: one notice is enough
        soft = [("day_before", due_at - DAY)]
    else:
        soft = [("half", created_at + max(period, timedelta()) * 0.8)]
    hard = [("overdue", due_at), ("escalated", due_at + DAY), ("chief", due_at + 3 * DAY)]
    return tuple(PlannedRung(level=level, due_at=instant) for level, instant in soft + hard)


def first_rung(rungs: Sequence[PlannedRung], now: datetime) -> PlannedRung | None:
    """Choose where a ladder begins when it is planned now.

    A soft reminder whose instant has passed is left out; the due date itself never is.
    """
    return next((r for r in rungs if r.level not in SOFT_LEVELS or r.due_at > now), None)


def rung_after(rungs: Sequence[PlannedRung], level: str) -> PlannedRung | None:
    """Choose the rung that follows a level, or None after the last one."""
    levels = [rung.level for rung in rungs]
    position = levels.index(level) + 1
    return rungs[position] if position < len(rungs) else None


def history_kind(level: str) -> str:
    """Name the history line of a level."""
    return "escalated" if level in ESCALATIONS else "reminder_sent"
