"""The shipped repair package: every scenario passes, and together they walk the whole diagram."""

import pytest

from bpmn import catalogue
from housing import scenarios

pytestmark = [pytest.mark.integration, pytest.mark.process]

PACKAGE = "repair"
IDS = [str(each["id"]) for each in catalogue.scenarios(PACKAGE)]


@pytest.fixture(scope="module")
def report() -> scenarios.ScenarioReport:
    return scenarios.run(PACKAGE)


@pytest.mark.parametrize("scenario_id", IDS)
def test_the_scenario_passes(report, scenario_id):
    (result,) = [each for each in report.results if each.id == scenario_id]

    assert result.failure is None


def test_every_sequence_flow_is_walked_by_some_scenario(report):
    assert [part.id for part in report.unwalked_flows] == []


def test_every_end_event_is_reached_by_some_scenario(report):
    assert [part.id for part in report.unreached_ends] == []


def test_the_golden_scenarios_and_the_twelve_checks_are_there():
    golden = {scenario_id.partition("-")[0] for scenario_id in IDS}

    assert {"s7", "s8", "rep1", "rep2", "rep3"} <= golden
    assert {f"check{number:02}" for number in range(1, 13)} <= golden


def test_the_report_closes_with_what_was_walked(report):
    said = list(scenarios.lines(report))

    assert f"repair: sequence flows walked {report.flow_count}/{report.flow_count}" in said
    assert f"repair: end events reached {report.end_count}/{report.end_count}" in said
