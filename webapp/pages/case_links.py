"""Related cases: link two, merge several into one, ask several units at once."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid
from engine.records import Instance
from housing.case_links import rules, service, views
from housing.case_links.errors import MergeTooLarge, NotMerged
from housing.dispatches import rules as dispatch_rules
from housing.dispatches import service as dispatches
from housing.dispatches.errors import CaseClosedToDispatch, DaysInvalid
from webapp import case_access, case_page, current, errors, related_cases

pages = Blueprint("case_links", __name__)

Answered = str | tuple[str, int] | Response


@pages.post("/cases/<number>/links")
def add(number: str) -> Answered:
    """Link a case with another one."""
    access, application, form = (
        case_access.find_as_staff(number),
        current.application(),
        flask.request.form,
    )
    other, kind = form.get("other", ""), form.get("kind", "")
    try:
        with application.unit_of_work() as session:
            service.link(
                access.case,
                other,
                kind,
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    except Invalid as error:
        typed = {"other": other, "kind": kind, "link_problem": errors.sentence(error)}
        return case_page.draw(number, typed), errors.status_of(error)
    flask.flash(_("The cases are linked."), "success")
    return _back(number)


@pages.post("/cases/<number>/links/<int:link_id>/remove")
def remove(number: str, link_id: int) -> Response:
    """Take a link away; it can be made again."""
    access, application = case_access.find_as_staff(number), current.application()
    with application.unit_of_work() as session:
        service.unlink(access.case, link_id, session=session)
    flask.flash(_("The link was removed."), "success")
    return _back(number)


@pages.route("/cases/<number>/merge", methods=["GET", "POST"])
def merge(number: str) -> Answered:
    """Merge cases into this one: choose them, see what will happen, give the reason."""
    lead, application = _mergeable(number), current.application()
    if flask.request.method == "GET":
        return _draw_merge(lead, flask.request.args.get("numbers", ""))
    form = flask.request.form
    chosen, reason = form.getlist("number"), form.get("reason", "")
    try:
        members = related_cases.instances(chosen[: rules.MOST_MEMBERS + 1])
        with application.unit_of_work() as session:
            service.merge(
                lead,
                members,
                reason,
                by=current.actor(),
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except (Invalid, Conflict) as error:
        page = _draw_merge(lead, " ".join(chosen), reason, errors.sentence(error))
        return page, errors.status_of(error)
    flask.flash(_("The cases are merged; their applicants are told."), "success")
    return _back(number)


@pages.route("/cases/<number>/take-out", methods=["GET", "POST"])
def take_out(number: str) -> Answered:
    """Let a merged case go its own way again."""
    access, application = case_access.find_as_staff(number), current.application()
    with application.reading() as session:
        lead = views.lead_of(access.case.id, session=session)
    if lead is None or lead.state != "open":
        raise NotMerged(number)
    reason = flask.request.form.get("reason", "")
    if flask.request.method == "GET":
        return flask.render_template("cases/take_out.html", case=access.case, lead=lead)
    try:
        with application.unit_of_work() as session:
            service.take_out(
                access.case,
                reason,
                by=current.actor(),
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except Invalid as error:
        page = flask.render_template(
            "cases/take_out.html", case=access.case, lead=lead, problem=errors.sentence(error)
        )
        return page, errors.status_of(error)
    flask.flash(_("The case goes on by itself; its applicant is told."), "success")
    return _back(number)


@pages.route("/cases/<number>/dispatch", methods=["GET", "POST"])
def dispatch(number: str) -> Answered:
    """Ask several units from a case."""
    case, application = _askable(number), current.application()
    if flask.request.method == "GET":
        return _draw_dispatch(case)
    try:
        asked = _question()
        with application.unit_of_work() as session:
            dispatches.ask(
                case,
                asked,
                by=current.actor(),
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except (Invalid, Conflict) as error:
        return _draw_dispatch(case, errors.sentence(error)), errors.status_of(error)
    flask.flash(_("The units are asked; each has a task in its inbox."), "success")
    return _back(number)


def _question() -> dispatch_rules.Question:
    form = flask.request.form
    chosen = [each for each in dispatch_rules.UNITS if each in form.getlist("unit")]
    return dispatch_rules.question(
        form.get("question", ""),
        {group: _days(form.get(f"days_{group}", "")) for group in chosen},
        form.get("lead", ""),
        form.get("completion", dispatch_rules.ALL),
    )


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise DaysInvalid(dispatch_rules.MOST_DAYS)
    return int(text)


def _mergeable(number: str) -> Instance:
    case = case_access.find_as_staff(number).case
    views.demand_merger(current.actor(), [case])
    return case


def _askable(number: str) -> Instance:
    case = case_access.find_as_staff(number).case
    if not related_cases.may_ask(case):
        raise CaseClosedToDispatch(number)
    return case


def _draw_merge(lead: Instance, numbers: str, reason: str = "", problem: str = "") -> str:
    found, unknown = related_cases.candidates(lead, numbers)
    if len(related_cases.numbers_in(numbers)) > rules.MOST_MEMBERS:
        problem = errors.sentence(MergeTooLarge(rules.MOST_MEMBERS))
    with current.application().reading() as session:
        links = views.related(lead, current.actor(), session=session)
    return flask.render_template(
        "cases/merge.html",
        case=lead,
        numbers=numbers,
        found=found,
        unknown=unknown,
        links=[each for each in links if each.other.process_key == lead.process_key],
        reason=reason,
        problem=problem,
        longest=rules.LONGEST_REASON,
    )


def _draw_dispatch(case: Instance, problem: str = "") -> str:
    return flask.render_template(
        "cases/ask_units.html",
        case=case,
        units=dispatch_rules.UNITS,
        typed=flask.request.form,
        most_days=dispatch_rules.MOST_DAYS,
        longest=dispatch_rules.LONGEST_QUESTION,
        problem=problem,
    )


def _back(number: str) -> Response:
    return flask.redirect(flask.url_for("cases.show", number=number, _anchor="related-title"))
