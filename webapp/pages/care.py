"""Care: signals, the panels of station, managers and office, cases, reports, the access log."""

import math

import flask
from flask import Blueprint
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from housing.care import queries
from housing.care.errors import CareNotYours, HomeMissing, PurposeUnknown
from housing.care.rules import MANAGER_ROLES, OFFICE_ROLES, SOCIAL_ROLES
from webapp import care_page, current, errors, filling
from webapp.addresses import page_number
from webapp.care_page import SignalPage
from webapp.filling import Filled

pages = Blueprint("care", __name__)

Answered = str | tuple[str, int] | Response

PAGE_SIZE = 25


@pages.get("/care")
def panel() -> str:
    """Show each role its panel: cases, flags, or progress by community."""
    actor, application = current.actor(), current.application()
    now, page = application.clock.now(), page_number()
    with application.reading() as session:
        mine = queries.communities_of(actor, SOCIAL_ROLES, session=session)
        managed = queries.communities_of(actor, MANAGER_ROLES, session=session)
        overseen = queries.communities_of(actor, SOCIAL_ROLES | OFFICE_ROLES, session=session)
        codes = [each.code for each in (overseen if current.roles() & OFFICE_ROLES else mine)]
        cases = queries.open_cases(
            codes, now=now, session=session, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
        flags = queries.flags([each.code for each in managed], session=session)
        progress = queries.progress(overseen, now=now, session=session)
    return flask.render_template(
        "care/panel.html",
        cases=cases,
        flags=flags,
        progress=progress,
        most=max((each.total for each in progress), default=0),
        is_manager=bool(managed),
        is_reader=bool(overseen),
        page=page,
        page_count=math.ceil(cases.total / PAGE_SIZE),
    )


@pages.route("/care/new", methods=["GET", "POST"])
def signal() -> Answered:
    """Let somebody report what he saw, or ask for help himself."""
    page, form = care_page.signal_page(), care_page.signal_form()
    if flask.request.method == "GET":
        return _draw(page, filling.blank(form, page.context))
    filled = filling.receive(form, page.context)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw(page, filled.view), filled.status
    return _send(page, filled)


def _send(page: SignalPage, filled: Filled) -> Answered:
    try:
        care_page.send_signal(page, filled)
    except HomeMissing as error:
        return _draw(page, filled.view, problem=errors.sentence(error)), 422
    except CareNotYours as error:
        raise NotFound from error
    is_danger = filled.values.get("danger_now") is True
    return flask.redirect(flask.url_for("care.sent", danger=1 if is_danger else None))


@pages.get("/care/sent")
def sent() -> str:
    """Say that a signal arrived; in danger with the three numbers to call now."""
    application = current.application()
    with application.reading() as session:
        requests = queries.requests_of(int(current.actor().id), session=session)
    is_danger = flask.request.args.get("danger") == "1"
    return flask.render_template("care/sent.html", is_danger=is_danger, requests=requests)


@pages.get("/care/cases/<number>")
def show_case(number: str) -> str:
    """Show a case as far as this person may see it; each look is written down."""
    page = care_page.read_case(number)
    return flask.render_template(
        "care/case.html", number=number, page=page, purposes=care_page.purposes()
    )


@pages.get("/care/cases/<number>/record")
def show_record(number: str) -> Answered:
    """Show all that is written of a case for a purpose; to social workers and their lead only."""
    purpose = flask.request.args.get("purpose", "")
    try:
        record = care_page.read_record(number, purpose)
    except PurposeUnknown as error:
        page = care_page.read_case(number)
        words = errors.sentence(error)
        return flask.render_template(
            "care/case.html",
            number=number,
            page=page,
            purposes=care_page.purposes(),
            problem=words,
        ), 422
    return flask.render_template(
        "care/record.html",
        number=number,
        record=record,
        sheets=care_page.in_words(record),
        purpose=purpose,
    )


@pages.get("/care/access-log")
def access_log() -> str:
    """Show the ethics office who opened which case, what for, and which attempts were refused."""
    page, what = page_number(), flask.request.args.get("what") or None
    with current.application().reading() as session:
        rows = queries.access_log(
            session=session, what=what, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
    return flask.render_template(
        "care/access_log.html",
        rows=rows,
        what=what,
        page=page,
        page_count=math.ceil(rows.total / PAGE_SIZE),
    )


@pages.get("/care/reports")
def list_reports() -> str:
    """List the monthly work reports of the communities this person works for."""
    page = page_number()
    with current.application().reading() as session:
        here = queries.communities_of(current.actor(), care_page.REPORT_ROLES, session=session)
        rows = queries.reports(
            [each.code for each in here],
            session=session,
            offset=(page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
    return flask.render_template(
        "care/reports.html",
        rows=rows,
        page=page,
        page_count=math.ceil(rows.total / PAGE_SIZE),
    )


@pages.get("/care/reports/<number>")
def show_report(number: str) -> str:
    """Show a report with both values of each figure and both dates."""
    return flask.render_template("care/report.html", report=care_page.read_report(number))


@pages.get("/care/reports/<number>/report.pdf")
def show_report_pdf(number: str) -> Response:
    """Send a report as accessible PDF."""
    report = care_page.read_report(number)
    response = Response(care_page.print_report(report), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{report.number}.pdf")
    return response


def _draw(page: SignalPage, view: object, **words: object) -> str:
    return flask.render_template("care/new.html", page=page, view=view, **words)
