"""The simulation by hand: who waits how long, joins, deadlines, service levels, conservation."""

from datetime import date

import pytest

from engine.periods.calendars import Calendar
from engine.simulation.chance import Empirical, Exponential, Fixed
from engine.simulation.joins import Joins
from engine.simulation.model import (
    Boundary,
    Deadline,
    Level,
    Model,
    Node,
    Occurrence,
    Role,
    Span,
)
from engine.simulation.run import replicate
from engine.simulation.working_time import WEEK_HOURS, WorkingTime

MONDAY = date(2026, 3, 2)
OFFICE = WorkingTime.of(Calendar(id="city", version="city:0"), MONDAY, 7 * 60)
DAILY = Fixed(24.0)


def build(*nodes, arrivals=DAILY, roles=(), levels=(), calendar=OFFICE):
    """Build a model; flows are written as "source>target"."""
    targets = {flow: flow.split(">")[1] for node in nodes for flow in all_flows(node)}
    return Model(
        nodes={node.id: node for node in nodes},
        targets=targets,
        starts=("start",),
        roles={role.id: role for role in roles},
        arrivals=arrivals,
        levels=levels,
        calendar=calendar,
    )


def all_flows(node):
    return (*node.flows, *(flow for each in node.boundaries for flow in each.flows))


def element(name, kind, *targets, **more):
    return Node(
        id=name, name=name, kind=kind, flows=tuple(f"{name}>{each}" for each in targets), **more
    )


def run(model, *, weeks=4, warm_up_weeks=0, seed=1, **more):
    span = Span(weeks=weeks, warm_up_weeks=warm_up_weeks, seed=seed, **more)
    return replicate(model, span, 0, joins=Joins(model))


START = element("start", "start", "work")
END = element("end", "end")


def test_one_person_works_off_one_case_after_the_other_in_office_hours():
    """A case each midnight; twelve working hours each: the second day's case waits."""
    work = element("work", "work", "end", role="officer", time=Fixed(12.0))
    model = build(START, work, END, roles=(Role(id="officer", staff=1, hours=OFFICE),))

    found = run(model, weeks=1)

    step = found.steps["work"]
    # Arrivals Tuesday to Sunday 00:00; 8 hours a day: done Wednesday noon and Thursday 17:00.
    assert (found.all_arrived, step.done) == (6, 2)
    assert step.taken == 3
    assert step.wait_hours == pytest.approx(0 + 4 + 8)
    assert found.cycle_hours == pytest.approx([36.0, 41.0])
    assert found.busy["officer"] == pytest.approx(32 / 40)


def test_what_nobody_queues_for_takes_as_long_as_it_takes():
    work = element("work", "work", "end", role="resident", time=Fixed(30.0))
    model = build(START, work, END, roles=(Role(id="resident", staff=None),))

    found = run(model, weeks=1)

    assert set(found.cycle_hours) == {30.0}
    assert found.busy == {}


def test_half_the_working_time_makes_work_take_twice_as_long():
    work = element("work", "work", "end", role="officer", time=Fixed(4.0))
    half = Role(id="officer", staff=5, share=0.5, hours=OFFICE)

    found = run(build(START, work, END, roles=(half,)), weeks=1)

    assert found.cycle_hours[0] == pytest.approx(17.0)  # midnight to 17:00


def test_a_deadline_wins_against_work_that_takes_longer_and_loses_otherwise():
    late = Boundary(id="late", flows=("late>escalate",), trigger=Deadline(amount=2))
    escalate = element("escalate", "pass", "end")

    def outcome(hours):
        work = element(
            "work", "work", "end", role="resident", time=Fixed(hours), boundaries=(late,)
        )
        roles = (Role(id="resident", staff=None),)
        return run(build(START, work, escalate, END, roles=roles), weeks=2)

    slow, quick = outcome(73.0), outcome(71.0)

    assert (slow.steps["work"].done, set(slow.cycle_hours)) == (0, {72.0})
    assert (quick.steps["work"].interrupted, set(quick.cycle_hours)) == (0, {71.0})


def test_a_deadline_takes_work_out_of_the_queue_and_frees_who_was_at_it():
    late = Boundary(id="late", flows=("late>end",), trigger=Deadline(amount=1, unit="hours"))
    work = element("work", "work", "end", role="officer", time=Fixed(2.0), boundaries=(late,))
    always = Role(id="officer", staff=1)

    found = run(build(START, work, END, roles=(always,)), weeks=1)

    assert found.steps["work"].interrupted == found.ended == 6
    assert found.busy["officer"] == pytest.approx(6 / 168)


def test_a_parallel_join_waits_for_the_slower_branch():
    model = build(
        element("start", "start", "split"),
        element("split", "parallel", "a", "b"),
        element("a", "work", "join", role="resident", time=Fixed(5.0)),
        element("b", "work", "join", role="resident", time=Fixed(9.0)),
        element("join", "parallel", "end", incoming=("a>join", "b>join")),
        END,
        roles=(Role(id="resident", staff=None),),
    )
    assert set(run(model).cycle_hours) == {9.0}


def test_an_inclusive_join_waits_for_the_branches_that_were_taken_only():
    flows = {"split>a": 1.0, "split>b": 0.0}
    model = build(
        element("start", "start", "split"),
        element("split", "inclusive", "a", "b", shares=flows),
        element("a", "work", "join", role="resident", time=Fixed(5.0)),
        element("b", "work", "join", role="resident", time=Fixed(9.0)),
        element("join", "inclusive", "end", incoming=("a>join", "b>join")),
        END,
        roles=(Role(id="resident", staff=None),),
    )
    assert set(run(model).cycle_hours) == {5.0}


def test_ways_are_taken_by_their_shares_and_loops_come_round_as_often():
    flows = {"again>work": 0.25, "again>end": 0.75}
    model = build(
        START,
        element("work", "work", "again", role="resident", time=Fixed(1.0)),
        element("again", "exclusive", "work", "end", shares=flows),
        END,
        arrivals=Fixed(1.0),
        roles=(Role(id="resident", staff=None),),
    )
    found = run(model, weeks=20)

    assert found.steps["work"].done / found.ended == pytest.approx(4 / 3, rel=0.03)


def test_a_case_that_goes_round_for_ever_is_given_up_and_counted():
    model = build(START, element("work", "pass", "work"), arrivals=DAILY)

    found = run(model, weeks=1, most_visits=10)

    assert found.given_up == found.all_ended == 6


def test_behind_an_event_gateway_the_first_event_wins():
    model = build(
        element("start", "start", "first"),
        element("first", "event", "answer", "too_late"),
        element("answer", "wait", "end", trigger=Occurrence(share=0.5, delay=Fixed(10.0))),
        element("too_late", "wait", "end", trigger=Deadline(amount=3)),
        END,
        arrivals=Fixed(1.0),
    )
    found = run(model, weeks=10)

    answered, late = found.steps["answer"].done, found.steps["too_late"].done
    assert answered / (answered + late) == pytest.approx(0.5, abs=0.05)
    assert min(found.cycle_hours) == 10.0


def test_an_error_of_a_sub_process_goes_out_by_the_event_that_catches_it():
    caught = Boundary(id="failed", flows=("failed>repair",), trigger=None, code="E")
    model = build(
        element("start", "start", "part"),
        element("part", "part", "end", starts=("inner",), boundaries=(caught,)),
        element("inner", "pass", "broken", scope="part"),
        element("broken", "error", scope="part", code="E"),
        element("repair", "work", "end", role="resident", time=Fixed(3.0)),
        END,
        roles=(Role(id="resident", staff=None),),
    )
    assert set(run(model).cycle_hours) == {3.0}


def test_a_service_level_is_late_when_it_falls_due_and_stands_still_in_its_pauses():
    level = Level(
        id="whole",
        name="",
        deadline=Deadline(amount=20, unit="hours"),
        begins_at="work",
        ends_at=frozenset({"end"}),
        pauses=frozenset({"ask"}),
    )

    def late(first, asking):
        model = build(
            START,
            element("work", "work", "ask", role="resident", time=Fixed(first)),
            element("ask", "work", "end", role="resident", time=Fixed(asking)),
            END,
            roles=(Role(id="resident", staff=None),),
            levels=(level,),
        )
        found = run(model, weeks=2).levels["whole"]
        return found.late > 0, found.in_time > 0

    assert late(21.0, 0.0) == (True, False)
    assert late(19.0, 50.0) == (False, True)


def test_what_arrived_has_ended_or_is_open_and_littles_law_holds():
    work = element("work", "work", "end", role="officer", time=Exponential(1.0))
    roles = (Role(id="officer", staff=2),)

    found = run(
        build(START, work, END, arrivals=Exponential(0.7), roles=roles),
        weeks=60,
        warm_up_weeks=10,
    )

    hours = 60 * WEEK_HOURS
    open_on_average = found.case_hours / hours
    mean_cycle = sum(found.cycle_hours) / len(found.cycle_hours)
    assert found.all_arrived == found.all_ended + found.all_open
    assert found.backlog[-1] == found.all_open
    assert open_on_average == pytest.approx(found.arrived / hours * mean_cycle, rel=0.01)


def test_the_same_seed_gives_the_same_run_and_a_shared_step_the_same_luck():
    measured = Empirical.of((1.0, 5.0, 30.0))
    first = element("work", "work", "more", role="resident", time=measured)
    roles = (Role(id="resident", staff=None),)
    short = build(START, first, element("more", "pass", "end"), END, roles=roles)
    longer = element("more", "work", "end", role="resident", time=Fixed(2.0))
    long = build(START, first, longer, END, roles=roles)

    once, again, other = run(short), run(short), run(long)

    assert once == again
    pairs = zip(sorted(once.cycle_hours), sorted(other.cycle_hours), strict=False)
    assert once.steps["work"].elapsed_hours == pytest.approx(other.steps["work"].elapsed_hours)
    assert all(after >= before for before, after in pairs)
    assert run(short, seed=2) != once
