"""Pure rules of drafts: which files a draft may hold, and what may happen to it when."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from housing.drafts.errors import (
    DraftNotInState,
    FileNameRefused,
    FileNotReadable,
    FileTooLarge,
)

SUPERVISOR = "process_supervisor"
APPROVER = "process_approver"

ENGLISH = "en.json"
MAX_FILE_MB = 2
MAX_FILES = 200
MAX_DEPTH = 40
"""Nesting of lists and objects in JSON; forms need about ten."""
MAX_NAME = 200
MAX_TITLE = 200
MAX_REASON = 2000

_NAME = re.compile(
    r"(?!.*\.\.)(?:[\w][\w .()-]*\.(?:bpmn|dmn)"
    r"|en\.json"
    r"|forms/[\w][\w.-]*(?:/[\w][\w.-]*){0,2}\.json"
    r"|(?:scenarios|tests)/[\w][\w.-]*\.json)"
)
_STATES: Mapping[str, frozenset[str]] = {
    "edit": frozenset({"open"}),
    "submit": frozenset({"open"}),
    "withdraw": frozenset({"open", "submitted", "approved"}),
    "send_back": frozenset({"submitted", "approved"}),
    "approve": frozenset({"submitted"}),
    "put_in_service": frozenset({"approved"}),
}
"""What may be done in which states."""


def is_decision(name: str) -> bool:
    """Tell whether a file holds decision tables."""
    return name.endswith(".dmn")


def is_form(name: str) -> bool:
    """Tell whether a file is a form."""
    return name.startswith("forms/") and name.endswith(".json")


def ensure_state(state: str, verb: str) -> None:
    """Refuse what the state of a draft does not allow.

    Args:
        state: of the draft.
        verb: edit, submit, withdraw, send_back, approve or put_in_service.

    Raises:
        DraftNotInState: it is not possible now.
    """
    if state not in _STATES[verb]:
        raise DraftNotInState(state)


def is_possible(state: str, verb: str) -> bool:
    """Tell whether the state of a draft allows something."""
    return state in _STATES[verb]


def check_name(name: str) -> str:
    """Accept the name of a file: diagram, decision, form, English, scenario or test rows.

    Raises:
        FileNameRefused: any other, and whatever leads out of the package.
    """
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        raise FileNameRefused(name[:MAX_NAME])
    return name


def check_content(name: str, content: bytes) -> bytes:
    """Accept the content of a file; what its elements mean is checked elsewhere.

    Returns:
        The content in UTF-8.

    Raises:
        FileTooLarge: more than 2 MB.
        FileNotReadable: no well-formed XML or JSON, or XML with a DOCTYPE.
    """
    if len(content) > MAX_FILE_MB * 1024 * 1024:
        raise FileTooLarge(name, MAX_FILE_MB)
    return _checked_json(name, content) if name.endswith(".json") else _checked_xml(name, content)


def _checked_json(name: str, content: bytes) -> bytes:
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FileNotReadable(name, "JSON") from error
    if not isinstance(parsed, dict) or _depth(parsed) > MAX_DEPTH:
        raise FileNotReadable(name, "JSON")
    return content


def _depth(value: object) -> int:
    """Count how deep lists and objects of a JSON value are nested, at most to MAX_DEPTH + 1."""
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return depth


def _checked_xml(name: str, content: bytes) -> bytes:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        tree = etree.fromstring(content, parser).getroottree()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileNotReadable(name, "XML") from error
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise FileNotReadable(name, "DOCTYPE")
    if (tree.docinfo.encoding or "UTF-8").upper() in {"UTF-8", "ASCII", "US-ASCII"}:
        return content
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def changed_files(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Mapping[str, str]:
    """Tell what became of each file that differs: added, removed or changed; sorted by name."""
    names = sorted({*before, *after})
    kinds = {name: _kind(before.get(name), after.get(name)) for name in names}
    return {name: kind for name, kind in kinds.items() if kind}


def _kind(before: bytes | None, after: bytes | None) -> str:
    if before == after:
        return ""
    if before is None:
        return "added"
    return "removed" if after is None else "changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """Two changes of the same version, put together file by file.

    Attributes:
        files: the newest version with what only the draft changed.
        taken: names of files taken over from the draft.
        redo: names of files that both changed; the newest version's are kept.
    """

    files: Mapping[str, bytes]
    taken: tuple[str, ...]
    redo: tuple[str, ...]


def merge(
    *, base: Mapping[str, bytes], mine: Mapping[str, bytes], theirs: Mapping[str, bytes]
) -> Merge:
    """Put the changes of a draft onto a newer version, file by file.

    Args:
        base: the version that both began from.
        mine: the draft.
        theirs: the newest version.
    """
    changed = [n for n in changed_files(base, mine) if mine.get(n) != theirs.get(n)]
    redo = tuple(name for name in changed if base.get(name) != theirs.get(name))
    taken = tuple(name for name in changed if name not in redo)
    found = dict(theirs)
    for name in taken:
        found.pop(name, None)
        if name in mine:
            found[name] = mine[name]
    return Merge(files=found, taken=taken, redo=redo)
