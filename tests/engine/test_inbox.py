"""The views of the inbox: their counts are the lengths of their lists; pages and filters."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import inbox
from engine.inbox import Cut, Listing, Narrowing, Reader
from engine.tables import process_instance
from engine.types import Actor

pytestmark = pytest.mark.integration

HERE = "community:SW"


@pytest.fixture
def walker(process):
    return process("reminders_only")


@pytest.fixture
def officer():
    return Actor(id="1", name="a", groups=frozenset({("officer", HERE)}))


@pytest.fixture
def filled(walker, officer, clock, database):
    """Tasks due in so many days, here and elsewhere; the first of them is claimed."""
    for days in (1, 2, 3, 9, 40):
        walker.start("reminders_only", {"due_at": clock.now() + timedelta(days=days)}, scope=HERE)
    walker.start(
        "reminders_only", {"due_at": clock.now() + timedelta(days=1)}, scope="community:PX"
    )
    clock.advance(timedelta(days=2, hours=1))
    return Reader(actor=officer, now=clock.now(), week_end=clock.now() + timedelta(days=7))


def ids(listing, reader, database, **cut):
    with database.reading() as session:
        return [task.id for task in inbox.page(listing, Cut(**cut), reader, session)]


def test_every_count_is_the_length_of_its_list(filled, walker, officer, database):
    (first, *_rest) = ids(Listing(view="team"), filled, database)
    with database.unit_of_work() as session:
        walker.engine.claim(first, by=officer, session=session)
    with database.reading() as session:
        counts = inbox.counts(filled, session)

    assert counts == {view: len(ids(Listing(view=view), filled, database)) for view in inbox.VIEWS}
    assert tuple(counts.values()) == (1, 4, 5, 2, 2, 0, 0)


def test_pages_hold_every_task_once_in_the_order_of_due_dates(filled, database):
    listing = Listing(view="all")
    paged = [
        each for at in (0, 2, 4) for each in ids(listing, filled, database, offset=at, limit=2)
    ]

    assert paged == ids(listing, filled, database)
    assert len(set(paged)) == 5


@pytest.mark.parametrize("sort", inbox.SORTS)
def test_the_next_task_is_the_one_that_stands_behind_in_the_list(filled, database, sort):
    listing = Listing(view="all", sort=sort)
    with database.reading() as session:
        tasks = inbox.page(listing, Cut(), filled, session)
        behind = [inbox.following(listing, task, filled, session) for task in tasks]

    assert behind == [*tasks[1:], None]


def test_a_due_date_in_a_filter_leaves_what_is_due_then(filled, database):
    late = Narrowing(due_before=filled.now)
    later = Narrowing(due_from=filled.now)
    without = Narrowing(is_without_due=True)

    found = [ids(Listing(view="all", narrowing=each), filled, database) for each in (late, later)]

    assert [len(each) for each in found] == [2, 3]
    assert ids(Listing(view="all", narrowing=without), filled, database) == []


def test_tasks_of_a_suspended_case_stand_under_paused(filled, walker, officer, database):
    listing = Listing(view="paused")
    with database.unit_of_work() as session:
        instance_id = session.scalar(
            select(process_instance.c.id).where(process_instance.c.scope == HERE).limit(1)
        )
        walker.engine.suspend(instance_id, reason="check", by=officer, session=session)

    with database.reading() as session:
        (task,) = inbox.page(listing, Cut(), filled, session)
    assert task.instance_id == instance_id
    assert task.instance_status == "suspended"


def test_the_filters_offered_are_those_the_tasks_of_the_view_have(filled, database):
    with database.reading() as session:
        facets = inbox.facets("all", filled, session)

    assert facets.scopes == (HERE,)
    assert facets.groups == ("officer",)
    assert len(facets.steps) == 1


def test_who_belongs_to_no_group_sees_nothing(filled, database):
    stranger = Reader(actor=Actor(id="2", name="b"), now=filled.now, week_end=filled.week_end)
    with database.reading() as session:
        assert set(inbox.counts(stranger, session).values()) == {0}
