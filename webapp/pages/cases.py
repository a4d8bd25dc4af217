"""The page of a case, for everybody who takes part in it."""

import flask
from flask import Blueprint
from werkzeug.wrappers import Response

from engine.errors import InstanceNotFound
from housing.care.rules import is_case_number
from webapp import case_page, model_words, notice_list

pages = Blueprint("cases", __name__)


@pages.get("/cases/<number>")
def show(number: str) -> str | Response:
    """Show a case: its state, what happened, and to staff its diagram and costs.

    Who may not open the course of a care case is led to what he may see of it, which is kept.
    """
    try:
        page = case_page.read(number, is_whole=flask.request.args.get("all") == "1")
    except InstanceNotFound:
        if not is_case_number(number):
            raise
        return flask.redirect(flask.url_for("care.show_case", number=number))
    notice_list.note_reading(page.case.id)
    notices = notice_list.of_case(page.case.id) if page.viewer.is_staff else []
    return flask.render_template("cases/show.html", page=page, notices=notices)


@pages.get("/cases/<number>/deadlines.json")
def deadlines(number: str) -> Response:
    """Hand out the due dates of a case with their computation, to whoever may open the case."""
    access, found = case_page.read_deadlines(number)
    is_staff = access.viewer.is_staff
    rows = [
        {**each.as_json(with_names=is_staff), "what": model_words.say(each.name)} for each in found
    ]
    return flask.jsonify({"case": access.case.business_key, "deadlines": rows})
