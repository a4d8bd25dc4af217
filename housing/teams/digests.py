"""The weekly digest: on the first working day of a week each chief is told how his team stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import calendars, team_queries
from engine.calendar import local_date
from engine.clock import Clock
from engine.db import Database
from engine.team_queries import UNCLAIMED, TeamTasks
from engine.types import CITY
from housing.deputies import queries as deputies
from housing.notices.tidings import tell
from housing.people import queries as people
from housing.teams import queries
from housing.teams.models import WeeklyDigest
from housing.teams.rules import (
    WAITS_LONG,
    WEEK,
    Team,
    begin_of,
    digest_is_due,
    monday_of,
    team_of,
    week_code,
)

KIND = "team_week"
ADDRESS = "/team"


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekNews:
    """What a digest tells.

    Attributes:
        breached: deadlines that passed last week without being kept.
        unclaimed: tasks that nobody has taken for longer than WAITS_LONG.
        absent: names of those who are away next week, wholly or in part.
    """

    open: int
    overdue: int
    due_soon: int
    breached: int
    unclaimed: int
    absent: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to say."""
        return not (self.open or self.breached or self.absent)


def run(*, database: Database, clock: Clock) -> int:
    """Write the digests of this week that were not made yet; call it outside of a unit of work.

    Returns:
        How many were sent.
    """
    now = clock.now()
    week = week_code(local_date(now))
    with database.reading() as session:
        if not digest_is_due(now, calendars.calendar_at(CITY, now, session)):
            return 0
        made = set(
            session.scalars(select(WeeklyDigest.account_id).where(WeeklyDigest.week == week))
        )
        waiting = [each.id for each in queries.chiefs(session=session) if each.id not in made]
    return sum(_make(account_id, week, database, clock) for account_id in waiting)


def news_of(team: Team, *, session: Session, now: datetime) -> WeekNews:
    """Read what there is to tell about a team."""
    monday = begin_of(monday_of(local_date(now)))
    loads = team_queries.load(team.groups, now, monday + WEEK, session)
    waiting = TeamTasks(groups=team.groups, holder=UNCLAIMED, created_before=now - WAITS_LONG)
    last_week = (monday - WEEK, monday)
    return WeekNews(
        open=sum(each.open for each in loads),
        overdue=sum(each.overdue for each in loads),
        due_soon=sum(each.due_soon for each in loads),
        breached=team_queries.count_breaches(team.groups, team.case_scopes, last_week, session),
        unclaimed=team_queries.count(waiting, session),
        absent=_absent(team, (monday + WEEK, monday + 2 * WEEK), session, now),
    )


def _make(account_id: int, week: str, database: Database, clock: Clock) -> bool:
    """Make one digest; false when there is nothing to say, or another worker was faster."""
    try:
        with database.unit_of_work() as session:
            chief = people.account(account_id, session=session)
            news = news_of(team_of(chief.memberships), session=session, now=clock.now())
            row = WeeklyDigest(
                account_id=account_id, week=week, made_at=clock.now(), is_sent=not news.is_empty
            )
            session.add(row)
            session.flush()
            if row.is_sent:
                tell(
                    [account_id],
                    KIND,
                    _fields(news, clock.now()),
                    url=ADDRESS,
                    occasion=f"week:{week}",
                    session=session,
                    clock=clock,
                )
            return row.is_sent
    except IntegrityError:
        return False


def _fields(news: WeekNews, now: datetime) -> Mapping[str, object]:
    """Give the fields of the words; a line without its field is left out."""
    counts = {
        "open": news.open,
        "overdue": news.overdue,
        "due_soon": news.due_soon,
        "breached": news.breached,
        "unclaimed": news.unclaimed,
    }
    return {
        "since": monday_of(local_date(now)),
        "absent": "、".join(news.absent),
        **{name: count or None for name, count in counts.items()},
    }


def _absent(
    team: Team, between: tuple[datetime, datetime], session: Session, now: datetime
) -> tuple[str, ...]:
    since, until = between
    ids = [each.id for each in queries.members(team, session=session)]
    away = {
        each.person_id: each.person_name
        for each in deputies.absences_of(ids, now, session=session)
        if each.state in ("planned", "running") and each.from_at < until and each.until_at > since
    }
    return tuple(sorted(away.values()))
