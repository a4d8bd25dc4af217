"""Running the house: what is due, who works, what failed; trying again; the demo clock."""

from datetime import timedelta
from typing import Any

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from engine import definition_queries, dispatches, queries, queue, workers
from engine.errors import IncidentNotFound, InstanceNotActive, NotFound
from engine.records import Incident, Page
from housing.demo import clock
from webapp import current, formats, model_words
from webapp.addresses import next_page, page_number

pages = Blueprint("operations", __name__)

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
NEXT_DEADLINE = "next_due"
SHORT_LIST = 8
PAGE = 20
MOST_AT_ONCE = 500
"""Incidents that one click tries again."""

LATE = timedelta(minutes=1)
"""A queue that is so late needs somebody to look."""


@pages.get("/operations")
def show() -> str:
    """Show who works, what is due, what failed and what was not delivered."""
    application = current.application()
    now, real_now = application.clock.now(), application.system_clock.now()
    asked = flask.request.args
    page = page_number()
    dead_page = max(asked.get("messages", 1, type=int), 1)
    with application.reading() as session:
        seen, lag = workers.workers(session), queue.lag(now, session)
        return flask.render_template(
            "operations/show.html",
            queue=queries.queue_counts(now, session),
            lag=_lag_words(lag),
            is_late=lag > LATE,
            workers=[(each, each.is_alive(real_now)) for each in seen],
            upcoming=queue.jobs(session, limit=SHORT_LIST),
            kinds=queue.incident_kinds(session),
            incidents=queue.incidents(session, offset=(page - 1) * PAGE, limit=PAGE),
            dead=queue.dead_messages(session, offset=(dead_page - 1) * PAGE, limit=PAGE),
            page=page,
            dead_page=dead_page,
            is_refreshing=asked.get("refresh") != "off",
            page_count=_page_count,
        )


@pages.get("/operations/jobs")
def list_jobs() -> str:
    """List all jobs that wait for their time, in the order they fall due."""
    page = page_number()
    application = current.application()
    with application.reading() as session:
        found = queue.jobs(session, offset=(page - 1) * PAGE, limit=PAGE)
    return flask.render_template(
        "operations/jobs.html", jobs=found, page=page, page_count=_page_count(found)
    )


@pages.post("/operations/incidents/<incident_id>/retry")
def retry(incident_id: str) -> Response:
    """Let the failed step of an incident run again."""
    application = current.application()
    with application.unit_of_work() as session:
        application.engine.retry(incident_id, by=current.actor(), session=session)
    flask.flash(_("The step runs again at the next tick."), "success")
    return flask.redirect(flask.url_for("operations.show"))


@pages.get("/operations/incidents")
def preview_kind() -> str:
    """Show the open incidents of one step of one process before all are tried again."""
    asked = flask.request.args
    kind = asked.get("process", ""), asked.get("element", "")
    page = page_number()
    with current.application().reading() as session:
        found = queue.incidents(session, kind=kind, offset=(page - 1) * PAGE, limit=PAGE)
    return flask.render_template(
        "operations/kind.html",
        incidents=found,
        kind=kind,
        most=min(found.total, MOST_AT_ONCE),
        page=page,
        page_count=_page_count(found),
    )


@pages.post("/operations/incidents")
def retry_kind() -> Response:
    """Let the failed steps of one kind run again; each for itself."""
    sent = flask.request.form
    kind = sent.get("process", ""), sent.get("element", "")
    if sent.get("confirmed") != "yes":
        flask.flash(_("Nothing was tried again: please confirm first."), "warning")
        return flask.redirect(
            flask.url_for("operations.preview_kind", process=kind[0], element=kind[1])
        )
    with current.application().reading() as session:
        found = queue.incidents(session, kind=kind, limit=MOST_AT_ONCE)
    revived = sum(_revive(each) for each in found.rows)
    words = ngettext(
        "%(num)d step runs again at the next tick.",
        "%(num)d steps run again at the next tick.",
        revived,
    )
    flask.flash(words, "success" if revived else "warning")
    return flask.redirect(flask.url_for("operations.show"))


@pages.post("/operations/messages/<int:message_id>/retry")
def send_again(message_id: int) -> Response:
    """Send a message that was given up once more.

    Raises:
        NotFound: there is no such message, or it was delivered meanwhile.
    """
    application = current.application()
    with application.unit_of_work() as session:
        if not dispatches.retry(message_id, application.clock.now(), session.connection()):
            raise NotFound
    flask.flash(_("The message is sent again at the next tick."), "success")
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


@pages.app_template_global("element_name")
def _element_name(process_key: str, element_id: str) -> str:
    """Name a step of the newest version of a process; a step that is gone keeps its id."""
    if not process_key:
        return element_id
    names = flask.g.setdefault("element_names", {})
    if process_key not in names:
        with current.application().reading() as session:
            newest = definition_queries.definition(process_key, None, session)
            model = definition_queries.process_model(newest, session)
        names[process_key] = {each.id: each.name for each in model.elements}
    return model_words.say(names[process_key].get(element_id) or "") or element_id


def _lag_words(lag: timedelta) -> str:
    """Say for how long the oldest due job has waited."""
    seconds = int(lag.total_seconds())
    if seconds < 60:
        return str(ngettext("%(num)d second", "%(num)d seconds", seconds))
    if seconds < 2 * 3600:
        return str(ngettext("%(num)d minute", "%(num)d minutes", seconds // 60))
    return str(ngettext("%(num)d hour", "%(num)d hours", seconds // 3600))


def _revive(incident: Incident) -> bool:
    """Try one incident again; False when its case is suspended, or somebody was faster."""
    application = current.application()
    try:
        with application.unit_of_work() as session:
            application.engine.retry(incident.id, by=current.actor(), session=session)
    except (IncidentNotFound, InstanceNotActive):
        return False
    return True


def _page_count(found: Page[Any]) -> int:
    return max(1, -(-found.total // found.limit))
