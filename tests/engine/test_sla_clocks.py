"""SLA clocks under the engine: they begin, remind, stand still, are breached, extended, waived."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from engine import instances, sla_queries
from engine.calendars import Change, Edition, publish
from engine.differences import Trigger
from engine.errors import (
    ClockEnded,
    DeadlineNotLater,
    DeadlineReasonMissing,
    DeadlineRoutes,
    ExpressionFailed,
    InstanceNotActive,
    RoleNotHeld,
)
from engine.periods.calendars import SpecialDay
from engine.sla_orders import Grounds
from engine.sla_queries import ClockFilter
from engine.testing import TESTER
from engine.types import CITY, Actor

pytestmark = pytest.mark.integration

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:anju="https://anju.example.org/schema/1.0"'
    ' id="defs" targetNamespace="https://anju.example.org/tests">'
    '<process id="p" name="案件" isExecutable="true">'
)
TAIL = "</process></definitions>"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # a Monday in Taipei
OFFICER = Actor(id="o", name="林承辦", groups=frozenset({("officer", CITY)}))


def sla(inside="", **attributes):
    names = {"from_": "from", "starts": "startKind"}
    words = " ".join(f'{names.get(k, k)}="{v}"' for k, v in attributes.items())
    return f"<anju:sla {words}>{inside}</anju:sla>"


def extended(*clocks):
    return f"<extensionElements>{''.join(clocks)}</extensionElements>"


def user(element_id, *clocks, group="officer"):
    inside = extended(*clocks) if clocks else ""
    return (
        f'<userTask id="{element_id}" name="{element_id}" camunda:candidateGroups="{group}">'
        f"{inside}</userTask>"
    )


def flows(*names):
    pairs = pairwise(names)
    return "".join(
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs
    )


def line(*tasks, process=""):
    """Draw a process of elements in a row."""
    names = [each.split('id="', 1)[1].split('"', 1)[0] for each in tasks]
    body = "".join(tasks)
    text = f'{HEAD}{process}<startEvent id="s"/>{body}<endEvent id="e"/>{flows("s", *names, "e")}'
    return {"p.bpmn": (text + TAIL).encode()}


def sub_process(element_id, *inside, clocks=()):
    names = [each.split('id="', 1)[1].split('"', 1)[0] for each in inside]
    start, end = f"{element_id}_in", f"{element_id}_out"
    return (
        f'<subProcess id="{element_id}" name="{element_id}">{extended(*clocks)}'
        f'<startEvent id="{start}"/>{"".join(inside)}<endEvent id="{end}"/>'
        f"{flows(start, *names, end)}</subProcess>"
    )


def parallel(*branches):
    """Draw user tasks side by side."""
    names = [each.split('id="', 1)[1].split('"', 1)[0] for each in branches]
    ways = "".join(flows("fork", name, "join") for name in names)
    text = (
        f'{HEAD}<startEvent id="s"/><parallelGateway id="fork"/>{"".join(branches)}'
        f'<parallelGateway id="join"/><endEvent id="e"/>{flows("s", "fork")}{ways}'
        f"{flows('join', 'e')}{TAIL}"
    )
    return {"p.bpmn": text.encode()}


@pytest.fixture
def run(walker, clock):
    """Deploys a diagram and starts a case of it at noon on a Monday."""
    clock.set(NOON)

    def start(resources, variables=None):
        walker.deploy(resources)
        return walker.start("p", variables or {})

    return start


@pytest.fixture
def clocks(database):
    """Reads the clocks of a case by the id of their service level."""

    def read(case):
        with database.reading() as session:
            return {each.sla_id: each for each in sla_queries.clocks_of(case.id, session)}

    return read


@pytest.fixture
def order(engine, database):
    """Extends or waives a clock in a unit of work of its own."""

    def give(verb, clock, by=OFFICER, role="officer", reason="等料", **more):
        grounds = Grounds(by=by, role=role, reason=reason)
        with database.unit_of_work() as session:
            return getattr(engine.deadlines, verb)(
                clock.id, grounds=grounds, session=session, **more
            )

    return give


def test_the_due_date_of_a_user_task_is_that_of_its_clock(run, clocks):
    case = run(line(user("a", sla(id="two", amount="2", basis="附件3"))))

    clock, task = clocks(case)["two"], case.open_task("a")

    assert clock.due_at == datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)
    assert (task.due_at, task.original_due_at) == (clock.due_at, clock.due_at)
    assert (clock.state, clock.kind, clock.basis) == ("running", "task", "附件3")
    assert clock.computation["how"] == "counted"


def test_an_amount_and_a_start_may_be_computed(run, clocks):
    level = sla(
        id="x",
        amount="=if urgent then 1 else 5",
        unit="working_days",
        start="=served",
        starts="service",
    )
    case = run(line(user("a", level)), {"urgent": False, "served": "2026-02-26"})

    # Friday 27 February is off (for Peace Memorial Day), so Monday is the first working day
    assert clocks(case)["x"].due_at == datetime(2026, 3, 6, 15, 59, 59, tzinfo=UTC)
    assert clocks(case)["x"].computation["start"]["kind"] == "service"


def test_no_amount_means_no_clock_and_no_due_date(run, clocks):
    case = run(line(user("a", sla(amount="=null"))))

    assert clocks(case) == {}
    assert case.open_task("a").due_at is None


def test_an_amount_that_is_no_whole_number_fails_the_step(run):
    with pytest.raises(ExpressionFailed):
        run(line(user("a", sla(amount="=&quot;many&quot;"))))


def test_a_statutory_period_rolls_over_the_weekend(run, clocks):
    case = run(line(user("a", sla(amount="6", rolling="statutory"))))  # Sunday 8 March

    assert clocks(case)["a"].due_at == datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)


def test_done_in_time_is_met_and_nobody_is_told_any_more(run, clocks, office):
    case = run(line(user("a", sla(amount="7"))))

    case.complete("a")
    case.advance(30 * DAY)

    assert clocks(case)["a"].state == "met"
    assert office.rungs == []


def test_the_due_date_marks_the_clock_as_breached_and_completing_makes_it_met_late(run, clocks):
    case = run(line(user("a", sla(amount="2"))))
    due_at = clocks(case)["a"].due_at
    case.advance(4 * DAY)
    assert (clocks(case)["a"].state, clocks(case)["a"].breached_at) == ("breached", due_at)

    case.complete("a")

    ended = clocks(case)["a"]
    assert (ended.state, ended.breached_at, ended.ended_at) == ("met_late", due_at, NOON + 4 * DAY)


def test_done_late_before_any_worker_came_is_met_late_all_the_same(run, clocks, clock):
    case = run(line(user("a", sla(amount="2"))))
    clock.advance(4 * DAY)

    case.complete("a")

    assert clocks(case)["a"].state == "met_late"
    assert clocks(case)["a"].breached_at == clocks(case)["a"].due_at


def test_withdrawn_work_leaves_no_met_clock(run, clocks, engine, database):
    case = run(line(user("a", sla(amount="2"))))
    with database.unit_of_work() as session:
        engine.cancel(case.id, reason="double", by=TESTER, session=session)

    assert clocks(case)["a"].state == "cancelled"


def test_work_withdrawn_after_the_due_date_stays_breached(run, clocks, engine, database):
    case = run(line(user("a", sla(amount="2"))))
    case.advance(4 * DAY)
    with database.unit_of_work() as session:
        engine.cancel(case.id, reason="double", by=TESTER, session=session)

    assert clocks(case)["a"].state == "breached"
    assert clocks(case)["a"].ended_at is not None


def test_after_days_of_downtime_each_missed_rung_comes_once_and_in_order(
    run, office, clock, walker
):
    run(line(user("a", sla(amount="7"))))
    clock.advance(30 * DAY)

    walker.fire_due_jobs()
    walker.fire_due_jobs()

    assert [level for _, level in office.rungs] == [
        *("half", "day_before", "overdue", "escalated", "chief")
    ]


def test_a_rung_that_is_delivered_twice_takes_effect_once(run, engine, database, office, clock):
    run(line(user("a", sla(amount="7"))))
    clock.advance(4 * DAY)
    with database.reading() as session:
        (rung,) = engine.due_jobs(session, clock.now(), 9)

    fired = []
    for _ in range(2):
        with database.unit_of_work() as session:
            fired.append(engine.fire(rung.id, session=session))

    assert fired == [True, False]
    assert [level for _, level in office.rungs] == ["half"]


PAUSING = parallel(
    user("a", sla('<anju:pause while="ask" reason="等待住戶"/>', amount="7")),
    user("ask", group="resident"),
    user("open", group="officer"),
)
PAUSED_LATER = line(
    user("first"),
    user("a", sla('<anju:pause when="=waiting" reason="等待補件"/>', amount="7")),
)


def test_a_clock_stands_while_a_token_waits_elsewhere_and_its_due_date_follows(run, clocks, office):
    case = run(PAUSING)
    paused = clocks(case)["a"]
    assert (paused.state, paused.paused_since, paused.pause_reason) == ("paused", NOON, "等待住戶")

    case.advance(20 * DAY)
    assert office.rungs == []
    case.complete("ask")

    clock = clocks(case)["a"]
    assert (clock.state, clock.paused_since) == ("running", None)
    # the day of the start never counts; of the pause the last day does: 3 to 21 March are left out
    assert clock.due_at == paused.due_at + 19 * DAY
    assert [(p.begins_at, p.ends_at, p.reason) for p in clock.pauses] == [
        (NOON, NOON + 20 * DAY, "等待住戶")
    ]
    assert case.open_task("a").due_at == clock.due_at
    assert case.open_task("a").original_due_at == paused.due_at


def test_pauses_and_resumptions_stand_in_the_history(run):
    case = run(
        parallel(
            user("a", sla('<anju:pause when="=waiting" reason="等待補件"/>', amount="7")),
            user("b"),
            user("c"),
        ),
        {"waiting": False},
    )
    case.complete("b", {"waiting": True})
    case.complete("c", {"waiting": False})

    told = [line for line in case.history() if line.kind in ("clock_paused", "clock_resumed")]

    assert [line.kind for line in told] == ["clock_paused", "clock_resumed"]
    assert told[0].details["reason"] == "等待補件"


def test_what_fired_before_a_pause_does_not_fire_again(run, clocks, office):
    case = run(
        parallel(
            user("a", sla('<anju:pause when="=waiting" reason="等待補件"/>', amount="7")),
            user("b"),
            user("c"),
        ),
        {"waiting": False},
    )
    case.advance(4 * DAY)
    assert [level for _, level in office.rungs] == ["half"]
    case.complete("b", {"waiting": True})
    case.advance(10 * DAY)
    case.complete("c", {"waiting": False})
    case.advance(30 * DAY)

    assert [level for _, level in office.rungs] == [
        *("half", "day_before", "overdue", "escalated", "chief")
    ]


def test_a_paused_clock_that_is_completed_is_met(run, clocks):
    case = run(PAUSING)
    case.advance(20 * DAY)

    case.complete("a")

    assert clocks(case)["a"].state == "met"


def test_a_breached_clock_that_pauses_is_still_breached_when_it_goes_on(run, clocks, office):
    case = run(
        parallel(
            user("a", sla('<anju:pause when="=waiting" reason="等待補件"/>', amount="2")),
            user("b"),
            user("c"),
        ),
        {"waiting": False},
    )
    case.advance(3 * DAY)
    case.complete("b", {"waiting": True})
    assert clocks(case)["a"].state == "paused"
    told = list(office.rungs)
    case.advance(9 * DAY)
    assert office.rungs == told
    case.complete("c", {"waiting": False})

    clock = clocks(case)["a"]
    assert (clock.state, clock.due_at, clock.breached_at) == (
        *("breached", datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)),
        datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC),
    )


def test_a_phase_lasts_from_the_entry_of_its_sub_process_to_the_exit(run, clocks, office):
    phase = sub_process("ph", user("a"), user("b"), clocks=[sla(id="ph7", name="修繕", amount="7")])
    case = run(line(phase, user("after")))
    case.complete("a")
    assert clocks(case)["ph7"].state == "running"

    case.advance(4 * DAY)
    case.complete("b")

    assert clocks(case)["ph7"].state == "met"
    assert office.rungs == [("ph", "half")]


def test_a_case_has_a_clock_from_its_start_to_its_end(run, clocks):
    case = run(line(user("a"), process=extended(sla(id="whole", amount="10"))))
    assert (clocks(case)["whole"].kind, clocks(case)["whole"].token_id) == ("process", None)

    case.complete("a")

    assert clocks(case)["whole"].state == "met"


def test_a_phase_between_two_elements_begins_and_ends_with_their_tokens(run, clocks):
    level = sla(id="ab", amount="5", from_="b", to="c")
    case = run(line(user("a"), user("b"), user("c"), user("d"), process=extended(level)))
    assert clocks(case) == {}

    case.complete("a")
    assert clocks(case)["ab"].state == "running"
    case.complete("b")
    assert clocks(case)["ab"].state == "running"
    case.complete("c")

    assert clocks(case)["ab"].state == "met"
    assert case.open_elements() == ["d"]


def test_a_phase_with_several_ends_is_met_at_whichever_comes_first(run, clocks):
    level = sla(id="ab", amount="5", from_="a", to="c b")
    case = run(line(user("a"), user("b"), user("c"), process=extended(level)))

    case.complete("a")
    assert clocks(case)["ab"].state == "running"
    case.complete("b")

    assert clocks(case)["ab"].state == "met"


def test_own_rungs_raise_priority_and_hand_the_task_to_another_group(run, office, database):
    rungs = '<anju:rung at="P1D" notify="officer" raisePriority="80" reassign="section_chief"/>'
    case = run(line(user("a", sla(rungs, amount="2"))))
    case.advance(5 * DAY)

    task = case.open_task("a")

    assert (task.priority, task.candidate_group, task.assignee) == (80, "section_chief", None)
    assert [level for _, level in office.rungs] == ["escalated"]
    assert {"task_reassigned", "priority_raised"} <= set(case.history_kinds())


def test_an_extension_is_counted_from_the_old_end_and_explains_itself(run, clocks, order, clock):
    case = run(line(user("a", sla(amount="7"))))
    before = clocks(case)["a"]

    order("extend", before, amount=3, reason="等待材料到貨")

    after = clocks(case)["a"]
    assert after.due_at == before.due_at + 3 * DAY
    assert after.original_due_at == before.due_at
    assert case.open_task("a").due_at == after.due_at
    (kept,) = after.orders
    assert (kept.kind, kept.reason, kept.by_name, kept.role) == (
        *("extended", "等待材料到貨", "林承辦", "officer"),
    )
    told = next(each for each in case.history() if each.kind == "deadline_extended")
    assert told.details["reason"] == "等待材料到貨"


def test_the_ladder_is_climbed_again_over_what_an_extension_leaves(run, clocks, order, office):
    case = run(line(user("a", sla(amount="7"))))
    case.advance(4 * DAY)

    order("extend", clocks(case)["a"], until=NOON + 20 * DAY)
    case.advance(40 * DAY)

    assert [level for _, level in office.rungs] == [
        *("half", "half", "day_before", "overdue", "escalated", "chief")
    ]


def test_an_extension_does_not_undo_a_breach(run, clocks, order):
    case = run(line(user("a", sla(amount="2"))))
    case.advance(4 * DAY)

    order("extend", clocks(case)["a"], until=NOON + 20 * DAY)
    assert clocks(case)["a"].state == "breached"
    case.complete("a")

    assert clocks(case)["a"].state == "met_late"


def test_a_waived_deadline_reminds_nobody_and_counts_neither_way(run, clocks, order, office):
    case = run(line(user("a", sla(amount="2"))))

    order("waive", clocks(case)["a"], reason="住戶同意延後")
    case.advance(20 * DAY)
    case.complete("a")

    assert clocks(case)["a"].state == "waived"
    assert office.rungs == []
    assert case.user_task("a").due_at is None


@pytest.mark.parametrize(
    ("error", "order_of"),
    [
        (DeadlineReasonMissing, {"reason": " ", "amount": 1}),
        (RoleNotHeld, {"role": "section_chief", "amount": 1}),
        (DeadlineNotLater, {"amount": 0}),
        (DeadlineNotLater, {"until": NOON}),
        (DeadlineNotLater, {}),
    ],
)
def test_an_extension_needs_a_reason_a_role_and_a_later_end(run, clocks, order, error, order_of):
    case = run(line(user("a", sla(amount="7"))))

    with pytest.raises(error):
        order("extend", clocks(case)["a"], **order_of)


def test_an_ended_clock_cannot_be_waived(run, clocks, order):
    case = run(line(user("a", sla(amount="7")), user("b")))
    case.complete("a")

    with pytest.raises(ClockEnded):
        order("waive", clocks(case)["a"])


def test_a_suspended_case_keeps_its_deadline_and_fires_what_it_missed_when_it_goes_on(
    run, clocks, order, engine, database, office, walker
):
    case = run(line(user("a", sla(amount="2"))))
    due_at = clocks(case)["a"].due_at
    with database.unit_of_work() as session:
        engine.suspend(case.id, reason="check", by=TESTER, session=session)
    case.advance(10 * DAY)
    assert office.rungs == []
    with pytest.raises(InstanceNotActive):
        order("waive", clocks(case)["a"])

    with database.unit_of_work() as session:
        engine.resume(case.id, reason="checked", by=TESTER, session=session)
    walker.fire_due_jobs()

    assert clocks(case)["a"].due_at == due_at
    assert [level for _, level in office.rungs] == [
        *("half", "day_before", "overdue", "escalated", "chief")
    ]


TIMED = {
    "p.bpmn": (
        HEAD
        + '<startEvent id="s"/>'
        + sub_process("ph", user("a"), clocks=[sla(id="ph7", amount="7", timer="late")])
        + '<boundaryEvent id="late" attachedToRef="ph"><timerEventDefinition>'
        "<timeDuration>P7D</timeDuration></timerEventDefinition></boundaryEvent>"
        '<userTask id="decide" camunda:candidateGroups="officer"/><endEvent id="e"/>'
        '<endEvent id="f"/>' + flows("s", "ph", "e") + flows("late", "decide", "f") + TAIL
    ).encode()
}


def test_a_clock_that_ends_with_a_timer_is_due_with_it_and_moves_it(run, clocks, order):
    case = run(TIMED)
    assert clocks(case)["ph7"].due_at == NOON + 7 * DAY

    order("extend", clocks(case)["ph7"], until=NOON + 12 * DAY)
    case.advance(8 * DAY)
    assert case.open_elements() == ["a"]
    case.advance(5 * DAY)

    assert case.open_elements() == ["decide"]
    assert (clocks(case)["ph7"].state, clocks(case)["ph7"].due_at) == ("breached", NOON + 12 * DAY)


def test_a_deadline_that_routes_cannot_be_waived(run, clocks, order):
    case = run(TIMED)

    with pytest.raises(DeadlineRoutes):
        order("waive", clocks(case)["ph7"])


def test_a_published_typhoon_day_moves_the_clocks_that_count_working_days(
    run, clocks, engine, database, clock
):
    case = run(line(user("a", sla(amount="3", unit="working_days"))))
    before = clocks(case)["a"].due_at
    typhoon = SpecialDay(on=before.date(), kind="typhoon", name="颱風", source="市府")
    edition = Edition(
        scope=CITY, change=Change(put=(typhoon,)), reason="颱風假", expected_version=0
    )
    with database.unit_of_work() as session:
        publish(edition, by=TESTER, session=session, clock=clock)
    with database.unit_of_work() as session:
        seen = instances.lock(case.id, session.connection())
        engine.deadlines.recompute(
            seen,
            may_shorten=False,
            trigger=Trigger(by=TESTER, reason="颱風假"),
            session=session,
        )

    assert clocks(case)["a"].due_at == before + DAY
    assert case.open_task("a").due_at == before + DAY
    assert clocks(case)["a"].original_due_at == before


def test_open_clocks_are_listed_by_due_date_page_by_page(run, walker, database):
    walker_cases = [run(line(user("a", sla(amount=str(days))))) for days in (9, 3, 6)]
    assert len(walker_cases) == 3
    with database.reading() as session:
        first = sla_queries.open_clocks(ClockFilter(limit=2), session)
        second = sla_queries.open_clocks(ClockFilter(limit=2, after=first.following), session)

    dues = [each.clock.due_at for each in (*first.rows, *second.rows)]
    assert dues == sorted(dues)
    assert (len(first.rows), len(second.rows), second.following) == (2, 1, None)


def test_on_time_figures_leave_out_what_was_waived(run, clocks, order, database):
    diagram = line(user("a", sla(amount="2")))
    in_time, late, waived = (run(diagram) for _ in range(3))
    in_time.complete("a")
    order("waive", clocks(waived)["a"])
    late.advance(4 * DAY)
    late.complete("a")
    waived.complete("a")

    with database.reading() as session:
        (figures,) = sla_queries.on_time(NOON - DAY, NOON + 30 * DAY, session)

    assert (figures.in_time, figures.late, figures.share) == (1, 1, 0.5)


def test_a_process_without_service_levels_asks_the_database_nothing_for_them(run, database):
    case = run(line(user("a"), user("b")))
    seen = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    case.complete("a")

    assert not [text for text in seen if "sla_clock" in text]


TOGGLES = 6
TOGGLED = parallel(
    user("a", sla('<anju:pause when="=waiting" reason="等待補件"/>', amount="7")),
    *(user(f"t{number}") for number in range(TOGGLES)),
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    hours=st.lists(st.integers(min_value=1, max_value=24 * 6), min_size=TOGGLES, max_size=TOGGLES)
)
def test_whenever_a_clock_pauses_rungs_come_in_order_each_once_and_none_meanwhile(
    run, clocks, office, hours
):
    case = run(TOGGLED, {"waiting": False})
    office.rungs.clear()
    is_waiting = False
    for number, length in enumerate(hours):
        told = len(office.rungs)
        case.advance(length * HOUR)
        assert not is_waiting or len(office.rungs) == told
        is_waiting = not is_waiting
        case.complete(f"t{number}", {"waiting": is_waiting})
    paused_for = sum(hours[1::2])
    case.advance(60 * DAY)

    levels = [level for element, level in office.rungs if element == "a"]
    order = ["half", "day_before", "overdue", "escalated", "chief"]
    assert levels == [level for level in order if level in levels]
    assert {"overdue", "escalated", "chief"} <= set(levels)
    clock = clocks(case)["a"]
    assert clock.due_at >= clock.original_due_at
    assert clock.due_at <= clock.original_due_at + timedelta(hours=paused_for) + 3 * DAY


def test_two_workers_fire_one_rung_between_them(run, engine, database, office, clock):
    run(line(user("a", sla(amount="7"))))
    clock.advance(4 * DAY)
    with database.unit_of_work() as session:
        first = engine.claim_jobs("one", session)
        second = engine.claim_jobs("two", session)
    assert (len(first), len(second)) == (1, 0)

    outcomes = []
    for _ in range(2):  # the lease is a hint: both may try
        with database.unit_of_work() as session:
            outcomes.append(engine.fire(first[0].id, session=session))

    assert outcomes == [True, False]
    assert len(office.rungs) == 1
