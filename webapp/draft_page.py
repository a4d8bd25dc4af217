"""What the pages of drafts show: choices, changes by file, findings in words, rights."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import FileStorage

from engine.records import ProcessSummary
from housing import packages
from housing.drafts import archives, rules
from housing.drafts.archives import Upload
from housing.drafts.findings import Finding
from housing.drafts.importing import ImportLine
from housing.drafts.queries import LIVE, DraftFileView, DraftView
from housing.drafts.rules import APPROVER, SUPERVISOR
from webapp import current, form_words, lint_words, model_words

_REVISION = re.compile(r'(?:W/)?"(\d{1,9})"')
IMPORT_KINDS = ("will_not_run", "left_out", "note", "converted", "taken")
MAX_UPLOAD_BYTES = (rules.MAX_FILE_MB + 1) * 1024 * 1024
MOST_UNSAVED = 20
"""Files that one check may lay over a draft."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A choice of the list.

    Attributes:
        name: in the address.
        states: of the drafts that it shows; None for all.
    """

    name: str
    words: LazyString
    states: tuple[str, ...] | None


CHOICES = (
    Choice(name="", words=_l("In progress"), states=LIVE),
    Choice(name="submitted", words=_l("To approve"), states=("submitted",)),
    Choice(name="in_service", words=_l("Put in service"), states=("in_service",)),
    Choice(name="all", words=_l("All"), states=None),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileLine:
    """A file of a draft, or one that it removed.

    Attributes:
        change: added, removed or changed; "" where it is as in the version beneath.
        file: None where it is removed.
        editor: endpoint of the page that edits it; "" without one.
    """

    name: str
    change: str
    file: DraftFileView | None
    editor: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingLine:
    """A finding in the reader's language."""

    finding: Finding
    words: str

    def as_json(self) -> Mapping[str, str]:
        """Give what an editor needs to mark the element."""
        return {
            "file": self.finding.file,
            "element_id": self.finding.element_id,
            "element_name": self.finding.element_name,
            "severity": self.finding.severity,
            "rule": self.finding.rule,
            "words": self.words,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What this person may do to a draft now."""

    edit: bool
    submit: bool
    withdraw: bool
    renew: bool
    approve: bool
    send_back: bool
    is_author: bool


def chosen_states(name: str) -> Choice:
    """Find a choice of the list by its name; the first one if there is none."""
    return next((each for each in CHOICES if each.name == name), CHOICES[0])


def may_draft() -> bool:
    """Tell whether this request's person may begin and edit drafts."""
    return SUPERVISOR in current.roles()


def startable(processes: Iterable[ProcessSummary]) -> list[tuple[str, str]]:
    """List the processes that a draft may be begun of: key and name."""
    return [(each.definition.key, each.definition.name) for each in processes]


def file_lines(base: Mapping[str, bytes], files: Sequence[DraftFileView]) -> list[FileLine]:
    """List the files of a draft, changed ones first, with what became of each."""
    by_name = {each.name: each for each in files}
    changes = rules.changed_files(base, {name: each.content for name, each in by_name.items()})
    return [
        FileLine(
            name=name,
            change=changes.get(name, ""),
            file=by_name.get(name),
            editor=editor_of(name),
        )
        for name in sorted({*by_name, *changes}, key=lambda name: (name not in changes, name))
    ]


def editor_of(name: str) -> str:
    """Name the endpoint of the page that edits a file; "" if there is none."""
    if name.endswith(".bpmn"):
        return "diagram_editor.show"
    if rules.is_decision(name):
        return "decision_editor.show"
    return "form_editor.show" if rules.is_form(name) else ""


def in_words(findings: Iterable[Finding]) -> tuple[FindingLine, ...]:
    """Say findings in the reader's language."""
    return tuple(FindingLine(finding=each, words=_said(each)) for each in findings)


def _said(finding: Finding) -> str:
    return form_words.from_advice(finding.rule, finding.advice) or lint_words.say(finding.advice)


def rights(draft: DraftView, authors: Collection[str]) -> Rights:
    """Tell what this request's person may do to a draft now."""
    drafts, approves = may_draft(), APPROVER in current.roles()
    is_author = current.actor().id in authors
    return Rights(
        edit=drafts and draft.is_open,
        submit=drafts and rules.is_possible(draft.state, "submit"),
        withdraw=drafts and rules.is_possible(draft.state, "withdraw"),
        renew=drafts and draft.is_outdated,
        approve=approves and not is_author and rules.is_possible(draft.state, "approve"),
        send_back=approves and rules.is_possible(draft.state, "send_back"),
        is_author=is_author,
    )


def revision(header: str) -> int | None:
    """Read the revision that an editor loaded from `If-Match`; None for a new file."""
    found = _REVISION.fullmatch(header.strip())
    return int(found[1]) if found else None


def number(text: str) -> int | None:
    """Read a revision from a form; None if it is no number."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def uploads(files: Iterable[FileStorage]) -> list[Upload]:
    """Read uploaded files, each at most to the limit of an archive."""
    limit = archives.MAX_UNPACKED + 1
    return [(each.filename or "", each.stream.read(limit)) for each in files]


def import_groups(lines: Iterable[ImportLine]) -> list[tuple[str, list[ImportLine]]]:
    """Group the lines of an import report by kind, the worst first."""
    found = list(lines)
    groups = ((kind, [each for each in found if each.kind == kind]) for kind in IMPORT_KINDS)
    return [(kind, group) for kind, group in groups if group]


def unsaved_files(body: object) -> Mapping[str, bytes] | None:
    """Read the unsaved files of an editor; None if the body is not what an editor sends."""
    files = body.get("files", {}) if isinstance(body, dict) else None
    if not isinstance(files, dict) or len(files) > MOST_UNSAVED:
        return None
    texts = {str(name): text for name, text in files.items() if isinstance(text, str)}
    return {name: text.encode(errors="replace") for name, text in texts.items()}


def file_words(name: str) -> str:
    """Say which file of a package this is: its kind, and its title where the software knows it."""
    if name.endswith(".bpmn"):
        return str(_("Diagram"))
    if name == rules.ENGLISH:
        return str(_("English words"))
    title = model_words.say(packages.title_of(name)) or name.partition("/")[2].rpartition(".")[0]
    if rules.is_decision(name):
        return str(_("Decision %(name)s", name=title or name.removesuffix(".dmn")))
    if rules.is_form(name):
        return str(_("Form %(name)s", name=title))
    if name.startswith("tests/"):
        return str(_("Test rows %(name)s", name=title))
    return str(_("Scenario %(name)s", name=title))
