"""What a decision looked at is kept, so that a changed table can be asked what it would say."""

import pytest

from engine.decision_replay import count_past, past_decisions, replay_all
from engine.decision_tests import ExampleRow, check_tests, file_of, run_tests, write_tests
from engine.decisions import parse_decisions
from engine.variable_use import uses_of


@pytest.fixture
def gas_case(process):
    case = process("classify", "repair_class.dmn").start("classify")
    case.complete("report", {"category": "gas"})
    return case


@pytest.mark.integration
def test_what_a_decision_looked_at_is_kept_and_nothing_else(gas_case):
    (line,) = [line for line in gas_case.history() if line.kind == "decision_made"]

    assert line.details["given"] == {"category": '"gas"'}


@pytest.mark.integration
@pytest.mark.parametrize(
    ("old", "new", "outcome", "output"),
    [
        (b"<text>", b"<text>", "same", "A"),
        (b'"A"', b'"B"', "changed", "B"),
        (b"<text>category</text>", b"<text>category_code</text>", "unknown", None),
    ],
)
def test_a_changed_table_decides_past_cases_again(
    gas_case, diagram, database, old, new, outcome, output
):
    table = diagram("classify", "repair_class.dmn")["repair_class.dmn"].replace(old, new)

    with database.reading() as session:
        found = list(replay_all(parse_decisions(table), "repair_class", session, batch=1))
        count = count_past("repair_class", session)
        none_before = past_decisions("repair_class", session, before=found[0].past.line)

    assert [(each.outcome, each.output) for each in found] == [(outcome, output)]
    assert (count, none_before) == (1, ())
    assert found[0].past.output == "A"


def test_rows_tell_what_a_table_gives_and_what_it_should(diagram):
    files, name = diagram("classify", "repair_class.dmn"), file_of("repair_class")
    model = parse_decisions(files["repair_class.dmn"])
    rows = tuple(
        ExampleRow(given={"category": '"gas"'}, expected=expected)
        for expected in ('"A"', '"B"', "", "1 +")
    )

    found = run_tests(model, "repair_class", rows)

    assert [each.outcome for each in found] == ["passed", "failed", "shown", "error"]
    assert [each.rules for each in found[:3]] == [("rule_gas",)] * 3
    problems = check_tests(name, {**files, name: write_tests(rows)})
    assert [problem.element_id for problem in problems] == ["repair_class"] * 2
    (broken,) = check_tests(name, {**files, name: b'{"rows": [1]}'})
    assert "cannot be read" in broken.advice


def test_readers_of_a_variable_are_found_in_diagram_and_table(diagram):
    uses = uses_of(diagram("classify", "repair_class.dmn"))

    readers = {(use.file, use.element_id) for use in uses if use.name == "category"}
    assert readers == {("repair_class.dmn", "repair_class")}
    assert uses_of({"x.bpmn": b"<", "y.dmn": b"<"}) == ()
