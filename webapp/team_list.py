"""The list of a team's open tasks: whose, at which step, how late; all of it in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flask
from flask_babel import gettext as _

from engine import team_queries
from engine.inbox import Cut
from engine.records import UserTask
from engine.team_queries import UNCLAIMED, TeamTasks
from housing.deputies.rules import may_arrange
from housing.people import queries as people
from housing.people.queries import AccountView
from housing.teams import queries
from housing.teams.rules import WAITS_LONG
from webapp import current, model_words, team_page
from webapp.addresses import here
from webapp.inbox_chips import Chip
from webapp.inbox_views import end_of_week

PAGE_SIZE = 50
DUES = ("overdue", "week")
FILTERS = ("person", "step", "due", "waits")
LONGEST_PAGE = 6
"""Digits of the number of a page; more are no page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the address asks for.

    Attributes:
        person: account id, UNCLAIMED, or "" for everybody.
        step: id of an element of a diagram, or "".
        due: one of DUES, or "".
        waits: "long" for what has waited longer than WAITS_LONG, or "".
        page: 1, 2, 3 ...
    """

    person: str = ""
    step: str = ""
    due: str = ""
    waits: str = ""
    page: int = 1

    @property
    def address(self) -> dict[str, Any]:
        """Give the parts of the address that narrow the list."""
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """One page of the list.

    Attributes:
        total: of the whole list.
        holders: account id to name, of those who hold the tasks of this page.
        colleagues: who may get tasks: account id to name, with a word about an absence.
        holder: name of the person whose tasks these are, or "".
        absence: words about the absence of that person, or "".
        overdue: of that person's tasks, when an absence may be entered for him and none is.
    """

    asked: Asked
    tasks: Sequence[UserTask]
    total: int
    chips: Sequence[Chip]
    holders: Mapping[str, str]
    colleagues: Mapping[str, str]
    holder: str = ""
    absence: str = ""
    overdue: int = 0


def asked() -> Asked:
    """Read the address of this request."""
    return read_query(flask.request.args)


def read_query(given: Mapping[str, str]) -> Asked:
    """Read a query string; what makes no sense is taken as not given."""
    due, waits, number = given.get("due", ""), given.get("waits", ""), given.get("page", "1")
    is_number = number.isascii() and number.isdigit() and len(number) < LONGEST_PAGE
    return Asked(
        person=given.get("person", "")[:64],
        step=given.get("step", "")[:100],
        due=due if due in DUES else "",
        waits=waits if waits == "long" else "",
        page=max(1, int(number)) if is_number else 1,
    )


def read() -> ListPage:
    """Read the page of the list that this request asks for."""
    wanted, application = asked(), current.application()
    narrowed = _narrowed(wanted)
    absent = team_page.absent_now()
    with application.reading() as session:
        cut = Cut(offset=(wanted.page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        tasks = team_queries.tasks(narrowed, cut, session)
        total = team_queries.count(narrowed, session)
        team = team_page.own_team()
        members = queries.members(team, session=session)
        known = {each.assignee for each in tasks if each.assignee} | {wanted.person}
        held_by = people.names_of(known, session=session)
        overdue = 0
        if wanted.person not in absent and _may_be_away(wanted.person, members):
            now = application.clock.now()
            overdue = queries.overdue_of(wanted.person, team, session=session, now=now)
    names = {str(each.id): each.name for each in members}
    return ListPage(
        asked=wanted,
        tasks=tasks,
        total=total,
        chips=_chips(wanted, held_by, tasks),
        holders=held_by,
        colleagues={
            key: f"{name} ({absent[key]})" if key in absent else name
            for key, name in names.items()
            if key != wanted.person
        },
        holder=held_by.get(wanted.person, ""),
        absence=absent.get(wanted.person, ""),
        overdue=overdue,
    )


def _may_be_away(person_id: str, members: Sequence[AccountView]) -> bool:
    """Tell whether this one may enter an absence for a person, who is not himself."""
    actor = current.actor()
    return person_id != actor.id and any(
        str(each.id) == person_id and may_arrange(actor, person_id, each.memberships)
        for each in members
    )


def all_of(wanted: Asked, most: int) -> Sequence[UserTask]:
    """Read the list from its beginning, however many pages it has."""
    with current.application().reading() as session:
        return team_queries.tasks(_narrowed(wanted), Cut(limit=most), session)


def _narrowed(wanted: Asked) -> TeamTasks:
    now = current.application().clock.now()
    bounds = {"overdue": (None, now), "week": (now, end_of_week(now))}
    due_from, due_before = bounds.get(wanted.due, (None, None))
    return TeamTasks(
        groups=team_page.own_team().groups,
        holder=wanted.person or None,
        element_id=wanted.step or None,
        due_from=due_from,
        due_before=due_before,
        created_before=now - WAITS_LONG if wanted.waits else None,
    )


def _chips(wanted: Asked, names: Mapping[str, str], tasks: Sequence[UserTask]) -> Sequence[Chip]:
    steps = {each.element_id: model_words.say(each.name) for each in tasks}
    words = {
        "person": _("Unclaimed")
        if wanted.person == UNCLAIMED
        else names.get(wanted.person, wanted.person),
        "step": steps.get(wanted.step, wanted.step),
        "due": {"overdue": _("Overdue"), "week": _("Due this week")}.get(wanted.due, ""),
        "waits": _("Waiting for more than %(num)d days", num=WAITS_LONG.days),
    }
    return [
        Chip(name=name, words=words[name], without=here(**{name: None, "page": None}))
        for name in FILTERS
        if getattr(wanted, name)
    ]
