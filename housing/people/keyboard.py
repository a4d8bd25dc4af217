"""Pure rules of keys: the commands with their first keys, what a key may be, which keys clash.

A key is written as people write it: "c", two after each other "g m", or with Ctrl "Ctrl+S".
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.errors import Invalid
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What a key can do.

    Attributes:
        key: until a person chooses another.
        acts_in_fields: is used while writing, where a letter is a letter: its key needs Ctrl.
    """

    key: str
    acts_in_fields: bool = False


COMMANDS: Mapping[str, Command] = {
    "go_mine": Command(key="g m"),
    "go_team": Command(key="g t"),
    "go_overdue": Command(key="g o"),
    "palette": Command(key="Ctrl+K", acts_in_fields=True),
    "next": Command(key="j"),
    "previous": Command(key="k"),
    "open": Command(key="o"),
    "search": Command(key="/"),
    "choose": Command(key="x"),
    "choose_page": Command(key="* a"),
    "claim": Command(key="c"),
    "unclaim": Command(key="u"),
    "assign": Command(key="a"),
    "follow_up": Command(key="f"),
    "note": Command(key="n"),
    "complete": Command(key="Ctrl+Enter", acts_in_fields=True),
    "save_draft": Command(key="Ctrl+S", acts_in_fields=True),
}
"""Every command whose key a person may choose: the one list of them, for pages and scripts."""

HELP_KEY = "?"
"""Shows the list of keys. It stays, so that whoever forgot his own keys finds them again."""

CTRL_KEYS = ("B", "E", "I", "K", "S", "Enter")
"""What may stand after "Ctrl+": the others copy, find, print, or close and open windows."""

LONGEST_KEY = 20
"""Characters that are read of what was typed."""

_CTRL = re.compile(r"(?:ctrl|control|cmd|command)[ +]+(\S+)", re.IGNORECASE)
_OWNED = re.compile(
    r"tab|enter|return|space|esc|escape|insert|ins|delete|del|backspace|home|end|caps ?lock"
    r"|page ?(up|down)|(arrow ?)?(up|down|left|right)|f\d{1,2}"
    r"|(alt|option|shift|meta|win|windows|fn)([ +].*)?",
    re.IGNORECASE,
)
"""Keys by which one moves on a page, or which browsers, systems and screen readers use."""


def read_key(typed: str) -> str:
    """Bring a typed key into its stored form; "" when nothing was typed: the command has no key.

    Raises:
        KeyNotEnglish: typed with an input method.
        KeyOwned: the browser, the system or a screen reader uses it.
        KeyUnknown: it is no key.
    """
    text = " ".join(unicodedata.normalize("NFKC", typed)[:LONGEST_KEY].split())
    if not text.isascii():
        raise KeyNotEnglish(text)
    if with_ctrl := _CTRL.fullmatch(text):
        return _read_ctrl(with_ctrl[1])
    if _OWNED.fullmatch(text):
        raise KeyOwned(text, ", ".join(CTRL_KEYS))
    strokes = text.split(" ") if text else []
    if len(strokes) > 2 or any(len(each) != 1 or not each.isprintable() for each in strokes):
        raise KeyUnknown(text)
    return text.lower()


def _read_ctrl(name: str) -> str:
    by_name = {each.lower(): each for each in CTRL_KEYS}
    if name.lower() not in by_name:
        raise KeyOwned(f"Ctrl+{name.upper()}", ", ".join(CTRL_KEYS))
    return f"Ctrl+{by_name[name.lower()]}"


def check_keys(typed: Mapping[str, str]) -> dict[str, str]:
    """Accept what was typed as the keys of all commands; give those that are not the first ones.

    Args:
        typed: command to key as typed; a command that is missing has its first key.

    Raises:
        KeysRefused: some of them cannot be used; tells for each command why.
    """
    problems: dict[str, Invalid] = {}
    keys: dict[str, str] = {}
    for code, command in COMMANDS.items():
        try:
            keys[code] = _fitting(code, typed.get(code, command.key))
        except Invalid as problem:
            problems[code] = problem
    problems.update(_clashes(keys))
    if problems:
        raise KeysRefused({code: problems[code] for code in COMMANDS if code in problems})
    return {code: key for code, key in keys.items() if key != COMMANDS[code].key}


def _fitting(code: str, typed: str) -> str:
    key = read_key(typed)
    if key and COMMANDS[code].acts_in_fields and not is_with_ctrl(key):
        raise KeyNeedsCtrl(", ".join(CTRL_KEYS))
    if _clash(key, HELP_KEY):
        raise KeyFixed(HELP_KEY)
    return key


def _clashes(keys: Mapping[str, str]) -> Iterable[tuple[str, Invalid]]:
    """Find the commands whose key another has; of two the one whose key was changed is named."""
    kept: dict[str, str] = {}
    for code in sorted(keys, key=lambda each: keys[each] != COMMANDS[each].key):
        key = keys[code]
        other = next((each for each in kept if _clash(kept[each], key)), None)
        if other is None:
            kept[code] = key
        elif kept[other] == key:
            yield code, KeyTaken(key, other)
        else:
            yield code, KeyClashes(key, kept[other], other)


def _clash(one: str, other: str) -> bool:
    """Tell whether two keys are the same, or one is how the other begins."""
    if not one or not other:
        return False
    return one == other or one.startswith(f"{other} ") or other.startswith(f"{one} ")


def keys_of(own: Mapping[str, str]) -> dict[str, str]:
    """Give the key of every command: the person's own ones, else the first ones.

    A first key that clashes with an own one gives way: such a command came after the person chose.
    """
    chosen = {code: key for code, key in own.items() if code in COMMANDS}
    free = {
        code: "" if any(_clash(command.key, key) for key in chosen.values()) else command.key
        for code, command in COMMANDS.items()
    }
    return {**free, **chosen}


def is_with_ctrl(key: str) -> bool:
    """Tell whether a key is pressed together with Ctrl; it then acts in fields as well."""
    return key.startswith("Ctrl+")
