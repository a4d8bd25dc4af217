"""Timers whose duration names a calendar."""

from datetime import date, datetime

import pytest

from engine.calendar import TAIPEI
from engine.calendars import shipped_calendar
from engine.errors import ExpressionFailed
from engine.spiff.execution import Execution
from engine.spiff.linter import lint

ON_BOUNDARY = """
    start s
    user a {attributes}
    boundary t on=a {timer}
    end e
    end late
    f1: s -> a
    f2: a -> e
    f3: t -> late
"""


def process(timer, attributes=""):
    return ON_BOUNDARY.format(timer=timer, attributes=attributes)


@pytest.fixture
def due(define, host):
    def of(timer, **variables):
        execution = Execution.start(define(process(timer)), variables, host)
        (wait,) = execution.timers()
        return wait.due_at.astimezone(TAIPEI), execution.explanations()[wait.token_id]

    return of


@pytest.fixture
def problems(bpmn):
    def of(timer, attributes=""):
        found = lint(bpmn(process(timer, attributes)))
        return [each.advice for each in found if each.severity == "error"]

    return of


# the frozen clock stands at Monday 2026-03-02 09:00 in Taipei
@pytest.mark.parametrize(
    ("timer", "expected"),
    [
        ("timer=P2D calendar=calendar-days", "2026-03-04T23:59:59+08:00"),
        ("timer=P5D calendar=calendar-days", "2026-03-07T23:59:59+08:00"),
        ("timer=P5D calendar=statutory", "2026-03-09T23:59:59+08:00"),
        ("timer=P5D calendar=working-days", "2026-03-09T23:59:59+08:00"),
        ("timer=P1W calendar=statutory", "2026-03-09T23:59:59+08:00"),
        ("timer=P1M calendar=statutory", "2026-04-02T23:59:59+08:00"),
        ("timer=P1Y calendar=calendar-days", "2027-03-02T23:59:59+08:00"),
        ("timer=PT4H calendar=working-hours", "2026-03-02T14:00:00+08:00"),
        ('"timer==duration(\\"P5D\\")" calendar=working-days', "2026-03-09T23:59:59+08:00"),
        ('"timer==duration(\\"P1M\\")" calendar=statutory', "2026-04-02T23:59:59+08:00"),
        (
            '"timer==\\"P\\" + string(days) + \\"D\\"" calendar=working-days',
            "2026-03-09T23:59:59+08:00",
        ),
    ],
)
def test_a_duration_is_counted_by_its_calendar(due, timer, expected):
    found, explanation = due(timer, days=5)

    assert found.isoformat() == expected
    assert explanation["how"] == "counted"
    assert explanation["ends_at"] == expected


def test_a_timer_without_a_calendar_counts_exact_time_and_says_so(due):
    found, explanation = due("timer=P2D")

    assert found == datetime(2026, 3, 4, 9, tzinfo=TAIPEI)
    assert explanation == {
        "how": "exact",
        "start": "2026-03-02T09:00:00+08:00",
        "duration": "P2D",
        "ends_at": "2026-03-04T09:00:00+08:00",
    }


def test_a_given_instant_says_that_it_was_given(due):
    _, explanation = due("date=2026-05-01T10:00:00+08:00")

    assert explanation == {"how": "fixed", "ends_at": "2026-05-01T10:00:00+08:00"}


def test_an_expression_that_counts_keeps_its_computation(due):
    _, explanation = due('"date==working days after(now(), 2)"')

    assert (explanation["unit"], explanation["amount"]) == ("working_days", 2)
    assert explanation["calendar_version"] == "city:0"


def test_a_date_counted_in_an_earlier_step_keeps_its_computation(define, host, clock):
    definition = define("""
        start s
        script c "do=until = working days after(now(), 3)"
        user first
        user second "due==until"
        end e
        f1: s -> c
        f2: c -> first
        f3: first -> second
        f4: second -> e
    """)
    execution = Execution.start(definition, {}, host)
    (task,) = execution.user_tasks()
    stored = execution.dump()
    host.days = type(host.days)(scope="city", read=lambda: shipped_calendar(clock.now()))
    execution = Execution.load(definition, stored, host)

    execution.complete(task.token_id, {})

    (task,) = execution.user_tasks()
    assert execution.explanations()[task.token_id]["unit"] == "working_days"


def test_a_due_date_of_a_user_task_may_name_a_calendar(define, host):
    definition = define(process("timer=P9D", "due=P3D counted=working-days"))

    (task,) = Execution.start(definition, {}, host).user_tasks()

    assert task.due_at.astimezone(TAIPEI).date() == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("timer", "part"),
    [
        ("timer=P1DT2H calendar=working-days", "working-days cannot count P1DT2H"),
        ("timer=PT3H calendar=working-days", "write whole days"),
        ("timer=P1M calendar=working-days", "write whole days"),
        ("timer=P3D calendar=working-hours", "write whole hours"),
        ("timer=PT30M calendar=working-hours", "write whole hours"),
        ("timer=P1M3D calendar=statutory", "statutory cannot count P1M3D"),
        ("timer=P3D calendar=lunar", "There is no calendar 'lunar'"),
        ("cycle=R3/P1D calendar=working-days", "a cycle repeats by exact time"),
        ("date=2026-05-01 calendar=working-days", "a date needs no calendar"),
        ("timer=soon calendar=working-days", "no ISO 8601 duration"),
        ("timer=P3D counted=working-days", "no effect at a boundaryEvent"),
    ],
)
def test_nonsense_is_refused_when_deployed(problems, timer, part):
    (advice,) = problems(timer)

    assert part in advice


@pytest.mark.parametrize(
    ("attributes", "part"),
    [
        ("due=P1DT2H counted=working-days", "working-days cannot count"),
        ("due=2026-05-01 counted=working-days", "a date needs no calendar"),
        ("due=P3D counted=lunar", "There is no calendar"),
        ("counted=working-days", "has no due date"),
    ],
)
def test_nonsense_at_a_user_task_is_refused_when_deployed(problems, attributes, part):
    (advice,) = problems("timer=P3D", attributes)

    assert part in advice


@pytest.mark.parametrize(
    "text", ['=duration("-P3D")', '=duration("P1DT1H")', '="R3/P1D"', "=3", "=null"]
)
def test_what_an_expression_gives_must_fit_the_calendar(define, host, text):
    quoted = text.replace('"', '\\"')
    definition = define(process(f'"timer={quoted}" calendar=working-days'))

    with pytest.raises(ExpressionFailed):
        Execution.start(definition, {}, host)


def test_a_dead_calendar_fails_the_step_and_not_the_server(define, host):
    definition = define(process("timer=P9000D calendar=working-days"))

    with pytest.raises(ExpressionFailed, match="working time"):
        Execution.start(definition, {}, host)
