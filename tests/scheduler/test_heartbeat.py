from datetime import timedelta

import pytest

from engine import workers
from engine.clock import SystemClock
from scheduler.guard import ClockGuard
from scheduler.heartbeat import Heartbeat, worker_name
from scheduler.sweep import Sweep
from scheduler.tally import Tally

pytestmark = pytest.mark.integration


@pytest.fixture
def guard(house) -> ClockGuard:
    return ClockGuard(house.system_clock)


@pytest.fixture
def tally() -> Tally:
    return Tally()


@pytest.fixture
def heartbeat(house, tally, guard) -> Heartbeat:
    return Heartbeat(house, tally, guard)


def seen(house) -> tuple[workers.Worker, ...]:
    with house.database.reading() as session:
        return workers.workers(session)


def test_a_worker_tells_what_it_fired_and_what_failed(house, heartbeat, tally, clock):
    house.failing = 1
    house.start("charge", {"amount": 3}).complete("approve")
    for _ in range(3):
        house.start("deadline", {"due_at": clock.now()})
    Sweep(house, worker_name(), lambda: True, tally).run()

    heartbeat.run()

    (worker,) = seen(house)
    assert worker.name == worker_name()
    assert (worker.fired, worker.failed) == (4, 0)
    assert sum(worker.buckets) == worker.fired
    assert worker.last_tick_at == house.system_clock.now()
    assert worker.clock_jump is None


def test_a_failed_job_is_counted(house, heartbeat, tally):
    house.failing = 2
    house.start("charge", {"amount": 3}).complete("approve")
    Sweep(house, worker_name(), lambda: True, tally).run()

    heartbeat.run()

    assert [(each.fired, each.failed) for each in seen(house)] == [(0, 1)]


def test_a_worker_that_beats_again_keeps_one_row(house, heartbeat):
    heartbeat.run()
    house.system_clock.advance(timedelta(seconds=10))
    heartbeat.run()

    (worker,) = seen(house)
    assert worker.last_seen_at - worker.started_at == timedelta(seconds=10)


def test_a_silent_worker_is_gone_after_a_minute_and_forgotten_after_a_day(house, heartbeat):
    with house.unit_of_work() as session:
        dead = workers.Worker(
            name="elsewhere:1",
            host="elsewhere",
            pid=1,
            started_at=house.system_clock.now(),
            last_seen_at=house.system_clock.now(),
            last_tick_at=None,
            fired=0,
            failed=0,
            buckets=(),
            seconds=0.0,
            clock_jump=None,
        )
        workers.beat(dead, session.connection())

    house.system_clock.advance(timedelta(seconds=61))
    heartbeat.run()
    now = house.system_clock.now()
    assert [(each.name, each.is_alive(now)) for each in seen(house)] == [
        (worker_name(), True),
        ("elsewhere:1", False),
    ]

    house.system_clock.advance(timedelta(days=1))
    heartbeat.run()
    assert [each.name for each in seen(house)] == [worker_name()]


def test_a_worker_that_stops_as_it_should_leaves_no_row(house, heartbeat):
    heartbeat.run()

    heartbeat.stop()

    assert seen(house) == ()


def test_the_clock_guard_of_a_worker_is_seen_in_its_row(house, heartbeat, guard):
    house.system_clock.advance(timedelta(hours=2))
    guard.allows()

    heartbeat.run()

    (worker,) = seen(house)
    assert worker.clock_jump == pytest.approx(7200, abs=5)


def test_only_a_server_has_a_clock_of_its_own(house):
    with house.database.reading() as session:
        there = workers.database_now(session.connection())

    if house.database.is_sqlite:
        assert there is None
    else:
        assert there is not None
        assert abs(there - SystemClock().now()) < timedelta(minutes=1)
