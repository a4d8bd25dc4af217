"""Pure rules of notes: how long they are, whom they mention, who may change them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.types import Actor
from housing.notes.errors import MentionRefused, NoteEmpty, NoteTooLong

LONGEST = 2000
"""Characters of a note."""

EDIT_PERIOD = timedelta(minutes=15)
"""How long the author may change a note; what stood longer was read."""

REMOVERS = ("section_chief", "administrator")
"""Roles that may remove somebody else's note."""

# An @ inside a word is an e-mail address, not a mention.
_MENTION = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠](?=\S)")  # noqa: RUF001  # input methods type either
_NAME_END = re.compile(r"[\s，。、；：！？,;:!?()（）「」]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """Somebody who may be mentioned.

    Attributes:
        handle: what stands after the @: his name, or his login where two bear the name.
    """

    id: str
    name: str
    login: str
    handle: str


def colleagues(people: Iterable[tuple[str, str, str]]) -> tuple[Colleague, ...]:
    """Give everybody a handle of his own.

    Args:
        people: (account id, name, login) of those who may read the notes of a case.

    Returns:
        Sorted by name, then login.
    """
    found = sorted(people, key=lambda each: (each[1], each[2]))
    names = [name for _id, name, _login in found]
    return tuple(
        Colleague(
            id=account_id,
            name=name,
            login=login,
            handle=name if names.count(name) == 1 else login,
        )
        for account_id, name, login in found
    )


def clean(text: str) -> str:
    """Give a note as it is kept: trimmed, with one kind of line end.

    Raises:
        NoteEmpty, NoteTooLong: it cannot be kept.
    """
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    if not cleaned:
        raise NoteEmpty
    if len(cleaned) > LONGEST:
        raise NoteTooLong(len(cleaned), LONGEST)
    return cleaned


def mentions_anybody(text: str) -> bool:
    """Tell whether a text holds an @ that begins a mention."""
    return _MENTION.search(text) is not None


def mentioned(text: str, people: Sequence[Colleague]) -> tuple[str, ...]:
    """Find whom a note mentions: `@` and a name or login; Chinese needs no blank after it.

    Args:
        text: of the note.
        people: who may be mentioned.

    Returns:
        Account ids, each once, in the order of the text.

    Raises:
        MentionRefused: a mention fits nobody among them.
    """
    by_handle = _ids_by_handle(people)
    longest_first = sorted(by_handle, key=len, reverse=True)
    found: dict[str, None] = {}
    for mark in _MENTION.finditer(text):
        rest = text[mark.end() :]
        handle = next((each for each in longest_first if _begins_with(rest, each)), None)
        if handle is None:
            raise MentionRefused(_NAME_END.split(rest, maxsplit=1)[0][:30] or rest[:1])
        found[by_handle[handle]] = None
    return tuple(found)


def may_edit(author_id: str, written_at: datetime, by: Actor, now: datetime) -> bool:
    """Tell whether somebody may still change a note."""
    return by.id == author_id and now < written_at + EDIT_PERIOD


def may_remove(author_id: str, scope: str, by: Actor) -> bool:
    """Tell whether somebody may remove a note of a case of this scope."""
    return by.id == author_id or any(by.belongs_to(role, scope) for role in REMOVERS)


def _begins_with(text: str, handle: str) -> bool:
    """Tell whether a text begins with a handle, and not with a longer Latin word."""
    after = text[len(handle) : len(handle) + 1]
    is_longer = handle[-1:].isascii() and after.isascii() and (after.isalnum() or after == "_")
    return text.startswith(handle) and not is_longer


def _ids_by_handle(people: Sequence[Colleague]) -> Mapping[str, str]:
    by_login = {each.login: each.id for each in people}
    return {**by_login, **{each.handle: each.id for each in people}}
