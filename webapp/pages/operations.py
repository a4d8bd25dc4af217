"""Running the house: incidents, the queue, the mail and push simulator, the demo clock."""

from datetime import datetime, timedelta

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import queries
from webapp import current, formats
from webapp.addresses import next_page

pages = Blueprint("operations", __name__)

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@pages.get("/operations")
def show() -> str:
    """Show what waits, what failed and what was not delivered."""
    application = current.application()
    with application.reading() as session:
        queue = queries.queue_counts(application.clock.now(), session)
        incidents = queries.incidents(session)
    return flask.render_template("operations/show.html", queue=queue, incidents=incidents)


@pages.post("/operations/incidents/<incident_id>/retry")
def retry(incident_id: str) -> Response:
    """Let the failed step of an incident run again."""
    application = current.application()
    with application.unit_of_work() as session:
        application.engine.retry(incident_id, by=current.actor(), session=session)
    flask.flash(_("The step runs again at the next tick."), "success")
    return flask.redirect(flask.url_for("operations.show"))


@pages.post("/clock")
def advance_clock() -> Response:
    """Move the demo clock onward, never back."""
    application = current.application()
    if not application.settings.is_demo:
        flask.abort(404)
    target = _target(flask.request.form.get("by", ""))
    if target is None:
        flask.flash(_("Nothing is due: there is no next deadline."), "error")
        return flask.redirect(next_page())
    application.move_clock(target)
    words = _("The clock now shows %(when)s.", when=formats.moment(application.clock.now()))
    flask.flash(words, "success")
    return flask.redirect(next_page())


def _target(step: str) -> datetime | None:
    application = current.application()
    now = application.clock.now()
    if step in STEPS:
        return now + STEPS[step]
    if step != "next_due":
        flask.abort(400)
    with application.reading() as session:
        due_at = queries.next_due(session)
    return None if due_at is None else max(due_at, now)
