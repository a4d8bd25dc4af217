"""Following a case without an account: by its number and code, or by the QR code with both."""

import flask
from flask import Blueprint, Response
from werkzeug.wrappers import Response as BaseResponse

from housing.progress import codes
from webapp import feedback_page, follow_page

pages = Blueprint("follow", __name__)

Answered = str | tuple[str, int] | BaseResponse

_LONGEST = 64
"""Characters of a number or code that are looked at."""


@pages.after_request
def keep_out_of_search_engines(response: Response) -> Response:
    """Ask search engines not to keep these pages, and other sites not to learn their address."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@pages.route("/follow", methods=["GET", "POST"])
def ask() -> Answered:
    """Ask for number and code; what is wrong, and whether such a case exists, is not told."""
    if flask.request.method == "GET":
        return _form("")
    number = flask.request.form.get("number", "").strip().upper()[:_LONGEST]
    code = flask.request.form.get("code", "").strip()[:_LONGEST]
    if follow_page.is_closed():
        return _form(number, "closed"), 429
    case = follow_page.find(number, code)
    if case is None:
        return _form(number, "wrong"), 404
    plain = codes.grouped(codes.normalised(code))
    return flask.redirect(flask.url_for("follow.show", number=case.business_key, code=plain), 303)


@pages.get("/follow/<number>/<code>")
def show(number: str, code: str) -> Answered:
    """Show how far a case is; who takes part in it and is signed in is led to the whole page."""
    if follow_page.is_closed():
        return _form("", "closed"), 429
    case = follow_page.find(number[:_LONGEST], code[:_LONGEST])
    if case is None:
        return _form("", "wrong"), 404
    if follow_page.may_open_case(case):
        return flask.redirect(flask.url_for("cases.show", number=case.business_key))
    return flask.render_template(
        "follow/show.html",
        progress=follow_page.read(case),
        code=code,
        asks_feedback=feedback_page.is_asked(case),
    )


def _form(number: str, problem: str = "") -> str:
    return flask.render_template("follow/ask.html", number=number, problem=problem)
