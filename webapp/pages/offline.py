"""What a phone needs to work without network: the app's description, kept pages, sending later."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import flask
from flask import Blueprint, Response
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from forms.cleaning import FieldError
from forms.viewing import FieldView
from webapp import filling, language, phone, report_page
from webapp.filling import Filled
from webapp.report_page import AlreadyReported, ReportPage

pages = Blueprint("offline", __name__)

ACCOUNT_FIELD = "_account"
LEFT_OUT = frozenset({"keep_location"})
"""Fields without use here: photos that waited on a phone have lost their place."""

LEFT_OUT_KINDS = frozenset({"dynamiclist"})
"""Fields that the server has to draw again while they are filled in: rows."""

Answer = Response | tuple[Response, int]


@pages.get("/app.webmanifest")
def manifest() -> Response:
    """Describe the app that a phone installs."""
    _speak()
    response = flask.jsonify(phone.manifest())
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@pages.get("/sw.js")
def worker() -> BaseResponse:
    """Hand out the service worker from the root, so that it serves every page."""
    path = Path(str(flask.current_app.static_folder)) / "dist" / "worker.js"
    response = Response(phone.worker(path.read_text("utf-8")), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(flask.request)


@pages.get("/offline")
def show() -> str:
    """Show what is not sent yet; the same page for everybody, the phone itself fills the list."""
    _speak()
    return flask.render_template("offline/show.html")


@pages.get("/offline/repair")
def show_report() -> str:
    """Show an empty report form, the same for everybody, to be filled in without network."""
    _speak()
    form = report_page.form()
    fields = [
        each
        for each in filling.blank(form).fields
        if each.definition.type not in LEFT_OUT_KINDS and each.name not in LEFT_OUT
    ]
    return flask.render_template("offline/repair.html", fields=fields, required=_required(fields))


@pages.get("/offline/session")
def session() -> Response:
    """Tell a phone whose session this is, and the token its reports are sent with."""
    mark = phone.account_mark()
    return flask.jsonify(account=mark, csrf=generate_csrf() if mark else "")


@pages.post("/offline/reports")
def send_report() -> Answer:
    """Take a report that waited on a phone; sent again, it leads to the same case.

    401 asks for a sign-in, 409 names similar reports, 422 what is wrong; the phone keeps it then.
    """
    mark = phone.account_mark()
    if not secrets.compare_digest(flask.request.form.get(ACCOUNT_FIELD, ""), mark) or not mark:
        return flask.jsonify(reason="sign-in"), 401
    known = report_page.number_of_token()
    if known is not None:
        return _arrived(known), 200
    page, filled = report_page.read(), filling.receive(report_page.form())
    if not filled.is_ready or page.place is None:
        return _refused(page, filled), 422
    try:
        reported = report_page.submit(page, filled, keeps_draft=True)
    except AlreadyReported as found:
        return flask.jsonify(reason="similar", similar=_similar(found)), 409
    return _arrived(reported.number), 201 if reported.is_new else 200


def _speak() -> None:
    language.speak(flask.request.args.get("language", ""))


def _required(fields: Sequence[FieldView]) -> Sequence[tuple[str, str]]:
    return [
        (each.name, each.label)
        for each in fields
        if each.name and each.definition.is_required and not each.is_hidden
    ]


def _arrived(number: str) -> Response:
    return flask.jsonify(number=number, url=flask.url_for("cases.show", number=number))


def _refused(page: ReportPage, filled: Filled) -> Response:
    """Say what is wrong, and which homes there are to choose from when none was chosen."""
    errors = [{"label": link.label, "words": _sentence(link.error)} for link in filled.view.summary]
    places: list[Mapping[str, str]] = []
    if page.place is None:
        words = _("Please choose one of the answers offered.")
        if not page.choices:
            words = _("No home is registered for your account; please call the property manager.")
        errors.append({"label": _("Whose home is it?"), "words": words})
        places = [{"value": each.value, "label": each.label} for each in page.choices]
    return flask.jsonify(reason="problem", errors=errors, places=places)


def _sentence(error: FieldError) -> str:
    return str(flask.get_template_attribute("forms/errors.html", "sentence")(error)).strip()


def _similar(found: AlreadyReported) -> Sequence[Mapping[str, str]]:
    """Name similar reports; one that is somebody else's without its words and way."""
    return [
        {
            "words": f"{report.ticket.number} {report.ticket.title}",
            "url": flask.url_for("cases.show", number=report.ticket.number),
        }
        if report.is_readable
        else {"words": report.ticket.place, "url": ""}
        for report in found.tickets
    ]
