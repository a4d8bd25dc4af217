"""Repairs as residents and contractors start them: report, list, take back, ask for more time."""

from collections.abc import Mapping

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import NotFound
from housing.records import service as records
from housing.repairs import service
from housing.repairs.errors import NotYourOrder, NotYourReport
from webapp import current, filling, report_lists, report_page
from webapp.filling import Filled
from webapp.report_page import DRAFT_KEY, AlreadyReported, ReportPage

pages = Blueprint("repairs", __name__)

Answered = str | tuple[str, int] | Response


@pages.get("/repairs/new")
def report() -> str:
    """Show the report form, with the draft if there is one."""
    page = report_page.read()
    view = filling.blank(report_page.form(), draft=page.draft.values if page.draft else None)
    return _draw(page, view=view)


@pages.post("/repairs/new")
def send_report() -> Answered:
    """Take a report: keep a draft, change photos, or make the ticket, once a page."""
    page, filled = report_page.read(), filling.receive(report_page.form())
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if filled.wish == "draft":
        return _keep_draft(filled)
    is_place_missing = page.is_place_missing and filled.wish == "submit"
    if not filled.is_ready or is_place_missing:
        status = 422 if is_place_missing else filled.status
        return _draw(page, view=filled.view, is_place_missing=is_place_missing), status
    try:
        reported = report_page.submit(page, filled)
    except AlreadyReported as found:
        return _draw(page, view=filled.view, similar=found.tickets)
    if reported.is_new:
        flask.flash(
            _("Thank you. Your report %(number)s has arrived.", number=reported.number), "success"
        )
    return _to_case(reported.number)


@pages.get("/repairs")
def list_reports() -> str:
    """Show residents their own reports as cards, staff and contractors the cases they may see."""
    if current.is_worker():
        return flask.render_template("repairs/cases.html", **report_lists.for_workers())
    return flask.render_template(
        "repairs/list.html",
        reports=report_lists.of_resident(),
        announcements=report_lists.announcements(),
    )


@pages.post("/cases/<number>/cancel")
def cancel(number: str) -> Response:
    """Take a report back before anybody was sent."""
    application = current.application()
    try:
        with application.unit_of_work() as session:
            service.cancel(number, by=current.actor(), engine=application.engine, session=session)
    except NotYourReport as error:
        raise NotFound from error
    flask.flash(_("The report was taken back."), "success")
    return _to_case(number)


@pages.route("/cases/<number>/extension", methods=["GET", "POST"])
def request_extension(number: str) -> Answered:
    """Let a contractor ask for more time for his running order."""
    form, context = report_page.extension(number)
    if flask.request.method == "GET":
        return _draw_extension(number, filling.blank(form, context))
    filled = filling.receive(form, context)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw_extension(number, filled.view), filled.status
    _ask_for_time(number, filled.values)
    flask.flash(_("Your request was sent; the due date stays until it is granted."), "success")
    return _to_case(number)


def _ask_for_time(number: str, values: Mapping[str, object]) -> None:
    application = current.application()
    try:
        with application.unit_of_work() as session:
            service.request_extension(
                number,
                values,
                by=current.actor(),
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except NotYourOrder as error:
        raise NotFound from error


def _keep_draft(filled: Filled) -> Response:
    application, wish = current.application(), flask.request.form[filling.DRAFT_BUTTON]
    with application.unit_of_work() as session:
        if wish == "discard":
            records.discard_draft(DRAFT_KEY, by=current.actor(), session=session)
        else:
            records.save_draft(
                DRAFT_KEY,
                filled.raw,
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    if wish == "auto":
        return Response(status=204)
    flask.flash(
        _("The draft was thrown away.") if wish == "discard" else _("The draft is saved."),
        "success",
    )
    return flask.redirect(flask.url_for("repairs.report"))


def _draw(page: ReportPage, **words: object) -> str:
    known = report_lists.announcements()
    return flask.render_template("repairs/new.html", page=page, announcements=known, **words)


def _draw_extension(number: str, view: object) -> str:
    return flask.render_template("repairs/extension.html", number=number, view=view)


def _to_case(number: str) -> Response:
    return flask.redirect(flask.url_for("cases.show", number=number))
