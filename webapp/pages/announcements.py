"""Announcements behind the sign-in: read and acknowledge them; draft, follow up, correct, end."""

import math
from collections.abc import Callable

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid
from housing.announcements import queries, reach, service
from housing.announcements.errors import AnnouncementNotFound
from housing.announcements.operations import CORRECTION_FORM, WITHDRAWAL_FORM
from housing.announcements.queries import Wanted
from housing.announcements.rules import CATEGORIES, STATES
from housing.announcements.views import AnnouncementView
from housing.places import queries as places
from webapp import announcement_page, current, errors, figure_page, filling, model_words
from webapp.addresses import page_number
from webapp.announcement_page import DraftPage
from webapp.filling import Filled

pages = Blueprint("announcements", __name__)

Answered = str | tuple[str, int] | Response

PAGE_SIZE = 20
READERS_A_PAGE = 50
MOST_OF_A_READER = 100
KEPT_SECONDS = 3600


@pages.get("/announcements")
def list_own() -> str:
    """List what is in force for the reader: to be acknowledged, unread, then the rest."""
    person = current.account()
    with current.application().reading() as session:
        now = announcement_page.now()
        items = queries.for_reader(session, person, now, MOST_OF_A_READER)
    return flask.render_template("announcements/list.html", items=items, is_archive=False)


@pages.get("/announcements/archive")
def list_archive() -> str:
    """List what was in force for the reader and is over."""
    person, page = current.account(), page_number()
    with current.application().reading() as session:
        items = queries.archive_for(session, person, announcement_page.now())
    begin = (page - 1) * PAGE_SIZE
    return flask.render_template(
        "announcements/list.html",
        items=items[begin : begin + PAGE_SIZE],
        is_archive=True,
        page=page,
        page_count=math.ceil(len(items) / PAGE_SIZE),
    )


@pages.get("/announcements/<number>")
def show(number: str) -> Answered:
    """Show an announcement: to those who look after it with its readers, to others to read."""
    view = _kept(number) if announcement_page.may_keep() else None
    if view is not None:
        return _show_kept(view)
    view, item = announcement_page.reader_page(number)
    return flask.render_template(
        "announcements/read.html", view=view, item=item, files=announcement_page.files_of(view)
    )


@pages.post("/announcements/<number>/acknowledge")
def acknowledge(number: str) -> Response:
    """Note that the reader knows of it."""
    application, person = current.application(), current.account()
    with application.unit_of_work() as session:
        queries.reader_item(session, number, person, application.clock.now())
        service.acknowledge(number, person.id, session=session, clock=application.clock)
    flask.flash(_("Thank you. We have noted that you know of it."), "success")
    return flask.redirect(flask.url_for("announcements.show", number=number), 303)


@pages.get("/announcements/<number>/files/<file_id>")
def show_file(number: str, file_id: str) -> Response:
    """Send an attachment to whoever may read the announcement."""
    view = _kept(number) if announcement_page.may_keep() else None
    if view is None:
        with current.application().reading() as session:
            person, now = current.account(), announcement_page.now()
            view = queries.reader_item(session, number, person, now)[0]
    return send_file(view, file_id, "private")


def send_file(view: AnnouncementView, file_id: str, who: str) -> Response:
    """Send an attachment; a PDF is saved, it never opens inside our site."""
    stored = announcement_page.file_of(view, file_id)
    response = flask.send_file(
        current.application().files.path(stored),
        mimetype=stored.content_type,
        as_attachment=stored.is_document,
        download_name=stored.filename,
        conditional=True,
    )
    response.headers["Cache-Control"] = f"{who}, max-age={KEPT_SECONDS}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    return response


@pages.get("/announcements/office")
def list_kept() -> str:
    """List announcements for those who look after them, with filters."""
    args, page = flask.request.args, page_number()
    wanted = Wanted(
        state=args.get("state", "") if args.get("state") in (*STATES, "live", "ended") else "",
        category=args.get("category", "") if args.get("category") in CATEGORIES else "",
        community=args.get("community", "")[:16],
        text=args.get("q", "").strip()[:80],
        offset=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    with current.application().reading() as session:
        found = queries.listed(session, wanted, current.actor())
        communities = places.communities(session=session)
    return flask.render_template(
        "announcements/office.html",
        found=found,
        wanted=wanted,
        communities=communities,
        categories=CATEGORIES,
        states=STATES,
        page=page,
        page_count=math.ceil(found.total / PAGE_SIZE),
    )


@pages.route("/announcements/new", methods=["GET", "POST"])
def draft() -> Answered:
    """Let somebody draft: first a preview with the number of receivers, then it is sent."""
    page, form = announcement_page.draft_page(), announcement_page.draft_form()
    if flask.request.method == "GET":
        return _draw_draft(page, filling.blank(form, page.context))
    filled = filling.receive(form, page.context)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw_draft(page, filled.view), filled.status
    return _preview_or_send(page, filled)


def _preview_or_send(page: DraftPage, filled: Filled) -> Answered:
    try:
        seen = announcement_page.previewed(page, filled)
        if not announcement_page.is_confirmed(seen):
            return _draw_draft(seen, filled.view)
        sent = announcement_page.send(seen, filled)
    except Invalid as error:
        return _draw_draft(page, filled.view, errors.sentence(error)), 422
    flask.flash(_("Announcement %(number)s is on its way.", number=sent.number), "success")
    return flask.redirect(flask.url_for("announcements.show", number=sent.number), 303)


@pages.route("/announcements/<number>/correct", methods=["GET", "POST"])
def correct(number: str) -> Answered:
    """Let its author or the office replace the text, and tell those who were told."""
    done = _("The new version counts; everybody who was told the old one is told.")
    return _change(number, service.CORRECT_MESSAGE, service.correct, done)


@pages.route("/announcements/<number>/withdraw", methods=["GET", "POST"])
def withdraw(number: str) -> Answered:
    """Let its author or the office take it back, and tell exactly those who were told."""
    done = _("It is withdrawn; exactly those who were told are told so.")
    return _change(number, service.WITHDRAW_MESSAGE, service.withdraw, done)


def _change(number: str, message: str, verb: Callable[..., object], done: str) -> Answered:
    view = _kept(number)
    if view is None:
        raise AnnouncementNotFound(number)
    is_withdrawal = message == service.WITHDRAW_MESSAGE
    form_key = WITHDRAWAL_FORM if is_withdrawal else CORRECTION_FORM
    form, context = model_words.form_in_service(form_key), announcement_page.context_of(view)
    if flask.request.method == "GET":
        return _draw_change(view, filling.blank(form, context), is_withdrawal)
    filled = filling.receive(form, context)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw_change(view, filled.view, is_withdrawal), filled.status
    application = current.application()
    try:
        with application.unit_of_work() as session:
            verb(
                number,
                filled.values,
                by=current.actor(),
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except (Invalid, Conflict) as error:
        page = _draw_change(view, filled.view, is_withdrawal, errors.sentence(error))
        return page, errors.status_of(error)
    flask.flash(done, "success")
    return flask.redirect(flask.url_for("announcements.show", number=number), 303)


@pages.post("/announcements/<number>/paper/<int:account_id>")
def tell_on_paper(number: str, account_id: int) -> Response:
    """Note that a household without a phone was told at its door."""
    application = current.application()
    with application.unit_of_work() as session:
        service.tell_on_paper(
            number, account_id, by=current.actor(), session=session, clock=application.clock
        )
    flask.flash(_("Noted: told on paper."), "success")
    return flask.redirect(flask.url_for("announcements.list_paper", number=number), 303)


@pages.get("/announcements/<number>/paper")
def list_paper(number: str) -> str:
    """List the homes that need a paper slip, to be printed."""
    view = _kept(number)
    if view is None or view.published_at is None:
        raise AnnouncementNotFound(number)
    with current.application().reading() as session:
        homes = reach.on_paper(session, number, announcement_page.now())
    return flask.render_template("announcements/paper.html", view=view, homes=homes)


@pages.get("/announcements/<number>/poster.pdf")
def show_poster(number: str) -> Response:
    """Send the poster for the board of the building, A4 with a QR code."""
    view = _kept(number)
    if view is None or view.published_at is None:
        raise AnnouncementNotFound(number)
    response = Response(announcement_page.poster(view), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{view.number}.pdf")
    return response


@pages.get("/announcements/statistics")
def show_figures() -> str:
    """Show how announcements reach their readers."""
    return flask.render_template(
        "figures/show.html",
        page=announcement_page.figures(),
        title=_("Statistics of announcements"),
        filter={"name": "days", "words": _("Period"), "all": _("Last 30 days")},
        back=flask.url_for("announcements.list_kept"),
        back_words=_("Announcements"),
        download="announcements.download_figures",
    )


@pages.get("/announcements/statistics.csv")
def download_figures() -> Response:
    """Hand out the figures."""
    page = announcement_page.figures()
    answer = Response(figure_page.as_csv(page).encode(), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="announcements.csv"'
    return answer


def _kept(number: str) -> AnnouncementView | None:
    """Find an announcement that this person looks after; None when it is only to be read."""
    try:
        with current.application().reading() as session:
            return queries.kept(session, number, current.actor())
    except AnnouncementNotFound:
        return None


def _show_kept(view: AnnouncementView) -> str:
    page = page_number()
    with current.application().reading() as session:
        found = reach.reach(session, view.id)
        readers = reach.receipts(session, view.id)
        versions = queries.versions(session, view.id)
    wanted = flask.request.args.get("readers", "")
    if wanted == "missing":
        readers = tuple(each for each in readers if each.state not in ("read", "acknowledged"))
    elif wanted == "unacknowledged":
        readers = tuple(each for each in readers if each.acknowledged_at is None)
    begin = (page - 1) * READERS_A_PAGE
    return flask.render_template(
        "announcements/show.html",
        view=view,
        reach=found,
        readers=readers[begin : begin + READERS_A_PAGE],
        reader_count=len(readers),
        wanted=wanted,
        versions=versions,
        files=announcement_page.files_of(view),
        page=page,
        page_count=math.ceil(len(readers) / READERS_A_PAGE),
    )


def _draw_draft(page: DraftPage, view: object, problem: str = "") -> str:
    return flask.render_template("announcements/draft.html", page=page, view=view, problem=problem)


def _draw_change(
    view: AnnouncementView, form: object, is_withdrawal: bool, problem: str = ""
) -> str:
    return flask.render_template(
        "announcements/change.html",
        announcement=view,
        view=form,
        is_withdrawal=is_withdrawal,
        problem=problem,
    )
