"""The views of the inbox: which tasks each shows, how many, and in which groups they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import groupby

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict

from engine import queries
from engine.queries import Page, TaskFilter, UserTask
from engine.types import Actor
from housing.repairs import queries as repairs
from housing.repairs.views import TicketFilter, TicketRow
from webapp import current, formats

PAGE_SIZE = 25
MOST_FOUND = 500
"""Cases that one search looks at."""

VIEWS: Mapping[str, LazyString] = {
    "mine": _l("My tasks"),
    "team": _l("To claim"),
    "overdue": _l("Overdue"),
    "week": _l("Due this week"),
    "done": _l("Completed by me"),
}
"""Views in the order of the navigation. `week` is without what is overdue already."""

GROUPS: Mapping[str, LazyString] = {
    "very_overdue": _l("Very overdue"),
    "overdue": _l("Overdue"),
    "soon": _l("Due soon"),
    "later": _l("Not due yet"),
    "none": _l("No due date"),
}
"""Groups of a view, most pressing first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the query string asks for.

    Attributes:
        view: key of VIEWS.
        q: part of a case number, place or report to look for, or "".
        sort: "due" or "age".
        page: 1, 2, 3 ...
    """

    view: str
    q: str = ""
    sort: str = "due"
    page: int = 1


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
class Inbox:
    """One view of somebody's tasks.

    Attributes:
        tasks: the part of the list that is shown.
        unfiltered: length of the list without the search.
        cases: instance id to what the case is about.
    """

    links: tuple[ViewLink, ...]
    tasks: Page[UserTask]
    unfiltered: int
    cases: Mapping[str, TicketRow]


def read_query(given: MultiDict[str, str]) -> Wanted:
    """Read the query string; what makes no sense is taken as not given."""
    view = given.get("view", "mine")
    return Wanted(
        view=view if view in VIEWS else "mine",
        q=given.get("q", "").strip()[:64],
        sort="age" if given.get("sort") == "age" else "due",
        page=max(1, given.get("page", 1, int)),
    )


def read(wanted: Wanted, actor: Actor) -> Inbox:
    """Read a view with the counts of all views."""
    application = current.application()
    lists = _lists(actor, application.clock.now())
    counts = {view: _count(each) for view, each in lists.items()}
    asked = lists[wanted.view]
    tasks = _part(asked, wanted, total=counts[wanted.view])
    links = tuple(
        ViewLink(code=view, words=str(VIEWS[view]), count=count, is_current=view == wanted.view)
        for view, count in counts.items()
    )
    return Inbox(
        links=links, tasks=tasks, unfiltered=counts[wanted.view], cases=cases_of(tasks.rows)
    )


def _lists(actor: Actor, now: datetime) -> dict[str, TaskFilter]:
    """Tell which tasks each view shows.

    What is overdue stands first among the tasks due before the week's end, so the view `week`
    begins behind it.
    """
    overdue = TaskFilter(visible_to=actor, overdue_at=now)
    return {
        "mine": TaskFilter(assigned_to=actor.id),
        "team": TaskFilter(offered_to=actor),
        "overdue": overdue,
        "week": TaskFilter(visible_to=actor, overdue_at=end_of_week(now), offset=_count(overdue)),
        "done": TaskFilter(completed_by=actor.id),
    }


def _count(wanted: TaskFilter) -> int:
    with current.application().reading() as session:
        found = queries.open_tasks(replace(wanted, limit=1), session)
    return max(0, found.total - wanted.offset)


def _part(asked: TaskFilter, wanted: Wanted, *, total: int) -> Page[UserTask]:
    """Read the page of a list that is shown, or what a search finds in it."""
    is_by_age = wanted.sort == "age" and not asked.offset
    part = replace(
        asked,
        is_by_age=is_by_age,
        offset=asked.offset + (wanted.page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
        instance_ids=_instances(wanted.q) if wanted.q else None,
    )
    with current.application().reading() as session:
        found = queries.open_tasks(part, session)
    return found if wanted.q else replace(found, total=total)


def _instances(text: str) -> list[str]:
    """Find cases by a part of their number, place or report."""
    with current.application().reading() as session:
        found = repairs.tickets(TicketFilter(text=text, limit=MOST_FOUND), session=session)
    return [each.instance_id for each in found.rows if each.instance_id]


def cases_of(tasks: Iterable[UserTask]) -> Mapping[str, TicketRow]:
    """Map instance ids of tasks to what their cases are about."""
    with current.application().reading() as session:
        return repairs.tickets_of_instances({task.instance_id for task in tasks}, session=session)


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
