"""What differs between two versions of a process package: all its files, in one list."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from engine.comparison.changes import Change
from engine.comparison.decisions import compare_decisions
from engine.comparison.diagrams import compare_diagrams
from forms.comparison import compare_forms, title_of

Files = Mapping[str, bytes]
"""Name of a resource to its content."""

ENGLISH = "en.json"
SCENARIOS = "scenarios/"
_UNREADABLE = "unreadable"


class _Compare(Protocol):
    """Compares two contents of one file."""

    def __call__(self, before: bytes, after: bytes, *, file: str) -> list[Change]: ...


def compare(before: Files, after: Files) -> tuple[Change, ...]:
    """Compare two versions of a package.

    Args:
        before: resources of the version in service; empty for a process that is new.
        after: resources of the draft.

    Returns:
        Changes: diagram, decision tables, forms, English texts, scenarios, other files; within a
        file in the order of the new content. Files that cannot be read are named as changed.
    """
    return (
        *_diagrams(before, after),
        *_decisions(before, after),
        *_forms(before, after),
        *_texts(before, after),
        *_scenarios(before, after),
        *_others(before, after),
    )


def english_of(files: Files) -> dict[str, str]:
    """Read the English of a package's texts; none if the file is missing or unreadable."""
    return _strings(files.get(ENGLISH))


def _diagrams(before: Files, after: Files) -> Iterator[Change]:
    """Compare the one diagram of each side, also if its file was renamed."""
    old, new = _names(before, ".bpmn"), _names(after, ".bpmn")
    if len(old) == len(new) == 1:
        yield from _tried(new[0], before[old[0]], after[new[0]], compare_diagrams)
    else:
        yield from _whole_files(before, after, {*old, *new})


def _decisions(before: Files, after: Files) -> Iterator[Change]:
    for name in sorted({*_names(before, ".dmn"), *_names(after, ".dmn")}):
        yield from _tried(name, before.get(name, b""), after.get(name, b""), compare_decisions)


def _forms(before: Files, after: Files) -> Iterator[Change]:
    for name in sorted(each for each in {*before, *after} if _is_form(each)):
        if name in before and name in after:
            yield from _tried(name, before[name], after[name], _compare_form)
        else:
            kind = "form-added" if name in after else "form-removed"
            title = title_of(after.get(name) or before.get(name, b""))
            yield Change(kind=kind, file=name, element_name=title, element_type="form")


def _compare_form(before: bytes, after: bytes, *, file: str) -> list[Change]:
    title = title_of(after) or file
    return [
        Change(
            kind=each.kind,
            file=file,
            element_id=each.field_id,
            element_name=each.field_name,
            element_type=each.field_type,
            field=each.setting,
            before=each.before,
            after=each.after,
            notes=(("of-form", title), *each.notes),
        )
        for each in compare_forms(before, after)
    ]


def _texts(before: Files, after: Files) -> Iterator[Change]:
    old, new = _strings(before.get(ENGLISH)), _strings(after.get(ENGLISH))
    for text in dict.fromkeys((*new, *old)):
        if old.get(text) != new.get(text):
            kind = _kind("text", old.get(text), new.get(text))
            yield Change(
                kind=kind,
                file=ENGLISH,
                element_name=text,
                before=old.get(text, ""),
                after=new.get(text, ""),
            )


def _scenarios(before: Files, after: Files) -> Iterator[Change]:
    for name in sorted(each for each in {*before, *after} if each.startswith(SCENARIOS)):
        old, new = before.get(name), after.get(name)
        if old != new and not (old and new and _read(old) == _read(new) != _UNREADABLE):
            title = _title(new or old or b"") or name.removeprefix(SCENARIOS)
            why = _why_aside(new)
            if why and why != _why_aside(old):
                yield Change(kind="scenario-aside", file=name, element_name=title, after=why)
            else:
                yield Change(kind=_kind("scenario", old, new), file=name, element_name=title)


def _why_aside(scenario: bytes | None) -> str:
    """Tell why a scenario was set aside; "" for one that is played."""
    found = _read(scenario or b"{}")
    mark = found.get("set_aside") if isinstance(found, Mapping) else None
    return str(mark.get("reason", "")) if isinstance(mark, Mapping) else ""


def _others(before: Files, after: Files) -> Iterator[Change]:
    known = (".bpmn", ".dmn")
    names = {
        each
        for each in {*before, *after}
        if not (_is_form(each) or each == ENGLISH or each.startswith(SCENARIOS))
        and not each.endswith(known)
    }
    yield from _whole_files(before, after, names)


def _whole_files(before: Files, after: Files, names: Iterable[str]) -> Iterator[Change]:
    for name in sorted(names):
        if before.get(name) != after.get(name):
            yield Change(kind=_kind("file", before.get(name), after.get(name)), file=name)


def _tried(name: str, before: bytes, after: bytes, compare_files: _Compare) -> Iterable[Change]:
    """Compare two contents; what cannot be read is told as a changed file."""
    if before == after:
        return ()
    try:
        return compare_files(before, after, file=name)
    except ValueError:
        return (Change(kind="file-unreadable", file=name),)


def _kind(what: str, old: object, new: object) -> str:
    return f"{what}-{'added' if old is None else 'removed' if new is None else 'changed'}"


def _names(files: Files, ending: str) -> list[str]:
    return sorted(name for name in files if name.endswith(ending))


def _is_form(name: str) -> bool:
    return name.startswith("forms/") and name.endswith(".json")


def _read(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return _UNREADABLE


def _strings(content: bytes | None) -> dict[str, str]:
    found = _read(content) if content else None
    return {k: str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _title(content: bytes) -> str:
    found = _read(content)
    return str(found.get("title") or "") if isinstance(found, dict) else ""
