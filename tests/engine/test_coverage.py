"""Gaps and overlaps of decision tables are found and said with an example."""

from xml.sax.saxutils import escape

import pytest

from engine.decisions import check_decisions

HEAD = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="n">
<decision id="fee" name="fee"><variable name="fee"/><decisionTable id="t" hitPolicy="{policy}">
<input id="i1" label="age"><inputExpression id="e1"><text>age</text></inputExpression></input>
<input id="i2" label="kind"><inputExpression id="e2"><text>kind</text></inputExpression></input>
<output id="o" name="fee"/>{rules}</decisionTable></decision></definitions>"""


def advice(*rules: tuple[str, str, str], policy: str = "UNIQUE") -> list[str]:
    text = ""
    for number, (age, kind, fee) in enumerate(rules):
        cells = "".join(
            f'<inputEntry id="c{number}{at}"><text>{escape(cell)}</text></inputEntry>'
            for at, cell in enumerate((age, kind))
        )
        result = f'<outputEntry id="o{number}"><text>{fee}</text></outputEntry>'
        text += f'<rule id="r{number}">{cells}{result}</rule>'
    found = check_decisions(HEAD.format(policy=policy, rules=text).encode())
    assert all(problem.severity != "error" for problem in found)
    return [problem.advice for problem in found]


def test_a_complete_table_has_no_warning():
    assert advice(("< 18", "-", "1"), ("[18..65)", "-", "2"), (">= 65", "-", "3")) == []


def test_a_gap_between_numbers_is_said():
    assert advice(("< 18", "-", "1"), ("> 18", "-", "2")) == [
        "No rule covers age = 18. Add a rule or a default output."
    ]


def test_a_gap_between_days_is_said():
    days = ('< date("2026-01-01")', '> date("2026-01-02")')

    (gap,) = advice((days[0], "-", "1"), (days[1], "-", "2"))

    assert gap.startswith("No rule covers age = 2026-01-01 or = 2026-01-02.")


def test_a_missing_text_is_said():
    assert advice(("-", '"gas"', "1"), ("-", 'not("gas","lift")', "2")) == [
        'No rule covers kind = "lift". Add a rule or a default output.'
    ]


def test_a_missing_truth_value_is_said():
    assert advice(("-", "true", "1")) == [
        "No rule covers kind = false. Add a rule or a default output."
    ]


OVERLAPPING = (("< 20", "-", "1"), (">= 18", "-", "2"))


def test_rules_that_overlap_are_said():
    (overlap,) = advice(*OVERLAPPING)

    assert overlap.startswith("Rules 1 and 2 all match age = 18 or in (18..20).")


@pytest.mark.parametrize("policy", ["FIRST", "RULE ORDER"])
def test_rules_may_overlap_where_the_hit_policy_chooses(policy):
    assert advice(*OVERLAPPING, policy=policy) == []


def test_any_allows_overlaps_with_the_same_output():
    same = (("< 20", "-", "1"), (">= 18", "-", "1"))

    assert advice(*same, policy="ANY") == []
    assert len(advice(*OVERLAPPING, policy="ANY")) == 1


def test_a_cell_that_refers_to_another_input_is_not_guessed_about():
    assert advice(("> limit", "-", "1")) == [
        "Gaps and overlaps of the table were not looked for: age."
    ]


@pytest.mark.parametrize("policy", ["COLLECT", "OUTPUT ORDER"])
def test_a_table_that_collects_what_matches_may_match_nothing(policy):
    assert advice(("< 18", "-", "1"), ("> 18", '"gas"', "2"), policy=policy) == []


def test_a_first_hit_must_exist():
    assert advice(("< 18", "-", "1"), ("> 18", "-", "2"), policy="FIRST") == [
        "No rule covers age = 18. Add a rule or a default output."
    ]
