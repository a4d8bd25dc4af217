from datetime import timedelta

import pytest

from engine import queries
from engine.errors import InstanceNotFound, UserTaskNotFound
from engine.queries import InstanceFilter, TaskFilter
from engine.types import Actor

pytestmark = pytest.mark.integration

WEEK = timedelta(days=7)


@pytest.fixture
def walker(process):
    return process("reminders_only")


def start(walker, due_in: timedelta, scope: str = "community:SW"):
    due_at = walker.clock.now() + due_in
    return walker.start("reminders_only", {"due_at": due_at}, scope=scope)


def test_the_inbox_lists_the_earliest_due_date_first_page_by_page(walker, database):
    late, soon, next_ = (start(walker, timedelta(days=days)) for days in (9, 1, 4))

    with database.reading() as session:
        first = queries.open_tasks(TaskFilter(limit=2), session)
        rest = queries.open_tasks(TaskFilter(limit=2, offset=2), session)

    assert [task.instance_id for task in first.rows] == [soon.id, next_.id]
    assert [task.instance_id for task in rest.rows] == [late.id]
    assert first.total == rest.total == 3


def test_overdue_tasks_are_found_at_an_instant(walker, database, clock):
    overdue = start(walker, timedelta(days=1))
    start(walker, WEEK)
    instant = clock.now() + timedelta(days=2)

    with database.reading() as session:
        found = queries.open_tasks(TaskFilter(overdue_at=instant), session)

    assert [task.instance_id for task in found.rows] == [overdue.id]
    assert found.rows[0].is_overdue(instant)


def test_a_group_sees_the_tasks_of_its_communities_only(walker, database):
    here = start(walker, WEEK, scope="community:SW")
    start(walker, WEEK, scope="community:PX")
    officer = Actor(id="1", name="a", groups=frozenset({("officer", "community:SW")}))
    nobody = Actor(id="2", name="b")

    with database.reading() as session:
        seen = queries.open_tasks(TaskFilter(visible_to=officer), session)
        nothing = queries.open_tasks(TaskFilter(visible_to=nobody), session)

    assert [task.instance_id for task in seen.rows] == [here.id]
    assert nothing.rows == ()


def test_the_task_that_waits_longest_is_known(walker, database, clock):
    oldest = start(walker, WEEK)
    clock.advance(timedelta(hours=1))
    start(walker, timedelta(hours=1))

    with database.reading() as session:
        task = queries.oldest_open_task(TaskFilter(), session)

    assert task is not None
    assert task.instance_id == oldest.id


def test_cases_are_found_by_number_status_and_scope(walker, database):
    running, ended = start(walker, WEEK), start(walker, WEEK, scope="community:PX")
    ended.complete("wait")

    with database.reading() as session:
        by_number = queries.by_business_key(ended.instance().business_key, session)
        active = queries.instances(InstanceFilter(statuses=frozenset({"active"})), session)
        there = queries.instances(InstanceFilter(scopes=frozenset({"community:PX"})), session)

    assert by_number.id == ended.id
    assert [each.id for each in active.rows] == [running.id]
    assert [each.id for each in there.rows] == [ended.id]


def test_the_operations_page_sees_what_is_due_and_undelivered(walker, database, clock):
    start(walker, WEEK)
    walker.advance(timedelta(days=4))
    clock.advance(timedelta(days=30))

    with database.reading() as session:
        counts = queries.queue_counts(clock.now(), session)

    assert (counts.pending, counts.overdue, counts.failed) == (1, 1, 0)
    assert (counts.unsent_messages, counts.dead_messages, counts.open_incidents) == (1, 0, 0)
    assert counts.oldest_due_at is not None


def test_what_does_not_exist_is_named(database):
    with database.reading() as session, pytest.raises(UserTaskNotFound, match="nothing"):
        queries.task("nothing", session)
    with database.reading() as session, pytest.raises(InstanceNotFound, match="nothing"):
        queries.instance("nothing", session)


def test_a_form_may_refer_to_the_variables_of_its_case(walker, database):
    case = start(walker, WEEK)

    with database.reading() as session:
        context = walker.engine.task_context(case.open_task("wait").id, session)

    assert context["due_at"] == walker.clock.now() + WEEK
