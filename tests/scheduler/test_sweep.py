from datetime import timedelta
from threading import Thread

import pytest

from engine import queries
from scheduler.relay import Relay
from scheduler.sweep import Sweep

pytestmark = pytest.mark.integration

WEEK = timedelta(days=7)


def always() -> bool:
    return True


def test_nothing_is_fired_before_it_is_due(house, clock):
    house.start("deadline", {"due_at": clock.now() + WEEK})

    assert Sweep(house, "w1", always).run() == 0


def test_a_sweep_after_downtime_fires_every_rung_in_order(house, clock):
    case = house.start("reminders_only", {"due_at": clock.now() + WEEK})
    clock.advance(timedelta(days=30))

    fired = Sweep(house, "w1", always).run()
    Relay(house).run()

    assert fired == 5
    assert [idem.partition(":")[2] for idem in house.delivered] == [
        "half",
        "day_before",
        "overdue",
        "escalated",
        "chief",
    ]
    assert case.open_elements() == ["wait"]


def test_a_closed_guard_fires_nothing(house, clock):
    house.start("reminders_only", {"due_at": clock.now()})

    assert Sweep(house, "w1", lambda: False).run() == 0
    assert Sweep(house, "w1", always).run() == 1


def test_several_sweeps_at_once_fire_each_job_once(house, clock):
    cases = [house.start("deadline", {"due_at": clock.now() + WEEK}) for _ in range(12)]
    clock.advance(timedelta(days=8))
    sweeps = [Thread(target=Sweep(house, f"w{n}", always).run) for n in range(4)]

    for sweep in sweeps:
        sweep.start()
    for sweep in sweeps:
        sweep.join()
    clock.advance(timedelta(minutes=1))
    Sweep(house, "last", always).run()

    assert [case.history_kinds().count("timer_fired") for case in cases] == [1] * 12


def test_a_failing_operation_is_repeated_by_later_sweeps(house, clock):
    house.failing = 2
    case = house.start("charge", {"amount": 3})
    case.complete("approve")
    sweep = Sweep(house, "w1", always)

    sweep.run()
    assert case.open_elements() == []
    clock.advance(timedelta(minutes=1))
    sweep.run()

    assert case.open_elements() == ["confirm"]


def test_a_failure_of_one_job_does_not_hold_up_the_others(house, clock):
    house.failing = 99
    poisoned = house.start("charge", {"amount": 3})
    poisoned.complete("approve")
    healthy = house.start("deadline", {"due_at": clock.now()})

    Sweep(house, "w1", always).run()

    assert healthy.open_elements() == ["substitute"]
    with house.database.reading() as session:
        (job,) = (j for j in queries.jobs_of(poisoned.id, session) if j.kind == "service")
    assert job.retries == 2
    assert "the till is locked" in (job.error or "")


def test_mail_waits_for_the_post_office_and_arrives_with_its_own_number(house, clock):
    case = house.start("reminders_only", {"due_at": clock.now()})
    Sweep(house, "w1", always).run()
    relay = Relay(house)

    house.is_shut = True
    assert relay.run() == 0
    house.is_shut = False
    assert relay.run() == 0, "not before the wait is over"
    clock.advance(timedelta(hours=1))

    assert relay.run() == 1
    assert house.delivered == [f"{case.user_task('wait').id}:overdue"]
    assert relay.run() == 0
