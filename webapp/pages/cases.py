"""The page of a case, for everybody who takes part in it."""

import flask
from flask import Blueprint

from webapp import case_page

pages = Blueprint("cases", __name__)


@pages.get("/cases/<number>")
def show(number: str) -> str:
    """Show a case: its state, what happened, and to staff its diagram and costs."""
    page = case_page.read(number, is_whole=flask.request.args.get("all") == "1")
    return flask.render_template("cases/show.html", page=page)
