"""Expectations recorded anew: what did not hold is replaced, what holds and the acts stay."""

import pytest

from housing.scenario_adoption import adopt
from housing.scenario_checks import Mismatch

ACT = {"complete": "triage", "as": "manager1"}


def scenario(**then: object) -> dict[str, object]:
    """A scenario whose second step expects something."""
    start = {"as": "resident1", "values": {}}
    return {
        "id": "one",
        "given": {"now": "2026-03-02T09:00+08:00", "start": start, "then": {"open": ["triage"]}},
        "steps": [{"when": ACT, "then": then}],
    }


def found(key: str, expected: object, actual: object, *, name: str = "", step: int = 1) -> Mismatch:
    """Say that an expectation does not hold."""
    return Mismatch(step=step, key=key, name=name, expected=expected, actual=actual)


@pytest.mark.parametrize(
    ("then", "mismatch", "after"),
    [
        ({"open": ["visit"]}, found("open", ["visit"], []), {"open": []}),
        (
            {"due": {"visit": "1", "other": "2"}},
            found("due", "1", "3", name="visit"),
            {"due": {"visit": "3", "other": "2"}},
        ),
        ({"due": {"visit": "1"}}, found("due", "1", None, name="visit"), {}),
        ({"ended": True, "cases": 2}, found("cases", 2, 1), {"ended": True, "cases": 1}),
        (
            {"clocks": {"sla": {"state": "met", "pauses": 0}}},
            found("clocks", "met", "running", name="sla/state"),
            {"clocks": {"sla": {"state": "running", "pauses": 0}}},
        ),
        ({"clocks": {"sla": {"state": "met"}}}, found("clocks", {}, None, name="sla"), {}),
        ({"notices": [{"to": "a", "kind": "b"}]}, found("notices", {}, []), {}),
        ({"refused": "NotYours"}, found("refused", "NotYours", None), {}),
        ({"refused": "A"}, found("refused", "A", "B"), {"refused": "B"}),
        (
            {"variables": {"payer": "tenant"}},
            found("variables", "tenant", None, name="payer"),
            {"variables": {"payer": None}},
        ),
    ],
)
def test_what_did_not_hold_is_expected_as_it_is(then, mismatch, after):
    raw = scenario(**then)

    adopted = adopt(raw, [mismatch])

    assert adopted["steps"] == [{"when": ACT, "then": after}]
    assert adopted["given"] == raw["given"]
    assert raw["steps"][0]["then"] == then  # the given one stays as it was


def test_the_start_is_step_zero_where_there_is_one():
    changed = adopt(scenario(), [found("open", ["triage"], ["look"], step=0)])

    assert changed["given"]["then"] == {"open": ["look"]}


def test_without_a_start_the_first_step_is_step_zero():
    raw = {"id": "one", "given": {"now": "2026"}, "steps": [{"when": ACT, "then": {"ended": True}}]}

    changed = adopt(raw, [found("ended", True, False, step=0)])

    assert changed["steps"][0]["then"] == {"ended": False}
