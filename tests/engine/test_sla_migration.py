"""What becomes of SLA clocks when their case goes over to another version, and back."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import sla_queries
from engine.migration import Plan
from engine.sla_orders import Grounds
from engine.testing import TESTER
from engine.types import CITY, Actor

pytestmark = pytest.mark.integration

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:anju="https://anju.example.org/schema/1.0"'
    ' id="defs" targetNamespace="https://anju.example.org/tests">'
    '<process id="p" name="案件" isExecutable="true"><startEvent id="s"/>'
    '<userTask id="a" name="a" camunda:candidateGroups="officer">'
)
TAIL = (
    '</userTask><endEvent id="e"/><sequenceFlow id="s_a" sourceRef="s" targetRef="a"/>'
    '<sequenceFlow id="a_e" sourceRef="a" targetRef="e"/></process></definitions>'
)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
SEVEN_DAYS = datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
DAY = timedelta(days=1)


def version(words=None, name="分案"):
    level = f'<extensionElements><anju:sla name="{name}" {words}/></extensionElements>'
    return {"p.bpmn": (HEAD + (level if words else "") + TAIL).encode()}


OLD = version('id="week" amount="7"')
LONGER = version('id="week" amount="10" ladder="quiet" basis="新規定"')
RENAMED = version('id="ten" amount="10"')


@pytest.fixture
def case(walker, clock):
    """A case of the old version, three days old."""
    clock.set(NOON)
    walker.deploy(OLD)
    case = walker.start("p")
    case.advance(3 * DAY)
    return case


@pytest.fixture
def migrate(walker, engine, database, case):
    """Carries the case over by a policy; gives the batch's id."""

    def run(resources, policy=None):
        with database.reading() as session:
            source = engine.migrations.candidates(case.instance().definition_id, session)
        new = walker.deploy(resources)
        clocks = {} if policy is None else {"*": policy}
        plan = Plan(source_id=case.instance().definition_id, target_id=new.id, clocks=clocks)
        with database.unit_of_work() as session:
            batch = engine.migrations.start(
                plan, source, reason="新規定", by=TESTER, session=session
            )
        walker.fire_due_jobs()
        return batch

    return run


@pytest.fixture
def clocks(database, case):
    """Reads the clocks of the case."""

    def read():
        with database.reading() as session:
            return sla_queries.clocks_of(case.id, session)

    return read


@pytest.fixture
def undo(engine, database, case):
    def run(batch):
        with database.unit_of_work() as session:
            engine.migrations.undo(batch, case.id, reason="錯", by=TESTER, session=session)

    return run


def test_a_clock_keeps_what_remains_with_the_words_and_rungs_of_the_new_version(
    migrate, clocks, case, office
):
    migrate(LONGER)

    (clock,) = clocks()
    assert (clock.due_at, clock.basis, clock.state) == (SEVEN_DAYS, "新規定", "running")
    assert case.open_task("a").due_at == SEVEN_DAYS
    case.advance(40 * DAY)
    assert [level for _, level in office.rungs] == ["overdue", "escalated", "chief"]


def test_a_clock_may_begin_anew(migrate, clocks, case):
    migrate(LONGER, "restart")

    (clock,) = clocks()
    assert clock.started_at == NOON + 3 * DAY
    assert clock.due_at == SEVEN_DAYS + 6 * DAY
    assert case.open_task("a").due_at == clock.due_at


def test_a_clock_may_be_counted_by_the_new_version_from_its_old_start(migrate, clocks, case):
    migrate(LONGER, "new")

    (clock,) = clocks()
    assert clock.started_at == NOON
    assert clock.due_at == SEVEN_DAYS + 3 * DAY
    assert case.open_task("a").due_at == clock.due_at


def test_a_renamed_service_level_is_the_same_clock(migrate, clocks, case):
    migrate(RENAMED)
    case.complete("a")

    (clock,) = clocks()
    assert (clock.sla_id, clock.state, clock.due_at) == ("ten", "met", SEVEN_DAYS)


def test_a_service_level_that_is_gone_ends_its_clock(migrate, clocks, case, office):
    migrate(version())
    case.advance(40 * DAY)

    (clock,) = clocks()
    assert clock.state == "cancelled"
    assert office.rungs == []


def test_a_new_service_level_begins_with_the_migration(walker, clock, engine, database, office):
    clock.set(NOON)
    source = walker.deploy(version())
    case = walker.start("p")
    case.advance(3 * DAY)
    target = walker.deploy(OLD)
    plan = Plan(source_id=source.id, target_id=target.id)
    with database.unit_of_work() as session:
        engine.migrations.start(plan, [case.id], reason="新", by=TESTER, session=session)
    walker.fire_due_jobs()

    assert case.open_task("a").due_at == SEVEN_DAYS + 3 * DAY


@pytest.mark.parametrize("policy", ["keep_remaining", "restart", "new"])
@pytest.mark.parametrize("target", [LONGER, RENAMED, version()], ids=["same", "renamed", "gone"])
def test_an_undo_brings_the_clock_back_and_each_rung_comes_once(
    migrate, undo, clocks, case, office, policy, target
):
    case.advance(DAY)
    assert [level for _, level in office.rungs] == ["half"]

    undo(migrate(target, policy))

    open_clocks = [each for each in clocks() if each.is_open]
    assert [(each.sla_id, each.due_at) for each in open_clocks] == [("week", SEVEN_DAYS)]
    assert case.open_task("a").due_at == SEVEN_DAYS
    case.advance(40 * DAY)
    assert [level for _, level in office.rungs] == [
        *("half", "day_before", "overdue", "escalated", "chief")
    ]
    case.complete("a")
    assert [each.state for each in clocks() if each.sla_id == "week"] == ["met_late"]


def test_an_extension_granted_since_survives_the_undo(
    migrate, undo, clocks, case, engine, database
):
    batch = migrate(LONGER)
    officer = Actor(id="o", name="o", groups=frozenset({("officer", CITY)}))
    grounds = Grounds(by=officer, role="officer", reason="待料")
    with database.unit_of_work() as session:
        engine.deadlines.extend(clocks()[0].id, amount=2, grounds=grounds, session=session)

    undo(batch)

    assert clocks()[0].due_at == SEVEN_DAYS + 2 * DAY
