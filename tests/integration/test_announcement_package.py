"""The package of announcements: every scenario holds, every flow and end is walked."""

import pytest

from bpmn import catalogue
from housing import scenarios
from housing.scenarios import ScenarioReport

pytestmark = [pytest.mark.integration, pytest.mark.process]

PACKAGE = "announcement"
GOLDEN = {"ann1-water-off", "ann2-emergency-at-night", "ann3-must-acknowledge"}


@pytest.fixture(scope="module")
def report() -> ScenarioReport:
    return scenarios.run(PACKAGE)


def test_every_scenario_holds(report):
    assert [f"{each.id}: {each.failure}" for each in report.results if each.failure] == []
    assert {each.id for each in report.results} >= GOLDEN


def test_every_flow_and_every_end_is_walked(report):
    assert [part.words for part in report.unwalked_flows] == []
    assert [part.words for part in report.unreached_ends] == []


def test_every_scenario_is_titled_in_a_chinese_sentence():
    titles = [str(each["title"]) for each in catalogue.scenarios(PACKAGE)]

    assert all(title.endswith("。") and not title.isascii() for title in titles)
