"""The question at the end of a case, and what all answers together say."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import InstanceNotFound
from engine.records import Instance
from housing.feedback import service
from housing.feedback.errors import FeedbackClosed, StarsMissing
from webapp import case_access, current, errors, feedback_page, follow_page

pages = Blueprint("feedback", __name__)


@pages.post("/cases/<number>/feedback")
def give(number: str) -> Response:
    """Take the answer of whoever the case was about, signed in."""
    access = case_access.find(number)
    if access.viewer.relation not in feedback_page.ASKED:
        raise InstanceNotFound(number)
    _keep(access.case)
    return flask.redirect(flask.url_for("cases.show", number=number), 303)


@pages.post("/follow/<number>/<code>/feedback")
def give_by_code(number: str, code: str) -> Response:
    """Take the answer of whoever has the code; the office answers nowhere for others."""
    here = flask.url_for("follow.show", number=number, code=code)
    case = None if follow_page.is_closed() else follow_page.find(number, code)
    if case is not None and not follow_page.may_open_case(case):
        _keep(case)
    return flask.redirect(here, 303)


@pages.get("/feedback")
def show() -> str:
    """Show averages by process, community and month, and the sentences."""
    return flask.render_template("feedback/show.html", page=feedback_page.read())


@pages.get("/feedback.csv")
def download() -> Response:
    """Hand out the averages."""
    content = feedback_page.as_csv(feedback_page.read()).encode()
    answer = Response(content, mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="feedback.csv"'
    return answer


def _keep(case: Instance) -> None:
    application, form = current.application(), flask.request.form
    try:
        with application.unit_of_work() as session:
            service.give(
                case,
                form.get("stars", type=int),
                form.get("sentence", ""),
                session=session,
                clock=application.clock,
            )
    except (FeedbackClosed, StarsMissing) as error:
        flask.flash(errors.sentence(error), "danger")
    else:
        flask.flash(_("Thank you. Your answer is kept without your name."), "success")
