"""Absences on the command line, for somebody who fell ill before he could enter it."""

import pytest
from click.testing import CliRunner

from webapp.cli.main import commands

DAYS = ("--from", "2099-03-02", "--until", "2099-03-04")


@pytest.fixture
def run(house, monkeypatch):
    """Run `anju absence ...` on the served house."""
    monkeypatch.setenv("ANJU_VAR", str(house.settings.var))

    def absence(*arguments):
        return CliRunner().invoke(commands, ["absence", *arguments])

    return absence


def test_an_absence_is_entered_for_somebody_who_is_ill_and_listed(run):
    assert "Nobody" in run("list").output

    entered = run(
        "enter", "officer1", *DAYS, "--deputy", "officer2", "--reason", "sick", "--by", "chief1"
    )

    assert entered.exit_code == 0, entered.output
    assert "2099-03-02 to 2099-03-04  許承辦  planned  deputies: 宋複核" in run("list").output


@pytest.mark.parametrize(
    ("deputy", "by"), [("finance1", "chief1"), ("officer2", "manager1"), ("nobody", "chief1")]
)
def test_what_the_page_refuses_is_refused_here_too(run, deputy, by):
    refused = run("enter", "officer1", *DAYS, "--deputy", deputy, "--by", by)

    assert refused.exit_code != 0
    assert "Nobody" in run("list").output
