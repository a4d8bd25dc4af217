"""`anju handbook`: the README of a package, what people wrote and what the package says."""

import pytest
from click.testing import CliRunner

from bpmn import catalogue
from webapp import handbook_text
from webapp.cli.main import commands


def test_the_command_prints_the_readme_with_every_chapter():
    printed = CliRunner().invoke(commands, ["handbook", "care_monthly"])

    assert printed.exit_code == 0
    assert handbook_text.MARKER in printed.output
    for heading in ("角色", "人員辦理事項", "系統辦理事項", "期限", "公文", "表單", "結束"):
        assert f"#### {heading}\n" in printed.output
    assert "3 個工作日" in printed.output


def test_an_unknown_package_is_refused_with_the_known_ones():
    printed = CliRunner().invoke(commands, ["handbook", "../etc"])

    assert printed.exit_code == 2
    assert "care_monthly" in printed.output


def test_writing_keeps_what_people_wrote_and_replaces_what_was_generated(tmp_path):
    target = tmp_path / "README.md"
    target.write_text(f"# Ours\n\nBy hand.\n\n{handbook_text.MARKER}\n\nold words\n", "utf-8")
    arguments = ["handbook", "care_monthly", "--write", "--readme", str(target)]
    written = CliRunner().invoke(commands, arguments)
    text = target.read_text("utf-8")

    assert written.exit_code == 0
    assert text.startswith(f"# Ours\n\nBy hand.\n\n{handbook_text.MARKER}\n")
    assert "old words" not in text
    assert "## 流程手冊" in text


def test_a_package_without_a_readme_begins_with_its_name():
    assert handbook_text.readme("care_monthly", "").startswith("# 關懷工作月報（`care.monthly`）\n")


@pytest.mark.parametrize("package", catalogue.packages())
def test_the_readme_of_a_package_says_what_the_package_says(package):
    present = catalogue.handbook(package)

    assert present == handbook_text.readme(package, present), "run: anju handbook --write"
