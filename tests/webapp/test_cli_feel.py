"""`anju feel` and `anju conformance` on the command line."""

import json
from pathlib import Path

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


def test_a_conformance_suite_gives_json(tmp_path: Path):
    (tmp_path / "expected.json").write_text("{}")

    result = run("conformance", "betsy", str(tmp_path), "--json")

    figures = json.loads(result.output)
    assert (figures["total"], figures["passed"], figures["failed"]) == (0, 0, 0)
