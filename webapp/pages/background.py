"""How far long work has come, for whoever ordered it."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from housing.background import queries, service
from housing.background.errors import BackgroundTaskNotFound
from housing.background.queries import Work
from webapp import addresses, current

pages = Blueprint("background", __name__)

OVERSEERS = frozenset({"process_supervisor", "process_approver", "administrator"})
"""Roles that see the work of others too."""


@pages.get("/background/<task_id>")
def show(task_id: str) -> str:
    """Show how far it is; the bar on any page asks here."""
    work = _find(task_id)
    return flask.render_template("background/show.html", work=work, then=addresses.local(_then()))


@pages.post("/background/<task_id>/stop")
def stop(task_id: str) -> Response:
    """Stop it; what it has written already stays."""
    application = current.application()
    _find(task_id)
    with application.unit_of_work() as session:
        service.stop(task_id, session=session, clock=application.clock)
    flask.flash(_("The work was stopped."), "success")
    then = addresses.local(_then())
    return flask.redirect(then or flask.url_for(".show", task_id=task_id))


def _find(task_id: str) -> Work:
    with current.application().reading() as session:
        found = queries.task(task_id, session)
    if found.ordered_by != current.account().actor.id and not current.roles() & OVERSEERS:
        raise BackgroundTaskNotFound
    return found


def _then() -> str:
    return flask.request.values.get("then", "")
