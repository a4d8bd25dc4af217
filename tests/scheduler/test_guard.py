from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import FrozenClock
from scheduler.guard import ClockGuard


class Machine:
    """A machine whose clock and uptime are moved by hand."""

    def __init__(self) -> None:
        self.clock = FrozenClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
        self.uptime = 100.0
        self.guard = ClockGuard(self.clock, lambda: self.uptime)

    def passes(self, period: timedelta) -> None:
        self.clock.advance(period)
        self.uptime += period.total_seconds()


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_time_that_passes_is_no_jump(machine: Machine):
    machine.passes(timedelta(days=3))

    assert machine.guard.allows()


def test_a_jump_forward_closes_the_gate_and_raises_the_alarm_once(machine: Machine, caplog):
    machine.clock.advance(timedelta(hours=1))

    assert [machine.guard.allows() for _ in range(3)] == [False, False, False]
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


def test_the_gate_opens_when_the_clock_comes_back(machine: Machine):
    machine.clock.advance(timedelta(hours=1))
    machine.guard.allows()
    machine.clock.advance(-timedelta(hours=1))

    assert machine.guard.allows()


def test_slow_drift_is_followed(machine: Machine):
    for _ in range(10):
        machine.passes(timedelta(minutes=1))
        machine.clock.advance(timedelta(seconds=30))
        assert machine.guard.allows()


def test_a_clock_that_is_ahead_of_the_database_closes_the_gate_until_it_is_right(machine: Machine):
    machine.guard.compare(timedelta(minutes=5))

    assert not machine.guard.allows()
    assert machine.guard.jump == timedelta(minutes=5)

    machine.guard.compare(timedelta(seconds=2))

    assert machine.guard.allows()
    assert machine.guard.jump is None


def test_a_clock_behind_the_database_is_late_and_fires_nothing_early(machine: Machine):
    machine.guard.compare(-timedelta(hours=5))

    assert machine.guard.allows()


def test_a_closed_guard_tells_by_how_much_the_clock_jumped(machine: Machine):
    machine.clock.advance(timedelta(hours=1))
    machine.guard.allows()

    assert machine.guard.jump == timedelta(hours=1)
