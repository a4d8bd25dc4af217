"""A person's own data: a copy to fetch, and requests to correct them or to end their use."""

import re
from uuid import uuid4

import flask
from flask import Blueprint, Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError, Invalid
from forms.viewing import FormView
from housing.background import queries as background
from housing.own_data import exports, queries, service
from housing.own_data.errors import ExportOrdered
from housing.own_data.service import REQUEST_FORM
from housing.slices import Desk
from webapp import current, errors, filling, fresh, model_words

pages = Blueprint("own_data", __name__)

Answered = str | tuple[str, int] | BaseResponse

_TOKEN = re.compile(r"[0-9a-f]{32}")


@pages.get("/account/data")
def show() -> str:
    """Say what one may ask, list copies and requests."""
    application, account = current.application(), current.account()
    with application.reading() as session:
        copies = exports.list_of(account.id, session=session, clock=application.clock)
        works = {each.id: background.task(each.work_id, session) for each in copies}
        requests = queries.requests_of(account.id, session=session)
    return flask.render_template(
        "own_data/show.html", copies=copies, works=works, requests=requests
    )


@pages.post("/account/data/copies")
def order_copy() -> BaseResponse:
    """Order a copy; it is made beside the pages."""
    fresh.require("own_data.show")
    application = current.application()
    try:
        with application.unit_of_work() as session:
            exports.order(current.actor(), session=session, clock=application.clock)
    except ExportOrdered as refusal:
        flask.flash(errors.sentence(refusal), "error")
    else:
        flask.flash(_("The copy is being made. You get an e-mail as soon as it is ready."))
    return flask.redirect(flask.url_for("own_data.show"), 303)


@pages.get("/account/data/copies/<export_id>")
def fetch_copy(export_id: str) -> Response:
    """Give a copy to its owner, who has just shown who he is."""
    fresh.require("own_data.show")  # a file leaves the browser on the page before
    application = current.application()
    with application.unit_of_work() as session:
        archive = exports.fetch(
            export_id,
            current.account().id,
            folder=application.settings.exports_path,
            vault=application.vault,
            session=session,
            clock=application.clock,
        )
    response = flask.Response(archive, mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="anju-own-data.zip"'
    return response


@pages.route("/account/data/request", methods=["GET", "POST"])
def ask() -> Answered:
    """Ask to correct data, to stop their use or to delete them; it becomes a case."""
    form = model_words.form_in_service(REQUEST_FORM)
    if flask.request.method == "GET":
        return _draw(filling.blank(form))
    filled = filling.receive(form)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw(filled.view), filled.status
    application, new = current.application(), service.read_form(_token(), filled.values)
    try:
        with application.unit_of_work() as session:
            desk = Desk(
                by=current.actor(),
                engine=application.engine,
                session=session,
                clock=application.clock,
                vault=application.vault,
                is_demo=application.settings.is_demo,
            )
            service.ask(new, desk)
    except Invalid as refusal:
        return _draw(filled.view, errors.sentence(refusal)), 422
    flask.flash(_("Your request arrived. It is decided within 30 days."))
    return flask.redirect(flask.url_for("own_data.show"), 303)


@pages.post("/data-requests/<number>/extend")
def extend(number: str) -> BaseResponse:
    """Extend the period of a request once, with the reason, which the person is told."""
    application = current.application()
    try:
        with application.unit_of_work() as session:
            service.extend(
                number,
                flask.request.form.get("reason", "").strip()[:300],
                by=current.actor(),
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except EngineError as refusal:
        if errors.status_of(refusal) == 404:
            raise
        flask.flash(errors.sentence(refusal), "error")
    else:
        flask.flash(_("The period is extended by 30 days; the person is told why."))
    return flask.redirect(flask.url_for("cases.show", number=number), 303)


def _draw(view: FormView, problem: str = "") -> str:
    return flask.render_template(
        "own_data/ask.html", view=view, problem=problem, token=_token(), form_key=REQUEST_FORM
    )


def _token() -> str:
    typed = flask.request.form.get("_token", "")
    return typed if _TOKEN.fullmatch(typed) else uuid4().hex
