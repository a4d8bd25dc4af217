"""Long work: who takes it, how far it is, what becomes of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.clock import FrozenClock
from engine.db import metadata
from engine.errors import Invalid
from engine.types import Actor
from housing import background_kinds, bootstrap, settings
from housing.background import queries, service
from housing.background.errors import BackgroundTaskNotFound, BackgroundTaskStopped, WorkerLost
from tests.conftest import BEGIN

BY = Actor(id="7", name="林督導")


@pytest.fixture
def house(tmp_path) -> Iterator[bootstrap.Application]:
    """A house on an empty SQLite database."""
    made = bootstrap.build(settings.load({"ANJU_VAR": str(tmp_path)}), clock=FrozenClock(BEGIN))
    with made.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    yield made
    made.dispose()


def order(house, kind="count", **params) -> str:
    with house.unit_of_work() as session:
        return service.order(
            kind, params, title="數一數", by=BY, session=session, clock=house.clock
        )


def look(house, task_id):
    with house.reading() as session:
        return queries.task(task_id, session)


def take(house, worker="w"):
    with house.unit_of_work() as session:
        return service.take(
            worker, session=session, now=house.system_clock.now(), clock=house.clock
        )


def test_work_is_done_in_the_order_in_which_it_came(house):
    seen = []

    def count(_house, params, _report):
        seen.append(params["until"])
        return {"sum": sum(range(params["until"]))}

    first = order(house, until=4)
    house.clock.advance(timedelta(seconds=1))
    order(house, until=5)

    while background_kinds.run_next(house, {"count": count}):
        pass

    assert seen == [4, 5]
    assert look(house, first).result == {"sum": 6}
    assert look(house, first).state == "done"


def test_who_waits_sees_how_far_it_is(house):
    seen = []

    def count(house_, _params, report):
        report(1, 3, "第一個")
        seen.append(look(house_, task_id))
        return {}

    task_id = order(house)
    background_kinds.run_next(house, {"count": count})

    assert [(each.state, each.done, each.total, each.note) for each in seen] == [
        ("running", 1, 3, "第一個")
    ]


def test_a_refusal_is_kept_in_words(house):
    def count(*_given):
        raise Invalid

    task_id = order(house)
    background_kinds.run_next(house, {"count": count})

    assert look(house, task_id).state == "failed"
    assert look(house, task_id).error


def test_stopped_work_ends_at_its_next_report_and_stays_stopped(house):
    def count(house_, _params, report):
        with house_.unit_of_work() as session:
            service.stop(task_id, session=session, clock=house_.clock)
        report(1, 1, "")
        return {"reached": True}

    task_id = order(house)
    background_kinds.run_next(house, {"count": count})

    assert (look(house, task_id).state, look(house, task_id).result) == ("stopped", None)


def test_work_of_a_silent_worker_goes_to_another_one_once(house):
    task_id = order(house)
    assert take(house, "first") == task_id
    assert take(house, "second") is None
    house.clock.advance(service.SILENCE + timedelta(seconds=1))
    assert take(house, "second") == task_id

    with house.unit_of_work() as session, pytest.raises(BackgroundTaskStopped):
        service.beat(task_id, "first", session=session, now=house.clock.now())
    house.clock.advance(service.SILENCE + timedelta(seconds=1))

    assert take(house, "third") is None
    assert look(house, task_id).state == "failed"
    assert look(house, task_id).failure["sentence"] == WorkerLost.__doc__


def test_the_scheduler_does_it_in_a_child_process(house):
    from scheduler.background import BackgroundWork

    task_id = order(house, kind="nobody-knows-this")
    long_work = BackgroundWork(house)
    long_work.run()
    long_work._child.join()  # the child ends by itself: the kind is unknown
    long_work.run()

    assert look(house, task_id).state == "failed"
    assert "ended with code 1" in look(house, task_id).error
    assert look(house, task_id).failure["values"]["exit_code"] == 1


def test_unknown_work_is_not_found(house):
    with house.reading() as session, pytest.raises(BackgroundTaskNotFound):
        queries.task("0" * 32, session)
