"""Before a calendar is published: which running due dates it would move."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from engine import calendars, definition_queries, deployments, sla_clocks
from engine.calendars import Change
from engine.counted import (
    IS_COUNTED,
    Recounted,
    by_scope,
    compared,
    read_counted,
    running_rows,
)
from engine.explanations import ElementNames
from engine.periods.calendars import Calendar
from engine.sla_clocks import SlaClock
from engine.sla_counting import counted_anew
from engine.sla_tables import sla_clock
from engine.tables import process_instance
from engine.types import CITY

MOST_SHOWN = 2_000
"""Running due dates a preview counts, earliest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A running due date that a change of a calendar would move.

    Attributes:
        kind: task, timer or clock (an SLA clock, and the task it belongs to).
        name: of the element or the service level.
    """

    business_key: str
    kind: str
    name: str
    old_due_at: datetime
    new_due_at: datetime

    @property
    def is_earlier(self) -> bool:
        """Tell whether people would lose time."""
        return self.new_due_at < self.old_due_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a change of a calendar would do to running due dates.

    Attributes:
        looked_at: due dates that were counted anew.
        total: running due dates from the first changed day on.
    """

    moved: tuple[Moved, ...]
    looked_at: int
    total: int


def preview(scope: str, change: Change, now: datetime, session: Session) -> Preview:
    """Tell which running due dates a change of a calendar would move; nothing is stored."""
    since, connection = change.since, session.connection()
    after = partial(_calendar_after, scope, change, now, session)
    rows = running_rows(since).subquery()
    wanted = select(rows) if scope == CITY else select(rows).where(rows.c.scope == scope)
    shown = wanted.order_by(rows.c.due_at, rows.c.token_id).limit(MOST_SHOWN)
    found = read_counted(connection.execute(shown).mappings())
    total = connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    recounted = [
        each
        for scope_of, group in by_scope(found).items()
        for each in compared(group, after(scope_of))
    ]
    clocks = _clock_rows(scope, since, connection)
    moved = [*_named(recounted, session), *_moved_clocks(clocks, after)]
    moved.sort(key=lambda each: (each.old_due_at, each.kind))
    looked_at = min(total, MOST_SHOWN) + len(clocks)
    return Preview(moved=tuple(moved), looked_at=looked_at, total=total + len(clocks))


def _named(found: Sequence[Recounted], session: Session) -> Iterator[Moved]:
    """Give timers the names that their diagrams give them."""
    names: dict[str, ElementNames] = {}
    for each in found:
        deadline = each.deadline
        if deadline.definition_id not in names:
            stored = definition_queries.definition_by_id(deadline.definition_id, session)
            process = deployments.compiled(stored.id, stored.content_hash, session.connection())
            names[stored.id] = ElementNames(process.definition)
        yield Moved(
            business_key=deadline.business_key,
            kind=deadline.kind,
            name=deadline.name or names[deadline.definition_id].name(deadline.element_id),
            old_due_at=deadline.due_at,
            new_due_at=each.after.ends_at,
        )


def _clock_rows(
    scope: str, since: datetime, connection: Connection
) -> Sequence[tuple[str, SlaClock]]:
    """Read the running SLA clocks that a calendar moves, each with its case number."""
    wanted = (
        select(sla_clock, process_instance.c.business_key)
        .join(process_instance)
        .where(IS_COUNTED, sla_clock.c.due_at >= since)
        .order_by(sla_clock.c.due_at, sla_clock.c.id)
        .limit(MOST_SHOWN)
    )
    if scope != CITY:
        wanted = wanted.where(sla_clock.c.calendar == scope)
    return [
        (row["business_key"], sla_clocks.as_clock(row))
        for row in connection.execute(wanted).mappings()
    ]


def _moved_clocks(
    found: Sequence[tuple[str, SlaClock]], after: Callable[[str], Calendar]
) -> Iterator[Moved]:
    kept: dict[str, Calendar] = {}
    for business_key, clock in found:
        if clock.is_given or clock.calendar is None:
            continue
        if clock.calendar not in kept:
            kept[clock.calendar] = after(clock.calendar)
        new_due_at = counted_anew(clock, kept[clock.calendar]).due_at
        if new_due_at != clock.due_at:
            yield Moved(
                business_key=business_key,
                kind="clock",
                name=clock.name,
                old_due_at=clock.due_at,
                new_due_at=new_due_at,
            )


def _calendar_after(
    scope: str, change: Change, now: datetime, session: Session, scope_of: str
) -> Calendar:
    """Give the calendar of an instance's scope after a change of the city's or its own."""
    after = calendars.calendar_after(scope, change, now, session, seen_from=scope_of)
    return calendars.with_law_days(after, now)
