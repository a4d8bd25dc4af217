"""Processes that begin by themselves: every month, every quarter, by cron, in Taipei."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import queries
from engine.checking import check_file
from engine.errors import DeploymentRefused
from engine.queries import InstanceFilter
from engine.records import HistoryEntry
from engine.spiff.periods import Period, parse_repetition
from engine.testing import Walker

pytestmark = pytest.mark.integration

MONTHLY = (Path(__file__).parent / "diagrams" / "monthly.bpmn").read_text()
APRIL_1ST_AT_8 = datetime(2026, 4, 1, 0, tzinfo=UTC)  # 08:00 in Taipei
BY_CRON = '<bpmn:timerEventDefinition anju:cron="0 8 1 * *" />'


def diagram(*, timer: str = BY_CRON, name: str = "Monthly") -> dict[str, bytes]:
    text = MONTHLY.replace(BY_CRON, timer).replace('name="Monthly"', f'name="{name}"')
    return {"monthly.bpmn": text.encode()}


def cycle(text: str) -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:timeCycle>{text}</bpmn:timeCycle>"
        "</bpmn:timerEventDefinition>"
    )


def started(walker: Walker) -> list[HistoryEntry]:
    """List how each instance says that it was begun, oldest first."""
    with walker.database.reading() as session:
        found = queries.instances(InstanceFilter(process_key="monthly"), session).rows
        histories = [queries.history_of(each.id, session) for each in reversed(found)]
    return [line for lines in histories for line in lines if line.kind == "start_planned"]


def planned_in_taipei(walker: Walker) -> list[str]:
    return [
        datetime.fromisoformat(str(line.details["planned_at"])).strftime("%m-%d %H:%M")
        for line in started(walker)
    ]


def test_a_monthly_process_begins_at_eight_in_taipei_on_the_first_of_each_month(walker):
    walker.deploy(diagram())

    walker.advance_to(datetime(2026, 6, 15, tzinfo=UTC))

    assert planned_in_taipei(walker) == ["04-01 00:00", "05-01 00:00", "06-01 00:00"]
    assert {line.details["missed"] for line in started(walker)} == {0}


def test_a_cycle_may_be_written_as_cron_too_and_then_comes_every_quarter(walker):
    walker.deploy(diagram(timer=cycle("0 8 1 1,4,7,10 *")))

    walker.advance_to(datetime(2027, 1, 15, tzinfo=UTC))

    assert planned_in_taipei(walker) == ["04-01 00:00", "07-01 00:00", "10-01 00:00", "01-01 00:00"]


def test_an_iso_cycle_without_end_begins_again_and_again(walker):
    walker.deploy(diagram(timer=cycle("R/2026-04-01T08:00:00+08:00/P1M")))

    walker.advance_to(datetime(2026, 6, 15, tzinfo=UTC))

    assert planned_in_taipei(walker) == ["04-01 00:00", "05-01 00:00", "06-01 00:00"]


def test_occasions_missed_while_nothing_ran_are_made_up_for_by_one_start(walker, clock):
    walker.deploy(diagram())

    clock.set(datetime(2026, 6, 15, tzinfo=UTC))
    walker.fire_due_jobs()

    assert [line.details for line in started(walker)] == [
        {"planned_at": APRIL_1ST_AT_8.isoformat(), "missed": 2}
    ]
    walker.advance_to(datetime(2026, 7, 15, tzinfo=UTC))
    assert planned_in_taipei(walker) == ["04-01 00:00", "07-01 00:00"]


def test_a_start_every_minute_survives_a_month_without_workers(walker, clock):
    walker.deploy(diagram(timer=cycle("* * * * *")))

    clock.advance(timedelta(days=30))
    walker.fire_due_jobs()
    walker.advance(timedelta(minutes=1))

    assert len(started(walker)) == 2


def test_firing_the_same_start_again_begins_nothing(walker, clock):
    walker.deploy(diagram())
    clock.set(APRIL_1ST_AT_8)
    with walker.database.reading() as session:
        (job,) = walker.engine.due_jobs(session, clock.now(), 10)

    effects = [walker.fire(job.id) for _ in range(3)]

    assert effects == [True, False, False]
    assert len(started(walker)) == 1


def test_a_new_version_goes_on_with_the_schedule_of_the_old_one(walker, clock):
    timer = cycle("R/P10D")
    walker.deploy(diagram(timer=timer))
    begin = clock.now()
    walker.advance(timedelta(days=6))

    walker.deploy(diagram(timer=timer, name="Monthly, improved"))
    walker.advance(timedelta(days=5))

    (line,) = started(walker)
    assert line.details["planned_at"] == (begin + timedelta(days=10)).isoformat()
    with walker.database.reading() as session:
        (instance,) = queries.instances(InstanceFilter(process_key="monthly"), session).rows
    assert instance.process_name == "Monthly, improved"


def test_a_new_version_with_another_timer_begins_its_own_schedule(walker):
    walker.deploy(diagram())
    walker.deploy(diagram(timer=cycle("0 8 15 * *")))

    walker.advance_to(datetime(2026, 4, 20, tzinfo=UTC))

    assert planned_in_taipei(walker) == ["03-15 00:00", "04-15 00:00"]


@pytest.mark.parametrize("text", ["0 8 32 * *", "8 1 * *", "every month", "", "0 8 30 2 *"])
def test_a_bad_cron_text_is_an_error_of_the_diagram(walker, text):
    timer = f'<bpmn:timerEventDefinition anju:cron="{text}" />'
    files = diagram(timer=timer)

    errors = [each for each in check_file(files["monthly.bpmn"]) if each.severity == "error"]

    assert [each.element_id for each in errors] == ["every_month"]
    with pytest.raises(DeploymentRefused):
        walker.deploy(files)


def test_a_cron_cycle_is_kept_in_json_as_any_other():
    period = parse_repetition("0 8  1 * *").period

    assert Period.from_list(period.as_list()) == period
