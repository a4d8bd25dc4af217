"""Applications: applied for in steps, keyed in from paper, one's own, and the review inbox."""

import math
from uuid import uuid4

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine import queries as engine_queries
from engine.errors import Invalid, NotFound
from forms.dates import parse_day
from forms.schema import Field, Form
from housing.applications import drafts, mydata, queries
from housing.applications.changes import withdraw_consent
from housing.applications.errors import NotYourApplication, TransferUsed
from housing.applications.queries import ApplicationFilter
from housing.applications.rules import STATES
from housing.applications.service import (
    House,
    Submission,
    own_application,
    request_extension,
    submit,
    withdraw,
)
from housing.files.rules import DOCUMENTS
from webapp import apply_page, current, errors, filling, model_words, uploads
from webapp.addresses import page_number
from webapp.application_words import HOUSEHOLD_CLASSES, STATE_KINDS

pages = Blueprint("applications", __name__)

PAGE_SIZE = 25
FIRST = "step1"
EXTENSION_FORM = "application_review/extension"

Answered = str | tuple[str, int] | Response


@pages.get("/apply/<number>")
def begin(number: str) -> Response:
    """Go on where the person was, or at the first step."""
    application = current.application()
    with application.reading() as session:
        found = drafts.read(
            str(current.account().id), number, vault=application.vault, session=session
        )
    step = found.step if found is not None else FIRST
    return flask.redirect(flask.url_for("applications.apply", number=number, step=step))


@pages.route("/apply/<number>/<step>", methods=["GET", "POST"])
def apply(number: str, step: str) -> Answered:
    """Show and take a step of the application; the last one submits."""
    page = apply_page.read(number, step)
    if flask.request.method == "GET":
        known = page.draft.values if page.draft else {"round": number}
        return _draw_step(page, filling.blank(page.form, page.context, draft=known))
    filled = filling.receive(page.form, page.context)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if filled.wish == "draft":
        return _keep_draft(page, filled)
    if not filled.is_ready:
        return _draw_step(page, filled.view), filled.status
    return _go_on(page, filled)


def _go_on(page: apply_page.ApplyPage, filled: filling.Filled) -> Answered:
    """Keep a step that is well filled in and lead on: to MyData, the next step, or the end."""
    number = page.call.number
    apply_page.keep(page, filled.raw, page.next_step)
    if page.step.name == "step5" and apply_page.needs_transfer(page, filled.values):
        return _go_to_mydata(number)
    if not page.is_last:
        return _to_step(number, page.next_step)
    return _send(page, filled)


@pages.route("/applications/paper/<number>", methods=["GET", "POST"])
def key_in(number: str) -> Answered:
    """Let an officer key in a paper application with its postmark and scans."""
    with current.application().reading() as session:
        call = queries.call(number, session=session)
    form, context = _paper_form(), apply_page.offered(call)
    if flask.request.method == "GET":
        view = filling.blank(form, context, draft={"round": number, "use_mydata": False})
        return _draw_paper(number, view, uuid4().hex)
    filled, token = filling.receive(form, context), flask.request.form.get("_token", "")
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw_paper(number, filled.view, token), filled.status
    try:
        written = _submit_paper(filled, token)
    except Invalid as error:
        return _draw_paper(number, filled.view, token, errors.sentence(error)), 422
    flask.flash(_("Application %(number)s was keyed in.", number=written), "success")
    return flask.redirect(flask.url_for("applications.key_in", number=number))


@pages.get("/applications")
def list_applications() -> str:
    """Show applicants their own applications, those who review the inbox of all."""
    if current.roles() & {"officer", "section_chief"}:
        return _inbox()
    account, application = current.account(), current.application()
    with application.reading() as session:
        own = queries.own_applications(account.id, session=session)
        begun = queries.drafts_of(str(account.id), session=session)
        calls = [each for each in queries.calls(session=session) if each.stage == "open"]
    return flask.render_template(
        "applications/own.html", own=own, drafts=begun, calls=calls, state_kinds=STATE_KINDS
    )


@pages.post("/applications/<number>/withdraw")
def take_back(number: str) -> Response:
    """Withdraw an application before it is decided."""
    application = current.application()
    try:
        with application.unit_of_work() as session:
            withdraw(number, by=current.actor(), engine=application.engine, session=session)
    except NotYourApplication as error:
        raise NotFound from error
    flask.flash(_("The application was withdrawn."), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


@pages.post("/applications/<number>/consents/<kind>")
def take_consent_back(number: str, kind: str) -> Response:
    """Take a consent back that does not carry the application itself."""
    application = current.application()
    try:
        with application.unit_of_work() as session:
            withdraw_consent(
                number,
                kind,
                by=current.actor(),
                address=flask.request.remote_addr or "",
                session=session,
                clock=application.clock,
            )
    except NotYourApplication as error:
        raise NotFound from error
    flask.flash(_("The consent was withdrawn."), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


@pages.route("/applications/<number>/extension", methods=["GET", "POST"])
def ask_for_time(number: str) -> Answered:
    """Ask for more time for a running supplement, once."""
    application = current.application()
    try:
        with application.reading() as session:
            own_application(number, by=current.actor(), session=session)
    except NotYourApplication as error:
        raise NotFound from error
    form = model_words.form_in_service(EXTENSION_FORM)
    if flask.request.method == "GET":
        return _draw_extension(number, filling.blank(form))
    filled = filling.receive(form)
    if not filled.is_ready:
        return _draw_extension(number, filled.view), filled.status
    with application.unit_of_work() as session:
        request_extension(
            number,
            filled.values,
            by=current.actor(),
            engine=application.engine,
            session=session,
            clock=application.clock,
        )
    flask.flash(_("Your request was sent; the due date stays until it is granted."), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


@pages.get("/mydata/<token>")
def show_mydata(token: str) -> str:
    """Show the simulator of MyData, plainly labelled: somebody plays the other side."""
    with current.application().reading() as session:
        found = mydata.transfer(token, str(current.account().id), session=session)
    return flask.render_template("applications/mydata.html", transfer=found)


@pages.post("/mydata/<token>")
def answer_mydata(token: str) -> Response:
    """Take the simulator's answer and lead back; whatever it is, the application goes on."""
    state, application = flask.request.form.get("state", ""), current.application()
    account_id = str(current.account().id)
    with application.unit_of_work() as session:
        if state not in mydata.ANSWERS:
            raise TransferUsed
        found = mydata.answer(token, account_id, state, session=session, clock=application.clock)
    if found.state == "ready":
        flask.flash(
            _("MyData delivered register, income and property, for this one use."), "success"
        )
        return _to_step(found.round_number, "step6")
    flask.flash(
        _("MyData delivered nothing. Please add the papers here; nothing is lost."), "warning"
    )
    return _to_step(found.round_number, "step5")


def _inbox() -> str:
    args = flask.request.args
    page = page_number()
    wanted = ApplicationFilter(
        round_number=args.get("round", "")[:16],
        state=args.get("state", "") if args.get("state") in STATES else "",
        household_class=args.get("class", "")[:32],
        channel=args.get("channel", "")[:16],
        text=args.get("q", "")[:32],
        offset=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    with current.application().reading() as session:
        found = queries.applications(wanted, session=session)
        counts = queries.state_counts(wanted.round_number, session=session)
        calls = queries.call_titles(session=session)
    return flask.render_template(
        "applications/inbox.html",
        found=found,
        counts=counts,
        calls=calls,
        wanted=wanted,
        states=STATES,
        classes=HOUSEHOLD_CLASSES,
        state_kinds=STATE_KINDS,
        page=page,
        page_count=math.ceil(found.total / PAGE_SIZE),
    )


def _keep_draft(page: apply_page.ApplyPage, filled: filling.Filled) -> Response:
    apply_page.keep(page, filled.raw, page.step.name)
    if flask.request.form[filling.DRAFT_BUTTON] == "auto":
        return Response(status=204)
    flask.flash(_("The draft is saved."), "success")
    return _to_step(page.call.number, page.step.name)


def _send(page: apply_page.ApplyPage, filled: filling.Filled) -> Answered:
    wrong = apply_page.first_step_with_errors(page, filled.raw)
    if wrong is not None:
        flask.flash(_("Something in this step is missing or wrong."), "warning")
        return _to_step(page.call.number, wrong)
    try:
        result = apply_page.send(page, filled.raw)
    except Invalid as error:
        return _draw_step(page, filled.view, errors.sentence(error)), 422
    with current.application().reading() as session:
        number = engine_queries.instance(result.instance_id, session).business_key
    flask.flash(_("Thank you. Your application %(number)s has arrived.", number=number), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


def _go_to_mydata(number: str) -> Response:
    application = current.application()
    with application.unit_of_work() as session:
        token = mydata.ask(
            str(current.account().id), number, session=session, clock=application.clock
        )
    return flask.redirect(apply_page.MYDATA.consent_address(token))


def _paper_form() -> Form:
    """Put postmark and scans before the form that online applicants fill in."""
    form = apply_page.whole_form()
    postmark = Field(
        type="datetime",
        name="postmark_on",
        key="postmark_on",
        label=str(_l("Day of the postmark, or of handing in")),
        subtype="date",
        is_required=True,
        latest="today()",
    )
    scans = Field(
        type="filepicker",
        name="scans",
        key="scans",
        label=str(_l("Scan of the paper form and the envelope")),
        min_count=1,
        max_count=6,
        accept=uploads.input_accept(DOCUMENTS),
        is_multiple=True,
        is_required=True,
    )
    return Form(id=form.id, title=form.title, components=(postmark, scans, *form.components))


def _submit_paper(filled: filling.Filled, token: str) -> str:
    application, values = current.application(), dict(filled.values)
    scans = values.pop("scans", [])
    postmark_on = values.pop("postmark_on", None)
    with application.unit_of_work() as session:
        result = submit(
            Submission(
                token=token[:64] or uuid4().hex,
                values=values,
                postmark_on=parse_day(str(postmark_on)),
                scans=tuple(str(each) for each in scans) if isinstance(scans, list) else (),
            ),
            by=current.actor(),
            house=House(
                vault=application.vault,
                is_demo=application.settings.is_demo,
                engine=application.engine,
                session=session,
                clock=application.clock,
            ),
        )
        return engine_queries.instance(result.instance_id, session).business_key


def _draw_step(page: apply_page.ApplyPage, view: object, problem: str = "") -> str:
    return flask.render_template("applications/apply.html", page=page, view=view, problem=problem)


def _draw_paper(number: str, view: object, token: str, problem: str = "") -> str:
    return flask.render_template(
        "applications/paper.html", number=number, view=view, token=token, problem=problem
    )


def _draw_extension(number: str, view: object) -> str:
    return flask.render_template("applications/extension.html", number=number, view=view)


def _to_step(number: str, step: str) -> Response:
    return flask.redirect(flask.url_for("applications.apply", number=number, step=step))
