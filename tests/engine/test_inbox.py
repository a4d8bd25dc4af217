"""The views of the inbox: their counts are the lengths of their lists; pages and filters."""

from datetime import timedelta

import pytest
from sqlalchemy import false, select

from engine import inbox
from engine.inbox import Cut, Listing, Narrowing, Reader
from engine.inbox_parts import VIEWS
from engine.tables import process_instance, user_task
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
    return reader_of(officer, clock.now())


def reader_of(actor, now, **more):
    ends = {"week_end": now + timedelta(days=7), "day_end": now + timedelta(hours=12)}
    return Reader(actor=actor, now=now, **ends, **more)


def ids(listing, reader, database, **cut):
    with database.reading() as session:
        return [task.id for task in inbox.page(listing, Cut(**cut), reader, session)]


def test_every_count_is_the_length_of_its_list(filled, walker, officer, database):
    (first, *_rest) = ids(Listing(view="team"), filled, database)
    with database.unit_of_work() as session:
        walker.engine.claim(first, by=officer, session=session)
    with database.reading() as session:
        counts = inbox.counts(filled, session)

    assert counts == {view: len(ids(Listing(view=view), filled, database)) for view in VIEWS}
    assert {view: number for view, number in counts.items() if number} == {
        "mine": 1,
        "team": 4,
        "all": 5,
        "overdue": 2,
        "week": 2,
    }


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


def test_paused_counts_what_one_claimed_and_has_left_the_team_of(filled, walker, officer, database):
    (first, second, *_rest) = ids(Listing(view="team"), filled, database)
    with database.unit_of_work() as session:
        walker.engine.claim(first, by=officer, session=session)
        for task_id in (first, second):
            instance_id = session.scalar(
                select(user_task.c.instance_id).where(user_task.c.id == task_id)
            )
            walker.engine.suspend(instance_id, reason="check", by=officer, session=session)
    moved = reader_of(Actor(id="1", name="a"), filled.now)

    with database.reading() as session:
        counts = [inbox.counts(reader, session)["paused"] for reader in (filled, moved)]

    assert counts == [2, 1]
    assert ids(Listing(view="paused"), moved, database) == [first]


@pytest.mark.parametrize("is_common", [False, True])
def test_a_search_gives_tasks_of_the_cases_that_bear_the_words_and_their_number(
    filled, database, is_common
):
    tasks = page_of(Listing(view="all"), filled, database).rows
    sought = tasks[1].instance_id
    with database.reading() as session:
        cases = select(process_instance.c.id).where(process_instance.c.id == sought)
        search = inbox.search_for("words", cases, is_common=is_common, session=session)
        by_name = inbox.search_for(
            tasks[0].name, cases.where(false()), is_common=is_common, session=session
        )
    narrowings = [Narrowing(search=each) for each in (search, by_name)]

    found = [
        page_of(Listing(view="all", narrowing=each), filled, database, limit=2)
        for each in narrowings
    ]

    assert [each.rows for each in found] == [tasks[1:2], tasks[:2]]
    assert [each.total for each in found] == [1, 5]


@pytest.mark.parametrize(("offset", "length"), [(0, 2), (2, 1), (4, 0)])
def test_how_much_is_left_is_the_same_on_every_page_and_behind_the_end(
    filled, database, offset, length
):
    later = Listing(view="all", narrowing=Narrowing(due_from=filled.now))

    page = page_of(later, filled, database, offset=offset, limit=2)

    assert (len(page.rows), page.total) == (length, 3)


def page_of(listing, reader, database, **cut):
    with database.reading() as session:
        _counts, page = inbox.look(listing, Cut(**cut), reader, session)
    return page


def test_the_filters_offered_are_those_the_tasks_of_the_view_have(filled, database):
    with database.reading() as session:
        facets = inbox.facets("all", filled, session)

    assert facets.scopes == (HERE,)
    assert facets.groups == ("officer",)
    assert len(facets.steps) == 1


def test_who_belongs_to_no_group_sees_nothing(filled, database):
    stranger = reader_of(Actor(id="2", name="b"), filled.now)
    with database.reading() as session:
        assert set(inbox.counts(stranger, session).values()) == {0}


def test_a_task_to_follow_up_is_listed_until_the_end_of_its_day(filled, walker, officer, database):
    (first, second, *_rest) = ids(Listing(view="team"), filled, database)
    with database.unit_of_work() as session:
        for task_id, at in ((first, filled.now), (second, filled.day_end)):
            walker.engine.claim(task_id, by=officer, session=session)
            walker.engine.set_follow_up(task_id, at, by=officer, session=session)

    assert ids(Listing(view="followup"), filled, database) == [first]


def test_delegated_tasks_stand_with_both_and_come_back(filled, walker, officer, database):
    helper = Actor(id="7", name="h", groups=officer.groups)
    (task_id, *_rest) = ids(Listing(view="team"), filled, database)
    with database.unit_of_work() as session:
        walker.engine.claim(task_id, by=officer, session=session)
        walker.engine.delegate(task_id, helper, reason="x", by=officer, session=session)

    theirs = reader_of(helper, filled.now)
    given = [ids(Listing(view=view), filled, database) for view in ("mine", "delegated")]
    assert given == [[], [task_id]]
    assert ids(Listing(view="received"), theirs, database) == [task_id]
    with database.unit_of_work() as session:
        walker.engine.hand_back(task_id, note="done", by=helper, session=session)
    assert ids(Listing(view="returned"), filled, database) == [task_id]


def test_a_deputy_sees_the_open_tasks_of_those_he_stands_in_for(filled, walker, officer, database):
    (task_id, *_rest) = ids(Listing(view="team"), filled, database)
    with database.unit_of_work() as session:
        walker.engine.claim(task_id, by=officer, session=session)

    deputy = reader_of(Actor(id="7", name="h"), filled.now, stood_in=(task_id,))
    assert ids(Listing(view="deputy"), deputy, database) == [task_id]
    assert ids(Listing(view="deputy"), filled, database) == []
