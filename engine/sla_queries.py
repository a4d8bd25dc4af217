"""Read models of SLA clocks: of a case, of a user task, what is overdue, how many were in time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from engine import sla_clocks
from engine.sla_clocks import SlaClock, as_clock
from engine.sla_tables import sla_clock
from engine.tables import process_definition, process_instance
from engine.types import CITY

MOST = 200
SOON = timedelta(days=2)
"""A clock that is due within this time is due soon."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseClock:
    """A clock with the case that it belongs to."""

    clock: SlaClock
    business_key: str
    process_key: str
    process_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockFilter:
    """Which clocks that still count to list, earliest due date first.

    Attributes:
        scopes: only these scopes; empty means every scope.
        guarded: keys of processes of which other scopes count; none of them shows no clock.
        due_before: due before this instant, or breached already.
        is_breached: only breached ones, or only those that are not; None for both.
        after: (due date, id) of the last clock of the page before; None for the first page.
    """

    process_key: str | None = None
    candidate_group: str | None = None
    scopes: frozenset[str] = frozenset()
    guarded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    due_before: datetime | None = None
    is_breached: bool | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockPage:
    """A part of a list.

    Attributes:
        following: to be handed back as `after`; None at the end.
    """

    rows: tuple[CaseClock, ...]
    following: tuple[datetime, str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningLevel:
    """A service level and how many of its clocks still count."""

    id: str
    name: str
    clocks: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OnTime:
    """How many clocks of one service level ended in time. Waived and cancelled ones do not count.

    Attributes:
        in_time: met.
        late: met late, or withdrawn after the due date.
    """

    process_key: str
    element_id: str
    sla_id: str
    name: str
    candidate_group: str | None
    in_time: int
    late: int

    @property
    def share(self) -> float | None:
        """The share that ended in time, 0 to 1; None if none ended."""
        total = self.in_time + self.late
        return self.in_time / total if total else None


_CASES = sla_clock.join(process_instance).join(process_definition)
_LISTED = select(
    *sla_clock.c,
    process_instance.c.business_key,
    process_definition.c.key.label("process_key"),
    process_definition.c.name.label("process_name"),
).select_from(_CASES)
_ON_TIME_BY = (
    process_definition.c.key.label("process_key"),
    *(sla_clock.c.element_id, sla_clock.c.sla_id, sla_clock.c.name, sla_clock.c.candidate_group),
)


def clocks_of(instance_id: str, session: Session) -> tuple[SlaClock, ...]:
    """List the clocks of an instance, oldest first."""
    return sla_clocks.all_of(instance_id, session.connection())


def standing(instance_ids: Collection[str], session: Session) -> tuple[SlaClock, ...]:
    """List the clocks of some instances that stand still now, the longest first."""
    rows = session.execute(
        select(sla_clock)
        .where(
            sla_clock.c.instance_id.in_(instance_ids),
            sla_clock.c.paused_since.is_not(None),
            sla_clock.c.ended_at.is_(None),
        )
        .order_by(sla_clock.c.paused_since, sla_clock.c.id)
    )
    return tuple(as_clock(row) for row in rows.mappings())


def clock(clock_id: str, session: Session) -> CaseClock:
    """Read a clock with its case.

    Raises:
        ClockNotFound: there is none of this id.
    """
    sla_clocks.read(clock_id, session.connection())
    return _case_clock(session.execute(_LISTED.where(sla_clock.c.id == clock_id)).mappings().one())


def open_clocks(asked: ClockFilter, session: Session) -> ClockPage:
    """List clocks that still count, earliest due date first, one page by keyset."""
    limit = min(asked.limit, MOST)
    rows = (
        session.execute(
            _filtered(_LISTED, asked).order_by(sla_clock.c.due_at, sla_clock.c.id).limit(limit + 1)
        )
        .mappings()
        .all()
    )
    shown = tuple(_case_clock(row) for row in rows[:limit])
    last = shown[-1].clock if len(rows) > limit else None
    return ClockPage(rows=shown, following=None if last is None else (last.due_at, last.id))


def count_open(asked: ClockFilter, session: Session) -> int:
    """Count clocks that still count."""
    query = _filtered(select(func.count()).select_from(_CASES), asked)
    return session.scalar(query) or 0


def running_levels(definition_id: str, session: Session) -> tuple[RunningLevel, ...]:
    """List the service levels that count in the cases of one version, by their id."""
    rows = session.execute(
        select(sla_clock.c.sla_id, func.min(sla_clock.c.name).label("name"), func.count())
        .select_from(sla_clock.join(process_instance))
        .where(process_instance.c.definition_id == definition_id, sla_clock.c.ended_at.is_(None))
        .group_by(sla_clock.c.sla_id)
        .order_by(sla_clock.c.sla_id)
    )
    return tuple(RunningLevel(id=row[0], name=row[1], clocks=row[2]) for row in rows)


def on_time(since: datetime, until: datetime, session: Session) -> tuple[OnTime, ...]:
    """Count by service level and group how many clocks ended in time between two instants."""
    in_time = func.sum(case((sla_clock.c.state == "met", 1), else_=0))
    ended = and_(
        sla_clock.c.ended_at >= since,
        sla_clock.c.ended_at < until,
        sla_clock.c.state.in_(("met", "met_late", "breached")),
    )
    rows = session.execute(
        select(*_ON_TIME_BY, in_time.label("in_time"), func.count().label("total"))
        .select_from(_CASES)
        .where(ended)
        .group_by(*_ON_TIME_BY)
        .order_by(*_ON_TIME_BY)
    )
    return tuple(
        OnTime(
            process_key=row.process_key,
            element_id=row.element_id,
            sla_id=row.sla_id,
            name=row.name,
            candidate_group=row.candidate_group,
            in_time=int(row.in_time),
            late=int(row.total) - int(row.in_time),
        )
        for row in rows
    )


def _filtered(query: Select[Any], asked: ClockFilter) -> Select[Any]:
    return query.where(*_conditions(asked))


def _conditions(asked: ClockFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [sla_clock.c.ended_at.is_(None)]
    if asked.process_key is not None:
        found.append(process_definition.c.key == asked.process_key)
    if asked.candidate_group is not None:
        found.append(sla_clock.c.candidate_group == asked.candidate_group)
    if asked.scopes or asked.guarded:
        found.append(_is_in_sight(asked))
    if asked.due_before is not None:
        found.append(sla_clock.c.due_at < asked.due_before)
    if asked.is_breached is not None:
        is_set = sla_clock.c.breached_at.is_not(None)
        found.append(is_set if asked.is_breached else ~is_set)
    if asked.after is not None:
        due_at, clock_id = asked.after
        is_later = sla_clock.c.due_at > due_at
        found.append(or_(is_later, and_(sla_clock.c.due_at == due_at, sla_clock.c.id > clock_id)))
    return found


def _is_in_sight(asked: ClockFilter) -> ColumnElement[bool]:
    key, scope = process_definition.c.key, sla_clock.c.scope
    ways: list[ColumnElement[bool]] = [key.not_in(asked.guarded)]
    if asked.scopes:
        ways = [ways[0] & scope.in_(asked.scopes)]
    for process_key, scopes in asked.guarded.items():
        is_everywhere = CITY in scopes
        ways.append((key == process_key) & (true() if is_everywhere else scope.in_(scopes)))
    return or_(*ways)


def _case_clock(row: RowMapping) -> CaseClock:
    return CaseClock(
        clock=as_clock(row),
        business_key=row["business_key"],
        process_key=row["process_key"],
        process_name=row["process_name"],
    )
