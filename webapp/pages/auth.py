"""Signing in and out, and the reader's language."""

import flask
from flask import Blueprint, Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from housing.demo import accounts
from housing.demo.accounts import DemoAccount
from housing.people import passkeys, second_factor, service
from housing.people import sessions as people_sessions
from housing.people.errors import CodeWrong
from webapp import current, devices, errors, language, relying_party, sessions, sign_in_words
from webapp.addresses import next_page

pages = Blueprint("auth", __name__)

STATUS_BY_OUTCOME = {"wrong": 401, "locked": 429, "too_many": 429}
"""Of a page that tells why nobody was signed in."""


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> flask.typing.ResponseReturnValue:
    """Ask for login and password; three failures lock the account for 15 minutes."""
    if flask.request.method == "GET":
        return _form(flask.request.args.get("as") or flask.request.args.get("login", "")[:64])
    application = current.application()
    login = flask.request.form.get("login", "").strip()
    outcome = service.sign_in(
        login,
        flask.request.form.get("password", ""),
        client=devices.client(),
        database=application.database,
        clock=application.system_clock,
    )
    if outcome.token is None:
        wrong = _(
            "Login or password is wrong. After 3 failures the account is locked for 15 minutes."
        )
        return _form(login, sign_in_words.refusal(outcome, wrong)), STATUS_BY_OUTCOME[outcome.kind]
    address = next_page()
    if outcome.kind == "code":
        address = flask.url_for("auth.ask_code", next=address)
    return sessions.remember(flask.make_response(flask.redirect(address)), outcome.token)


@pages.route("/sign-in/code", methods=["GET", "POST"])
def ask_code() -> flask.typing.ResponseReturnValue:
    """Ask for the second step after the right password."""
    token = flask.request.cookies.get(sessions.COOKIE, "")
    if flask.request.method == "GET":
        return _code_form(token)
    outcome = second_factor.finish_sign_in(
        token, flask.request.form.get("code", ""), client=devices.client(), door=current.door()
    )
    if outcome.kind == "over":
        flask.flash(sign_in_words.refusal(outcome, ""), "error")
        return flask.redirect(flask.url_for("auth.sign_in", next=next_page()))
    if outcome.token is None:
        problem = sign_in_words.refusal(outcome, errors.sentence(CodeWrong()))
        return _code_form(token, problem), STATUS_BY_OUTCOME[outcome.kind]
    return sessions.remember(flask.make_response(flask.redirect(next_page())), outcome.token)


def _code_form(token: str, problem: str = "") -> str | BaseResponse:
    application = current.application()
    with application.reading() as session:
        now = application.system_clock.now()
        account_id = people_sessions.waiting_account(token, session=session, now=now)
        if account_id is None:
            return flask.redirect(flask.url_for("auth.sign_in"))
        has_app = second_factor.state_of(account_id, session=session).since is not None
        has_passkey = passkeys.count(account_id, session=session) > 0
    return flask.render_template(
        "auth/code.html",
        next=next_page(),
        problem=problem,
        has_app=has_app,
        offers_passkey=has_passkey and relying_party.is_usable(),
    )


def _form(login: str, problem: str = "") -> str:
    demo_accounts = _demo_accounts()
    is_demo_login = login in {account.login for account in demo_accounts}
    return flask.render_template(
        "auth/sign_in.html",
        login=login,
        password=accounts.PASSWORD if is_demo_login else "",
        next=next_page(),
        problem=problem,
        demo_accounts=demo_accounts,
        offers_passkey=relying_party.is_usable(),
    )


def _demo_accounts() -> tuple[DemoAccount, ...]:
    return accounts.ACCOUNTS if current.application().settings.is_demo else ()


@pages.post("/sign-out")
def sign_out() -> Response:
    """End the session on the server and here."""
    return sessions.forget(flask.make_response(flask.redirect(flask.url_for("auth.sign_in"))))


@pages.post("/language")
def set_language() -> BaseResponse:
    """Keep the reader's language in the account, or in a cookie before the sign-in."""
    wanted = flask.request.form.get("language", "")
    if wanted not in language.LANGUAGES:
        flask.abort(400)
    person = current.person()
    if person:
        with current.application().unit_of_work() as session:
            service.change_language(person.id, wanted, session=session)
    response = flask.redirect(next_page())
    response.set_cookie(language.COOKIE, wanted, max_age=31_536_000, samesite="Lax", httponly=True)
    return response
