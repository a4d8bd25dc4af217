"""Read what a team has to do, how it keeps its deadlines, and how that went over the weeks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import team_queries
from engine.calendar import local_date
from engine.periods.calendars import Calendar
from engine.records import UserTask
from engine.team_queries import ClockCount, Completions, Load, TeamTasks
from engine.types import CITY
from housing.people import queries as people
from housing.people.models import Membership
from housing.people.queries import AccountView
from housing.teams.rules import (
    CHIEFS,
    WEEK,
    Team,
    WorkingDays,
    begin_of,
    in_weeks,
    is_member,
    months_before,
    weeks_before,
    weighted_median,
)

OLDEST_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonLoad:
    """What one person holds of the team's tasks.

    Attributes:
        id: account id.
        oldest_at: since when the oldest of them waits; None without tasks.
        is_member: whether he still belongs to the team.
    """

    id: str
    name: str
    open: int
    overdue: int
    due_soon: int
    oldest_at: datetime | None
    is_member: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLoad:
    """The open tasks of one step."""

    element_id: str
    step: str
    open: int
    overdue: int
    due_soon: int
    unclaimed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """All open tasks of a team.

    Attributes:
        unclaimed_overdue: of the unclaimed ones.
    """

    open: int
    overdue: int
    due_soon: int
    unclaimed: int
    unclaimed_overdue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamLoad:
    """Who holds what now; the one with most overdue tasks first."""

    totals: Totals
    people: tuple[PersonLoad, ...]
    steps: tuple[StepLoad, ...]
    oldest_unclaimed: tuple[UserTask, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """How clocks ended.

    Attributes:
        breached: withdrawn after their due date.
    """

    met: int = 0
    met_late: int = 0
    breached: int = 0
    waived: int = 0

    @property
    def share(self) -> float | None:
        """The share that ended in time; waived ones do not count. None if none counts."""
        total = self.met + self.met_late + self.breached
        return self.met / total if total else None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptLevel:
    """How the clocks of one service level ended, in all months or in one."""

    name: str
    process_name: str
    is_statutory: bool
    month: str
    kept: Kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Compliance:
    """Kept and missed deadlines.

    Attributes:
        months: the months looked at, the present one first.
        levels: one line a service level and month.
    """

    months: tuple[str, ...]
    levels: tuple[KeptLevel, ...]

    def by_level(self, month: str, *, is_statutory: bool) -> tuple[KeptLevel, ...]:
        """Add up the months of each service level; "" for all of them."""
        return _added(
            each
            for each in self.levels
            if each.is_statutory == is_statutory and month in ("", each.month)
        )

    def of_month(self, month: str, *, is_statutory: bool) -> Kept:
        """Add up the service levels of a month."""
        return _sum(
            each.kept
            for each in self.levels
            if each.month == month and each.is_statutory == is_statutory
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """One week of a team.

    Attributes:
        went_late: were not completed when they fell due.
        median_days: working days from coming to completion, of those completed in the week.
    """

    begins_on: date
    came_in: int
    completed: int
    went_late: int
    median_days: float | None


def members(team: Team, *, session: Session) -> tuple[AccountView, ...]:
    """List the active people of a team by name."""
    found = select(Membership.account_id).where(Membership.role.in_(sorted(team.group_names)))
    if CITY not in team.scopes:
        found = found.where(Membership.scope.in_(sorted({*team.scopes, CITY})))
    known = people.accounts(set(session.scalars(found)), session=session)
    there = (each for each in known if each.state == "active")
    return tuple(
        sorted((each for each in there if is_member(each.memberships, team)), key=_by_name)
    )


def chiefs(*, session: Session) -> tuple[AccountView, ...]:
    """List the active people who lead a team."""
    found = select(Membership.account_id).where(Membership.role.in_(sorted(CHIEFS)))
    known = people.accounts(set(session.scalars(found)), session=session)
    return tuple(each for each in known if each.state == "active")


def load(team: Team, *, session: Session, now: datetime, week_end: datetime) -> TeamLoad:
    """Read who holds what of a team's open tasks."""
    cells = team_queries.load(team.groups, now, week_end, session)
    unclaimed = [each for each in cells if each.holder is None]
    return TeamLoad(
        totals=Totals(
            open=sum(each.open for each in cells),
            overdue=sum(each.overdue for each in cells),
            due_soon=sum(each.due_soon for each in cells),
            unclaimed=sum(each.open for each in unclaimed),
            unclaimed_overdue=sum(each.overdue for each in unclaimed),
        ),
        people=_people(cells, members(team, session=session), session),
        steps=_steps(cells),
        oldest_unclaimed=team_queries.oldest_unclaimed(team.groups, OLDEST_SHOWN, session),
    )


def overdue_of(person_id: str, team: Team, *, session: Session, now: datetime) -> int:
    """Count the overdue tasks that somebody holds of a team's."""
    return team_queries.count(
        TeamTasks(groups=team.groups, holder=person_id, due_before=now), session
    )


def compliance(team: Team, *, session: Session, now: datetime) -> Compliance:
    """Read how the clocks of a team's tasks ended in the last months."""
    months = months_before(local_date(now))
    since = begin_of(date.fromisoformat(f"{months[-1]}-01"))
    rows = team_queries.ended_clocks(team.groups, team.case_scopes, since, session)
    found: dict[tuple[str, str, bool, str], list[ClockCount]] = {}
    for each in rows:
        key = (each.process_key, each.sla_id, each.is_statutory, each.month)
        found.setdefault(key, []).append(each)
    return Compliance(
        months=months, levels=tuple(_level(each) for _key, each in sorted(found.items()))
    )


def weeks(team: Team, *, session: Session, now: datetime, calendar: Calendar) -> tuple[Week, ...]:
    """Read the last weeks of a team, the present one last.

    Args:
        team: whose.
        session: any.
        now: the present instant.
        calendar: whose working days count.
    """
    today = local_date(now)
    mondays = weeks_before(today)
    since = begin_of(mondays[0])
    bounds = [begin_of(each) for each in (*mondays, mondays[-1] + WEEK)]
    came_in = team_queries.came_in(team.groups, bounds, session)
    late = team_queries.went_late(team.groups, since, now, session)
    done = team_queries.completed(team.groups, since, session)
    took = _medians(done, mondays, calendar, today)
    completed = in_weeks(((each.ended_on, each.count) for each in done), mondays)
    went_late = in_weeks(((each.on, each.count) for each in late), mondays)
    return tuple(
        Week(
            begins_on=monday,
            came_in=came_in[at],
            completed=completed[at],
            went_late=went_late[at],
            median_days=took[monday],
        )
        for at, monday in enumerate(mondays)
    )


def _medians(
    done: Sequence[Completions], mondays: Sequence[date], calendar: Calendar, today: date
) -> Mapping[date, float | None]:
    first = min((each.came_on for each in done), default=today)
    days = WorkingDays(calendar, first, today)
    by_week: dict[date, list[tuple[int, int]]] = {each: [] for each in mondays}
    for each in done:
        week = each.ended_on - timedelta(days=each.ended_on.weekday())
        if week in by_week:
            by_week[week].append((days.between(each.came_on, each.ended_on), each.count))
    return {week: weighted_median(values) for week, values in by_week.items()}


def _people(
    cells: Sequence[Load], team: Sequence[AccountView], session: Session
) -> tuple[PersonLoad, ...]:
    held: dict[str, list[Load]] = {str(each.id): [] for each in team}
    known = frozenset(held)
    for cell in cells:
        if cell.holder is not None:
            held.setdefault(cell.holder, []).append(cell)
    names = {str(each.id): each.name for each in team}
    names |= people.names_of(held.keys() - known, session=session)
    found = [
        PersonLoad(
            id=holder,
            name=names.get(holder, holder),
            open=sum(each.open for each in mine),
            overdue=sum(each.overdue for each in mine),
            due_soon=sum(each.due_soon for each in mine),
            oldest_at=min((each.oldest_at for each in mine), default=None),
            is_member=holder in known,
        )
        for holder, mine in held.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.overdue, -each.open, each.name)))


def _steps(cells: Sequence[Load]) -> tuple[StepLoad, ...]:
    by_step: dict[str, list[Load]] = {}
    for cell in cells:
        by_step.setdefault(cell.element_id, []).append(cell)
    found = [
        StepLoad(
            element_id=element_id,
            step=min(each.step for each in mine),
            open=sum(each.open for each in mine),
            overdue=sum(each.overdue for each in mine),
            due_soon=sum(each.due_soon for each in mine),
            unclaimed=sum(each.open for each in mine if each.holder is None),
        )
        for element_id, mine in by_step.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.overdue, -each.open, each.step)))


def _level(rows: Sequence[ClockCount]) -> KeptLevel:
    first = rows[0]
    return KeptLevel(
        name=first.name,
        process_name=first.process_name,
        is_statutory=first.is_statutory,
        month=first.month,
        kept=Kept(**{each.state: each.count for each in rows}),
    )


def _added(levels: Iterable[KeptLevel]) -> tuple[KeptLevel, ...]:
    found: dict[tuple[str, str], list[KeptLevel]] = {}
    for each in levels:
        found.setdefault((each.process_name, each.name), []).append(each)
    return tuple(
        KeptLevel(
            name=name,
            process_name=process_name,
            is_statutory=each[0].is_statutory,
            month="",
            kept=_sum(level.kept for level in each),
        )
        for (process_name, name), each in sorted(found.items())
    )


def _sum(parts: Iterable[Kept]) -> Kept:
    known = tuple(parts)
    return Kept(
        met=sum(each.met for each in known),
        met_late=sum(each.met_late for each in known),
        breached=sum(each.breached for each in known),
        waived=sum(each.waived for each in known),
    )


def _by_name(account: AccountView) -> str:
    return account.name
