"""Coming to an account: sign-up question by question, a forgotten password, the office's letter."""

import flask
from flask import Blueprint, Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError, Invalid
from housing.people import queries as people
from housing.people.rules import MIN_PASSWORD_LENGTH
from housing.sign_up import drafts, first_sign_ins, rules, service
from housing.sign_up.drafts import OnTheWay
from housing.sign_up.errors import EnrolmentOver, ProofNotRight, TooManyCodes
from housing.sign_up.first_sign_ins import Shown
from housing.sign_up.service import CONSENT_VERSION, Choice
from webapp import current, enrolment, errors, language

pages = Blueprint("sign_up", __name__)

Answered = str | tuple[str, int] | BaseResponse

_LONGEST = 300
"""Characters of an answer that are looked at."""

_WORDS_BY_VERDICT = {
    "wrong": lambda: _("This code is wrong. A code has six digits and can be tried five times."),
    "over": lambda: _("This code is no longer good. Please ask for a new one."),
}


@pages.after_request
def keep_out_of_search_engines(response: Response) -> Response:
    """Ask search engines not to keep these pages."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@pages.get("/sign-up")
def begin() -> Answered:
    """Say what an account is for and what becomes of the data; begin."""
    if current.person() is not None:
        return flask.redirect(flask.url_for("home.index"))
    return _start_page("sign_up")


@pages.get("/forgotten-password")
def forgotten() -> Answered:
    """Say how a forgotten password is replaced; begin."""
    return _start_page("forgotten")


@pages.post("/sign-up/<kind>/begin")
def start(kind: str) -> Answered:
    """Begin a way; the first question of a sign-up is the agreement."""
    if kind not in enrolment.CHANNELS_BY_KIND or not enrolment.is_open(kind):
        flask.abort(404)
    has_agreed = flask.request.form.get("agree") == "1"
    application = current.application()
    try:
        with application.unit_of_work() as session:
            desk = enrolment.desk(session)
            token = drafts.let_in(
                kind, language.choose(), vault=desk.vault, session=session, now=desk.now
            )
            if kind == "sign_up":
                service.agree(token, has_agreed=has_agreed, desk=desk)
    except Invalid as refusal:
        return _start_page(kind, errors.sentence(refusal)), 422
    return enrolment.remember(flask.make_response(_to("national_id")), token)


@pages.route("/sign-up/<step>", methods=["GET", "POST"])
def answer(step: str) -> Answered:
    """Ask one question; an answer leads to the next, and earlier ones can be changed."""
    way = enrolment.look()
    if way is None:
        return _begin_again()
    done = service.answers_of(way)
    first_open = rules.open_step(way.kind, done)
    if step not in rules.STEPS[way.kind] or (step not in done and step != first_open):
        return _to(first_open)
    if step == "password":
        return _password(way)
    if step not in enrolment.QUESTIONS or (step in {"sms", "mail"} and step in done):
        return _to(first_open)
    return _question(way, step) if flask.request.method == "GET" else _take(way, step)


@pages.post("/sign-up/<channel>/again")
def send_again(channel: str) -> Answered:
    """Send another code."""
    if channel not in {"sms", "mail"}:
        flask.abort(404)
    try:
        with current.application().unit_of_work() as session:
            service.send_again(enrolment.token(), channel, desk=enrolment.desk(session))
    except EnrolmentOver:
        return _begin_again()
    except TooManyCodes as refusal:
        flask.flash(errors.sentence(refusal), "error")
        return _to(channel)
    flask.flash(_("A new code is on its way. The one before is no longer good."))
    return _to(channel)


@pages.route("/first-sign-in", methods=["GET", "POST"])
def first() -> Answered:
    """Ask for the code of a letter of the office, and for two facts about the person."""
    if flask.request.method == "GET":
        return _first_page(Shown(code=flask.request.args.get("code", "")[:40]))
    form, application = flask.request.form, current.application()
    shown = Shown(
        code=form.get("code", "")[:_LONGEST],
        born_on=form.get("born_on", "")[:_LONGEST],
        digits=form.get("digits", "")[:_LONGEST],
    )
    try:
        with application.unit_of_work() as session:
            token = first_sign_ins.prove(shown, language.choose(), desk=enrolment.desk(session))
    except TooManyCodes as refusal:
        return _first_page(shown, errors.sentence(refusal)), 429
    if token is None:
        return _first_page(shown, errors.sentence(ProofNotRight())), 422
    return enrolment.remember(flask.make_response(_to("password")), token)


def _start_page(kind: str, problem: str = "") -> str:
    return flask.render_template(
        "sign_up/begin.html",
        kind=kind,
        problem=problem,
        is_open=enrolment.is_open(kind),
        office_phone=current.application().settings.office_phone,
        version=CONSENT_VERSION,
    )


def _first_page(shown: Shown, problem: str = "") -> str:
    return flask.render_template("sign_up/first.html", shown=shown, problem=problem)


def _question(way: OnTheWay, step: str, typed: str | None = None, problem: str = "") -> str:
    return flask.render_template(
        "sign_up/question.html",
        page=enrolment.page_of(way, step),
        question=enrolment.QUESTIONS[step],
        typed=way.typed.get(step, "") if typed is None else typed,
        problem=problem,
    )


def _take(way: OnTheWay, step: str) -> Answered:
    typed = flask.request.form.get("answer", "")[:_LONGEST]
    application = current.application()
    try:
        with application.unit_of_work() as session:
            desk = enrolment.desk(session)
            if step in {"sms", "mail"}:
                verdict = service.enter_code(enrolment.token(), step, typed, desk=desk)
            else:
                is_demo = application.settings.is_demo
                service.answer(enrolment.token(), step, typed, is_demo=is_demo, desk=desk)
                verdict = "right"
    except EnrolmentOver:
        return _begin_again()
    except Invalid as refusal:
        return _question(way, step, typed, errors.sentence(refusal)), 422
    if verdict != "right":
        return _question(way, step, "", _WORDS_BY_VERDICT[verdict]()), 422
    return _to_open_question()


def _to_open_question() -> BaseResponse:
    way = enrolment.look()
    if way is None:
        return _begin_again()
    return _to(rules.open_step(way.kind, service.answers_of(way)))


def _password(way: OnTheWay) -> Answered:
    if flask.request.method == "GET":
        return _password_page(way)
    form = flask.request.form
    login, password = form.get("login", "").strip()[:_LONGEST], form.get("new_password", "")
    if password != form.get("new_password_again"):
        return _password_page(way, login, again_problem=_("The two new passwords differ.")), 422
    try:
        with current.application().unit_of_work() as session:
            login = service.finish(
                enrolment.token(),
                Choice(login=login, password=password),
                desk=enrolment.desk(session),
            )
    except EnrolmentOver:
        return _begin_again()
    except EngineError as refusal:
        status = errors.status_of(refusal)
        return _password_page(way, login, problem=errors.sentence(refusal)), status
    flask.flash(_("Done. Sign in with your login and the password you have just chosen."))
    address = flask.url_for("auth.sign_in", login=login)
    return enrolment.forget(flask.make_response(flask.redirect(address)))


def _password_page(way: OnTheWay, login: str = "", **problems: str) -> str:
    known = ""
    if way.account_id is not None:
        with current.application().reading() as session:
            known = people.account(way.account_id, session=session).login
    return flask.render_template(
        "sign_up/password.html",
        page=enrolment.page_of(way, "password"),
        known_login=known,
        login=login,
        min_length=MIN_PASSWORD_LENGTH,
        **problems,
    )


def _to(step: str) -> BaseResponse:
    return flask.redirect(flask.url_for("sign_up.answer", step=step), 303)


def _begin_again() -> BaseResponse:
    flask.flash(errors.sentence(EnrolmentOver()), "error")
    return enrolment.forget(flask.make_response(flask.redirect(flask.url_for("auth.sign_in"), 303)))
