"""The start page, by role: what to do next."""

import flask
from flask import Blueprint
from flask_babel import gettext as _

from engine import definition_queries, queries
from engine.queries import TaskFilter
from webapp import current, home_actions, inbox_rows, resident_home

pages = Blueprint("home", __name__)

NEXT_TASKS = 6
SUPERVISORS = frozenset({"process_supervisor", "administrator"})
"""Roles that see the processes on their start page instead of an empty list of tasks."""


@pages.get("/")
def index() -> str:
    """Show residents what needs them and their cases, staff their tasks first."""
    actor, application = current.actor(), current.application()
    is_staff = current.is_worker()
    with application.reading() as session:
        counts = queries.task_counts(actor, application.clock.now(), session)
        tasks = queries.open_tasks(TaskFilter(visible_to=actor, limit=NEXT_TASKS), session)
        processes = definition_queries.processes(session) if _looks_after_processes() else ()
    return flask.render_template(
        "home/index.html" if is_staff else "home/resident.html",
        counts=counts,
        tasks=tasks,
        processes=processes,
        cases=inbox_rows.words_of(tasks.rows),
        lead=_("Here is what is most pressing."),
        begin=home_actions.startable(),
        look_up=home_actions.look_up(),
        **({} if is_staff else resident_home.words()),
    )


def _looks_after_processes() -> bool:
    person = current.person()
    return person is not None and bool(person.roles & SUPERVISORS)
