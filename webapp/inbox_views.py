"""The views of the inbox: what the address asks for, and in which groups tasks stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from engine.inbox import SORTS, Listing, Narrowing, Reader
from engine.queries import UserTask
from housing.cases import search
from webapp import current, formats, standing_in

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
"""What a view can be narrowed to by due date, most pressing first."""

TITLES: Mapping[str, LazyString] = {
    **{code: words for code, words in GROUPS.items() if code != "none"},
    "paused": VIEWS["paused"],
    "none": GROUPS["none"],
}
"""Groups in which tasks stand, in this order (ux.md, part B3)."""

ORDERS: Mapping[str, LazyString] = {
    "due": _l("By due date"),
    "age": _l("Oldest first"),
    "priority": _l("By priority"),
}

FILTERS = ("q", "process", "step", "group", "due", "scope", "owner")
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
        owner: id of the account that holds it, or "".
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
    owner: str = ""
    sort: str = "due"
    page: int = 1
    is_choosing: bool = False

    @property
    def address(self) -> dict[str, Any]:
        """Give the parts of the address that tell the view, its filters and its order."""
        given = {name: getattr(self, name) for name in FILTERS if getattr(self, name)}
        return {"view": self.view, **given, **({"sort": self.sort} if self.sort != "due" else {})}

    @property
    def place(self) -> dict[str, Any]:
        """Give the address with the page, to come back to."""
        return {**self.address, **({"page": self.page} if self.page > 1 else {})}


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Tasks of like urgency, earliest due date first; code is a key of TITLES or ""."""

    code: str
    title: str
    tasks: tuple[UserTask, ...]


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
        owner=given.get("owner", "")[:64],
        sort=sort if sort in SORTS else "due",
        page=max(1, int(number))
        if number.isascii() and number.isdigit() and len(number) < 8
        else 1,
        is_choosing=given.get("filters") == "1",
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
    narrowing = Narrowing(
        process_key=wanted.process or None,
        element_id=wanted.step or None,
        group=wanted.group or None,
        scope=wanted.scope or None,
        assignee=wanted.owner or None,
        due_from=due_from,
        due_before=due_before,
        is_without_due=wanted.due == "none",
    )
    if wanted.q:
        with current.application().reading() as session:
            sought = search.search_for(wanted.q, reader.actor, session)
        narrowing = replace(narrowing, search=sought)
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


def end_of_day(now: datetime) -> datetime:
    """Find the first instant of tomorrow in Taipei."""
    tomorrow = formats.local(now).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=formats.TAIPEI)


def end_of_week(now: datetime) -> datetime:
    """Find the first instant of next Monday in Taipei."""
    today = formats.local(now).date()
    monday = today + timedelta(days=7 - today.weekday())
    return datetime.combine(monday, time(), tzinfo=formats.TAIPEI)


def in_groups(tasks: Sequence[UserTask], now: datetime, paused: Collection[str]) -> list[Group]:
    """Put tasks that are ordered by due date into the groups of TITLES; empty ones are left out.

    Args:
        tasks: of one page.
        now: what is overdue is counted from here.
        paused: ids of tasks against which nothing runs, whatever their due date.
    """
    code_of = {each.id: "paused" if each.id in paused else _group_code(each, now) for each in tasks}
    return [
        Group(code=code, title=str(title), tasks=found)
        for code, title in TITLES.items()
        if (found := tuple(each for each in tasks if code_of[each.id] == code))
    ]


def ungrouped(tasks: tuple[UserTask, ...]) -> list[Group]:
    """Put all tasks into one group without a title."""
    return [Group(code="", title="", tasks=tasks)] if tasks else []


def _group_code(task: UserTask, now: datetime) -> str:
    return formats.severity(task.due_at, now) if task.due_at else "none"
