"""Begin a case of a process that has no pages of its own: one drawn or imported by supervisors."""

from uuid import uuid4

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import BusinessError, Conflict, Invalid, NotAllowed
from housing.places import queries as places
from housing.places.rules import community_scope
from housing.plain_cases import service, views
from housing.plain_cases.service import NewCase
from housing.plain_cases.views import Startable
from webapp import current, errors, filling, model_words

pages = Blueprint("plain_cases", __name__)


@pages.get("/cases/new")
def choose() -> str:
    """List the processes that this person may begin a case of here."""
    with current.application().reading() as session:
        found = views.startable(current.actor(), session=session)
    return flask.render_template("plain_cases/choose.html", processes=found)


@pages.route("/processes/<key>/begin", methods=["GET", "POST"])
def begin(key: str) -> str | tuple[str, int] | Response:
    """Show the form that begins a case, and begin it; what was typed is kept when it is refused."""
    with current.application().reading() as session:
        opening = views.opening(key, current.actor(), session=session)
    form = model_words.say_form(opening.form) if opening.form else None
    if flask.request.method == "GET":
        return _draw(opening, filling.blank(form) if form else None)
    filled = filling.receive(form) if form else None
    if filled is not None and filled.wish == "look":
        return filling.hidden_answer(filled)
    if filled is not None and not filled.is_ready:
        return _draw(opening, filled.view), filled.status
    new = NewCase(
        token=flask.request.form.get("token", "")[:64] or uuid4().hex,
        key=key,
        scope=flask.request.form.get("scope", ""),
        values=filled.values if filled else {},
        variables=filled.variables if filled else {},
    )
    try:
        number = _open(new)
    except (BusinessError, Conflict, Invalid, NotAllowed) as error:
        view = filled.view if filled else None
        return _draw(opening, view, errors.sentence(error)), errors.status_of(error)
    flask.flash(_("Case %(number)s has begun.", number=number), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


def _open(new: NewCase) -> str:
    application = current.application()
    with application.unit_of_work() as session:
        return service.open_case(
            new,
            by=current.actor(),
            engine=application.engine,
            session=session,
            clock=application.clock,
        )


def _draw(opening: Startable, view: object, problem: str = "") -> str:
    with current.application().reading() as session:
        names = {
            community_scope(each.code): each.name for each in places.communities(session=session)
        }
    return flask.render_template(
        "plain_cases/begin.html",
        process=opening.definition,
        scopes={each: names.get(each, _("The whole city")) for each in opening.scopes},
        view=view,
        problem=problem,
        token=flask.request.form.get("token") or uuid4().hex,
        chosen=flask.request.form.get("scope", opening.scopes[0] if opening.scopes else ""),
    )
