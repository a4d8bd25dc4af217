"""The page of a case, for everybody who takes part in it."""

import flask
from flask import Blueprint
from werkzeug.wrappers import Response

from engine.errors import InstanceNotFound
from housing.care.rules import is_case_number
from webapp import case_page, case_timeline, current, model_words, notice_list

pages = Blueprint("cases", __name__)


@pages.get("/cases/<number>")
def show(number: str) -> str | Response:
    """Show a case: its state, what happened, and to staff its diagram and costs.

    Who may not open the course of a care case is led to what he may see of it, which is kept.
    """
    try:
        return case_page.draw(number)
    except InstanceNotFound:
        if not is_case_number(number):
            raise
        return flask.redirect(flask.url_for("care.show_case", number=number))


@pages.get("/cases/<number>/print")
def print_case(number: str) -> str:
    """Show the whole case for printing: oldest first, all that the reader may see."""
    wanted = case_timeline.printed(case_timeline.read_query(flask.request.args))
    page = case_page.read(number, wanted)
    notice_list.note_reading(page.case.id)
    return flask.render_template(
        "cases/print.html",
        page=page,
        printed_at=current.application().clock.now(),
        printed_by=current.account().name,
    )


@pages.get("/cases/<number>/deadlines.json")
def deadlines(number: str) -> Response:
    """Hand out the due dates of a case with their computation, to whoever may open the case."""
    access, found = case_page.read_deadlines(number)
    is_staff = access.viewer.is_staff
    rows = [
        {**each.as_json(with_names=is_staff), "what": model_words.say(each.name)} for each in found
    ]
    return flask.jsonify({"case": access.case.business_key, "deadlines": rows})
