"""Timers: read at deploy, planned once at entry, fired only when told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import shipped_calendar
from engine.day_counting import DayCounter
from engine.errors import ExpressionFailed
from engine.spiff.execution import Execution
from engine.spiff.periods import Period, parse_instant, parse_period, parse_repetition
from engine.spiff.timers import Reached, Timer, plan

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WAITING = """
start s
user a
boundary t on=a {}
user late
f1: s -> a
f2: t -> late
"""


def due(execution):
    return [timer.due_at for timer in execution.timers()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("timer=P2D", "2026-03-04T01:00:00+00:00"),
        ("timer=PT10H", "2026-03-02T11:00:00+00:00"),
        ("timer=P1M", "2026-04-02T01:00:00+00:00"),
        ("timer=P1W", "2026-03-09T01:00:00+00:00"),
        ("timer=PT1.5S", "2026-03-02T01:00:01.500000+00:00"),
        ("date=2026-12-01T10:00:00+02:00", "2026-12-01T08:00:00+00:00"),
        ("date=2026-12-01T10:00:00", "2026-12-01T02:00:00+00:00"),
        ("date=2026-12-01", "2026-11-30T16:00:00+00:00"),
        ("cycle=R3/PT10H", "2026-03-02T11:00:00+00:00"),
        ("cycle=R3/2026-05-01T00:00:00Z/PT10H", "2026-05-01T00:00:00+00:00"),
        ("date==until", "2026-06-01T00:00:00+00:00"),
        ("""'timer==duration("P2D")'""", "2026-03-04T01:00:00+00:00"),
        ("""'timer==duration("P1M")'""", "2026-04-02T01:00:00+00:00"),
        ("""'timer=="PT"+string(hours)+"H"'""", "2026-03-02T06:00:00+00:00"),
        ("""'cycle=="R2/PT"+string(hours)+"H"'""", "2026-03-02T06:00:00+00:00"),
    ],
)
def test_a_timer_is_due_as_its_text_says(start, text, expected):
    execution = start(WAITING.format(text), until=datetime(2026, 6, 1, tzinfo=UTC), hours=5)
    assert due(execution) == [datetime.fromisoformat(expected)]


def test_a_month_after_the_31st_of_january_ends_with_february():
    assert parse_period("P1M").after(datetime(2026, 1, 31, 4, tzinfo=UTC)) == datetime(
        2026, 2, 28, 4, tzinfo=UTC
    )
    assert parse_period("P1Y").after(datetime(2028, 2, 29, 4, tzinfo=UTC)).year == 2029


def test_months_are_counted_in_the_offices_calendar():
    """At 20:00 UTC on 30 January it is already the 31st in Taipei."""
    after = parse_period("P1M").after(datetime(2026, 1, 30, 20, tzinfo=UTC))
    assert after == datetime(2026, 2, 27, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["P", "PT", "-PT5M", "P-1D", "2 days", "P1.5M", "", "P1DT", "x" * 999]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        parse_period(text)


@pytest.mark.parametrize("text", ["R3", "R-1/PT1H", "R0/PT1H", "R3/PT0S", "R3/a/b", "0 0/5 * * ?"])
def test_what_is_no_repetition_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        parse_repetition(text)


@given(st.text(max_size=20))
def test_any_other_text_is_a_value_error(text):
    parsers = (parse_period, parse_repetition, parse_instant)

    assert all(is_read_or_refused(parse, text) for parse in parsers)


def is_read_or_refused(parse, text):
    try:
        return parse(text) is not None
    except ValueError:
        return True


def test_a_repetition_may_end():
    cycle = parse_repetition("R/PT12H/2026-03-03T00:00:00Z")
    assert cycle.count is None
    assert cycle.end == datetime(2026, 3, 3, tzinfo=UTC)
    days = DayCounter(scope="city", read=lambda: shipped_calendar(NOW))
    reached = Reached(element_id="t", now=NOW, evaluate=str, days=days)
    schedule = plan(Timer(type="timeCycle", text="R/PT12H/2026-03-03T00:00:00Z"), reached)
    assert schedule.due_at == NOW + timedelta(hours=12)
    assert schedule.following() is None


def test_a_period_beyond_the_calendar_is_refused():
    with pytest.raises(ValueError, match="9999"):
        Period(months=12 * 9000).after(NOW)


def test_a_value_that_is_no_time_fails(start):
    with pytest.raises(ExpressionFailed):
        start(WAITING.format("timer==hours"), hours=5)


def test_a_due_time_does_not_move_when_the_instance_is_restored_later(define, host, clock):
    definition = define(WAITING.format("timer=P2D"))
    blob = Execution.start(definition, {}, host).dump()
    clock.advance(timedelta(days=30))

    assert due(Execution.load(definition, blob, host)) == [NOW + timedelta(days=2)]


def test_an_interrupting_timer_takes_the_task_away_and_happens_once(start):
    execution = start(WAITING.format("timer=P2D"))
    execution.fire_timer(execution.timers()[0].token_id)

    assert [task.element_id for task in execution.user_tasks()] == ["late"]
    assert execution.timers() == []
    assert execution.flows_taken() == ["f2"]


def test_a_cycle_counts_from_the_planned_time_and_ends(start, clock):
    execution = start(WAITING.format("cycle=R3/PT10H interrupting=false"))
    clock.advance(timedelta(days=10))

    seen = []
    while execution.timers():
        (timer,) = execution.timers()
        seen.append((timer.due_at - NOW, timer.cycles_left))
        execution.fire_timer(timer.token_id)

    hours = timedelta(hours=1)
    assert seen == [(10 * hours, 3), (20 * hours, 2), (30 * hours, 1)]
    assert sorted(t.element_id for t in execution.user_tasks()) == ["a", "late", "late", "late"]


def test_an_endless_cycle_goes_on_and_keeps_the_state_small(start):
    model = WAITING.format("cycle=R/PT1H interrupting=false").replace("user late", "task late")
    execution = start(model)
    sizes = []
    for _ in range(30):
        (timer,) = execution.timers()
        assert timer.cycles_left is None
        execution.fire_timer(timer.token_id)
        sizes.append(len(execution._top.tasks))

    assert len(set(sizes)) == 1


def test_completing_the_task_stops_its_timer_but_not_what_it_has_started(start):
    execution = start(WAITING.format("cycle=R3/PT10H interrupting=false"))
    execution.fire_timer(execution.timers()[0].token_id)
    task = next(t for t in execution.user_tasks() if t.element_id == "a")
    execution.complete(task.token_id, {})

    assert execution.timers() == []
    assert [t.element_id for t in execution.user_tasks()] == ["late"]


def test_a_timer_on_a_sub_process_interrupts_all_that_runs_inside(start):
    execution = start(
        """
        start s
        sub p1 {
        user a
        user b
        boundary inner on=a timer=PT1H
        }
        boundary t on=p1 timer=P2D
        user late
        f1: s -> p1
        f2: t -> late
        """,
    )
    assert len(execution.timers()) == 2
    outer = next(t for t in execution.timers() if t.element_id == "t")
    execution.fire_timer(outer.token_id)

    assert [t.element_id for t in execution.user_tasks()] == ["late"]
    assert execution.timers() == []
    assert execution._top.subprocesses == {}


def test_two_timers_behind_one_gateway_have_a_due_time_each(start):
    execution = start(
        """
        start s
        events g
        catch long timer=PT10H
        catch short timer=PT1H
        catch word message=go
        user after
        f1: s -> g
        f2: g -> long
        f3: g -> short
        f4: g -> word
        f5: short -> after
        """
    )
    assert sorted(t.due_at - NOW for t in execution.timers()) == [
        timedelta(hours=1),
        timedelta(hours=10),
    ]
    assert execution.flows_taken() == ["f1"]
    short = next(t for t in execution.timers() if t.element_id == "short")

    execution.fire_timer(short.token_id)

    assert execution.flows_taken() == ["f3", "f5"]
    assert execution.timers() == []
    assert execution.messages() == []
    assert [t.element_id for t in execution.user_tasks()] == ["after"]


def test_rescheduling_moves_the_timer_and_the_tasks_due_at_the_same_time(start):
    execution = start(
        """
        start s
        user a due=P2D
        user b due=P3D
        boundary t on=a timer=P2D
        f1: s -> a
        f2: s -> b
        """
    )
    execution.events()
    until = datetime(2026, 4, 1, tzinfo=UTC)

    moved = execution.reschedule("t", until)

    task = next(t for t in execution.user_tasks() if t.element_id == "a")
    (timer,) = execution.timers()
    assert moved == [timer.token_id, task.token_id]
    assert (timer.due_at, task.due_at) == (until, until)
    assert task.original_due_at == timer.original_due_at == NOW + timedelta(days=2)
    other = next(t for t in execution.user_tasks() if t.element_id == "b")
    assert other.due_at == NOW + timedelta(days=3)
    assert {event.kind for event in execution.events()} == {"deadline_extended"}


def test_the_host_may_reschedule_in_the_middle_of_a_step(start, host):
    until = datetime(2026, 4, 1, tzinfo=UTC)
    execution = start(
        """
        start s
        user a
        boundary t on=a timer=P2D
        user ask
        service extend topic=engine.reschedule
        f1: s -> a
        f2: s -> ask
        f3: ask -> extend
        """
    )
    host.operations["engine.reschedule"] = lambda _: execution.reschedule("t", until) and {}
    ask = next(t for t in execution.user_tasks() if t.element_id == "ask")

    execution.complete(ask.token_id, {})

    assert due(execution) == [until]
