"""The simulator of the bank: somebody plays it and answers whether an account fits a name."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from housing.move_outs import queries, service
from webapp import current

pages = Blueprint("bank", __name__)

ANSWERS = {"match": True, "no_match": False}


@pages.get("/simulator/bank")
def list_inquiries() -> str:
    """List the questions that the bank has not answered."""
    _check_simulated()
    with current.application().reading() as session:
        waiting = queries.open_inquiries(session=session)
    return flask.render_template("bank/list.html", inquiries=waiting)


@pages.post("/simulator/bank/<int:inquiry_id>")
def answer(inquiry_id: int) -> Response:
    """Answer one question as the bank would; the case that waits for it goes on."""
    _check_simulated()
    application, given = current.application(), flask.request.form.get("answer", "")
    if given not in ANSWERS:
        flask.abort(404)
    with application.unit_of_work() as session:
        service.answer_inquiry(
            inquiry_id,
            is_match=ANSWERS[given],
            by=current.actor(),
            engine=application.engine,
            session=session,
            clock=application.clock,
        )
    flask.flash(_("The bank has answered; the case goes on."), "success")
    return flask.redirect(flask.url_for("bank.list_inquiries"))


def _check_simulated() -> None:
    """Answer as if there were no such page where no bank is simulated."""
    if current.application().settings.bank != "simulator":
        flask.abort(404)
