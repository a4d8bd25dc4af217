"""SLA clocks as rows: read, begin, end and change them.

States: running, paused, met, met_late, breached (sticky: the due date passed, whatever comes
after), waived, and cancelled (the work was withdrawn before it was due). A breached clock that is
completed becomes met_late; `breached_at` stays. Ended clocks have `ended_at`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)

from engine.db import UTCDateTime
from engine.errors import ClockNotFound
from engine.jobs import NewJob
from engine.periods.computation import Pause, SaturdayEnd, Start
from engine.sla import Course, Extension, PlannedRung, Terms, first_rung, plan, rung_after
from engine.sla_rules import (
    SHORT_PERIOD,
    RungRule,
    rung_from_json,
    start_kind_of,
    unit_of,
    with_end,
)
from engine.sla_tables import sla_clock

OPEN_STATES = frozenset({"running", "paused", "breached"})

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What somebody ordered about a clock, kept for the explanation.

    Attributes:
        kind: extended or waived.
        role: in which role, such as officer.
        amount: so many more units; None if the end was given or the clock was waived.
        old_due_at, new_due_at: before and after; the second is None when the clock was waived.
    """

    kind: str
    reason: str
    by: str
    by_name: str
    role: str
    at: datetime
    old_due_at: datetime
    new_due_at: datetime | None = None
    amount: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SlaClock:
    """One obligation: what is due, until when, and how it went. The columns of its row.

    Attributes:
        token_id: of the user task or sub-process; None for the whole process.
        kind: process, phase or task.
        scope: of the case.
        state: see the module.
        counted_from: the shares of the ladder are counted from here.
        calendar: whose calendar moves the end, or None if none does.
        pauses: that have ended, in order.
        orders: extensions and the waiver, in order.
        rungs_done: that fired since the ladder was laid out.
        plan: counts how often the ladder was laid out.
    """

    id: str
    instance_id: str
    token_id: str | None
    sla_id: str
    kind: str
    element_id: str
    name: str
    scope: str
    candidate_group: str | None
    state: str
    started_at: datetime
    due_at: datetime
    original_due_at: datetime
    counted_from: datetime
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    paused_since: datetime | None = None
    pause_reason: str | None = None
    ended_at: datetime | None = None
    calendar: str | None = None
    basis: str = ""
    rule: Mapping[str, Any] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    orders: tuple[Order, ...] = ()
    rungs_done: tuple[str, ...] = ()
    plan: int = 1
    computation: Mapping[str, Any] | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether it still counts."""
        return self.ended_at is None

    @property
    def timer(self) -> str | None:
        """Name the timer event that the clock is due with, or None."""
        name = self.rule.get("timer")
        return None if name is None else str(name)

    @property
    def is_given(self) -> bool:
        """Tell whether its due date comes from the user task or a timer and is not counted."""
        return self.rule.get("amount") is None

    @property
    def terms(self) -> Terms:
        """What it is counted by."""
        rule = self.rule
        saturday_end: SaturdayEnd = "MON_1200" if rule["saturday"] == "MON_1200" else "MON_2359"
        start = rule["start"]
        text = str(start["at"])
        is_day = len(text) == len("2026-03-02")
        at = datetime.fromisoformat(text)
        return Terms(
            start=Start(
                at=at.date() if is_day else at,
                kind=start_kind_of(str(start["kind"])) or "event",
                proof=str(start["proof"]),
            ),
            amount=rule["amount"],
            unit=unit_of(str(rule["unit"])) or "calendar_days",
            is_rolling=bool(rule["rolling"]),
            saturday_end=saturday_end,
        )

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """The extensions among its orders."""
        return tuple(
            Extension(amount=o.amount, until=None if o.amount else o.new_due_at, at=o.at)
            for o in self.orders
            if o.kind == "extended"
        )

    @property
    def rungs(self) -> tuple[RungRule, ...]:
        """The rungs of its ladder, for a period as long as its own."""
        is_short = self.due_at - self.counted_from < SHORT_PERIOD
        rows = self.rule["short_rungs" if is_short else "rungs"]
        return with_end([rung_from_json(row) for row in rows])

    def planned(self) -> tuple[PlannedRung, ...]:
        """Lay out its whole ladder."""
        course = Course(began_at=self.counted_from, due_at=self.due_at, pauses=self.pauses)
        return plan(self.rungs, course)

    def next_job(self, now: datetime) -> NewJob | None:
        """Make the job of the next rung when the ladder is laid out now, if one is left."""
        left = [r for r in self.planned() if r.rule.at not in self.rungs_done]
        rung = first_rung(left, now) if self.is_open and self.paused_since is None else None
        return None if rung is None else self.job_of(rung)

    def following_job(self) -> NewJob | None:
        """Make the job of the rung after those that fired, due by the schedule."""
        rung = rung_after(self.planned(), self.rungs_done)
        return None if rung is None else self.job_of(rung)

    def job_of(self, rung: PlannedRung) -> NewJob:
        """Make the job of a rung."""
        return NewJob(
            kind="rung",
            element_id=self.element_id,
            token_id=self.id,
            due_at=rung.due_at,
            idem=f"rung:{self.id}:{self.plan}:{rung.rule.at}",
            payload={"at": rung.rule.at, "plan": self.plan},
        )

    def due_on(self, due_at: datetime, now: datetime) -> "SlaClock":
        """Give the clock with another due date and its ladder laid out anew from now on."""
        return replace(self, due_at=due_at, counted_from=now, rungs_done=(), plan=self.plan + 1)

    def laid_out_anew(self) -> "SlaClock":
        """Give the clock with the ladder laid out anew; what fired stays done."""
        return replace(self, plan=self.plan + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """A clock whose user task, phase or process is over.

    Attributes:
        is_fulfilled: it was completed, not withdrawn.
    """

    clock_id: str
    is_fulfilled: bool


def clock_id_of(instance_id: str, token_id: str | None, sla_id: str) -> str:
    """Derive the id of a clock from what it belongs to; so a clock is ended without a look-up."""
    return sha256(f"{instance_id}:{token_id or ''}:{sla_id}".encode()).hexdigest()[:32]


_READ = select(sla_clock).where(sla_clock.c.id == bindparam("clock_id"))
_OPEN_OF_INSTANCE = (
    select(sla_clock)
    .where(sla_clock.c.instance_id == bindparam("of_instance"), sla_clock.c.ended_at.is_(None))
    .order_by(sla_clock.c.due_at, sla_clock.c.id)
)
_ALL_OF_INSTANCE = (
    select(sla_clock)
    .where(sla_clock.c.instance_id == bindparam("of_instance"))
    .order_by(sla_clock.c.started_at, sla_clock.c.id)
)
_IS_LATE = or_(
    sla_clock.c.breached_at.is_not(None),
    and_(
        sla_clock.c.paused_since.is_(None),
        sla_clock.c.due_at < bindparam("late_from", type_=UTCDateTime),
    ),
    and_(sla_clock.c.paused_since.is_not(None), sla_clock.c.due_at < sla_clock.c.paused_since),
)
_END = (
    update(sla_clock)
    .where(sla_clock.c.id == bindparam("clock_id"), sla_clock.c.ended_at.is_(None))
    .values(
        state=case((_IS_LATE, bindparam("when_late")), else_=bindparam("in_time")),
        breached_at=case((_IS_LATE, func.coalesce(sla_clock.c.breached_at, sla_clock.c.due_at))),
        ended_at=bindparam("at", type_=UTCDateTime),
    )
)
_RENAME = (
    update(sla_clock).where(sla_clock.c.id == bindparam("old_id")).values(id=bindparam("new_id"))
)
_INSTANTS = tuple(c.name for c in sla_clock.c if isinstance(c.type, UTCDateTime))
_CHANGED = tuple(c.name for c in sla_clock.c if c.name not in {"id", "instance_id"})
_CHANGE = (
    update(sla_clock)
    .where(sla_clock.c.id == bindparam("clock_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
)


def read(clock_id: str, connection: Connection) -> SlaClock:
    """Read a clock.

    Raises:
        ClockNotFound: there is none of this id.
    """
    row = connection.execute(_READ, {"clock_id": clock_id}).mappings().first()
    if row is None:
        raise ClockNotFound(clock_id)
    return as_clock(row)


def open_of(instance_id: str, connection: Connection) -> tuple[SlaClock, ...]:
    """Read the clocks of an instance that still count, earliest due date first."""
    rows = connection.execute(_OPEN_OF_INSTANCE, {"of_instance": instance_id}).mappings()
    return tuple(as_clock(row) for row in rows)


def all_of(instance_id: str, connection: Connection) -> tuple[SlaClock, ...]:
    """Read all clocks of an instance, oldest first."""
    rows = connection.execute(_ALL_OF_INSTANCE, {"of_instance": instance_id}).mappings()
    return tuple(as_clock(row) for row in rows)


def insert_new(clocks: Sequence[SlaClock], connection: Connection) -> None:
    """Write new clocks, in one statement."""
    if clocks:
        connection.execute(insert(sla_clock), [as_row(clock) for clock in clocks])


def end(endings: Sequence[Ending], now: datetime, connection: Connection) -> None:
    """End clocks, in one statement: met, met late, breached or cancelled, as it went."""
    if endings:
        connection.execute(_END, [_ending_row(each, now) for each in endings])


def change(clocks: Sequence[SlaClock], connection: Connection) -> None:
    """Write changed clocks, in one statement."""
    if clocks:
        rows = [as_row(clock) for clock in clocks]
        values = [{f"new_{name}": row[name] for name in _CHANGED} for row in rows]
        keys = [{"clock_id": row["id"]} for row in rows]
        connection.execute(_CHANGE, [key | value for key, value in zip(keys, values, strict=True)])


def rename(ids: Mapping[str, str], connection: Connection) -> None:
    """Give clocks other ids, in one statement."""
    if ids:
        rows = [{"old_id": old, "new_id": new} for old, new in ids.items()]
        connection.execute(_RENAME, rows)


def from_kept(row: Mapping[str, Any]) -> SlaClock:
    """Read a row whose instants were written as text."""
    instants = {
        name: datetime.fromisoformat(row[name])
        for name in _INSTANTS
        if isinstance(row.get(name), str)
    }
    return as_clock({**row, **instants})


def as_row(clock: SlaClock) -> dict[str, Any]:
    """Make the row of a clock."""
    row = {column.name: getattr(clock, column.name) for column in sla_clock.c}
    return row | {
        "rule": dict(clock.rule),
        "pauses": [_pause_row(pause) for pause in clock.pauses],
        "orders": [_order_row(order) for order in clock.orders],
        "rungs_done": list(clock.rungs_done),
        "computation": None if clock.computation is None else dict(clock.computation),
    }


def as_clock(row: Mapping[str, Any] | RowMapping) -> SlaClock:
    """Make a clock of its row."""
    values = {column.name: row[column.name] for column in sla_clock.c}
    values["pauses"] = tuple(_pause(each) for each in values["pauses"])
    values["orders"] = tuple(_order(each) for each in values["orders"])
    values["rungs_done"] = tuple(values["rungs_done"])
    return SlaClock(**values)


def _ending_row(ending: Ending, now: datetime) -> dict[str, object]:
    fulfilled = {"in_time": "met", "when_late": "met_late", "late_from": now}
    # withdrawn at the very end: by then nobody can do it in time any more
    withdrawn = {"in_time": "cancelled", "when_late": "breached", "late_from": now + _INSTANT}
    codes = fulfilled if ending.is_fulfilled else withdrawn
    return {"clock_id": ending.clock_id, "at": now, **codes}


def _pause_row(pause: Pause) -> dict[str, str]:
    return {
        "begins_at": pause.begins_at.isoformat(),
        "ends_at": pause.ends_at.isoformat(),
        "reason": pause.reason,
    }


def _pause(row: Mapping[str, str]) -> Pause:
    return Pause(
        begins_at=datetime.fromisoformat(row["begins_at"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        reason=row["reason"],
    )


def _order_row(order: Order) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in ((name, getattr(order, name)) for name in Order.__dataclass_fields__)
    }


def _order(row: Mapping[str, Any]) -> Order:
    instants = {
        name: datetime.fromisoformat(row[name])
        for name in ("at", "old_due_at", "new_due_at")
        if row[name]
    }
    values: dict[str, Any] = {**row, **instants}
    return Order(**values)
