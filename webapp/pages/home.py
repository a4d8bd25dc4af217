"""The start page, by role: what to do next."""

import flask
from flask import Blueprint
from flask_babel import gettext as _

from engine import definition_queries, queries
from engine.queries import TaskFilter
from webapp import current, home_actions, inbox_views, report_lists

pages = Blueprint("home", __name__)

NEXT_TASKS = 6
MOST_REPORTS = 3
SUPERVISORS = frozenset({"process_supervisor", "administrator"})
"""Roles that see the processes on their start page instead of an empty list of tasks."""


@pages.get("/")
def index() -> str:
    """Show residents what they can begin and what waits for them, staff their tasks first."""
    actor, application = current.actor(), current.application()
    with application.reading() as session:
        counts = queries.task_counts(actor, application.clock.now(), session)
        tasks = queries.open_tasks(TaskFilter(visible_to=actor, limit=NEXT_TASKS), session)
        processes = definition_queries.processes(session) if _looks_after_processes() else ()
    return flask.render_template(
        "home/index.html",
        counts=counts,
        tasks=tasks,
        processes=processes,
        cases=inbox_views.cases_of(tasks.rows),
        is_staff=current.is_worker(),
        lead=_lead(),
        begin=home_actions.startable(),
        look_up=home_actions.look_up(),
        reports=[] if current.is_worker() else report_lists.of_resident()[:MOST_REPORTS],
    )


def _looks_after_processes() -> bool:
    person = current.person()
    return person is not None and bool(person.roles & SUPERVISORS)


def _lead() -> str:
    if current.is_worker():
        return str(_("Here is what is most pressing."))
    return str(_("What can we do for you today?"))
