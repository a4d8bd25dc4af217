"""A decision table is edited as rows of text; what is not text stays as it was."""

import pytest

from bpmn import catalogue
from engine.decision_editing import RuleRow, grids, new_table, with_rules
from engine.decisions import parse_decisions
from engine.errors import DecisionIdInvalid, DecisionMissing

CLASS = catalogue.read("repair", "repair_class.dmn")


def test_a_table_reads_as_columns_and_rows():
    (grid,) = grids(CLASS)

    assert (grid.decision_id, grid.hit_policy) == ("repair_class", "FIRST")
    assert [column.label for column in grid.inputs][:2] == ["已損壞", "現場可簡易排除"]
    assert grid.outputs[0].values == ('"D"', '"A"', '"B1"', '"B2"')
    assert grid.rules[0].tests == ("false", "-", "-", "-", "-")
    assert grid.rules[0].note.startswith("未損壞")


def test_rules_that_are_not_changed_stay_as_they_were():
    (grid,) = grids(CLASS)

    assert grids(with_rules(CLASS, "repair_class", grid.rules)) == (grid,)


def test_rules_are_changed_added_moved_and_left_out():
    (grid,) = grids(CLASS)
    first, second, *others = grid.rules
    new = RuleRow(
        id="", tests=("true", "", "-", "-", "-"), results=('"E"', '"agency"', "3"), note="新"
    )
    changed = RuleRow(id=second.id, tests=second.tests, results=('"X"', *second.results[1:]))

    written = with_rules(CLASS, "repair_class", [new, changed, *others])

    (after,) = grids(written)
    assert after.rules[0].tests == ("true", "-", "-", "-", "-")
    assert after.rules[0].note == "新"
    assert after.rules[0].id not in {rule.id for rule in grid.rules}
    assert after.rules[1].results[0] == '"X"'
    assert first.id not in {rule.id for rule in after.rules}
    assert parse_decisions(written).decision_ids == ("repair_class",)


def test_rules_that_match_together_are_numbered():
    unique = CLASS.replace(b'hitPolicy="FIRST"', b'hitPolicy="UNIQUE"')
    (grid,) = grids(unique)
    doubled = RuleRow(id="", tests=grid.rules[0].tests, results=grid.rules[0].results)

    (after,) = grids(with_rules(unique, "repair_class", [*grid.rules, doubled]))

    assert {1, len(after.rules)} <= after.overlapping


def test_a_table_that_is_not_there_is_refused():
    with pytest.raises(DecisionMissing):
        with_rules(CLASS, "nothing", [])


def test_a_new_table_decides_at_once_and_its_id_is_checked():
    content = new_table("urgency", "急迫程度")

    assert parse_decisions(content).decision_ids == ("urgency",)
    assert grids(content)[0].name == "急迫程度"
    with pytest.raises(DecisionIdInvalid):
        new_table('"><script>', "")
