"""Actions on a case beside its tasks: fill in what comes with the message, and send it."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid
from webapp import case_actions, errors, filling

pages = Blueprint("actions", __name__)


@pages.route("/cases/<number>/actions/<message>", methods=["GET", "POST"])
def act(number: str, message: str) -> str | tuple[str, int] | Response:
    """Let somebody do what the case waits for; what he typed is kept when it is refused."""
    page = case_actions.read(number, message)
    if flask.request.method == "GET":
        return _draw(page, filling.blank(page.form, page.context))
    filled = filling.receive(page.form, page.context)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw(page, filled.view), filled.status
    try:
        case_actions.send(page, filled.values)
    except (Conflict, Invalid) as error:
        return _draw(page, filled.view, errors.sentence(error)), errors.status_of(error)
    flask.flash(_("Done: %(action)s.", action=page.words), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


def _draw(page: case_actions.ActionPage, view: object, problem: str = "") -> str:
    return flask.render_template("cases/action.html", page=page, view=view, problem=problem)
