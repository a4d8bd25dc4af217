"""The shipped package of requests about one's own data: every scenario passes, all is walked."""

import pytest

from housing import scenarios

pytestmark = [pytest.mark.integration, pytest.mark.process]


def test_every_scenario_passes_and_together_they_walk_the_diagram():
    report = scenarios.run("personal_data")

    assert {each.id: each.failure for each in report.results if each.failure} == {}
    assert len(report.results) >= 5
    assert list(report.unwalked_flows) == []
    assert list(report.unreached_ends) == []
