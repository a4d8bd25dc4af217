"""Absences and deputies: lists, form, hand-back report; delegating a task and handing it back."""

from datetime import datetime

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid, NotAllowed
from housing.cases import delegating
from housing.deputies import report, rules, service
from housing.deputies.errors import AbsenceNotYours, AbsenceOver
from housing.deputies.views import AbsenceView
from housing.people import queries as people
from webapp import absence_page, current, errors, standing_in, task_pages
from webapp.absence_page import AbsencePage, FormPage, Typed
from webapp.pages import inbox

pages = Blueprint("absences", __name__)

Answered = str | tuple[str, int] | Response


@pages.app_template_filter("last_day")
def last_day(until_at: datetime) -> str:
    """Say until when somebody is away."""
    return absence_page.last_words(until_at)


@pages.app_template_filter("first_day")
def first_day(found: AbsenceView) -> str:
    """Say from when somebody is away."""
    return absence_page.first_words(found)


@pages.app_context_processor
def _words() -> dict[str, object]:
    return {"standing_in": standing_in.banner, "person_name": standing_in.name_of}


@pages.get("/absences")
def list_absences() -> str:
    """List my absences, those I stand in for, who is away now, and those of my team."""
    return flask.render_template(
        "absences/list.html",
        found=absence_page.overview(),
        reasons=absence_page.REASONS,
        states=absence_page.STATES,
    )


@pages.route("/absences/new", methods=["GET", "POST"])
def enter() -> Answered:
    """Enter an absence of one's own or of somebody of the team."""
    person_id = _person_id()
    if flask.request.method == "GET":
        return _form(absence_page.form_page(person_id, Typed()))
    typed, application = absence_page.read_form(flask.request.form), current.application()
    try:
        entry = absence_page.entry_of(person_id, typed)
        with application.unit_of_work() as session:
            absence_id = service.enter(
                entry, by=current.actor(), session=session, clock=application.clock
            )
    except (Invalid, Conflict) as error:
        return _refused(absence_page.form_page(person_id, typed), error)
    flask.flash(_("The absence is entered; the deputies are told."), "success")
    return _to(absence_id)


@pages.get("/absences/<int:absence_id>")
def show(absence_id: int) -> str:
    """Show an absence with its pool and what was done to it."""
    return _show(absence_page.read(absence_id))


@pages.route("/absences/<int:absence_id>/change", methods=["GET", "POST"])
def change(absence_id: int) -> Answered:
    """Change the period, the reason or the pool; of a running absence only what lies ahead."""
    found, application = _changeable(absence_id), current.application()
    person_id, has_begun = found.person_id, found.state == "running"
    if flask.request.method == "GET":
        page = absence_page.form_page(person_id, absence_page.typed_of(found), has_begun=has_begun)
        return _form(page, absence=found)
    typed = absence_page.read_form(flask.request.form)
    began_at = found.from_at if has_begun else None
    try:
        entry = absence_page.entry_of(person_id, typed, began_at=began_at)
        with application.unit_of_work() as session:
            service.change(
                absence_id, entry, by=current.actor(), session=session, clock=application.clock
            )
    except (Invalid, Conflict) as error:
        page = absence_page.form_page(person_id, typed, has_begun=has_begun)
        return _refused(page, error, absence=found)
    flask.flash(_("The absence is changed."), "success")
    return _to(absence_id)


@pages.post("/absences/<int:absence_id>/back")
def come_back(absence_id: int) -> Response:
    """End a running absence now."""
    application = current.application()
    _changeable(absence_id)
    with application.unit_of_work() as session:
        service.come_back(absence_id, by=current.actor(), session=session, clock=application.clock)
    flask.flash(_("Welcome back. This is what happened meanwhile."), "success")
    return flask.redirect(flask.url_for("absences.show_report", absence_id=absence_id))


@pages.route("/absences/<int:absence_id>/cancel", methods=["GET", "POST"])
def cancel(absence_id: int) -> Answered:
    """Call an absence off, after a question."""
    found, application = _changeable(absence_id), current.application()
    if flask.request.method == "GET":
        return flask.render_template("absences/cancel.html", absence=found)
    with application.unit_of_work() as session:
        service.cancel(absence_id, by=current.actor(), session=session, clock=application.clock)
    flask.flash(_("The absence is cancelled."), "success")
    return flask.redirect(flask.url_for("absences.list_absences"))


@pages.get("/absences/<int:absence_id>/report")
def show_report(absence_id: int) -> str:
    """Show what deputies did during an absence and what is left; made to be printed."""
    page = absence_page.read(absence_id)
    with current.application().reading() as session:
        found = report.hand_back_report(absence_id, session=session)
    return flask.render_template("absences/report.html", page=page, report=found)


@pages.post("/tasks/<task_id>/delegate")
def delegate(task_id: str) -> Answered:
    """Ask a colleague to work on one's task and hand it back."""
    page, form, application = task_pages.read(task_id), flask.request.form, current.application()
    try:
        with application.unit_of_work() as session:
            given = delegating.delegate(
                task_id,
                form.get("to", ""),
                form.get("reason", ""),
                by=page.acting,
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except (Invalid, NotAllowed) as error:
        words = inbox.shown(task_id, delegation_error=errors.sentence(error))
        return words, errors.status_of(error)
    words = _("%(name)s is asked to help; the task stays yours.", name=given.assignee_name)
    flask.flash(words, "success")
    return flask.redirect(flask.url_for("inbox.list_tasks", view="delegated"))


@pages.post("/tasks/<task_id>/hand-back")
def hand_back(task_id: str) -> Answered:
    """Return a delegated task to its owner, or call it back as its owner."""
    page, application = task_pages.read(task_id), current.application()
    with application.unit_of_work() as session:
        returned = delegating.hand_back(
            task_id,
            flask.request.form.get("note", ""),
            by=page.acting,
            engine=application.engine,
            session=session,
            clock=application.clock,
        )
    if returned.assignee in page.acting.identities:
        flask.flash(_("The task is back with you."), "success")
        return flask.redirect(flask.url_for("inbox.show_task", task_id=task_id))
    flask.flash(_("The task is back with %(name)s.", name=returned.assignee_name), "success")
    return flask.redirect(flask.url_for("inbox.list_tasks", view="received"))


def _person_id() -> str:
    """Tell whose absence is entered: one's own, or that of somebody one leads.

    Raises:
        AbsenceNotYours: somebody else's.
    """
    me = current.actor()
    wanted = flask.request.values.get("person", "") or me.id
    if wanted != me.id:
        with current.application().reading() as session:
            person = people.account(wanted, session=session)
        if not rules.may_arrange(me, str(person.id), person.memberships):
            raise AbsenceNotYours
    return wanted


def _changeable(absence_id: int) -> AbsenceView:
    page = absence_page.read(absence_id)
    if not page.may_change:
        raise AbsenceNotYours
    if page.absence.state not in {"planned", "running"}:
        raise AbsenceOver
    return page.absence


def _show(page: AbsencePage) -> str:
    return flask.render_template(
        "absences/show.html",
        page=page,
        absence=page.absence,
        reasons=absence_page.REASONS,
        states=absence_page.STATES,
        events=absence_page.EVENTS,
        is_private=absence_page.is_private(page.absence),
    )


def _form(page: FormPage, *, absence: AbsenceView | None = None, problem: str = "") -> str:
    return flask.render_template(
        "absences/form.html",
        page=page,
        typed=page.typed,
        absence=absence,
        problem=problem,
        reasons=absence_page.REASONS,
        row_count=rules.MOST_DEPUTIES,
        is_own=str(page.person.id) == current.actor().id,
        longest_note=rules.LONGEST_NOTE,
    )


def _refused(
    page: FormPage, error: Invalid | Conflict, *, absence: AbsenceView | None = None
) -> tuple[str, int]:
    words = errors.sentence(error)
    return _form(page, absence=absence, problem=words), errors.status_of(error)


def _to(absence_id: int) -> Response:
    return flask.redirect(flask.url_for("absences.show", absence_id=absence_id))
