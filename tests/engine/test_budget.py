"""The budget of the hot path: at most 8 statements and exactly one commit a step."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from engine.db import Database

pytestmark = pytest.mark.integration


@contextmanager
def counting(database: Database) -> Iterator[Counter[str]]:
    counts: Counter[str] = Counter()

    def statement(_connection, _cursor, text: str, *_: object) -> None:
        if not text.startswith("BEGIN"):
            counts["statements"] += 1

    def commit(*_: object) -> None:
        counts["commits"] += 1

    event.listen(database.engine, "before_cursor_execute", statement)
    event.listen(database.engine, "commit", commit)
    yield counts
    event.remove(database.engine, "before_cursor_execute", statement)
    event.remove(database.engine, "commit", commit)


@pytest.fixture
def case(process, clock):
    walker = process("deadline")
    return walker.start("deadline", {"due_at": clock.now() + timedelta(days=7)})


def test_completing_a_task_stays_within_the_budget(process, officer, engine, database):
    case = process("two_steps").start("two_steps", {"amount": 1})
    task = case.open_task("ask")

    with counting(database) as counts, database.unit_of_work() as session:
        engine.complete(task.id, {}, by=officer(), session=session)

    assert counts["statements"] <= 8
    assert counts["commits"] == 1


def test_completing_a_task_with_deadline_ladder_and_messages_stays_within_the_budget(
    case, officer, engine, database
):
    task = case.open_task("repair")

    with counting(database) as counts, database.unit_of_work() as session:
        engine.complete(task.id, {}, by=officer(), session=session)

    assert counts["statements"] <= 8
    assert counts["commits"] == 1


def test_starting_a_case_with_deadline_ladder_and_messages_stays_within_the_budget(
    case, engine, database, officer, clock
):
    with counting(database) as counts, database.unit_of_work() as session:
        engine.start(
            "deadline",
            {"due_at": clock.now()},
            business_key="1",
            scope="city",
            by=officer(),
            session=session,
        )

    assert counts["statements"] <= 9  # one of them is the row of the SLA clock
    assert counts["commits"] == 1


def test_firing_a_timer_stays_within_the_budget(case, engine, database, clock):
    clock.advance(timedelta(days=7))
    with database.reading() as session:
        (timer,) = (job for job in engine.due_jobs(session, clock.now(), 9) if job.kind == "timer")

    with counting(database) as counts, database.unit_of_work() as session:
        assert engine.fire(timer.id, session=session)

    assert counts["statements"] <= 8
    assert counts["commits"] == 1


def test_firing_a_rung_stays_within_the_budget(case, engine, database, clock):
    clock.advance(timedelta(days=4))
    with database.reading() as session:
        (rung,) = engine.due_jobs(session, clock.now(), 9)

    with counting(database) as counts, database.unit_of_work() as session:
        assert engine.fire(rung.id, session=session)

    assert counts["statements"] <= 8
    assert counts["commits"] == 1


def test_a_step_reads_the_calendar_once_and_only_when_it_counts_by_it(
    process, engine, database, officer, clock
):
    case = process("counted").start("counted", {"served": clock.now(), "days": 7})
    asked = []

    def listen(_connection, _cursor, text: str, *_: object) -> None:
        asked.append("working_calendar" in text)

    event.listen(database.engine, "before_cursor_execute", listen)
    case.walker.start("counted", {"served": clock.now(), "days": 7})
    assert asked.count(True) == 1, "for three due dates"

    asked.clear()
    case.complete("supplement", by=officer())
    assert asked.count(True) == 0
    event.remove(database.engine, "before_cursor_execute", listen)


def test_completing_a_task_with_counted_due_dates_stays_within_the_budget(
    process, engine, database, officer, clock
):
    case = process("counted").start("counted", {"served": clock.now(), "days": 7})
    task = case.open_task("supplement")

    with counting(database) as counts, database.unit_of_work() as session:
        engine.complete(task.id, {}, by=officer(), session=session)

    assert counts["statements"] <= 8
    assert counts["commits"] == 1
