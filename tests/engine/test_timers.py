from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from engine import queries
from engine.errors import LostRace, MessageNotExpected, TaskAlreadyEnded

pytestmark = pytest.mark.integration

WEEK = timedelta(days=7)


@pytest.fixture
def case(process, clock):
    walker = process("deadline")
    return walker.start("deadline", {"due_at": clock.now() + WEEK})


def test_a_deadline_that_passes_takes_the_task_away(case):
    case.advance(timedelta(days=8))

    assert case.open_elements() == ["substitute"]
    assert case.user_task("repair").state == "cancelled"
    assert "timer_fired" in case.history_kinds()


def test_a_task_done_in_time_leaves_no_job_behind(case, database):
    case.complete("repair")

    with database.reading() as session:
        assert {job.state for job in queries.jobs_of(case.id, session)} == {"cancelled"}
        assert queries.next_due(session) is None
    assert case.advance(timedelta(days=30)) == 0


@pytest.mark.parametrize("day", ["today()", "date(reported_at)", "date(report.at)"])
def test_before_eight_in_the_morning_in_taipei_the_day_is_the_one_there(
    walker, diagram, clock, day
):
    """In UTC it is the day before."""
    clock.set(datetime(2026, 3, 2, 17, tzinfo=UTC))  # Tuesday 01:00
    ((name, text),) = diagram("reminders_only").items()
    due = f'camunda:dueDate="=calendar days after({day}, 1)"'.encode()
    walker.deploy({name: text.replace(b'camunda:dueDate="=due_at"', due)})

    case = walker.start(
        "reminders_only", {"reported_at": clock.now(), "report": {"at": clock.now()}}
    )

    assert case.user_task("wait").due_at == datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)


def test_every_rung_of_the_ladder_comes_once_and_in_order_after_days_of_downtime(
    process, office, clock
):
    never = clock.now() + timedelta(days=3650)
    case = process("deadline").start("deadline", {"due_at": never})
    clock.advance(timedelta(days=4000))

    case.walker.fire_due_jobs()

    levels = [level for element, level in office.rungs if element == "repair"]
    assert levels == ["half", "day_before"]  # the deadline itself takes the task away


def test_reminders_climb_the_ladder_while_nobody_acts(process, office, clock):
    walker = process("reminders_only")
    case = walker.start("reminders_only", {"due_at": clock.now() + WEEK})

    clock.advance(timedelta(days=11))
    walker.fire_due_jobs()

    assert [level for _, level in office.rungs] == [
        "half",
        "day_before",
        "overdue",
        "escalated",
        "chief",
    ]
    assert case.history_kinds().count("reminder_sent") == 3
    assert case.history_kinds().count("escalated") == 2
    assert case.instance().version == 1, "a notice must not make an open form stale"


def test_completing_the_task_silences_the_ladder(process, office, clock):
    walker = process("reminders_only")
    case = walker.start("reminders_only", {"due_at": clock.now() + WEEK})
    walker.advance(timedelta(days=4))

    case.complete("wait")
    walker.advance(timedelta(days=30))

    assert [level for _, level in office.rungs] == ["half"]


def test_an_extension_moves_timer_and_task_and_keeps_the_first_date_visible(case, clock, database):
    first = clock.now() + WEEK
    case.message("deadline.extend", {"until": first + WEEK})

    case.advance(timedelta(days=10))
    task = case.open_task("repair")
    with database.reading() as session:
        (timer,) = (j for j in queries.jobs_of(case.id, session) if j.kind == "timer")

    assert (task.due_at, task.original_due_at) == (first + WEEK, first)
    assert (timer.due_at, timer.original_due_at) == (first + WEEK, first)
    reasons = [h.details["reason"] for h in case.history() if h.kind == "deadline_extended"]
    assert set(reasons) == {"等料"}

    case.advance(timedelta(days=5))
    assert case.open_elements() == ["substitute"]


def test_an_extended_task_is_reminded_by_its_new_date(case, clock, office):
    case.message("deadline.extend", {"until": clock.now() + 2 * WEEK})

    case.advance(timedelta(days=6))
    assert office.rungs == []

    case.advance(timedelta(days=1))
    assert office.rungs == [("repair", "half")]


def test_a_message_ends_the_case_and_an_unexpected_one_is_refused(case):
    with pytest.raises(MessageNotExpected):
        case.message("deadline.unknown")

    case.message("deadline.cancel")

    assert case.ended_at("cancelled")
    assert case.user_task("repair").state == "cancelled"


def test_a_cycle_timer_fires_as_often_as_it_says(process, office):
    case = process("reminders").start("reminders")

    case.advance(timedelta(hours=10))

    assert len(office.calls) == 3
    assert len(set(office.calls)) == 3, "each firing has its own idempotency key"
    assert case.open_elements() == ["wait"]


def test_a_suspended_case_s_deadline_waits_and_fires_after_resuming(
    case, officer, engine, database
):
    with database.unit_of_work() as session:
        engine.suspend(case.id, reason="停工", by=officer(), session=session)
    assert case.advance(timedelta(days=20)) == 0

    with database.unit_of_work() as session:
        engine.resume(case.id, reason="復工", by=officer(), session=session)
    case.walker.fire_due_jobs()

    assert case.open_elements() == ["substitute"]


def test_a_job_delivered_many_times_takes_effect_once(case, engine, database, clock):
    cases = [case, *(case.walker.start("deadline", {"due_at": clock.now()}) for _ in range(9))]
    clock.advance(timedelta(days=8))
    with database.reading() as session:
        due = [job.id for job in engine.due_jobs(session, clock.now(), 100) if job.kind == "timer"]

    def fire(job_id: str) -> bool:
        try:
            with database.unit_of_work() as session:
                return engine.fire(job_id, session=session)
        except LostRace:
            return False

    with ThreadPoolExecutor(8) as pool:
        effects = list(pool.map(fire, due * 3))

    assert sum(effects) == len(cases) == len(due)
    for each in cases:
        assert each.history_kinds().count("timer_fired") == 1
        assert each.open_elements() == ["substitute"]


def test_a_task_that_is_completed_while_its_deadline_fires_goes_one_way(
    case, officer, engine, database, clock
):
    task, barrier, outcomes = case.open_task("repair"), Barrier(2), {}
    clock.advance(WEEK)
    with database.reading() as session:
        (timer,) = (j for j in queries.jobs_of(case.id, session) if j.kind == "timer")

    def complete() -> None:
        barrier.wait()
        try:
            with database.unit_of_work() as session:
                engine.complete(task.id, {}, by=officer(), session=session)
            outcomes["person"] = True
        except (TaskAlreadyEnded, LostRace):
            outcomes["person"] = False

    def fire() -> None:
        barrier.wait()
        try:
            with database.unit_of_work() as session:
                outcomes["timer"] = engine.fire(timer.id, session=session)
        except LostRace:
            outcomes["timer"] = False

    threads = [Thread(target=complete), Thread(target=fire)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes.values()) == [False, True]
    assert case.user_task("repair").state == ("completed" if outcomes["person"] else "cancelled")
    assert case.instance().version == 2
