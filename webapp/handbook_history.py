"""The change log of a handbook: who put which version in service when, why, and what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from flask_babel import gettext as _
from flask_babel import ngettext

from engine import definition_queries
from engine.records import ProcessDefinition
from housing.comparison import compare, english_of
from housing.drafts import queries as drafts
from housing.drafts.queries import DraftFilter, DraftView
from housing.handbook_printing import Part
from housing.people import queries as people
from webapp import change_words, current, formats

TOLD = 8
"""Changes are told of so many versions, the newest ones; comparing takes a tenth of a second."""

MOST_SENTENCES = 40
_MOST_DRAFTS = 500

Files = Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One version.

    Attributes:
        drafted_by, approved_by: names; "" where a software update brought the version.
        put_by: who put it in service, "" for the system.
        sentences: what changed against the version before; empty if nothing did or none was.
        rest: changes beyond those.
        is_told: whether it was compared with a version before.
    """

    version: int
    at: datetime
    put_by: str
    drafted_by: str
    approved_by: str
    title: str
    reason: str
    sentences: tuple[str, ...]
    rest: int
    is_told: bool


def read(key: str) -> tuple[Entry, ...]:
    """Read the change log of a process, the newest version first."""
    with current.application().reading() as session:
        versions = definition_queries.definitions(session, key)
        found = drafts.drafts(DraftFilter(process_key=key), session=session, limit=_MOST_DRAFTS)
        names = people.names_of({each.deployed_by for each in versions}, session=session)
        told = versions[: TOLD + 1]
        files = {each.id: definition_queries.resources(each.id, session) for each in told}
    by_version = {each.deployed_id: each for each in found.rows if each.deployed_id}
    changes = {
        newer.id: _sentences(files[older.id], files[newer.id]) for newer, older in pairwise(told)
    }
    return tuple(
        _entry(each, by_version.get(each.id), names.get(each.deployed_by, ""), changes)
        for each in versions
    )


def to_print(entries: Sequence[Entry]) -> Part:
    """Write the change log as a table to print."""
    return Part(
        heading=str(_("Change log")),
        columns=(
            str(_("Version")),
            str(_("In service")),
            str(_("Who and why")),
            str(_("What changed")),
        ),
        rows=tuple(
            (
                str(each.version),
                formats.moment(each.at),
                "\n".join(people_words(each)),
                "\n".join([*each.sentences, *([rest_words(each)] if each.rest else [])]),
            )
            for each in entries
        ),
    )


def people_words(entry: Entry) -> list[str]:
    """Say who made and approved a version, and why."""
    if not entry.drafted_by:
        return [entry.put_by or str(_("software update"))]
    said = [
        _("drafted by %(name)s", name=entry.drafted_by),
        _("approved by %(name)s", name=entry.approved_by),
    ]
    return [str(line) for line in (*said, entry.reason) if line]


def rest_words(entry: Entry) -> str:
    """Say how many changes are not listed."""
    words: str = ngettext("and %(num)d more change", "and %(num)d more changes", entry.rest)
    return words


def _entry(
    version: ProcessDefinition,
    draft: DraftView | None,
    put_by: str,
    changes: Mapping[str, list[str]],
) -> Entry:
    sentences = changes.get(version.id, [])
    return Entry(
        version=version.version,
        at=version.deployed_at,
        put_by=put_by,
        drafted_by=(draft.submitted_by_name or draft.created_by_name) if draft else "",
        approved_by=draft.decided_by_name if draft else "",
        title=draft.title if draft else "",
        reason=draft.reason if draft else "",
        sentences=tuple(sentences[:MOST_SENTENCES]),
        rest=max(len(sentences) - MOST_SENTENCES, 0),
        is_told=version.id in changes,
    )


def _sentences(before: Files, after: Files) -> list[str]:
    english = {**english_of(before), **english_of(after)}
    names = change_words.names_of(before, after, english=english)
    return [line.sentence for line in change_words.lines(compare(before, after), names)]
