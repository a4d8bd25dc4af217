"""Running the house: incidents, the queue, the mail and push simulator, the demo clock."""

from datetime import timedelta

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from engine import queries
from housing.demo import clock
from webapp import current, formats
from webapp.addresses import next_page

pages = Blueprint("operations", __name__)

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
NEXT_DEADLINE = "next_due"


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
    """Move the demo clock onward; every deadline on the way takes effect."""
    step, application = flask.request.form.get("by", ""), current.application()
    if step == NEXT_DEADLINE:
        advanced = clock.advance_to_next_deadline(application)
    elif step in STEPS:
        advanced = clock.advance(application, STEPS[step])
    else:
        flask.abort(400)
    when = formats.moment(advanced.now)
    words = ngettext(
        "The clock now shows %(when)s; %(num)d deadline or reminder took effect.",
        "The clock now shows %(when)s; %(num)d deadlines and reminders took effect.",
        advanced.fired,
        when=when,
    )
    flask.flash(words, "success")
    return flask.redirect(next_page())
