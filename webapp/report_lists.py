"""Lists of repair cases: cards for residents, a table for staff and contractors."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import flask

from engine.calendar import local_date
from engine.types import CITY, Actor
from housing.cases.rules import staff_scopes
from housing.places import queries as places
from housing.places.rules import code_of
from housing.repairs import incidents, queries
from housing.repairs.incidents import IncidentView
from housing.repairs.views import CaseSummary, TicketFilter, TicketRow
from webapp import current
from webapp.addresses import page_number

PAGE_SIZE = 25
VIEWS = ("open", "overdue", "ended", "all")
MOST_CARDS = 30
"""Newest ended reports that a resident sees; open ones are always shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One report of a resident; an open one carries its progress and whose turn it is.

    Attributes:
        opened: numbers of lead cases that the resident may open.
    """

    ticket: TicketRow
    summary: CaseSummary | None
    opened: frozenset[str]


def of_resident() -> Sequence[Card]:
    """List the reports of this request's person, open ones first."""
    application, account = current.application(), current.account()
    now = application.clock.now()
    with application.reading() as session:
        tickets = queries.my_tickets(account.id, session=session)
        shown = [each for each in tickets if each.is_open]
        shown += [each for each in tickets if not each.is_open][:MOST_CARDS]
        opened = frozenset(each.number for each in tickets)
        return [
            Card(
                ticket=each,
                opened=opened,
                summary=queries.case_summary(each.number, session=session, now=now)
                if each.is_open
                else None,
            )
            for each in shown
        ]


def announcements() -> Sequence[IncidentView]:
    """List the running mass incidents where this request's person lives or manages."""
    application, actor = current.application(), current.actor()
    today = local_date(application.clock.now())
    with application.reading() as session:
        homes = places.units_of(int(actor.id), on=today, session=session)
        scopes = staff_scopes(actor) | {home.scope for home in homes}
        return incidents.incidents_in(frozenset(scopes), is_open=True, session=session)


def for_workers() -> Mapping[str, object]:
    """List the cases of the person's communities, or of his contractor, as the query asks."""
    application, args = current.application(), flask.request.args
    view = args.get("view", "open")
    view = view if view in VIEWS else "open"
    page = page_number()
    text = args.get("q", "").strip()[:80]
    now = application.clock.now()
    wanted = replace(
        _visible_to(current.actor()),
        text=text,
        is_open={"open": True, "overdue": True, "ended": False}.get(view),
        overdue_at=now if view == "overdue" else None,
        offset=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    with application.reading() as session:
        found = queries.tickets(wanted, session=session)
    return {
        "tickets": found.rows,
        "total": found.total,
        "view": view,
        "text": text,
        "page": page,
        "page_count": math.ceil(found.total / PAGE_SIZE),
    }


def _visible_to(actor: Actor) -> TicketFilter:
    scopes = staff_scopes(actor)
    if scopes:
        return TicketFilter(scopes=frozenset({CITY}) if CITY in scopes else scopes)
    firms = sorted(scope for group, scope in actor.groups if group == "contractor")
    return TicketFilter(contractor=code_of(firms[0]) if firms else "-")
