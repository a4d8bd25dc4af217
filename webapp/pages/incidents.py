"""Mass incidents: open one from a ticket, see its reports, tell all of them, let others join."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import queries as engine_queries
from engine.errors import Conflict, Invalid
from engine.queries import TaskFilter
from engine.types import CITY
from housing.cases.rules import staff_scopes
from housing.cases.service import Completion, submit_task
from housing.places import queries as places
from housing.repairs import incidents
from housing.repairs.errors import IncidentNotFound
from housing.repairs.incidents import IncidentView, News
from webapp import case_access, current, errors

pages = Blueprint("incidents", __name__)

TRIAGE = "triage"

Answered = str | tuple[str, int] | Response


@pages.get("/repairs/incidents")
def list_incidents() -> str:
    """List the mass incidents of the person's communities."""
    with current.application().reading() as session:
        found = incidents.incidents_in(staff_scopes(current.actor()), session=session)
        names = {each.code: each.name for each in places.communities(session=session)}
    return flask.render_template("incidents/list.html", incidents=found, names=names)


@pages.route("/cases/<number>/incident", methods=["GET", "POST"])
def open_new(number: str) -> Answered:
    """Let staff make a mass incident of a ticket."""
    access = case_access.find(number)
    if not access.viewer.is_staff:
        raise IncidentNotFound(number)
    if flask.request.method == "GET":
        return flask.render_template("incidents/new.html", number=number, problem="")
    application = current.application()
    try:
        with application.unit_of_work() as session:
            incident_id = incidents.open_incident(
                number,
                flask.request.form.get("announcement", ""),
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    except (Invalid, Conflict) as error:
        problem = errors.sentence(error)
        page = flask.render_template("incidents/new.html", number=number, problem=problem)
        return page, errors.status_of(error)
    flask.flash(_("The mass incident is open; everybody who reported it is told."), "success")
    return flask.redirect(flask.url_for("incidents.show", incident_id=incident_id))


@pages.get("/repairs/incidents/<int:incident_id>")
def show(incident_id: int) -> str:
    """Show an incident: its reports, those that may join, what was told."""
    return _draw(_find(incident_id))


@pages.post("/repairs/incidents/<int:incident_id>/news")
def tell_all(incident_id: int) -> Answered:
    """Tell all reporters how it goes on."""
    found, application, typed = _find(incident_id), current.application(), flask.request.form
    news = News(kind=typed.get("kind", ""), text=typed.get("text", ""))
    try:
        with application.unit_of_work() as session:
            incidents.tell_all(
                found.id, news, by=current.actor(), session=session, clock=application.clock
            )
    except (Invalid, Conflict) as error:
        return _draw(found, errors.sentence(error)), errors.status_of(error)
    flask.flash(_("Everybody who reported it is told."), "success")
    return flask.redirect(flask.url_for("incidents.show", incident_id=found.id))


@pages.post("/repairs/incidents/<int:incident_id>/reports/<number>")
def join(incident_id: int, number: str) -> Response:
    """Merge a waiting report into the incident: its triage is answered as a duplicate."""
    found, application = _find(incident_id), current.application()
    with application.unit_of_work() as session:
        waiting = incidents.candidates(found, session=session)
        if number not in {each.number for each in waiting}:
            raise IncidentNotFound(number)
        case = engine_queries.by_business_key(number, session)
        tasks = engine_queries.open_tasks(TaskFilter(instance_id=case.id), session).rows
        (task,) = (each for each in tasks if each.element_id == TRIAGE)
        values = {"is_duplicate": True, "duplicate_of": found.number}
        submit_task(
            Completion(task_id=task.id, values=values, version=task.version),
            by=current.actor(),
            engine=application.engine,
            session=session,
            clock=application.clock,
        )
    flask.flash(_("The report joined the incident; its reporter is told."), "success")
    return flask.redirect(flask.url_for("incidents.show", incident_id=found.id))


def _find(incident_id: int) -> IncidentView:
    """Find an incident of this person's communities; to everybody else there is none."""
    with current.application().reading() as session:
        found = incidents.incident(incident_id, session=session)
    scopes = staff_scopes(current.actor())
    if CITY not in scopes and found.scope not in scopes:
        raise IncidentNotFound(str(incident_id))
    return found


def _draw(found: IncidentView, problem: str = "") -> str:
    with current.application().reading() as session:
        waiting = incidents.candidates(found, session=session)
        community = places.community(found.community, session=session)
    return flask.render_template(
        "incidents/show.html",
        incident=found,
        waiting=waiting,
        community=community,
        problem=problem,
        longest=incidents.LONGEST_TEXT,
    )
