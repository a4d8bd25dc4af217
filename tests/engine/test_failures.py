from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from engine import jobs, queries
from engine.db import Database
from engine.errors import IncidentNotFound, LostRace
from engine.incidents import failing
from engine.tables import outbox

pytestmark = pytest.mark.integration


@pytest.fixture
def case(process):
    return process("charge").start("charge", {"amount": 300})


def messages(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(outbox)) or 0


def open_incidents(case) -> tuple[queries.Incident, ...]:
    with case.walker.database.reading() as session:
        return queries.incidents(session, instance_id=case.id)


def test_an_operation_s_result_reaches_the_variables_the_diagram_names(case, database):
    case.complete("approve")

    assert case.variables()["receipt"] == "R-300"
    assert messages(database) == 1


def test_a_business_refusal_takes_the_boundary_and_undoes_what_was_written(case, office, database):
    office.refusing.add("tests.charge")

    case.complete("approve")

    assert case.ended_at("not_charged")
    assert messages(database) == 0


def test_a_failing_operation_keeps_the_person_s_input_and_is_tried_again(case, office, database):
    office.failing.add("tests.charge")

    case.complete("approve", {"note_id": 7})

    assert case.user_task("approve").state == "completed"
    assert case.variables()["note_id"] == 7
    assert case.open_elements() == []
    assert messages(database) == 0
    assert "service_failed" in case.history_kinds()

    office.failing.clear()
    case.walker.fire_due_jobs()

    assert case.open_elements() == ["confirm"]
    assert case.variables()["receipt"] == "R-300"


def test_every_repetition_carries_the_same_key(case, office):
    office.failing.add("tests.charge")
    case.complete("approve")
    case.advance(timedelta(hours=1))

    keys = {key for _, key in office.calls}

    assert len(office.calls) == 1 + jobs.RETRIES
    assert len(keys) == 1


def test_after_three_repetitions_an_administrator_sees_an_incident_and_repairs_it(
    case, office, engine, database, officer
):
    office.failing.add("tests.charge")
    case.complete("approve")
    case.advance(timedelta(days=1))

    (incident,) = open_incidents(case)
    assert incident.element_id == "take_money"
    assert "the till is locked" in incident.message
    assert case.advance(timedelta(days=1)) == 0, "an incident waits for a person"

    office.failing.clear()
    with database.unit_of_work() as session:
        engine.retry(incident.id, by=officer("admin"), session=session, reason="unlocked it")
    case.walker.fire_due_jobs()

    assert open_incidents(case) == ()
    assert case.open_elements() == ["confirm"]
    (line,) = [each for each in case.history() if each.kind == "incident_resolved"]
    assert line.details == {"reason": "unlocked it"}


def test_a_repaired_job_may_fail_and_be_repaired_again(case, office, engine, database, officer):
    office.failing.add("tests.charge")
    case.complete("approve")
    case.advance(timedelta(days=1))
    (first,) = open_incidents(case)
    with database.unit_of_work() as session:
        engine.retry(first.id, by=officer("admin"), session=session)

    case.advance(timedelta(days=1))

    (second,) = open_incidents(case)
    assert second.id != first.id


def test_an_incident_is_retried_once(case, office, engine, database, officer):
    office.failing.add("tests.charge")
    case.complete("approve")
    case.advance(timedelta(days=1))
    (incident,) = open_incidents(case)
    with database.unit_of_work() as session:
        engine.retry(incident.id, by=officer("admin"), session=session)

    with pytest.raises(IncidentNotFound), database.unit_of_work() as session:
        engine.retry(incident.id, by=officer("admin"), session=session)


def test_cancelling_the_case_closes_its_incidents_and_jobs(case, office, engine, database, officer):
    office.failing.add("tests.charge")
    case.complete("approve")
    case.advance(timedelta(days=1))

    with database.unit_of_work() as session:
        engine.cancel(case.id, reason="撤回", by=officer(), session=session)

    assert open_incidents(case) == ()
    with database.reading() as session:
        assert {job.state for job in queries.jobs_of(case.id, session)} == {"cancelled"}


def test_a_job_that_never_comes_to_an_outcome_becomes_an_incident(
    case, office, engine, database, clock
):
    office.failing.add("tests.charge")
    case.complete("approve")
    leases = 0
    while True:
        with database.unit_of_work() as session:
            claimed = engine.claim_jobs("worker", session)
        if not claimed:
            break
        leases += 1
        clock.advance(timedelta(seconds=31))

    (incident,) = open_incidents(case)
    assert leases == jobs.MAX_ATTEMPTS
    assert "no outcome" in incident.message


def test_a_lost_race_uses_up_no_repetition(case, office, engine, database, clock):
    office.failing.add("tests.charge")
    case.complete("approve")
    with database.reading() as session:
        (job,) = engine.due_jobs(session, clock.now(), 9)
    office.racing.add("tests.charge")

    with pytest.raises(LostRace), database.unit_of_work() as session:
        engine.fire(job.id, session=session)

    with database.reading() as session:
        assert engine.due_jobs(session, clock.now(), 9) == (job,)


def test_a_person_who_loses_a_race_is_told_and_nothing_is_kept(case, office):
    office.racing.add("tests.charge")

    with pytest.raises(LostRace):
        case.complete("approve")

    assert case.open_elements() == ["approve"]
    assert case.instance().version == 1


def test_waits_grow_to_an_hour_and_differ_a_little_between_jobs():
    waits = [jobs.wait_before_retry("a" * 32, failures) for failures in range(7)]

    assert waits[:4] == sorted(waits[:4])
    assert timedelta(seconds=10) <= waits[0] <= timedelta(seconds=11)
    assert timedelta(hours=1) <= waits[-1] <= timedelta(hours=1.1)
    assert jobs.wait_before_retry("b" * 32, 0) != waits[0]


def test_a_full_disk_is_no_fault_of_the_job(sqlite_url):
    database = Database(sqlite_url)
    with database.unit_of_work() as session:
        session.execute(text("create table heap (bytes blob)"))
        session.execute(text("pragma max_page_count = 4"))

    with pytest.raises(LostRace), database.unit_of_work() as session, failing("job"):
        session.execute(text("insert into heap values (zeroblob(100000))"))

    database.dispose()
