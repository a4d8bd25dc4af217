"""The keys of the present person: for the list of keys, the page of keys and the scripts."""

from collections.abc import Mapping
from dataclasses import dataclass

import flask
from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from housing.people import keyboard
from webapp import current

COMMANDS: Mapping[str, LazyString] = {
    "go_mine": _l("Go to “My tasks”"),
    "go_team": _l("Go to “To claim”"),
    "go_overdue": _l("Go to “Overdue”"),
    "palette": _l("Search: a page, a case, a beginning"),
    "next": _l("Next task"),
    "previous": _l("Previous task"),
    "open": _l("Open the task"),
    "search": _l("Search in the list"),
    "choose": _l("Choose the task, or let it go"),
    "choose_page": _l("Choose all of this page"),
    "claim": _l("Claim"),
    "unclaim": _l("Give back"),
    "assign": _l("Assign"),
    "follow_up": _l("Follow up"),
    "note": _l("Write a note"),
    "complete": _l("Complete the task"),
    "save_draft": _l("Save draft"),
}
"""Words for the commands of `housing.people.keyboard`."""

PLACES: Mapping[LazyString, tuple[str, ...]] = {
    _l("On every page"): ("go_mine", "go_team", "go_overdue", "palette"),
    _l("In lists of tasks"): ("next", "previous", "open", "search", "choose", "choose_page"),
    _l("In lists of tasks and on a task"): ("claim", "unclaim", "assign", "follow_up", "note"),
    _l("On a task, also while you write"): ("complete", "save_draft"),
}
"""Where commands act, to the commands in the order in which they are listed."""

VIEW_BY_COMMAND: Mapping[str, str] = {
    "go_mine": "mine",
    "go_team": "team",
    "go_overdue": "overdue",
}
"""Commands that lead to a view of the inbox."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyLine:
    """A command with its key.

    Attributes:
        key: in force, or as typed; "" when the command has none.
        first_key: what it is until a person chooses another.
        problem: why the key cannot be used, or "".
    """

    code: str
    words: str
    key: str
    first_key: str
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Commands that act in one place."""

    words: str
    lines: tuple[KeyLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyHelp:
    """The list of keys.

    Attributes:
        keys: command to key, for the scripts.
        addresses: where commands lead, for the scripts.
        places: commands that have a key, in words.
    """

    keys: Mapping[str, str]
    addresses: Mapping[str, str]
    places: tuple[Place, ...]


def install(app: Flask) -> None:
    """Let every page tell its reader's keys."""
    app.context_processor(lambda: {"keys_in_force": in_force, "key_help": show_help})


def in_force() -> dict[str, str]:
    """Map the commands that have a key to it; with single letters off only keys with Ctrl count."""
    person = current.account()
    keys = {**keyboard.keys_of(person.own_keys), "help": keyboard.HELP_KEY}
    return {
        code: key
        for code, key in keys.items()
        if key and (person.has_letter_keys or keyboard.is_with_ctrl(key))
    }


def show_help() -> KeyHelp:
    """Give the list of keys of the present person."""
    keys = in_force()
    return KeyHelp(
        keys=keys,
        addresses={code: _address(view) for code, view in VIEW_BY_COMMAND.items()},
        places=in_places(keys, {}),
    )


def in_places(keys: Mapping[str, str], problems: Mapping[str, str]) -> tuple[Place, ...]:
    """List those commands that stand in a mapping to keys, by the place where they act."""
    found = (
        Place(
            words=str(words),
            lines=tuple(_line(code, keys[code], problems) for code in codes if code in keys),
        )
        for words, codes in PLACES.items()
    )
    return tuple(place for place in found if place.lines)


def _line(code: str, key: str, problems: Mapping[str, str]) -> KeyLine:
    return KeyLine(
        code=code,
        words=str(COMMANDS[code]),
        key=key,
        first_key=keyboard.COMMANDS[code].key,
        problem=problems.get(code, ""),
    )


def _address(view: str) -> str:
    return flask.url_for("inbox.list_tasks", view=view)
