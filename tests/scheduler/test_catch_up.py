"""After days without a worker every missed rung comes once, in order.

A job that ends its process harms no other.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from engine import queries
from engine.jobs import MAX_ATTEMPTS
from engine.tables import history, job, outbox
from scheduler.sweep import Sweep

pytestmark = [pytest.mark.integration, pytest.mark.slow]

INSTANCES = 200
LEVELS = ["half", "day_before", "overdue", "escalated", "chief"]
LEASE = timedelta(seconds=31)


def always() -> bool:
    return True


def rungs(house) -> Mapping[str, list[str]]:
    """List the levels of each instance in the order of its history."""
    found = (
        select(history.c.instance_id, history.c.details)
        .where(history.c.kind.in_(("reminder_sent", "escalated")))
        .order_by(history.c.id)
    )
    levels = defaultdict(list)
    with house.database.reading() as session:
        for row in session.execute(found):
            levels[row.instance_id].append(row.details["level"])
    return levels


def begin_ladders(house, clock, number: int) -> list[str]:
    """Start instances whose period ends in a week; the workers stop a moment before half of it."""
    due_at = clock.now() + timedelta(days=7)
    return [house.start("reminders_only", {"due_at": due_at}).id for _ in range(number)]


def run_until_nothing_is_due(*sweeps: Sweep) -> None:
    while sum([sweep.run() for sweep in sweeps]):
        pass


def test_after_three_days_down_each_missed_rung_comes_once_and_in_order(house, clock):
    ids = begin_ladders(house, clock, INSTANCES)
    clock.advance(timedelta(days=4))
    run_until_nothing_is_due(Sweep(house, "before", always))
    assert rungs(house) == {each: ["half"] for each in ids}

    clock.advance(timedelta(days=3, hours=1))  # nobody runs: a day before, and the due date itself
    run_until_nothing_is_due(Sweep(house, "after", always))

    assert rungs(house) == {each: ["half", "day_before", "overdue"] for each in ids}
    with house.database.reading() as session:
        messages = Counter(session.scalars(select(outbox.c.idem)))
    assert set(messages.values()) == {1}
    assert len(messages) == INSTANCES * 3


def test_two_sweeps_at_once_catch_up_without_doubling_or_disorder(house, clock):
    ids = begin_ladders(house, clock, INSTANCES)
    clock.advance(timedelta(days=30))
    sweeps = [
        Thread(target=run_until_nothing_is_due, args=(Sweep(house, f"w{number}", always),))
        for number in range(2)
    ]

    for sweep in sweeps:
        sweep.start()
    for sweep in sweeps:
        sweep.join()
    clock.advance(LEASE)
    run_until_nothing_is_due(Sweep(house, "last", always))

    assert rungs(house) == dict.fromkeys(ids, LEVELS)
    with house.database.reading() as session:
        assert set(session.scalars(select(job.c.state))) == {"done"}


def test_a_job_that_ends_its_process_becomes_an_incident_and_takes_no_other_with_it(house, clock):
    due_at = clock.now() + timedelta(days=1)
    cases = [house.start("reminders_only", {"due_at": due_at}) for _ in range(8)]
    deadly = cases[0].id
    house.deadly.add(deadly)
    clock.advance(timedelta(hours=20))

    for _ in range(3 * MAX_ATTEMPTS):
        clock.advance(LEASE)
        try:
            Sweep(house, "mortal", always).run()
        except KeyboardInterrupt:  # stands for kill -9: nothing in the house catches it
            continue

    assert rungs(house) == {case.id: ["half"] for case in cases[1:]}
    with house.database.reading() as session:
        incidents = queries.incidents(session)
    assert [each.instance_id for each in incidents] == [deadly]
