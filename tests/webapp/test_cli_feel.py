"""`anju feel` and `anju conformance` on the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp.cli.main import commands


def run(*arguments: str):
    return CliRunner().invoke(commands, list(arguments))


def test_an_expression_is_evaluated_over_a_context():
    result = run("feel", "rent * 2", "--context", '{"rent": 1.5}')

    assert result.exit_code == 0
    assert result.output == "3\n"


def test_what_became_null_is_told():
    result = run("feel", '"a" + 1')

    assert result.output == "null\nnull: string + number cannot be calculated.\n"


def test_an_error_has_line_column_and_a_caret_below_wide_characters():
    result = run("feel", '"中文" + )')

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "line 1, column 8: Did not expect ')' here.",
        '  "中文" + )',
        "           ^",
    ]


def test_a_context_that_is_no_object_is_refused():
    assert run("feel", "1", "--context", "[1]").exit_code == 2


def test_a_context_that_is_not_json_is_refused():
    result = run("feel", "1", "--context", "{")

    assert result.exit_code == 2
    assert "Error: --context is not JSON: " in result.output


def test_a_missing_expression_is_told():
    result = run("feel")

    assert result.exit_code == 2
    assert "Error: Missing argument 'EXPRESSION'." in result.output


def test_a_missing_folder_is_told_in_one_sentence(tmp_path: Path):
    folder = tmp_path / "nowhere"
    result = run("conformance", "open", str(folder))

    assert result.exit_code == 2
    assert result.output.splitlines()[-1] == (
        f"Error: Invalid value for 'FOLDER': Directory '{folder}' does not exist."
    )


def test_an_unknown_suite_is_refused_with_those_that_exist(tmp_path: Path):
    result = run("conformance", "other", str(tmp_path))

    assert result.exit_code == 2
    assert "'betsy', 'dmn-tck', 'ill-formed', 'open'" in result.output


@pytest.mark.parametrize("suite", ["betsy", "ill-formed"])
def test_a_folder_without_the_suite_is_told_in_one_sentence(suite: str, tmp_path: Path):
    result = run("conformance", suite, str(tmp_path))

    assert result.exit_code == 2
    assert f"is missing; give a folder laid out like the suite {suite}." in result.output


@pytest.mark.parametrize("suite", ["dmn-tck", "open"])
def test_an_empty_folder_holds_no_test(suite: str, tmp_path: Path):
    result = run("conformance", suite, str(tmp_path), "--json")

    assert (result.exit_code, json.loads(result.output)["total"]) == (0, 0)


def test_a_conformance_suite_gives_json(tmp_path: Path):
    (tmp_path / "expected.json").write_text("{}")

    result = run("conformance", "betsy", str(tmp_path), "--json")

    figures = json.loads(result.output)
    assert (figures["total"], figures["passed"], figures["failed"]) == (0, 0, 0)
