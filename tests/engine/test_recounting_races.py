"""Many at once: cases are completed while a calendar moves their due dates."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from threading import Barrier

import pytest

from engine import explanations, queries
from engine.calendar import TAIPEI
from engine.calendars import Change, Edition
from engine.errors import LostRace, TaskAlreadyEnded
from engine.periods.calendars import SpecialDay
from engine.testing import TESTER

pytestmark = pytest.mark.integration

OLD = datetime(2026, 3, 9, 23, 59, 59, tzinfo=TAIPEI)
NEW = datetime(2026, 3, 10, 23, 59, 59, tzinfo=TAIPEI)


@pytest.fixture
def cases(process, clock, engine, database):
    walker = process("counted")
    cases = [walker.start("counted", {"served": clock.now(), "days": 7}) for _ in range(6)]
    storm = SpecialDay(on=date(2026, 3, 9), kind="typhoon", name="颱風", source="市府公告")
    with database.unit_of_work() as session:
        edition = Edition(
            scope="city", change=Change(put=(storm,)), reason="停班", expected_version=0
        )
        engine.publish_calendar(edition, by=TESTER, session=session)
        (spreading,) = engine.due_jobs(session, clock.now(), 9)
    walker.fire(spreading.id)
    return cases


def test_completing_and_moving_at_once_leaves_each_case_whole(
    cases, engine, database, clock, officer
):
    with database.reading() as session:
        moving = [job.id for job in engine.due_jobs(session, clock.now(), 50)]
    tasks = [case.open_task("supplement").id for case in cases[:3]]
    gate = Barrier(4)

    def move():
        gate.wait()
        for job_id in moving:
            with database.unit_of_work() as session:
                engine.fire(job_id, session=session)

    def complete():
        gate.wait()
        for task_id in tasks:
            with (
                suppress(LostRace, TaskAlreadyEnded),
                database.unit_of_work() as session,
            ):
                engine.complete(task_id, {}, by=officer(), session=session)

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(work) for work in (move, move, complete, complete)]:
            each.result()

    assert [read(case, database) for case in cases[3:]] == [MOVED] * 3
    assert {read(case, database) for case in cases[:3]} <= {MOVED_THEN_DONE, DONE_UNMOVED}


MOVED = ("running", NEW, "running", NEW, 1, "done")
MOVED_THEN_DONE = ("met", NEW, "cancelled", NEW, 1, "done")
DONE_UNMOVED = ("met", OLD, "cancelled", OLD, 0, "done")


def read(case, database):
    """The state of the task, of its timer and of the job that moves them."""
    with database.reading() as session:
        found = {each.element_id: each for each in explanations.deadlines_of(case.id, session)}
        (job,) = [each for each in queries.jobs_of(case.id, session) if each.kind == "recount"]
    task, timer = found["supplement"], found["expired"]
    return (task.state, task.due_at, timer.state, timer.due_at, len(task.changes), job.state)
