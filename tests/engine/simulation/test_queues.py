"""The simulation against the queue that is known exactly (Erlang C)."""

import pytest

from engine.simulation.queues import check, erlang_c, mean_wait

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("people", "load", "weeks"), [(1, 0.5, 480), (1, 0.7, 320), (3, 0.7, 160)])
def test_mean_wait_and_use_are_within_three_percent_of_the_closed_form(people, load, weeks):
    found = check(people, load, weeks=weeks, seed=1)

    assert found.simulated_wait == pytest.approx(mean_wait(people, load), rel=0.03)
    assert found.simulated_busy == pytest.approx(load, rel=0.03)


def test_the_closed_form_is_that_of_the_textbook():
    """M/M/1: the wait is likely as the load; Erlang C of two people at 0.75 each is 0.6429."""
    assert erlang_c(1, 0.6) == pytest.approx(0.6)
    assert mean_wait(1, 0.5) == pytest.approx(1.0)
    assert erlang_c(2, 0.75) == pytest.approx(0.642857, abs=1e-6)
