"""What the command palette offers to a person: pages, beginnings, cases, also the last ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import flask
from flask_babel import gettext as _

from engine import inbox, queries
from engine.inbox import Cut, Listing
from engine.records import Instance
from housing.cases import about, finding
from housing.cases.about import About
from housing.cases.queries import may_see
from webapp import current, home_actions, inbox_views, key_words, model_words, navigation

MOST_CASES = 8
MOST_PAGES = 8
LONGEST = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A place to go to.

    Attributes:
        more: what tells it from others of these words.
        key: this person's key that leads there, or "".
    """

    address: str
    words: str
    more: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Entries of one kind."""

    title: str
    entries: tuple[Entry, ...]


def find(text: str) -> tuple[Group, ...]:
    """Find what fits a text; without one the cases worked on last, then beginnings and pages."""
    wanted = text.strip()[:LONGEST]
    begun = _fitting(_beginnings(), wanted)
    known = {each.address for each in begun}
    pages = [each for each in _fitting(_pages(), wanted) if each.address not in known]
    groups = (
        Group(title=_("Cases found"), entries=_cases(wanted)),
        Group(title=_("Worked on last"), entries=() if wanted else _recent()),
        Group(title=_("Begin something"), entries=begun),
        Group(title=_("Go to"), entries=tuple(pages[:MOST_PAGES])),
    )
    return tuple(group for group in groups if group.entries)


def count(groups: Iterable[Group]) -> int:
    """Count the entries of groups."""
    return sum(len(group.entries) for group in groups)


def _fitting(entries: Iterable[Entry], wanted: str) -> tuple[Entry, ...]:
    text = wanted.casefold()
    return tuple(each for each in entries if text in f"{each.words} {each.more}".casefold())


def _pages() -> tuple[Entry, ...]:
    found = {
        link.address: Entry(address=link.address, words=link.words, more=group.words)
        for group in navigation.offer().groups
        for link in group.links
    }
    account = Entry(address=flask.url_for("account.show"), words=_("My account"))
    keys = Entry(address=flask.url_for("keys.show"), words=_("Your keys"), more=account.words)
    return (*found.values(), *_views(), account, keys)


def _views() -> Iterable[Entry]:
    keys = key_words.in_force()
    key_by_view = {view: keys.get(code, "") for code, view in key_words.VIEW_BY_COMMAND.items()}
    return (
        Entry(
            address=flask.url_for("inbox.list_tasks", view=code),
            words=str(words),
            more=_("Tasks"),
            key=key_by_view.get(code, ""),
        )
        for code, words in inbox_views.VIEWS.items()
    )


def _beginnings() -> tuple[Entry, ...]:
    return tuple(Entry(address=each.address, words=each.words) for each in home_actions.startable())


def _cases(wanted: str) -> tuple[Entry, ...]:
    if len(wanted) < 2:
        return ()
    with current.application().reading() as session:
        found = finding.cases_found(wanted, current.actor(), limit=MOST_CASES, session=session)
    return _entries(found)


def _recent() -> tuple[Entry, ...]:
    """List the cases of tasks that this person did last, or has now."""
    reader, actor = inbox_views.reader_now(), current.actor()
    with current.application().reading() as session:
        tasks = [
            task
            for view in ("done", "mine")
            for task in inbox.page(Listing(view=view), Cut(limit=MOST_CASES), reader, session)
        ]
        ids = list(dict.fromkeys(task.instance_id for task in tasks))[:MOST_CASES]
        cases = [queries.instance(each, session) for each in ids]
        seen = tuple(each for each in cases if may_see(actor, each, session=session))
    return _entries(seen)


def _entries(cases: tuple[Instance, ...]) -> tuple[Entry, ...]:
    by_process: dict[str, list[str]] = {}
    for each in cases:
        by_process.setdefault(each.process_key, []).append(each.id)
    with current.application().reading() as session:
        known = about.about(by_process, session)
    return tuple(
        Entry(
            address=flask.url_for("cases.show", number=each.business_key),
            words=f"{each.business_key} {model_words.say(each.process_name)}",
            more=_line(each, known),
        )
        for each in cases
    )


def _line(case: Instance, known: Mapping[str, About]) -> str:
    """Say what a case is about; who it is about is for those who read cases of its kind."""
    subject = known.get(case.id)
    if subject is None:
        return ""
    is_reader = about.reads(current.actor(), case.process_key, case.scope)
    parts = (subject.unit_code or subject.community, subject.title, subject.person)
    return " · ".join(each for each in (parts if is_reader else parts[:2]) if each)
