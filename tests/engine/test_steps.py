import pytest

from engine import bench, instances
from engine.errors import LostRace, TimerNotRunning
from engine.instances import Outcome

pytestmark = pytest.mark.integration


def test_a_step_on_an_outdated_view_of_the_instance_is_refused(process, database):
    case = process("two_steps").start("two_steps", {"amount": 1})
    with database.reading() as session:
        seen = instances.read(case.id, session.connection())
    case.complete("ask")
    outcome = Outcome(status="active", state=seen.state, ended_at=None, end_event=None)

    with pytest.raises(LostRace), database.unit_of_work() as session:
        instances.store(seen, outcome, session.connection())

    assert case.open_elements() == ["check"]


def test_moving_a_timer_that_does_not_run_is_parked_for_an_administrator(walker, diagram, clock):
    files = {
        name: text.replace(
            b'<camunda:inputParameter name="timer">late',
            b'<camunda:inputParameter name="timer">early',
        )
        for name, text in diagram("deadline").items()
    }
    walker.deploy(files)
    case = walker.start("deadline", {"due_at": clock.now()})

    case.message("deadline.extend", {"until": clock.now()})

    (failure,) = [line for line in case.history() if line.kind == "service_failed"]
    assert TimerNotRunning.__name__ in str(failure.details["reason"])


def test_figures_of_the_bench_are_complete_and_within_the_budget(sqlite_url):
    figures = bench.measure(sqlite_url, instances=3)

    assert figures["instances"] == 3
    assert figures["sql_per_complete"] <= 8
    assert figures["commits_per_complete"] == 1
    assert figures["db_floor_ms"] > 0
    assert figures["complete_ms_p50"] >= figures["db_floor_ms"] / 10
