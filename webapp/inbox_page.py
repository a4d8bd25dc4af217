"""A page of the inbox: one view of somebody's tasks with the counts of all views."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from engine import inbox
from engine.inbox import Cut
from engine.queries import Page, UserTask
from housing.inbox import queries as saved_views
from housing.inbox.queries import SavedViewLine
from housing.inbox.rules import teams_led_by
from webapp import current, inbox_chips, inbox_rows, labels
from webapp.inbox_chips import Chip, Choice
from webapp.inbox_rows import Pause, RowWords
from webapp.inbox_views import OF_STAFF, PAGE_SIZE, VIEWS, Wanted, listing_of, reader_now

SECTIONS = (
    ("own", ("mine", "followup", "returned", "received", "delegated", "deputy")),
    ("team", ("team", "all")),
    ("time", ("overdue", "week", "paused")),
    ("done", ("done",)),
)
"""Parts of the navigation, with their views."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewLink:
    """A view in the navigation; its count is the length of its list."""

    code: str
    words: str
    count: int
    is_current: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of the navigation between views."""

    title: str
    links: tuple[ViewLink, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedLink:
    """A saved view in the navigation; its address is that of a list."""

    line: SavedViewLine
    team: str
    is_current: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Pane:
    """A page of a list in short, beside one of its tasks."""

    tasks: tuple[UserTask, ...]
    total: int
    cases: Mapping[str, RowWords]
    sections: tuple[Section, ...]
    saved: tuple[SavedLink, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbox:
    """One view of somebody's tasks.

    Attributes:
        saved: views that this person or a lead saved.
        tasks: the part of the list that is shown.
        cases: instance id to what the case is about.
        pauses: task id to why its clock stands.
        choices: what can be filtered by, when the person wants to choose.
    """

    sections: tuple[Section, ...]
    saved: tuple[SavedLink, ...]
    tasks: Page[UserTask]
    chips: tuple[Chip, ...]
    cases: Mapping[str, RowWords]
    pauses: Mapping[str, Pause]
    choices: tuple[Choice, ...]


def read(wanted: Wanted) -> Inbox:
    """Read a view with the counts of all views."""
    reader = reader_now()
    listing = listing_of(wanted, reader)
    cut = Cut(offset=(wanted.page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    with current.application().reading() as session:
        counts, tasks = inbox.look(listing, cut, reader, session)
        facets = inbox.facets(wanted.view, reader, session) if wanted.is_choosing else None
        saved = saved_views.shown_to(reader.actor, session) if current.is_worker() else ()
    chips = inbox_chips.chips_of(wanted, reader)
    return Inbox(
        sections=tuple(_sections(counts, wanted.view)),
        saved=tuple(_saved(each, wanted) for each in saved),
        tasks=tasks,
        chips=chips if tasks.total else inbox_chips.with_hidden(chips, wanted, reader),
        cases=inbox_rows.words_of(tasks.rows),
        pauses=inbox_rows.pauses_of(tasks.rows),
        choices=inbox_chips.choices_of(facets) if facets else (),
    )


def _sections(counts: Mapping[str, int], view: str) -> Iterator[Section]:
    titles = {"own": _("My work"), "team": _("Team"), "time": _("Time"), "done": _("Done")}
    for code, views in SECTIONS:
        links = tuple(
            ViewLink(code=each, words=str(VIEWS[each]), count=counts[each], is_current=each == view)
            for each in views
            if current.is_worker() or each not in OF_STAFF
        )
        yield Section(title=titles[code], links=links)


def _saved(line: SavedViewLine, wanted: Wanted | None) -> SavedLink:
    team = team_words(line.team) if line.team else ""
    return SavedLink(
        line=line, team=team, is_current=wanted is not None and dict(line.address) == wanted.address
    )


def saved_links() -> tuple[SavedLink, ...]:
    """List the saved views of this request's person and his teams."""
    with current.application().reading() as session:
        lines = saved_views.shown_to(current.actor(), session)
    return tuple(_saved(each, None) for each in lines)


def teams_led() -> Mapping[str, str]:
    """Name the teams that this request's person may save views for; the key is group@scope."""
    return {
        f"{team}@{scope}": team_words((team, scope))
        for team, scope in teams_led_by(current.actor())
    }


def pane(wanted: Wanted) -> Pane:
    """Read the page of a list that a task was opened from, to stand beside it."""
    reader = reader_now()
    listing = listing_of(wanted, reader)
    cut = Cut(offset=(wanted.page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    with current.application().reading() as session:
        counts, tasks = inbox.look(listing, cut, reader, session)
        saved = saved_views.shown_to(reader.actor, session)
    return Pane(
        tasks=tasks.rows,
        total=tasks.total,
        cases=inbox_rows.words_of(tasks.rows),
        sections=tuple(_sections(counts, wanted.view)),
        saved=tuple(_saved(each, wanted) for each in saved),
    )


def team_words(team: tuple[str, str]) -> str:
    """Name a team: its role and, unless it is the whole city, its place."""
    group, scope = team
    role = labels.label(group, "role")
    return role if scope == "city" else f"{role} · {inbox_chips.scope_words(scope)}"
