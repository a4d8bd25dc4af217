"""Calls for applications as everybody may see them, and the list of each."""

import csv
import io
import math

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import NotFound
from housing.applications import call_subject, queries
from housing.applications.errors import (
    DrawNotAwaited,
    DrawRanksInvalid,
    RoundDatesInvalid,
    RoundUnitsMissing,
)
from housing.applications.rules import csv_cell
from housing.slices import Desk
from webapp import current, errors, filling, model_words
from webapp.addresses import page_number

pages = Blueprint("calls", __name__)

PAGE_SIZE = 600
LARGEST_DRAW = 1_000_000
"""Bytes of a file of ranks: some 50,000 entries."""

KINDS = {"periodic": "application_periodic/draft", "rolling": "application_rolling/draft"}

Answered = str | tuple[str, int] | Response


@pages.get("/calls")
def list_calls() -> str:
    """List the calls; staff see drafts too."""
    with current.application().reading() as session:
        found = queries.calls(session=session, is_staff=current.is_worker())
    return flask.render_template("calls/list.html", calls=found)


@pages.get("/calls/<number>")
def show(number: str) -> str:
    """Show one call: dates, limits, homes, and the way to apply."""
    with current.application().reading() as session:
        found = queries.call(number, session=session)
    if found.stage not in queries.PUBLIC_STAGES and not current.is_worker():
        raise NotFound
    return flask.render_template("calls/show.html", call=found)


@pages.get("/calls/<number>/list")
def show_list(number: str) -> str:
    """Show the list: lottery numbers only, never names or classes beside them."""
    page = page_number()
    wanted = flask.request.args.get("q", "").strip().upper()[:32]
    with current.application().reading() as session:
        found = queries.qualified_list(number, session=session)
    numbers = [each for each in found.numbers if wanted in each]
    return flask.render_template(
        "calls/qualified.html",
        found=found,
        numbers=numbers[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        total=len(numbers),
        wanted=wanted,
        page=page,
        page_count=math.ceil(len(numbers) / PAGE_SIZE),
    )


@pages.get("/calls/<number>/list.csv")
def download_list(number: str) -> Response:
    """Give the list as CSV: place and number, with a byte order mark for spreadsheets."""
    with current.application().reading() as session:
        found = queries.qualified_list(number, session=session)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_("Place in the list"), _("Number")])
    writer.writerows((place, csv_cell(each)) for place, each in enumerate(found.numbers, start=1))
    return _download("\ufeff" + text.getvalue(), f"{found.number}.csv", "text/csv")


@pages.get("/calls/<number>/entries.txt")
def download_entries(number: str) -> Response:
    """Give the list byte for byte as the draw reads it, to compute its SHA-256; for the office."""
    with current.application().reading() as session:
        found = queries.qualified_list(number, session=session)
    return _download(found.entries, "entries.txt", "text/plain")


@pages.route("/calls/new/<kind>", methods=["GET", "POST"])
def draft(kind: str) -> Answered:
    """Let an officer draft a call; its process asks the chief next."""
    if kind not in KINDS:
        raise NotFound
    application = current.application()
    form = model_words.form_in_service(KINDS[kind])
    with application.reading() as session:
        context = call_subject.opening(session=session)
    if flask.request.method == "GET":
        return _draw(kind, filling.blank(form, context))
    filled = filling.receive(form, context)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw(kind, filled.view), filled.status
    try:
        with application.unit_of_work() as session:
            call_subject.open_call(
                kind,
                filled.values,
                Desk(
                    by=current.actor(),
                    engine=application.engine,
                    session=session,
                    clock=application.clock,
                    vault=application.vault,
                    is_demo=application.settings.is_demo,
                ),
            )
    except (RoundDatesInvalid, RoundUnitsMissing) as error:
        return _draw(kind, filled.view, problem=type(error).__doc__ or ""), 422
    flask.flash(_("The draft is with the section chief for approval."), "success")
    return flask.redirect(flask.url_for("calls.list_calls"))


@pages.route("/calls/<number>/draw", methods=["GET", "POST"])
def record_draw(number: str) -> Answered:
    """Let an officer record the draw of a call that reviews after it; the file decides, at once."""
    application = current.application()
    with application.reading() as session:
        found = queries.call(number, session=session)
    if flask.request.method == "GET":
        return flask.render_template("calls/draw.html", call=found, problem="")
    try:
        text = _ranks_sent(number)
        with application.unit_of_work() as session:
            call_subject.send_draw(
                number,
                text,
                Desk(
                    by=current.actor(),
                    engine=application.engine,
                    session=session,
                    clock=application.clock,
                    vault=application.vault,
                    is_demo=application.settings.is_demo,
                ),
            )
    except (DrawNotAwaited, DrawRanksInvalid) as error:
        problem, status = errors.sentence(error), errors.status_of(error)
        return flask.render_template("calls/draw.html", call=found, problem=problem), status
    flask.flash(_("The draw is recorded; reviews begin in the order of the ranks."), "success")
    return flask.redirect(flask.url_for("calls.show", number=number))


def _ranks_sent(number: str) -> str:
    """Read the uploaded file, UTF-8 and at most a megabyte.

    Raises:
        DrawRanksInvalid: there is none, it is too large, or no text.
    """
    sent = flask.request.files.get("ranks")
    raw = sent.stream.read(LARGEST_DRAW + 1) if sent is not None else b""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DrawRanksInvalid(number) from error
    if not text.strip() or len(raw) > LARGEST_DRAW:
        raise DrawRanksInvalid(number)
    return text


def _draw(kind: str, view: object, problem: str = "") -> str:
    return flask.render_template("calls/draft.html", kind=kind, view=view, problem=problem)


def _download(text: str, name: str, kind: str) -> Response:
    answer = Response(text.encode(), mimetype=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
