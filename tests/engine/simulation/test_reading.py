"""Diagrams as they are simulated: deadlines, roles, edges, what is left out; measured times."""

import pytest

from bpmn import catalogue
from engine.errors import DefinitionNotFound
from engine.simulation.figures import Replication, StepFigures, band
from engine.simulation.measured import times
from engine.simulation.model import Deadline
from engine.simulation.reading import read_plan, read_timer
from engine.simulation.summary import compare, summarise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=calendar days after(now(), 14)", Deadline(amount=14)),
        ("=working days after(due, 5)", Deadline(amount=5, unit="working_days")),
        ("=statutory days after(served_at, 30)", Deadline(amount=30, is_rolling=True)),
        (
            "=statutory months after(died_on, 3)",
            Deadline(amount=3, unit="months", is_rolling=True),
        ),
        ('=now() + duration("PT90M")', Deadline(amount=1.5, unit="hours")),
        ("P2W", Deadline(amount=336, unit="hours")),
        ("=due_at", None),
        ('=calendar days after(leave_on - duration("P1D"), 0)', None),
        ("P", None),
    ],
)
def test_deadlines_are_read_as_diagrams_write_them(text, expected):
    assert read_timer(text) == expected


@pytest.fixture(scope="module")
def repair():
    package = catalogue.read("repair", "repair.bpmn")
    return read_plan({"repair.bpmn": package}, "repair.ticket")


def test_a_shipped_diagram_is_read_whole(repair):
    accept = repair.elements["accept"]

    assert accept.role == "lane:住戶"
    assert repair.elements["triage"].role == "property_manager"
    assert accept.boundaries[0].timed.deadline == Deadline(amount=7)
    assert accept.levels[0].timer == "accept_silent"
    assert repair.elements["b1_work"].kind == "part"
    assert repair.elements["b1_visit"].scope == "b1_work"
    assert repair.open_timers.keys() == {"b1_late", "last_call_late", "b2_late"}
    (case,) = repair.levels
    assert (case.begins_at, case.pauses) == ("triage", {"self_repair", "rebook", "accept"})


def test_every_flow_leads_to_an_element_that_is_simulated(repair):
    assert set(repair.targets.values()) <= repair.elements.keys()
    assert {flow for each in repair.elements.values() for flow in each.flows} <= set(repair.targets)


def test_what_is_left_out_is_named():
    review = catalogue.read("application_review", "application_review.bpmn")
    plan = read_plan({"application_review.bpmn": review}, "app.review")

    assert "撤回申請" in plan.left_out["event_sub_process"]
    assert "通知併入各案" in plan.left_out["multiple"]


def test_a_broken_draft_is_refused_with_a_sentence():
    with pytest.raises(DefinitionNotFound):
        read_plan({"repair.bpmn": b"<broken"}, "repair.ticket")


def test_work_that_was_taken_away_counts_as_longer():
    """Five done in 10 hours, five taken away after 20: half of all work takes longer than 20."""
    found = times([10.0] * 5, [20.0] * 5)

    assert found.count == 5
    assert found.distribution.at(0.4) == 10.0
    assert found.distribution.at(0.6) > 20.0


def test_times_without_one_that_was_done_are_unknown():
    assert times([], [5.0]) is None


def test_a_band_holds_eight_of_ten_runs():
    found = band(range(11))

    assert (found.low, found.middle, found.high) == (1.0, 5.0, 9.0)
    assert band([]) is None


def test_two_versions_are_compared_run_by_run():
    def run(backlog, missed, hours):
        return Replication(
            backlog=[backlog],
            breaches=[missed],
            cycle_hours=[hours],
            ended=1,
            steps={"a": StepFigures(reached=2, taken=2, done=1, interrupted=1, wait_hours=3.0)},
        )

    old, new = [run(5, 1, 24.0), run(7, 2, 48.0)], [run(6, 0, 24.0), run(7, 1, 72.0)]

    difference, summary = compare(old, new), summarise(old)

    assert (difference.larger_backlog, difference.smaller_backlog) == (1, 0)
    assert (difference.fewer_breaches, difference.more_breaches) == (2, 0)
    assert difference.cycle_days.middle == pytest.approx(0.5)
    assert summary.steps[0].wait_hours == pytest.approx(1.5)
    assert summary.steps[0].interrupted_share == pytest.approx(0.5)
