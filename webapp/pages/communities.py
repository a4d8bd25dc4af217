"""The communities, and the telephone of each one's office as its residents see it."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid
from housing.places import phones
from housing.places.rules import LONGEST_PHONE
from webapp import current, errors

pages = Blueprint("communities", __name__)


@pages.get("/communities")
def list_all() -> str:
    """List the communities that this request's person looks after."""
    with current.application().reading() as session:
        found = phones.kept_by(current.actor(), session=session)
    return flask.render_template("communities/list.html", communities=found)


@pages.route("/communities/<code>", methods=["GET", "POST"])
def show(code: str) -> str | tuple[str, int] | Response:
    """Show a community with the history of its number; take a new number."""
    if flask.request.method == "GET":
        return _draw(code)
    application, typed = current.application(), flask.request.form.get("phone", "")
    try:
        with application.unit_of_work() as session:
            phones.set_phone(
                code, typed, by=current.actor(), session=session, clock=application.clock
            )
    except Invalid as error:
        return _draw(code, typed, errors.sentence(error)), errors.status_of(error)
    flask.flash(_("The number is changed; residents see it from now on."), "success")
    return flask.redirect(flask.url_for("communities.show", code=code))


def _draw(code: str, typed: str | None = None, problem: str = "") -> str:
    with current.application().reading() as session:
        community = phones.kept_community(code, current.actor(), session=session)
        changes = phones.changes_of(code, session=session)
    return flask.render_template(
        "communities/show.html",
        community=community,
        changes=changes,
        typed=(community.phone or "") if typed is None else typed,
        problem=problem,
        longest=LONGEST_PHONE,
    )
