"""The shipped packages of care: every scenario passes, and together they walk both diagrams."""

import pytest

from bpmn import catalogue
from housing import scenarios

pytestmark = [pytest.mark.integration, pytest.mark.process]

PACKAGES = ("care_case", "care_monthly")
IDS = [(package, str(each["id"])) for package in PACKAGES for each in catalogue.scenarios(package)]


@pytest.fixture(scope="module")
def reports() -> dict[str, scenarios.ScenarioReport]:
    return {package: scenarios.run(package) for package in PACKAGES}


@pytest.mark.parametrize(("package", "scenario_id"), IDS)
def test_the_scenario_passes(reports, package, scenario_id):
    (result,) = [each for each in reports[package].results if each.id == scenario_id]

    assert result.failure is None


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sequence_flow_is_walked_and_every_end_reached(reports, package):
    assert [part.id for part in reports[package].unwalked_flows] == []
    assert [part.id for part in reports[package].unreached_ends] == []


def test_the_golden_scenarios_are_there():
    names = {scenario_id.partition("-")[0] for _, scenario_id in IDS}

    assert {"s9", "s10", "care1"} <= names
    assert len(IDS) >= 25
