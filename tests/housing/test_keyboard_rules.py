"""Own keys: what a key may be, which keys clash, and what a person's choice leaves in force."""

import pytest

from housing.people import keyboard
from housing.people.errors import (
    KeyClashes,
    KeyFixed,
    KeyNeedsCtrl,
    KeyNotEnglish,
    KeyOwned,
    KeysRefused,
    KeyTaken,
    KeyUnknown,
)


def refused(**typed: str) -> dict[str, type[Exception]]:
    """Give the commands whose keys are refused, and as what."""
    with pytest.raises(KeysRefused) as refusal:
        keyboard.check_keys(typed)
    return {code: type(problem) for code, problem in refusal.value.problems.items()}


def test_the_first_keys_can_be_used_together():
    first = {code: command.key for code, command in keyboard.COMMANDS.items()}

    assert keyboard.check_keys(first) == {}
    assert keyboard.keys_of({}) == first


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("e", "e"),
        (" E ", "e"),
        ("\uff25", "e"),
        ("7", "7"),
        ("+", "+"),
        ("g  C", "g c"),
        ("ctrl+e", "Ctrl+E"),
        ("Control + b", "Ctrl+B"),
        ("Ctrl I", "Ctrl+I"),
        ("", ""),
    ],
)
def test_a_key_is_read_as_people_write_it(typed, key):
    assert keyboard.check_keys({"claim": typed}) == {"claim": key}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("gm", KeyUnknown),
        ("a b c", KeyUnknown),
        ("q Ctrl+S", KeyUnknown),
        ("\x07", KeyUnknown),
        ("ㄏ", KeyNotEnglish),
        ("Tab", KeyOwned),
        ("Esc", KeyOwned),
        ("F5", KeyOwned),
        ("Arrow Down", KeyOwned),
        ("Alt+x", KeyOwned),
        ("Ctrl+P", KeyOwned),
        ("Ctrl+W", KeyOwned),
        ("Ctrl+Alt+C", KeyOwned),
        ("?", KeyFixed),
        ("? a", KeyFixed),
    ],
)
def test_keys_of_browsers_screen_readers_and_input_methods_are_refused(typed, why):
    assert refused(claim=typed) == {"claim": why}


@pytest.mark.parametrize("code", ["complete", "save_draft", "palette"])
def test_what_is_used_while_writing_needs_ctrl(code):
    assert refused(**{code: "q"}) == {code: KeyNeedsCtrl}


def test_of_two_commands_with_one_key_the_changed_one_is_told():
    assert refused(claim="u") == {"claim": KeyTaken}
    assert refused(claim="Ctrl+S") == {"claim": KeyTaken}
    assert refused(claim="e", note="e") == {"note": KeyTaken}


def test_a_key_cannot_be_how_another_begins():
    assert refused(claim="g") == {"claim": KeyClashes}
    assert refused(go_mine="c m") == {"go_mine": KeyClashes}


def test_two_commands_may_change_keys_and_one_may_go_without():
    assert keyboard.check_keys({"claim": "u", "unclaim": "c"}) == {"claim": "u", "unclaim": "c"}
    assert keyboard.check_keys({"claim": "u", "unclaim": ""}) == {"claim": "u", "unclaim": ""}


def test_every_problem_is_told_at_once():
    assert refused(claim="u", note="F1", next="") == {"claim": KeyTaken, "note": KeyOwned}


def test_a_first_key_gives_way_to_an_own_one_from_before_the_command_came():
    keys = keyboard.keys_of({"claim": "n", "gone_command": "z"})

    assert keys["claim"] == "n"
    assert keys["note"] == ""
    assert "gone_command" not in keys
