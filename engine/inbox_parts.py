"""What the views of the inbox are made of: conditions on tasks, for one group of readers."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    false,
    literal_column,
    not_,
    or_,
    select,
)

from engine.sla_tables import sla_clock
from engine.tables import process_instance, user_task
from engine.types import CITY

VIEWS = (
    *("mine", "followup", "returned", "received", "delegated", "deputy"),
    *("team", "all", "overdue", "week", "paused", "done"),
)
"""Codes of the views, in the order of the navigation.

mine: claimed by or assigned to me. followup: mine, to be looked at again until the end of today.
returned, received: mine, because a colleague gave it back, or delegated it to me. delegated: what I
gave away and is not back. deputy: to be done for absent ones. team: unclaimed, of my teams. all:
all of my teams. overdue and week (what is due until its end and not overdue): mine and unclaimed
ones. paused: the case is suspended or one of its clocks stands. done: completed by me, newest
first.
"""

Condition = ColumnElement[bool]

Groups = frozenset[tuple[str, str]]
"""Of an actor: candidate group and scope."""

_ME = bindparam("me", type_=user_task.c.assignee.type)
NOW = bindparam("now", type_=user_task.c.due_at.type)
_WEEK_END = bindparam("week_end", type_=user_task.c.due_at.type)
DAY_END = bindparam("day_end", type_=user_task.c.due_at.type)
_STOOD_IN = bindparam("stood_in", type_=user_task.c.id.type, expanding=True)
_OPEN = user_task.c.state == literal_column("'open'")
_COMPLETED = user_task.c.state == literal_column("'completed'")
GIVEN = user_task.c.delegation == literal_column("'pending'")
RETURNED = user_task.c.delegation == literal_column("'returned'")
_SUSPENDED = process_instance.c.status == literal_column("'suspended'")
"""Written out, so that prepared statements use the indexes of these states too."""


@lru_cache(maxsize=2048)
def parts_of(view: str, groups: Groups) -> Sequence[Condition]:
    """Split a view into parts that share no task."""
    memberships = _memberships(groups)
    mine = and_(_OPEN, user_task.c.assignee == _ME)
    teams = [and_(_OPEN, each) for each in memberships]
    offered = [and_(each, user_task.c.assignee.is_(None)) for each in teams]
    late = user_task.c.due_at < NOW
    this_week = is_this_week()
    known = and_(_OPEN, or_(user_task.c.assignee == _ME, *memberships))
    parts = {
        "mine": [mine],
        "followup": [and_(mine, user_task.c.follow_up_at < DAY_END)],
        "returned": [and_(mine, RETURNED)],
        "received": [and_(mine, GIVEN)],
        "delegated": [and_(_OPEN, GIVEN, user_task.c.delegated_by == _ME)],
        "deputy": [and_(_OPEN, user_task.c.id.in_(_STOOD_IN))],
        "team": offered,
        "all": teams,
        "overdue": [and_(each, late) for each in (mine, *offered)],
        "week": [and_(each, this_week) for each in (mine, *offered)],
        "paused": [and_(known, is_paused())],
        "done": [and_(_COMPLETED, user_task.c.ended_by == _ME)],
    }
    return parts[view] or [false()]


def _memberships(groups: Groups) -> Sequence[Condition]:
    """Tell which groups and scopes are somebody's; the scope "city" covers every scope."""
    everywhere = sorted(group for group, scope in groups if scope == CITY)
    scopes: dict[str, list[str]] = {}
    for group, scope in sorted(groups):
        if group not in everywhere:
            scopes.setdefault(group, []).append(scope)
    local = [
        and_(user_task.c.candidate_group == group, user_task.c.scope.in_(each))
        for group, each in scopes.items()
    ]
    return [*([user_task.c.candidate_group.in_(everywhere)] if everywhere else []), *local]


def is_of_no_team(groups: Groups) -> Sequence[Condition]:
    """Say that a task is none of the view `all`."""
    memberships = _memberships(groups)
    if not memberships:
        return []
    return [or_(user_task.c.candidate_group.is_(None), not_(or_(*memberships)))]


def is_this_week() -> Condition:
    """Say that a task is due until the end of the week and not overdue."""
    return and_(user_task.c.due_at >= NOW, user_task.c.due_at < _WEEK_END)


def is_paused() -> Condition:
    """Say that the case of a task is suspended, or one of its clocks stands."""
    suspended = select(process_instance.c.id).where(_SUSPENDED)
    standing = select(sla_clock.c.instance_id).where(
        sla_clock.c.paused_since.is_not(None), sla_clock.c.ended_at.is_(None)
    )
    return user_task.c.instance_id.in_(suspended.union_all(standing))
