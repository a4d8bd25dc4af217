"""Figures from history: weeks, paths, repeated steps, hand-overs, service levels, working hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine import mining_figures
from engine.mining import MinedCase, MinedClock, MinedTask, PathLine
from engine.mining_figures import FEW, Measure
from engine.periods.calendars import Calendar

MONDAY_9 = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MEASURE = Measure(Calendar(id="city", version="city:0"), date(2026, 2, 23), date(2026, 4, 30))


def a_case(number, *, start=MONDAY_9, days=1, end="closed"):
    return MinedCase(id=f"c{number}", started_at=start, ended_at=start + DAY * days, end_event=end)


def a_task(case, element, doer, *, lane="office", at=MONDAY_9, claimed=None, hours=2):
    return MinedTask(
        case_id=case,
        element_id=element,
        lane=lane,
        state="completed",
        created_at=at,
        claimed_at=claimed,
        ended_at=at + HOUR * hours,
        doer=doer,
    )


def walked(case, *elements):
    return [
        PathLine(case_id=case, kind="task_completed", element_id=each, at=MONDAY_9)
        for each in elements
    ]


def test_a_week_counts_from_monday_in_taipei_and_carries_the_backlog_of_before():
    before = a_case(1, start=MONDAY_9 - 10 * DAY, days=12)  # ends on Wednesday
    sunday_night = a_case(2, start=datetime(2026, 3, 8, 15, 59, tzinfo=UTC), days=30)

    first, second = mining_figures.weeks([before, sunday_night], MONDAY_9, MONDAY_9 + 8 * DAY)

    assert (first.monday, first.arrived, first.ended, first.backlog) == (date(2026, 3, 2), 1, 1, 1)
    assert (second.arrived, second.ended, second.backlog) == (0, 0, 1)


def test_a_weekend_costs_a_case_no_working_time():
    friday_16 = datetime(2026, 3, 6, 8, tzinfo=UTC)
    over_the_weekend = MinedCase(
        id="c", started_at=friday_16, ended_at=friday_16 + 3 * DAY - 7 * HOUR, end_event="closed"
    )
    found = mining_figures.cycle_days([over_the_weekend], MEASURE)

    assert found.middle == pytest.approx(2 / 8)  # Friday 16-17, Monday 8-9


def test_waiting_ends_when_somebody_takes_the_task_over():
    (step,) = mining_figures.step_times(
        [a_task("c1", "check", 1, claimed=MONDAY_9 + HOUR, hours=4)], MEASURE
    )

    assert (step.waiting.middle, step.working.middle) == (1.0, 2.0)  # noon to 13:00 is off
    assert (step.whole.middle, step.share, step.heat) == (3.0, 1.0, 4)


def test_a_task_that_nobody_took_over_first_is_not_split():
    (step,) = mining_figures.step_times([a_task("c1", "check", 1)], MEASURE)

    assert (step.waiting, step.working, step.whole.count) == (None, None, 1)


def test_frequent_paths_are_shown_and_rare_ones_only_counted():
    cases = [a_case(number) for number in range(FEW + 2)]
    lines = [line for case in cases[:FEW] for line in walked(case.id, "check", "pay")]
    lines += [line for case in cases[FEW:] for line in walked(case.id, "check")]

    found = mining_figures.variants(cases, lines, MEASURE, shown=10)

    (shown,) = found.shown
    assert [element for _kind, element in shown.steps] == ["check", "pay", "closed"]
    assert (shown.cases, found.kinds) == (FEW, 2)
    assert (found.rest_cases, found.rest_kinds) == (2, 1)


def test_a_step_done_twice_is_rework_and_its_case_was_not_right_the_first_time():
    cases = [a_case(1), a_case(2)]
    lines = [*walked("c1", "check", "fix", "check"), *walked("c2", "check")]

    (found,) = mining_figures.rework(lines)

    assert (found.element_id, found.cases, found.repeated, found.rounds) == ("check", 2, 1, 1)
    assert mining_figures.first_time_right(cases, lines) == 0.5


def test_hand_overs_count_changes_of_person_and_hide_pairs_that_are_few():
    tasks = []
    for number in range(FEW):
        tasks += [
            a_task(f"c{number}", "check", 1),
            a_task(f"c{number}", "sign", 2, lane="chief", at=MONDAY_9 + DAY),
        ]
    tasks += [a_task("x", "check", 1), a_task("x", "pay", 3, lane="finance")]
    tasks += [a_task("y", "check", 1), a_task("y", "sign", 1, lane="chief")]

    found = mining_figures.hand_overs(tasks, MEASURE)

    (pair,) = found.pairs
    assert (pair.source, pair.target, pair.count) == ("office", "chief", FEW)
    assert pair.middle_hours == pytest.approx(8.0)
    assert (found.total, found.hidden, found.cases) == (FEW + 1, 1, FEW + 2)


def test_a_service_level_counts_by_month_and_what_was_withdrawn_does_not_count():
    def ended(state, at=MONDAY_9):
        return MinedClock(sla_id="two_days", name="審件", element_id="check", state=state, at=at)

    april = MONDAY_9 + 31 * DAY
    found = mining_figures.levels(
        [ended("met"), ended("met_late"), ended("breached", april), ended("cancelled")]
    )
    counts = {each.month: (each.met, each.met_late, each.breached) for each in found}

    assert counts == {"": (1, 1, 1), "2026-03": (1, 1, 0), "2026-04": (0, 0, 1)}
    assert found[0].share == pytest.approx(1 / 3)
