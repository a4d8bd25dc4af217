"""Accounts of staff on the command line, where an office begins."""

import pytest
from click.testing import CliRunner

from housing.people.queries import account_by_login
from webapp.cli.main import commands

WORD = "a sentence for the counter"
OTHER = "another sentence for it"


@pytest.fixture
def run(house, monkeypatch):
    """Run `anju account ...` on the served house."""
    monkeypatch.setenv("ANJU_VAR", str(house.settings.var))

    def account(*arguments, typed=""):
        return CliRunner().invoke(commands, ["account", *arguments], input=typed)

    return account


def test_the_first_administrator_of_an_office_is_opened_here(run, visitor):
    opened = run(
        "open", "Chen.Fang", "--name", "陳方", "--role", "officer", typed=f"{WORD}\n{WORD}\n"
    )
    assert opened.exit_code == 0, opened.output
    assert WORD not in opened.output
    assert "陳方，您好" in visitor.sign_in("chen.fang", WORD).text

    run("give-role", "chen.fang", "contractor", "--scope", "contractor:NEW")
    assert "contractor (contractor:NEW)" in run("list").output
    assert "resident1" not in run("list").output
    run("take-role", "chen.fang", "contractor", "--scope", "contractor:NEW")
    assert "contractor (contractor:NEW)" not in run("list").output


@pytest.mark.parametrize(
    "arguments",
    [
        ("open", "officer1", "--name", "許承辦", "--role", "officer", "--password", WORD),
        ("open", "chen", "--name", "陳方", "--role", "king", "--password", WORD),
        ("open", "chen", "--name", "陳方", "--role", "officer", "--scope", "x", "--password", WORD),
        ("open", "chen", "--name", "陳方", "--role", "officer", "--password", "short"),
        ("take-role", "officer1", "finance"),
        ("new-password", "nobody", "--password", WORD),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(run, house, arguments):
    assert run(*arguments).exit_code != 0
    with house.reading() as session:
        assert account_by_login("chen", session=session) is None


def test_a_forgotten_password_of_staff_is_replaced_and_every_session_ends(
    run, signed_in, opened, app
):
    officer = signed_in("officer1")
    run("new-password", "officer1", "--password", OTHER)

    assert officer.open("/account").status_code == 302
    assert "許承辦，您好" in opened(app).sign_in("officer1", OTHER).text


def test_who_left_can_no_longer_sign_in_until_he_comes_back(run, visitor):
    run("close", "officer1")
    assert visitor.sign_in("officer1").status_code == 401
    run("reopen", "officer1")
    assert visitor.sign_in("officer1").status_code == 200
