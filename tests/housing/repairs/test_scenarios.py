"""The runner itself: it must say what is wrong, not only that all is well."""

from copy import deepcopy

import pytest

from bpmn import catalogue
from housing import scenarios
from housing.errors import ScenarioInvalid
from housing.scenario_script import parse

REPORT = {
    "where": "unit",
    "place": "浴室",
    "category": "water",
    "text": "水龍頭漏水不止",
    "photos": ["photo:1"],
    "phone": "0912345678",
}
BASE = {
    "id": "one",
    "title": "住戶報修後取消。",
    "given": {
        "now": "2026-03-02T09:00+08:00",
        "start": {"as": "resident1", "values": REPORT},
    },
    "steps": [
        {
            "when": {"message": "repair.cancel", "as": "resident1"},
            "then": {"open": [], "end": ["cancelled"], "ended": True},
        }
    ],
}


@pytest.fixture
def play(monkeypatch):
    """Run one scenario, changed by a function, and say how it failed."""

    def played(change):
        raw = deepcopy(BASE)
        change(raw)
        monkeypatch.setattr(catalogue, "scenarios", lambda _package: [raw])
        return scenarios.run("repair")

    return played


def test_a_scenario_that_holds_passes_and_the_rest_of_the_diagram_is_named(play):
    report = play(lambda _raw: None)

    assert (report.passed, report.failed) == (1, 0)
    assert "closed" in [part.id for part in report.unreached_ends]
    assert 0 < len(report.unwalked_flows) < report.flow_count


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ({"open": ["triage"]}, "open should be ['triage'], but is []"),
        ({"end": ["closed"]}, "end should be ['closed'], but is ['cancelled']"),
        ({"ended": False}, "ended should be False, but is True"),
        ({"ticket": {"stage": "closed"}}, "stage should be 'closed', but is 'cancelled'"),
        ({"due": {"triage": "2026-03-04T23:59:59+08:00"}}, "but is None"),
        (
            {"notices": [{"to": "resident2", "kind": "repair_closed"}]},
            "notices resident2: repair_closed should be",
        ),
        ({"refused": "NotYourReport"}, "refused should be 'NotYourReport', but is None"),
        ({"variables": {"category": "gas"}}, "category should be 'gas', but is 'water'"),
    ],
)
def test_an_expectation_that_fails_is_said_in_words(play, then, words):
    (result,) = play(lambda raw: raw["steps"][0].update(then=then)).results

    assert not result.has_passed
    assert words in result.failure


def test_a_form_with_errors_is_a_failure_unless_it_is_expected(play):
    def forget_phone(raw):
        del raw["given"]["start"]["values"]["phone"]

    (result,) = play(forget_phone).results

    assert "phone: required" in result.failure


def test_whoever_may_not_act_is_refused(play):
    def by_a_stranger(raw):
        raw["steps"][0]["when"]["as"] = "resident2"

    (result,) = play(by_a_stranger).results

    assert result.failure.startswith("step 1 (message repair.cancel): NotYourReport")


def test_time_fires_what_falls_due_on_the_way(play):
    def wait(raw):
        due = {"triage": "2026-03-04T23:59:59+08:00"}
        reminded = [{"to": "manager1", "kind": "overdue"}]
        raw["given"]["start"]["then"] = {}
        raw["steps"] = [
            {"when": {"advance": "P3D"}, "then": {"due": due, "notices": reminded}},
        ]
        del raw["given"]["start"]["then"]

    (result,) = play(wait).results

    assert result.failure is None


@pytest.mark.parametrize(
    "step",
    [{"when": {"dance": 1}}, {"when": {"advance": "P1D"}, "then": {"opened": []}}, {"then": {}}],
)
def test_a_misspelt_scenario_is_refused(step):
    with pytest.raises(ScenarioInvalid):
        parse({**BASE, "steps": [step]})
