"""The inbox: which tasks a view shows to whom, how many, and one page of them.

A view is a list of parts that never share a task, each with an index of its own: counts are sums
over the parts, and a page is cut out of narrow columns before its rows are joined with their cases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from engine.inbox_parts import (
    DAY_END,
    GIVEN,
    NOW,
    RETURNED,
    VIEWS,
    Condition,
    Groups,
    is_of_no_team,
    is_paused,
    is_this_week,
    parts_of,
)
from engine.queries import TASK_COLUMNS, as_user_task
from engine.records import Page, UserTask
from engine.tables import process_definition, process_instance, user_task
from engine.types import Actor

SORTS = ("due", "age", "priority")

MOST_FACETS = 60

InstanceIds = Select[str]
"""A query for ids of cases, such as those that a text is found in."""

_TASKS = select(*TASK_COLUMNS).select_from(
    user_task.join(process_instance).join(process_definition)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Who looks into the inbox, and when.

    Attributes:
        week_end: where the view `week` ends.
        day_end: where the view `followup` ends.
        stood_in: ids of the tasks of absent colleagues: the view `deputy`.
    """

    actor: Actor
    now: datetime
    week_end: datetime
    day_end: datetime
    stood_in: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What somebody looks for: tasks that bear his words themselves or in their case.

    Attributes:
        cases: asks for the cases that bear the words.
        is_common: they are many: look whether tasks are of them, not for their tasks.
        numbered: ids of the cases whose number the words are.
        task_names: names of tasks that bear the words.
    """

    words: str
    cases: InstanceIds
    is_common: bool
    numbered: tuple[str, ...]
    task_names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Narrowing:
    """What is left of a view; None and empty leave all.

    Attributes:
        due_from: due at this instant or later.
        due_before: due before this instant.
        is_without_due: without a due date.
    """

    process_key: str | None = None
    element_id: str | None = None
    group: str | None = None
    scope: str | None = None
    assignee: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    is_without_due: bool = False
    search: Search | None = None


EVERYTHING = Narrowing()


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A view as somebody has narrowed and sorted it; `view` is one of VIEWS, `sort` of SORTS."""

    view: str
    narrowing: Narrowing = EVERYTHING
    sort: str = "due"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """Which part of a list."""

    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """What a view can be narrowed by: what its tasks have, the most frequent first."""

    steps: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


def look(
    listing: Listing, cut: Cut, reader: Reader, session: Session
) -> tuple[Mapping[str, int], Page[UserTask]]:
    """Count every view, and read a part of what is left of one."""
    numbers = counts(reader, session)
    if listing.narrowing != EVERYTHING:
        return numbers, counted_page(listing, cut, reader, session)
    rows = page(listing, cut, reader, session)
    total = numbers[listing.view]
    return numbers, Page(rows=rows, total=total, offset=cut.offset, limit=cut.limit)


def counts(reader: Reader, session: Session) -> Mapping[str, int]:
    """Count every view, in one statement."""
    row = session.execute(_count_all(reader.actor.groups), _values(reader)).one()
    return {view: int(number) for view, number in zip(VIEWS, row, strict=True)}


def count(listing: Listing, reader: Reader, session: Session) -> int:
    """Count what is left of a view."""
    total = _count(listing.view, listing.narrowing, reader.actor.groups)
    return int(session.scalar(select(total), _values(reader)) or 0)


def page(listing: Listing, cut: Cut, reader: Reader, session: Session) -> tuple[UserTask, ...]:
    """Read a part of what is left of a view."""
    narrow = _narrow(listing, cut, reader.actor.groups).subquery()
    rows = session.execute(
        _TASKS.where(user_task.c.id.in_(select(narrow.c.id))).order_by(*_order(listing)),
        _values(reader),
    )
    return tuple(as_user_task(row) for row in rows.mappings())


def counted_page(listing: Listing, cut: Cut, reader: Reader, session: Session) -> Page[UserTask]:
    """Read a part of what is left of a view, and how much is left, in one look."""
    total = func.count().over().label("total")
    narrow = _narrow(listing, cut, reader.actor.groups).add_columns(total).subquery()
    found = session.execute(
        _TASKS.add_columns(narrow.c.total)
        .join(narrow, narrow.c.id == user_task.c.id)
        .order_by(*_order(listing)),
        _values(reader),
    )
    rows = [dict(row) for row in found.mappings()]
    totals = [row.pop("total") for row in rows]
    is_behind_end = not rows and cut.offset > 0
    return Page(
        rows=tuple(UserTask(**row) for row in rows),
        total=count(listing, reader, session) if is_behind_end else max(totals, default=0),
        offset=cut.offset,
        limit=cut.limit,
    )


def following(
    listing: Listing, after: UserTask, reader: Reader, session: Session
) -> UserTask | None:
    """Find the task that stands behind another, which may have left the view; None at its end."""
    narrow = (
        select(user_task.c.id)
        .where(
            *_wanted(listing, reader.actor.groups),
            user_task.c.id != after.id,
            _stands_behind(listing, after),
        )
        .order_by(*_order(listing))
        .limit(1)
        .subquery()
    )
    row = (
        session.execute(_TASKS.where(user_task.c.id.in_(select(narrow.c.id))), _values(reader))
        .mappings()
        .first()
    )
    return as_user_task(row) if row else None


def facets(view: str, reader: Reader, session: Session) -> Facets:
    """Tell which steps, groups and scopes the tasks of a view have."""
    columns = (user_task.c.element_id, user_task.c.candidate_group, user_task.c.scope)
    number = func.count().label("number")
    rows = session.execute(
        select(*columns, func.min(user_task.c.name).label("name"), number)
        .where(or_(*parts_of(view, reader.actor.groups)))
        .group_by(*columns)
        .order_by(number.desc(), *columns)
        .limit(MOST_FACETS),
        _values(reader),
    ).all()
    return Facets(
        steps={row.element_id: row.name for row in reversed(rows)},
        groups=tuple(dict.fromkeys(row.candidate_group for row in rows if row.candidate_group)),
        scopes=tuple(dict.fromkeys(row.scope for row in rows)),
    )


def name_of_step(view: str, element_id: str, reader: Reader, session: Session) -> str | None:
    """Name a step by one of the tasks of a view; None when none waits there."""
    return session.scalar(
        select(user_task.c.name)
        .where(or_(*parts_of(view, reader.actor.groups)), user_task.c.element_id == element_id)
        .limit(1),
        _values(reader),
    )


def search_for(words: str, cases: InstanceIds, is_common: bool, session: Session) -> Search:
    """Look for words in the cases that bear them, in numbers of cases and in names of tasks.

    Args:
        words: what somebody typed.
        cases: asks for the cases that bear them.
        is_common: these cases are many.
        session: any.
    """
    return Search(
        words=words,
        cases=cases,
        is_common=is_common,
        numbered=_numbered(words, session),
        task_names=_names_with(words, session),
    )


def _numbered(words: str, session: Session) -> tuple[str, ...]:
    """List the ids of the cases whose number the words are."""
    if not any(each.isdigit() for each in words):
        return ()
    is_it = process_instance.c.business_key == words.upper()
    return tuple(session.scalars(select(process_instance.c.id).where(is_it)))


def _names_with(words: str, session: Session) -> tuple[str, ...]:
    """List the names of tasks that bear a text; jumps from name to name through their index."""
    first = select(func.min(user_task.c.name).label("name")).cte("names", recursive=True)
    following = (
        select(func.min(user_task.c.name)).where(user_task.c.name > first.c.name).scalar_subquery()
    )
    names = first.union_all(select(following).where(first.c.name.is_not(None)))
    bears = names.c.name.contains(words, autoescape=True)
    return tuple(session.scalars(select(names.c.name).where(bears).limit(MOST_FACETS)))


@lru_cache(maxsize=512)
def _count_all(groups: Groups) -> Select[*tuple[Any, ...]]:
    """Make the statement that counts every view; to make it takes longer than to run it."""
    tallies = _tallies(groups)
    totals = {name: column for each in tallies for name, column in each.c.items()}
    columns = {
        **totals,
        "overdue": totals["own_overdue"] + totals["team_overdue"],
        "week": totals["own_week"] + totals["team_week"],
        "paused": totals["own_paused"] + totals["team_paused"],
    }
    beside: FromClause = tallies[0]
    for each in tallies[1:]:
        beside = beside.join(each, true())
    return select(*(columns[view].label(view) for view in VIEWS)).select_from(beside)


def _tallies(groups: Groups) -> tuple[Subquery, ...]:
    """Count in as few looks as there are kinds of tasks; each look gives one row.

    My own tasks and those of my teams are looked through once for all that is counted of them.
    """
    late, paused = user_task.c.due_at < NOW, is_paused()
    own = {
        "mine": None,
        "followup": user_task.c.follow_up_at < DAY_END,
        "returned": RETURNED,
        "received": GIVEN,
        "own_overdue": late,
        "own_week": is_this_week(),
        "own_paused": and_(paused, *is_of_no_team(groups)),
    }
    unclaimed = user_task.c.assignee.is_(None)
    of_teams = {
        "all": None,
        "team": unclaimed,
        "team_overdue": and_(unclaimed, late),
        "team_week": and_(unclaimed, is_this_week()),
        "team_paused": paused,
    }
    return (
        _tally(own, parts_of("mine", groups)),
        _tally(of_teams, parts_of("all", groups)),
        *(_tally({view: None}, parts_of(view, groups)) for view in ("delegated", "deputy", "done")),
    )


def _tally(counters: Mapping[str, Condition | None], parts: Sequence[Condition]) -> Subquery:
    """Count tasks of parts, and those of them that meet a condition, into one row."""
    looks = [
        select(
            *(
                (func.count() if each is None else func.count().filter(each)).label(name)
                for name, each in counters.items()
            )
        )
        .select_from(user_task)
        .where(part)
        for part in parts
    ]
    found = union_all(*looks).subquery()
    return select(*(func.sum(found.c[name]).label(name) for name in counters)).subquery()


def _values(reader: Reader) -> dict[str, object]:
    return {
        "me": reader.actor.id,
        "now": reader.now,
        "week_end": reader.week_end,
        "day_end": reader.day_end,
        "stood_in": reader.stood_in,
    }


def _count(view: str, narrowing: Narrowing, groups: Groups) -> ColumnElement[int]:
    """Sum over the parts: each is counted by its own index."""
    rest = _conditions(narrowing)
    parts = [
        select(func.count()).select_from(user_task).where(part, *rest).scalar_subquery()
        for part in parts_of(view, groups)
    ]
    total: ColumnElement[int] = literal(0)
    for part in parts:
        total = total + part
    return total


def _narrow(listing: Listing, cut: Cut, groups: Groups) -> Select[str]:
    """Ask for the ids of a part of a list."""
    return (
        select(user_task.c.id)
        .where(*_wanted(listing, groups))
        .order_by(*_order(listing))
        .offset(cut.offset)
        .limit(cut.limit)
    )


def _wanted(listing: Listing, groups: Groups) -> list[Condition]:
    return [or_(*parts_of(listing.view, groups)), *_conditions(listing.narrowing)]


def _conditions(narrowing: Narrowing) -> list[Condition]:
    equal = {
        user_task.c.element_id: narrowing.element_id,
        user_task.c.candidate_group: narrowing.group,
        user_task.c.scope: narrowing.scope,
        user_task.c.assignee: narrowing.assignee,
    }
    conditions = [column == value for column, value in equal.items() if value]
    if narrowing.process_key:
        versions = select(process_definition.c.id).where(
            process_definition.c.key == narrowing.process_key
        )
        of_process = select(process_instance.c.id).where(
            process_instance.c.definition_id.in_(versions)
        )
        conditions.append(user_task.c.instance_id.in_(of_process))
    if narrowing.due_from is not None:
        conditions.append(user_task.c.due_at >= narrowing.due_from)
    if narrowing.due_before is not None:
        conditions.append(user_task.c.due_at < narrowing.due_before)
    if narrowing.is_without_due:
        conditions.append(user_task.c.due_at.is_(None))
    if narrowing.search:
        conditions.append(_is_sought(narrowing.search))
    return conditions


def _is_sought(search: Search) -> Condition:
    case = user_task.c.instance_id
    if search.is_common:
        (found,) = search.cases.selected_columns
        conditions: list[Condition] = [search.cases.where(found == case).exists()]
    else:
        conditions = [case.in_(search.cases)]
    if search.numbered:
        conditions.append(case.in_(search.numbered))
    if search.task_names:
        conditions.append(user_task.c.name.in_(search.task_names))
    return or_(*conditions)


def _order(listing: Listing) -> tuple[ColumnElement[object], ...]:
    age = (user_task.c.created_at, user_task.c.id)
    if listing.view == "done":
        return (user_task.c.ended_at.desc(), user_task.c.id)
    if listing.sort == "age":
        return age
    due = user_task.c.due_at.asc().nulls_last()
    if listing.sort == "priority":
        return (user_task.c.priority.desc(), due, *age)
    return (due, user_task.c.priority.desc(), *age)


def _stands_behind(listing: Listing, task: UserTask) -> Condition:
    """Say by the columns of the order that a task comes after another."""
    younger = or_(
        user_task.c.created_at > task.created_at,
        and_(user_task.c.created_at == task.created_at, user_task.c.id > task.id),
    )
    if listing.sort == "age":
        return younger
    less = user_task.c.priority < task.priority
    as_high = user_task.c.priority == task.priority
    later, as_late = _later(task)
    if listing.sort == "priority":
        return or_(less, and_(as_high, or_(later, and_(as_late, younger))))
    return or_(later, and_(as_late, or_(less, and_(as_high, younger))))


def _later(task: UserTask) -> tuple[Condition, Condition]:
    """Compare due dates; a task without one comes last."""
    none = user_task.c.due_at.is_(None)
    if task.due_at is None:
        return false(), none
    return or_(user_task.c.due_at > task.due_at, none), user_task.c.due_at == task.due_at
