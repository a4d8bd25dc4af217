"""What teams have to do and have done, counted by both databases alike."""

from datetime import date, timedelta

import pytest

from engine import team_queries
from engine.inbox import Cut
from engine.team_queries import UNCLAIMED, TeamTasks
from engine.types import Actor

pytestmark = pytest.mark.integration

HERE, THERE = "community:SW", "community:PX"
TEAM = frozenset({("officer", HERE)})


@pytest.fixture
def walker(process):
    return process("reminders_only")


@pytest.fixture
def officer():
    return Actor(id="1", name="許承辦", groups=TEAM)


@pytest.fixture
def five(walker, officer, clock, database):
    """Four tasks here, due in 1 to 4 days, the first one claimed; one elsewhere; 2.5 days later."""
    tasks = [
        walker.start(
            "reminders_only", {"due_at": clock.now() + timedelta(days=days)}, scope=scope
        ).tasks()[0]
        for days, scope in ((1, HERE), (2, HERE), (3, HERE), (4, HERE), (1, THERE))
    ]
    with database.unit_of_work() as session:
        walker.engine.claim(tasks[0].id, by=officer, session=session)
    clock.advance(timedelta(days=2, hours=12))
    return tasks


def listed(database, **wanted):
    with database.reading() as session:
        found = team_queries.tasks(TeamTasks(groups=TEAM, **wanted), Cut(), session)
        assert team_queries.count(TeamTasks(groups=TEAM, **wanted), session) == len(found)
        return [each.id for each in found]


def test_the_load_counts_what_the_list_shows(five, clock, database):
    now = clock.now()
    with database.reading() as session:
        held, offered = sorted(
            team_queries.load(TEAM, now, now + timedelta(days=1), session),
            key=lambda each: each.holder is None,
        )

    assert (held.holder, held.open, held.overdue) == ("1", 1, 1)
    assert (offered.open, offered.overdue, offered.due_soon) == (3, 1, 1)
    assert listed(database, holder="1") == [five[0].id]
    assert listed(database, holder=UNCLAIMED) == [each.id for each in five[1:4]]
    assert listed(database, holder=UNCLAIMED, due_before=now) == [five[1].id]
    assert listed(database, element_id=five[0].element_id) == [each.id for each in five[:4]]


def test_days_are_those_of_taipei(five, walker, officer, clock, database):
    begun_at, begun_on = clock.now() - timedelta(days=2, hours=12), date(2026, 3, 2)
    clock.advance(timedelta(hours=3))  # Wednesday 16:00 UTC is midnight in Taipei
    with database.unit_of_work() as session:
        walker.engine.complete(five[0].id, {}, by=officer, session=session)
    since = clock.now() - timedelta(days=9)
    with database.reading() as session:
        came = team_queries.came_in(TEAM, [since, begun_at, clock.now(), clock.now()], session)
        (done,) = team_queries.completed(TEAM, since, session)
        late = team_queries.went_late(TEAM, since, clock.now(), session)

    assert came == (0, 4, 0)
    assert (done.came_on, done.ended_on, done.count) == (begun_on, date(2026, 3, 5), 1)
    assert [(each.on.day, each.count) for each in late] == [(3, 1), (4, 1)]
