"""Versioned working calendars: of the city, and of a community that differs from it.

A community inherits the city's calendar; its own days win. Version 0 is what ships with Anju:
Taiwan's public holidays. Versions are only added, so that an old due date can be explained.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.calendar import TAIPEI
from engine.calendar_tables import working_calendar
from engine.clock import Clock
from engine.periods.calendars import KINDS, OFFICE_WEEK, Calendar, Span, SpecialDay
from engine.periods.errors import CalendarChanged, NothingToPublish, ReasonMissing
from engine.public_holidays import FIRST_YEAR, announced_years, days_of
from engine.types import CITY, Actor

JULY = 7
"""The office calendar of the next year is announced by the end of June."""

_LATEST = select(working_calendar).order_by(working_calendar.c.version.desc()).limit(1)

_NEWEST = (
    select(working_calendar.c.scope, func.max(working_calendar.c.version).label("version"))
    .where(
        working_calendar.c.scope.in_(bindparam("scopes", expanding=True)),
        working_calendar.c.published_at <= bindparam("instant"),
    )
    .group_by(working_calendar.c.scope)
    .subquery()
)
_IN_FORCE = select(working_calendar).join(
    _NEWEST,
    and_(
        working_calendar.c.scope == _NEWEST.c.scope,
        working_calendar.c.version == _NEWEST.c.version,
    ),
)

YEARS_AHEAD = 3
"""Years from the present one on for which the law's days stand in until the calendar is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What a new version does to the one before.

    Attributes:
        put: days that are added or replaced.
        removed: days that are as their weekday again.
        years: years whose official calendar is complete with this change.
    """

    put: tuple[SpecialDay, ...] = ()
    removed: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @property
    def since(self) -> datetime:
        """Tell the beginning of the first day it touches; no earlier due date can move."""
        days = [*self.removed, *(day.on for day in self.put)]
        days += [date(year, 1, 1) for year in self.years]
        return datetime.combine(min(days), time(), tzinfo=TAIPEI)


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """A change that is to be published.

    Attributes:
        scope: "city" or "community:<code>".
        reason: for the history; must not be empty.
        expected_version: the scope's own version number that the change was made against.
        may_shorten: running due dates may also move to an earlier day.
    """

    scope: str
    change: Change
    reason: str
    expected_version: int
    may_shorten: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedDay:
    """One day before and after; None is a day like any of its weekday."""

    on: date
    was: SpecialDay | None
    becomes: SpecialDay | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarVersion:
    """A line of a calendar's history."""

    scope: str
    version: int
    reason: str
    published_at: datetime
    published_by: str
    published_by_name: str
    changes: tuple[ChangedDay, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """What one scope itself says; a community's is laid over the city's.

    Attributes:
        version: 0 as long as nobody published one.
        weekly: working time by weekday; None is the city's.
    """

    version: int = 0
    weekly: Mapping[int, tuple[Span, ...]] | None = None
    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def after(self, change: Change) -> "Own":
        """Tell what this is after a change, with the next version number."""
        days = {on: day for on, day in self.days.items() if on not in change.removed}
        return Own(
            version=self.version + 1,
            weekly=self.weekly,
            days=days | {day.on: day for day in change.put},
            years=self.years | change.years,
        )


def calendar_at(scope: str, instant: datetime, session: Session) -> Calendar:
    """Read the calendar of the city or a community as it stood at an instant."""
    return _read(scope, instant, session.connection())


def counting_calendar(scope: str, now: datetime, connection: Connection) -> Calendar:
    """Read the calendar that due dates are counted with now, in one statement.

    Years that were not entered yet are those that the law lets expect; they stay out of its
    `years`, so that a computation can say that it touched one.
    """
    return with_law_days(_read(scope, now, connection), now)


def shipped_calendar(now: datetime) -> Calendar:
    """Give the city's calendar as it ships, for whoever has no database at hand."""
    return with_law_days(_merged(CITY, _shipped(), None), now)


def with_law_days(calendar: Calendar, now: datetime) -> Calendar:
    """Let the law's days stand in for the years around an instant that were not entered yet."""
    year = now.astimezone(TAIPEI).year
    return with_expected_days(calendar, range(year - 1, year + YEARS_AHEAD))


def calendar_after(
    scope: str, change: Change, instant: datetime, session: Session, *, seen_from: str = ""
) -> Calendar:
    """Tell what calendars would be after a change of a scope; nothing is stored.

    Args:
        scope: whose calendar is changed.
        change: what is to be changed.
        instant: as the calendars stand then.
        session: any.
        seen_from: the scope whose calendar is wanted, by default the changed one.
    """
    own = {each: _own(each, session, instant) for each in (CITY, scope, seen_from or scope)}
    own[scope] = own[scope].after(change)
    wanted = seen_from or scope
    return _merged(wanted, own[CITY], None if wanted == CITY else own[wanted])


def own_version(scope: str, session: Session) -> int:
    """Tell the newest version number of a scope itself, 0 if it never published one."""
    return _own(scope, session, None).version


def publish(edition: Edition, *, by: Actor, session: Session, clock: Clock) -> int:
    """Publish a new version of a scope's calendar and return its number.

    Running due dates do not move yet: see `engine.process_engine.publish_calendar`.

    Raises:
        ReasonMissing: the reason is empty.
        CalendarChanged: somebody published meanwhile.
        NothingToPublish: every day is so already.
    """
    if not edition.reason.strip():
        raise ReasonMissing
    before = _own(edition.scope, session, None)
    if before.version != edition.expected_version:
        raise CalendarChanged(before.version)
    changes = changed_days(before.days, edition.change)
    if not changes and edition.change.years <= before.years:
        raise NothingToPublish
    after = before.after(edition.change)
    new = working_calendar.insert().values(
        scope=edition.scope,
        version=after.version,
        content=_content(after),
        changes=[_change_row(each) for each in changes],
        reason=edition.reason.strip(),
        published_at=clock.now(),
        published_by=by.id,
        published_by_name=by.name,
    )
    try:
        session.execute(new)
    except IntegrityError as error:  # on PostgreSQL two may have read the same version
        raise CalendarChanged(after.version) from error
    return after.version


def changed_days(days: Mapping[date, SpecialDay], change: Change) -> tuple[ChangedDay, ...]:
    """List the days a change really changes, in order."""
    after = {day.on: day for day in change.put}
    touched = sorted(after.keys() | (change.removed & days.keys()))
    pairs = (ChangedDay(on=on, was=days.get(on), becomes=after.get(on)) for on in touched)
    return tuple(pair for pair in pairs if pair.was != pair.becomes)


def versions(scope: str, session: Session) -> tuple[CalendarVersion, ...]:
    """List the published versions of a scope, newest first."""
    rows = session.execute(
        select(working_calendar)
        .where(working_calendar.c.scope == scope)
        .order_by(working_calendar.c.version.desc())
        .limit(200)
    )
    return tuple(_version(row) for row in rows)


def missing_years(calendar: Calendar, today: date) -> tuple[int, ...]:
    """Tell which years' official calendars should be there on a day and are not."""
    wanted = [today.year] if today.month < JULY else [today.year, today.year + 1]
    return tuple(year for year in wanted if not calendar.has_year(year))


def with_expected_days(calendar: Calendar, years: Collection[int]) -> Calendar:
    """Add what the law lets expect for years whose official calendar is missing."""
    expected: dict[date, SpecialDay] = {}
    for year in years:
        if year >= FIRST_YEAR and not calendar.has_year(year):
            expected |= days_of(year)
    return Calendar(
        id=calendar.id,
        version=calendar.version,
        weekly=calendar.weekly,
        days=expected | dict(calendar.days),
        years=calendar.years,
    )


def _read(scope: str, instant: datetime, connection: Connection) -> Calendar:
    """Read a scope's calendar with the city's below it."""
    values = {"scopes": [CITY, scope], "instant": instant}
    rows = {row.scope: row for row in connection.execute(_IN_FORCE, values)}
    city = _own_of(rows[CITY]) if CITY in rows else _shipped()
    community = rows.get(scope) if scope != CITY else None
    return _merged(scope, city, None if community is None else _own_of(community))


def _own(scope: str, session: Session, instant: datetime | None) -> Own:
    query = _LATEST.where(working_calendar.c.scope == scope)
    if instant is not None:
        query = query.where(working_calendar.c.published_at <= instant)
    row = session.execute(query).first()
    if row is None:
        return _shipped() if scope == CITY else Own()
    return _own_of(row)


def _own_of(row: Row[Any]) -> Own:
    content = row.content
    return Own(
        version=row.version,
        weekly=_weekly(content.get("weekly")),
        days={day.on: day for day in map(day_from_json, content["days"])},
        years=frozenset(content["years"]),
    )


def _shipped() -> Own:
    years = announced_years()
    days: dict[date, SpecialDay] = {}
    for year in sorted(years):
        days |= days_of(year)
    return Own(weekly=OFFICE_WEEK, days=days, years=years)


def _merged(scope: str, city: Own, community: Own | None) -> Calendar:
    over = community or Own()
    own_part = f"+{scope}:{over.version}" if over.version else ""
    return Calendar(
        id=scope,
        version=f"{CITY}:{city.version}{own_part}",
        weekly=over.weekly or city.weekly or OFFICE_WEEK,
        days={**city.days, **over.days},
        years=city.years | over.years,
    )


def day_as_json(day: SpecialDay) -> dict[str, object]:
    """Write a special day as JSON values."""
    return {
        "on": day.on.isoformat(),
        "kind": day.kind,
        "name": day.name,
        "source": day.source,
        "hours": _spans_as_json(day.hours),
    }


def day_from_json(row: Mapping[str, object]) -> SpecialDay:
    """Read a special day from JSON values.

    Raises:
        KeyError: a value is missing.
        ValueError: the day is none, or the kind is unknown.
    """
    if row["kind"] not in KINDS:
        raise ValueError(f"unknown kind of day: {row['kind']}")
    return SpecialDay(
        on=date.fromisoformat(str(row["on"])),
        kind=next(kind for kind in KINDS if kind == row["kind"]),
        name=str(row["name"]),
        source=str(row["source"]),
        hours=_spans(row.get("hours") or ()),
    )


def _content(own: Own) -> dict[str, object]:
    weekly = own.weekly or {}
    return {
        "weekly": {str(day): _spans_as_json(spans) for day, spans in weekly.items()},
        "days": [day_as_json(own.days[on]) for on in sorted(own.days)],
        "years": sorted(own.years),
    }


def _weekly(value: Mapping[str, object] | None) -> Mapping[int, tuple[Span, ...]] | None:
    return {int(day): _spans(spans) for day, spans in value.items()} if value else None


def _spans(rows: object) -> tuple[Span, ...]:
    if not isinstance(rows, Sequence):
        return ()
    return tuple(
        Span(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))
        for begins, ends in rows
    )


def _spans_as_json(spans: Sequence[Span]) -> list[list[str]]:
    return [[span.begins.isoformat("minutes"), span.ends.isoformat("minutes")] for span in spans]


def _change_row(change: ChangedDay) -> dict[str, object]:
    return {
        "on": change.on.isoformat(),
        "was": change.was and day_as_json(change.was),
        "becomes": change.becomes and day_as_json(change.becomes),
    }


def _version(row: Row[tuple[object, ...]]) -> CalendarVersion:
    return CalendarVersion(
        scope=row.scope,
        version=row.version,
        reason=row.reason,
        published_at=row.published_at,
        published_by=row.published_by,
        published_by_name=row.published_by_name,
        changes=tuple(
            ChangedDay(
                on=date.fromisoformat(each["on"]),
                was=day_from_json(each["was"]) if each["was"] else None,
                becomes=day_from_json(each["becomes"]) if each["becomes"] else None,
            )
            for each in row.changes
        ),
    )
