"""What the page of changes and approval shows: sentences, marks, deadlines, tables, cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from bpmn.handbook import Deadline
from bpmn.handbook_reading import read_handbooks
from engine.calendar import TAIPEI
from engine.comparison.changes import Change
from engine.comparison.tables import OverlaidTable, overlay_tables
from housing.affected_cases import Affected
from housing.comparison import Files, compare, english_of
from webapp import change_words, handbook_words, migration_words, model_words
from webapp.change_words import Line, Names

_MOVES = frozenset({"lane", "scope", "attached", "rewired"})
_UNDRAWN = frozenset({"process", "message", "signal", "error", "escalation", "dataStore", ""})
_RANKS = ("moved", "changed", "removed", "added")
_WHAT: Mapping[str, LazyString] = {
    "field-added": _l("new field"),
    "field-removed": _l("field removed"),
    "field-label": _l("label"),
    "field-order": _l("place in the form"),
    "field-group": _l("group"),
    "field-layout": _l("width or row"),
    "option-added": _l("new answer"),
    "option-removed": _l("answer removed"),
    "option-label": _l("words of an answer"),
    "option-order": _l("order of answers"),
    "form-title": _l("title of the form"),
    "form-added": _l("new form"),
    "form-removed": _l("form removed"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """One of the two diagrams: its XML, and how elements are marked, by id."""

    xml: str
    marks: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineRow:
    """One deadline in both versions, in words; "" where it is not there."""

    name: str
    where: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        """Tell whether the versions differ."""
        return self.before != self.after


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldRow:
    """One difference of a form."""

    field: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FormTable:
    """The differences of one form."""

    title: str
    rows: tuple[FieldRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """A running case that could not be moved."""

    number: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How many cases stand at a step that changes."""

    step: str
    count: int
    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """What a draft would mean for the cases that run now.

    Attributes:
        total: cases of all versions of the process.
        tried: how many were tried out on a copy.
        is_refused: none could be tried, because the draft has errors.
    """

    total: int
    tried: int
    is_refused: bool = False
    blocked: tuple[Blocked, ...] = ()
    standing: tuple[Standing, ...] = ()

    @property
    def movable(self) -> int:
        """Count those that could be moved to the draft."""
        return self.tried - len(self.blocked)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All differences of a draft, in words.

    Attributes:
        lines: one for each change, in the order of the comparison.
        groups: the same under headings.
    """

    lines: tuple[Line, ...]
    groups: Sequence[tuple[str, list[Line]]]
    before: Drawing | None
    after: Drawing | None
    deadlines: tuple[DeadlineRow, ...]
    decisions: tuple[OverlaidTable, ...]
    forms: tuple[FormTable, ...]
    names: Names = field(default_factory=Names)


def report(base: Files, files: Files) -> Report:
    """Tell all differences between the version in service and a draft.

    Args:
        base: resources of the version in service.
        files: resources of the draft.
    """
    names = change_words.names_of(base, files, english=english_of(files))
    changes = compare(base, files)
    lines = change_words.lines(changes, names)
    return Report(
        lines=tuple(lines),
        groups=change_words.grouped(lines),
        before=_drawing(base, changes, is_before=True),
        after=_drawing(files, changes, is_before=False),
        deadlines=_deadlines(base, files, names),
        decisions=_decisions(base, files),
        forms=_form_tables([*lines, *_new_fields(changes, files, names)], names),
        names=names,
    )


def side_of(line: Line) -> str:
    """Tell in which diagram the element of a line is drawn: before, after, or "" for neither."""
    change = line.change
    if not change.file.endswith(".bpmn") or change.element_type in _UNDRAWN:
        return ""
    return "before" if change.kind == "removed" else "after"


def running(affected: Affected, lines: Iterable[Line]) -> Running:
    """Say what would become of the running cases, and count those at steps that change."""
    names = {key: model_words.say(name) for key, name in affected.names.items()}
    blocked = [each for each in affected.tried if not each.is_possible]
    return Running(
        total=affected.total,
        tried=len(affected.tried),
        is_refused=affected.refusal is not None,
        blocked=tuple(
            Blocked(number=each.business_key, why=migration_words.rehearsal(each, names))
            for each in blocked
        ),
        standing=_standing(lines, affected.counts),
    )


def midnight(text: str) -> datetime | None:
    """Read a day as its first moment in Asia/Taipei; None if it is no day."""
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(), tzinfo=TAIPEI)
    except ValueError:
        return None


def _standing(lines: Iterable[Line], counts: Mapping[str, int]) -> tuple[Standing, ...]:
    """Gather the sentences about steps at which cases stand."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.change.file.endswith(".bpmn") and counts.get(line.change.element_id):
            found.setdefault(line.change.element_id, []).append(line)
    return tuple(
        Standing(
            step=inside[0].change.element_name or key,
            count=counts[key],
            changes=tuple(line.sentence for line in inside),
        )
        for key, inside in found.items()
    )


def _diagram_only(files: Files) -> Files:
    return {name: content for name, content in files.items() if name.endswith(".bpmn")}


def _drawing(files: Files, changes: Iterable[Change], *, is_before: bool) -> Drawing | None:
    diagrams = list(_diagram_only(files).values())
    if len(diagrams) != 1:
        return None
    marks: dict[str, str] = {}
    for change in changes:
        mark = _mark(change)
        if change.element_type in _UNDRAWN or (mark == "added" and is_before):
            continue
        if mark == "removed" and not is_before:
            continue
        key = change.before if is_before and change.kind == "identity" else change.element_id
        if _RANKS.index(mark) > _RANKS.index(marks.get(key, "moved")) or key not in marks:
            marks[key] = mark
    return Drawing(xml=diagrams[0].decode(errors="replace"), marks=marks)


def _mark(change: Change) -> str:
    if change.kind in {"added", "removed"}:
        return change.kind
    return "moved" if change.kind in _MOVES else "changed"


def _deadlines(base: Files, files: Files, names: Names) -> tuple[DeadlineRow, ...]:
    old, new = _deadlines_of(base), _deadlines_of(files)
    return tuple(
        _deadline_row(old.get(key), new.get(key), names) for key in dict.fromkeys((*new, *old))
    )


def _deadlines_of(files: Files) -> dict[str, Deadline]:
    try:
        books = read_handbooks(files, {}, {})
    except (ValueError, SyntaxError):  # an XML error of lxml is a SyntaxError
        return {}
    return {f"{book.key} {each.id}": each for book in books for each in book.deadlines}


def _deadline_row(old: Deadline | None, new: Deadline | None, names: Names) -> DeadlineRow:
    told = new or old
    where = () if told is None else told.where
    name = "" if told is None else told.name
    return DeadlineRow(
        name=names.say(name) or "、".join(names.say(each) for each in where),
        where="、".join(names.say(each) for each in where if each != name),
        before="" if old is None else handbook_words.period(old),
        after="" if new is None else handbook_words.period(new),
    )


def _decisions(base: Files, files: Files) -> tuple[OverlaidTable, ...]:
    found: list[OverlaidTable] = []
    for name in sorted(each for each in {*base, *files} if each.endswith(".dmn")):
        try:
            found.extend(overlay_tables(base.get(name, b""), files.get(name, b"")))
        except ValueError:
            continue
    return tuple(found)


def _new_fields(changes: Iterable[Change], files: Files, names: Names) -> list[Line]:
    """Say the fields of new forms one by one."""
    new = [each.file for each in changes if each.kind == "form-added"]
    found = compare(dict.fromkeys(new, b"{}"), {name: files[name] for name in new})
    return change_words.lines((each for each in found if each.kind == "field-added"), names)


def _form_tables(lines: Iterable[Line], names: Names) -> tuple[FormTable, ...]:
    by_form: dict[str, list[Line]] = {}
    for line in lines:
        if line.change.file.startswith("forms/"):
            by_form.setdefault(line.change.file, []).append(line)
    return tuple(
        FormTable(
            title=names.say(inside[0].change.note("of-form") or inside[0].change.element_name),
            rows=tuple(_field_row(line, names) for line in inside),
        )
        for inside in by_form.values()
    )


def _field_row(line: Line, names: Names) -> FieldRow:
    change = line.change
    noun = _WHAT.get(change.kind)
    what = change_words.noun(change, names) if noun is None else str(noun)
    is_field = change.note("of-form") != ""
    return FieldRow(
        field=names.say(change.element_name) if is_field else "",
        what=what,
        before=line.before,
        after=line.after,
    )
