"""`anju lint` on the command line: what it says, as text and JSON, and its exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.cli.main import commands

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:anju="https://anju.example.org/schema/1.0" targetNamespace="t">'
)
DMN = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="n">
<decision id="fee" name="Fee"><variable name="fee"/><decisionTable id="t" hitPolicy="UNIQUE">
<input id="i" label="age"><inputExpression id="e"><text>age</text></inputExpression></input>
<output id="o" name="fee"/><rule id="r"><inputEntry id="c"><text>&lt; 18</text></inputEntry>
<outputEntry id="v"><text>1</text></outputEntry></rule></decisionTable></decision></definitions>"""


def lint(*arguments: object) -> Result:
    return CliRunner().invoke(commands, ["lint", *map(str, arguments)])


@pytest.fixture
def written(tmp_path):
    """Write a diagram with one task between start and end."""

    def write(task: str) -> Path:
        flows = '<sequenceFlow id="f1" sourceRef="s" targetRef="a"/>'
        flows += '<sequenceFlow id="f2" sourceRef="a" targetRef="e"/>'
        nodes = f'<startEvent id="s"/>{task}<endEvent id="e"/>{flows}'
        path = tmp_path / "one.bpmn"
        path.write_text(
            f'{HEAD}<process id="p" isExecutable="true">{nodes}</process></definitions>'
        )
        return path

    return write


@pytest.fixture
def decisions(tmp_path) -> Path:
    """Write a table that covers ages below 18 only."""
    path = tmp_path / "fee.dmn"
    path.write_text(DMN)
    return path


def asks(decision: str) -> str:
    return f'<businessRuleTask id="a" name="Fee" camunda:decisionRef="{decision}"/>'


def test_a_gap_of_a_table_is_a_warning_and_refuses_nothing(decisions):
    result = lint(decisions)

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"{decisions}: warning: fee Fee: No rule covers age = 18 or > 18. "
        "Add a rule or a default output. [decision-table-coverage]",
        "no error",
    ]


def test_an_unknown_decision_refuses_the_diagram(written):
    path = written(asks("fee"))
    result = lint(path)

    assert result.exit_code == 1
    assert f"{path}: error: a Fee: There is no decision 'fee'." in result.output
    assert result.output.endswith("refused\n")


def test_a_decision_of_a_file_given_along_is_known(written, decisions):
    assert lint(written(asks("fee")), decisions).exit_code == 0


def test_a_decision_of_a_shipped_package_is_known(written):
    assert lint(written(asks("repair_class"))).exit_code == 0


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    for name in ("broken.bpmn", "broken.dmn"):
        (tmp_path / name).write_text("<definitions")
    result = lint(tmp_path / "broken.bpmn", tmp_path / "broken.dmn")

    assert result.exit_code == 1
    assert result.output.count(": error: ") == 2


def test_an_unknown_calendar_is_refused(written):
    task = (
        '<userTask id="a" camunda:candidateGroups="officer" camunda:dueDate="P3D"'
        ' anju:calendar="{}"/>'
    )
    wrong, right = (lint(written(task.format(name))) for name in ("moon-days", "working-days"))

    assert (wrong.exit_code, right.exit_code) == (1, 0)
    assert "There is no calendar 'moon-days'." in wrong.output
    assert "unknown-calendar" in wrong.output
    assert "unknown-calendar" not in right.output


def test_json_holds_every_finding_with_its_rule(written, decisions):
    path = written(asks("nobody"))
    result = lint(path, decisions, "--json")
    answer = json.loads(result.output)
    (error,) = [each for each in answer["findings"] if each["severity"] == "error"]

    assert (result.exit_code, answer["refused"]) == (1, True)
    assert (error["file"], error["element_id"], error["element_name"]) == (str(path), "a", "Fee")
    assert {each["rule"] for each in answer["findings"]} >= {"decision-table-coverage"}
    assert all(each["rule"] and each["advice"] for each in answer["findings"])


def test_the_shipped_packages_have_no_error():
    folder = Path(__file__).parents[2] / "bpmn"
    result = lint(*folder.glob("*/*.bpmn"), *folder.glob("*/*.dmn"), "--json")

    assert (result.exit_code, json.loads(result.output)["refused"]) == (0, False)


@pytest.mark.parametrize("arguments", [(), ("missing.bpmn",), ("--unknown",)])
def test_wrong_arguments_are_told_in_one_sentence(arguments):
    result = lint(*arguments)

    assert result.exit_code == 2
    assert result.output.count("Error: ") == 1
    assert "Traceback" not in result.output
