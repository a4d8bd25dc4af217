"""Pure rules of teams: who leads whom, weeks, median working time, when the digest is due."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.calendar import TAIPEI, local_date
from engine.periods.calendars import Calendar
from engine.types import CITY

LED: Mapping[str, tuple[str, ...]] = {
    "property_manager_lead": ("property_manager", "property_manager_lead"),
    "social_worker_lead": ("social_worker", "social_worker_lead"),
    "section_chief": ("officer", "section_chief"),
}
"""Role of a chief to the candidate groups of his team: those whose overdue tasks he is told of
(`housing.notices.rules.SUPERVISORS`), and his own."""

CHIEFS = frozenset(LED)

OVER_CASES = frozenset({"section_chief"})
"""Chiefs who answer for the deadlines of whole cases, which are no group's."""

WEEKS = 12
"""So many weeks the trends show."""

MONTHS = 6
"""So many months the kept deadlines show."""

WAITS_LONG = timedelta(days=2)
"""From here on an unclaimed task is told of in the digest."""

DIGEST_AT = time(8)

WEEK = timedelta(weeks=1)

Membership = tuple[str, str]
"""Role and scope."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """What somebody leads.

    Attributes:
        groups: candidate groups within scopes.
        case_scopes: scopes whose whole cases he answers for.
    """

    groups: frozenset[Membership]
    case_scopes: frozenset[str] = frozenset()

    @property
    def scopes(self) -> frozenset[str]:
        """Name the scopes of all groups."""
        return frozenset(scope for _group, scope in self.groups)

    @property
    def group_names(self) -> frozenset[str]:
        """Name the groups, wherever."""
        return frozenset(group for group, _scope in self.groups)

    def holds(self, group: str | None, scope: str) -> bool:
        """Tell whether a task of a group and scope is one of the team."""
        return (group, scope) in self.groups or (group, CITY) in self.groups


def team_of(memberships: Iterable[Membership]) -> Team:
    """Tell what somebody leads by his roles; an empty team when he leads nobody."""
    known = tuple(memberships)
    return Team(
        groups=frozenset((group, scope) for role, scope in known for group in LED.get(role, ())),
        case_scopes=frozenset(scope for role, scope in known if role in OVER_CASES),
    )


def is_member(memberships: Iterable[Membership], team: Team) -> bool:
    """Tell whether somebody with these roles belongs to a team, in any of its scopes."""
    return any(
        group in team.group_names and (scope == CITY or team.holds(group, scope))
        for group, scope in memberships
    )


def monday_of(day: date) -> date:
    """Find the Monday on or before a day."""
    return day - timedelta(days=day.weekday())


def weeks_before(today: date, number: int = WEEKS) -> tuple[date, ...]:
    """List the Mondays of the last weeks, the present one last."""
    last = monday_of(today)
    return tuple(last - timedelta(weeks=back) for back in range(number - 1, -1, -1))


def months_before(today: date, number: int = MONTHS) -> tuple[str, ...]:
    """List the last months, the present one first, such as 2026-03."""
    index = today.year * 12 + today.month - 1
    pairs = (divmod(each, 12) for each in range(index, index - number, -1))
    return tuple(f"{year}-{month + 1:02}" for year, month in pairs)


def begin_of(day: date) -> datetime:
    """Give the first instant of a day in Taipei."""
    return datetime.combine(day, time(), tzinfo=TAIPEI)


def in_weeks(days: Iterable[tuple[date, int]], weeks: Sequence[date]) -> tuple[int, ...]:
    """Add up counts of days by week; days outside of the weeks do not count."""
    totals = dict.fromkeys(weeks, 0)
    for on, count in days:
        week = monday_of(on)
        if week in totals:
            totals[week] += count
    return tuple(totals[week] for week in weeks)


class WorkingDays:
    """Counts working days between days of a period in which they were laid out once."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        days = (first + timedelta(days=each) for each in range((last - first).days + 1))
        self._working = [day for day in days if calendar.is_working_day(day)]

    def between(self, begun_on: date, ended_on: date) -> int:
        """Count the working days after one day up to another; 0 on the same day."""
        return bisect_right(self._working, ended_on) - bisect_right(self._working, begun_on)


def weighted_median(values: Iterable[tuple[int, int]]) -> float | None:
    """Find the median of values that each stand so many times; None of nothing.

    Args:
        values: value and how often, at least once.
    """
    known = sorted(values)
    total = sum(count for _value, count in known)
    if not total:
        return None
    low, high = _nth(known, (total - 1) // 2), _nth(known, total // 2)
    return (low + high) / 2


def _nth(values: Sequence[tuple[int, int]], index: int) -> int:
    seen = 0
    for value, count in values:
        seen += count
        if index < seen:
            return value
    raise IndexError(index)


def week_code(day: date) -> str:
    """Name a week of the ISO calendar: 2026-W10."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def digest_is_due(now: datetime, calendar: Calendar) -> bool:
    """Tell whether the digest of this week is to be made: from 08:00 of its first working day on.

    A week without a working day has none. What could not be made in time is made up for later in
    the week.
    """
    today = local_date(now)
    monday = monday_of(today)
    working = (monday + timedelta(days=each) for each in range(7))
    first = next((day for day in working if calendar.is_working_day(day)), None)
    return first is not None and now >= datetime.combine(first, DIGEST_AT, tzinfo=TAIPEI)
