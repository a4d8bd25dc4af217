"""The views of the inbox: which tasks each shows, how many, and in which groups they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from engine import inbox, queries
from engine.inbox import EVERYTHING, SORTS, Cut, Facets, Listing, Narrowing, Reader
from engine.queries import Page, UserTask
from housing.cases import search
from housing.places import queries as places
from housing.repairs import queries as repairs
from housing.repairs.views import TicketRow
from webapp import current, formats, labels, model_words, standing_in
from webapp.addresses import here

PAGE_SIZE = 25

VIEWS: Mapping[str, LazyString] = {
    "mine": _l("My tasks"),
    "followup": _l("Follow-up today"),
    "returned": _l("Returned to me"),
    "received": _l("Delegated to me"),
    "delegated": _l("Delegated by me"),
    "deputy": _l("As a deputy"),
    "team": _l("To claim"),
    "all": _l("All of my teams"),
    "overdue": _l("Overdue"),
    "week": _l("Due this week"),
    "paused": _l("Paused"),
    "done": _l("Completed by me"),
}
"""Views in the order of the navigation. `week` is without what is overdue already."""

OF_STAFF = frozenset({"followup", "returned", "received", "delegated", "deputy", "all", "paused"})
"""Views of those who work in teams."""

GROUPS: Mapping[str, LazyString] = {
    "very_overdue": _l("Very overdue"),
    "overdue": _l("Overdue"),
    "soon": _l("Due soon"),
    "later": _l("Not due yet"),
    "none": _l("No due date"),
}
"""Groups of a view, most pressing first."""

ORDERS: Mapping[str, LazyString] = {
    "due": _l("By due date"),
    "age": _l("Oldest first"),
    "priority": _l("By priority"),
}

FILTERS = ("q", "process", "step", "group", "due", "scope")
"""Parts of the address that narrow a view; each is a chip."""

TICK = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the query string asks for.

    Attributes:
        view: key of VIEWS.
        q: part of a case number, person, place, report or name of a task to look for, or "".
        process: key of a process, or "".
        step: id of an element of a diagram, or "".
        group: candidate group, or "".
        due: key of GROUPS, or "".
        scope: such as "community:SW", or "".
        sort: key of ORDERS.
        page: 1, 2, 3 ...
        is_choosing: whether the filters to choose from are shown.
    """

    view: str
    q: str = ""
    process: str = ""
    step: str = ""
    group: str = ""
    due: str = ""
    scope: str = ""
    sort: str = "due"
    page: int = 1
    is_choosing: bool = False

    @property
    def address(self) -> dict[str, Any]:
        """Give the parts of the address that tell the view, its filters and its order."""
        given = {name: getattr(self, name) for name in FILTERS if getattr(self, name)}
        return {"view": self.view, **given, **({"sort": self.sort} if self.sort != "due" else {})}


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewLink:
    """A view in the navigation; its count is the length of its list."""

    code: str
    words: str
    count: int
    is_current: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Tasks of like urgency, earliest due date first; code is a key of GROUPS or ""."""

    code: str
    title: str
    tasks: tuple[UserTask, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """A filter that narrows the view.

    Attributes:
        name: one of FILTERS.
        words: what it asks for.
        without: address of the list without it.
        hidden: how many tasks it alone hides; counted for an empty list only.
    """

    name: str
    words: str
    without: str
    hidden: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What a filter can be set to: its name in the address, and code to words."""

    name: str
    title: str
    options: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbox:
    """One view of somebody's tasks.

    Attributes:
        tasks: the part of the list that is shown.
        cases: instance id to what the case is about.
        choices: what can be filtered by, when the person wants to choose.
    """

    links: tuple[ViewLink, ...]
    tasks: Page[UserTask]
    chips: tuple[Chip, ...]
    cases: Mapping[str, TicketRow]
    choices: tuple[Choice, ...]


def read_query(given: Mapping[str, str]) -> Wanted:
    """Read the query string; what makes no sense is taken as not given."""
    view, sort, due = given.get("view", "mine"), given.get("sort", "due"), given.get("due", "")
    number = given.get("page", "1")
    return Wanted(
        view=view if view in VIEWS else "mine",
        q=given.get("q", "").strip()[:64],
        process=given.get("process", "")[:100],
        step=given.get("step", "")[:100],
        group=given.get("group", "")[:64],
        due=due if due in GROUPS else "",
        scope=given.get("scope", "")[:64],
        sort=sort if sort in SORTS else "due",
        page=max(1, int(number))
        if number.isascii() and number.isdigit() and len(number) < 8
        else 1,
        is_choosing=given.get("filters") == "1",
    )


def read(wanted: Wanted) -> Inbox:
    """Read a view with the counts of all views."""
    reader = reader_now()
    listing = listing_of(wanted, reader)
    cut = Cut(offset=(wanted.page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    with current.application().reading() as session:
        counts = inbox.counts(reader, session)
        rows = inbox.page(listing, cut, reader, session)
        total = counts[wanted.view]
        if listing.narrowing != EVERYTHING:
            total = inbox.count(listing, reader, session)
        facets = inbox.facets(wanted.view, reader, session) if wanted.is_choosing else None
        cases = repairs.tickets_of_instances({each.instance_id for each in rows}, session=session)
    chips = chips_of(wanted, reader)
    return Inbox(
        links=_links(counts, wanted.view),
        tasks=Page(rows=rows, total=total, offset=cut.offset, limit=PAGE_SIZE),
        chips=chips if total else _with_hidden(chips, wanted, reader),
        cases=cases,
        choices=_choices(facets) if facets else (),
    )


def reader_now() -> Reader:
    """Tell for whom and when the inbox is read."""
    now = current.application().clock.now()
    return Reader(
        actor=current.actor(),
        now=now,
        week_end=end_of_week(now),
        day_end=end_of_day(now),
        stood_in=standing_in.task_ids() if current.is_worker() else (),
    )


def listing_of(wanted: Wanted, reader: Reader) -> Listing:
    """Turn the view, filters and order of the address into what the engine lists."""
    due_from, due_before = _due_bounds(wanted.due, reader.now)
    names: tuple[str, ...] = ()
    if wanted.q:
        with current.application().reading() as session:
            names = inbox.names_with(wanted.q, session)
    narrowing = Narrowing(
        process_key=wanted.process or None,
        element_id=wanted.step or None,
        group=wanted.group or None,
        scope=wanted.scope or None,
        due_from=due_from,
        due_before=due_before,
        is_without_due=wanted.due == "none",
        cases=search.cases_with(wanted.q, reader.actor) if wanted.q else None,
        words=wanted.q,
        task_names=names,
    )
    return Listing(view=wanted.view, narrowing=narrowing, sort=wanted.sort)


def _due_bounds(due: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Give the first instant and the end of a group; the same limits as `formats.severity`."""
    very, soon = now - formats.VERY_OVERDUE + TICK, now + formats.SOON + TICK
    bounds: Mapping[str, tuple[datetime | None, datetime | None]] = {
        "very_overdue": (None, very),
        "overdue": (very, now),
        "soon": (now, soon),
        "later": (soon, None),
    }
    return bounds.get(due, (None, None))


def _links(counts: Mapping[str, int], view: str) -> tuple[ViewLink, ...]:
    offered = [each for each in VIEWS if current.is_worker() or each not in OF_STAFF]
    return tuple(
        ViewLink(code=each, words=str(VIEWS[each]), count=counts[each], is_current=each == view)
        for each in offered
    )


def chips_of(wanted: Wanted, reader: Reader) -> tuple[Chip, ...]:
    """Say which filters narrow the view, each with the way to remove it."""
    words = {
        "q": _("Search: %(text)s", text=wanted.q),
        "process": _processes().get(wanted.process, wanted.process) if wanted.process else "",
        "step": _step_name(wanted, reader),
        "group": labels.label(wanted.group, "role"),
        "due": str(GROUPS.get(wanted.due, "")),
        "scope": scope_words(wanted.scope),
    }
    return tuple(
        Chip(name=name, words=words[name], without=here(**{name: None, "page": None}))
        for name in FILTERS
        if getattr(wanted, name)
    )


def _with_hidden(chips: tuple[Chip, ...], wanted: Wanted, reader: Reader) -> tuple[Chip, ...]:
    """Count what would be listed without each filter."""
    with current.application().reading() as session:
        return tuple(
            replace(
                chip,
                hidden=inbox.count(
                    listing_of(_without(chip.name, wanted), reader), reader, session
                ),
            )
            for chip in chips
        )


def _without(name: str, wanted: Wanted) -> Wanted:
    return read_query({key: value for key, value in wanted.address.items() if key != name})


def _choices(facets: Facets) -> tuple[Choice, ...]:
    """Say what can be filtered by; a filter with one value would change nothing."""
    found = (
        Choice(name="process", title=_("Process"), options=_processes()),
        Choice(name="step", title=_("Step"), options=_said(facets.steps)),
        Choice(
            name="group",
            title=_("Team"),
            options={each: labels.label(each, "role") for each in facets.groups},
        ),
        Choice(name="due", title=_("Due"), options={code: str(GROUPS[code]) for code in GROUPS}),
        Choice(
            name="scope",
            title=_("Place"),
            options={each: scope_words(each) for each in facets.scopes},
        ),
    )
    return tuple(each for each in found if len(each.options) > 1)


def _said(names: Mapping[str, str]) -> Mapping[str, str]:
    return {code: model_words.say(name) for code, name in names.items()}


def _processes() -> Mapping[str, str]:
    """Name the processes by their newest version."""
    with current.application().reading() as session:
        names = {each.key: each.name for each in reversed(queries.definitions(session))}
    return _said(names)


def _step_name(wanted: Wanted, reader: Reader) -> str:
    if not wanted.step:
        return ""
    with current.application().reading() as session:
        name = inbox.name_of_step(wanted.view, wanted.step, reader, session)
    return model_words.say(name) if name else wanted.step


def next_task(after: UserTask, wanted: Wanted | None) -> UserTask | None:
    """Find what stands behind a task in the view it was opened from; at its end the view's first.

    Without a view, or when nothing is left of it: an own task, then one to claim.
    """
    reader = reader_now()
    views = [wanted] if wanted else []
    own = [Wanted(view="mine"), Wanted(view="team")]
    with current.application().reading() as session:
        for each in (*views, *(other for other in own if other not in views)):
            listing = listing_of(each, reader)
            found = inbox.following(listing, after, reader, session)
            first = inbox.page(listing, Cut(limit=2), reader, session) if found is None else ()
            others = [found, *first]
            for task in others:
                if task is not None and task.id != after.id and task.state == "open":
                    return task
    return None


def most_pressing() -> tuple[UserTask, str] | None:
    """Choose what to do now, and say why: the first own task, else the first one to claim."""
    reader = reader_now()
    with current.application().reading() as session:
        for view in ("mine", "team"):
            listing = Listing(view=view)
            for task in inbox.page(listing, Cut(limit=1), reader, session):
                return task, _why_first(task, view, reader.now)
    return None


def _why_first(task: UserTask, view: str, now: datetime) -> str:
    due, is_own = formats.due(task.due_at, now), view == "mine"
    if due and is_own:
        words = _("Of your own tasks, this one is due first (%(due)s).", due=due.words)
    elif due:
        words = _(
            "You have no task of your own; of those to claim, this one is due first (%(due)s).",
            due=due.words,
        )
    elif is_own:
        words = _(
            "None of your own tasks has a due date; this one comes first by priority and age."
        )
    else:
        words = _("No task to claim has a due date; this one comes first by priority and age.")
    return str(words)


def ago(instant: datetime, now: datetime) -> str:
    """Say how long ago something happened; after an hour, when."""
    seconds = max(0, int((now - instant).total_seconds()))
    if seconds < 60:
        return str(ngettext("%(num)d second ago", "%(num)d seconds ago", seconds))
    if seconds < 3600:
        return str(ngettext("%(num)d minute ago", "%(num)d minutes ago", seconds // 60))
    return formats.moment(instant)


def scope_words(scope: str) -> str:
    """Name the place that a scope stands for."""
    if not scope or scope == "city":
        return _("The whole city") if scope else ""
    with current.application().reading() as session:
        names = {each.scope: each.name for each in places.communities(session=session)}
    return names.get(scope, scope.partition(":")[2] or scope)


def cases_of(tasks: Iterable[UserTask]) -> Mapping[str, TicketRow]:
    """Map instance ids of tasks to what their cases are about."""
    with current.application().reading() as session:
        return repairs.tickets_of_instances({task.instance_id for task in tasks}, session=session)


def end_of_day(now: datetime) -> datetime:
    """Find the first instant of tomorrow in Taipei."""
    tomorrow = formats.local(now).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=formats.TAIPEI)


def end_of_week(now: datetime) -> datetime:
    """Find the first instant of next Monday in Taipei."""
    today = formats.local(now).date()
    monday = today + timedelta(days=7 - today.weekday())
    return datetime.combine(monday, time(), tzinfo=formats.TAIPEI)


def in_groups(tasks: Iterable[UserTask], now: datetime) -> list[Group]:
    """Put tasks that are ordered by due date into the groups of GROUPS; empty ones are left out."""
    return [
        Group(code=code, title=str(GROUPS[code]), tasks=tuple(part))
        for code, part in groupby(tasks, key=lambda task: _group_code(task, now))
    ]


def ungrouped(tasks: tuple[UserTask, ...]) -> list[Group]:
    """Put all tasks into one group without a title."""
    return [Group(code="", title="", tasks=tasks)] if tasks else []


def _group_code(task: UserTask, now: datetime) -> str:
    return formats.severity(task.due_at, now) if task.due_at else "none"
