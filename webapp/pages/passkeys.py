"""Passkeys: added and removed by their owner, used at the sign-in and to show oneself anew."""

import flask
from flask import Blueprint, Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import Invalid
from housing.people import passkeys
from housing.people.errors import PasskeyNotFound, PasskeyRefused
from housing.people.passkeys import CONFIRM, SIGN_IN, Answer, Question
from housing.people.service import SignInOutcome
from webapp import current, errors, fresh, relying_party, sessions, sign_in_news, sign_in_words
from webapp.addresses import next_page

pages = Blueprint("passkeys", __name__)

Answered = str | tuple[str, int] | BaseResponse

_KEPT = "passkey"
"""Where the form's cookie keeps the name of the open question."""


@pages.get("/account/passkeys")
def show() -> str:
    """List this person's passkeys and offer to add one."""
    return _page()


@pages.post("/account/passkeys/options")
def ask_to_register() -> Response:
    """Give the browser what it needs to make a passkey."""
    with current.application().unit_of_work() as session:
        question = passkeys.ask_to_register(
            current.account().id, counter=relying_party.counter(session)
        )
    return _put(question)


@pages.post("/account/passkeys")
def register() -> Answered:
    """Keep the passkey that the browser made; the first factor comes with recovery codes."""
    fresh.require("passkeys.show")
    try:
        with current.application().unit_of_work() as session:
            codes = passkeys.register(
                current.account().id,
                _answer(),
                flask.request.form.get("name", ""),
                counter=relying_party.counter(session),
            )
            sign_in_news.tell_owner(current.account().id, session)
    except Invalid as refusal:
        return _page(errors.sentence(refusal)), 422
    if codes:
        return flask.render_template("account/recovery_codes.html", codes=codes)
    flask.flash(_("The passkey was added."))
    return flask.redirect(flask.url_for("passkeys.show"))


@pages.post("/account/passkeys/<int:passkey_id>/remove")
def remove(passkey_id: int) -> BaseResponse:
    """Forget a passkey of this person."""
    fresh.require("passkeys.show")
    try:
        with current.application().unit_of_work() as session:
            passkeys.remove(
                current.account().id, passkey_id, counter=relying_party.counter(session)
            )
            sign_in_news.tell_owner(current.account().id, session)
    except PasskeyNotFound:
        flask.abort(404)
    flask.flash(_("The passkey was removed. Remove it from your phone or computer as well."))
    return flask.redirect(flask.url_for("passkeys.show"))


@pages.post("/sign-in/passkey/options")
def ask_to_sign_in() -> Response:
    """Give the browser a question for any passkey it has for us."""
    with current.application().unit_of_work() as session:
        question = passkeys.ask(SIGN_IN, None, counter=relying_party.counter(session))
    return _put(question)


@pages.post("/sign-in/passkey")
def sign_in() -> Answered:
    """Open a session by a passkey alone: it is both factors."""
    with current.application().unit_of_work() as session:
        outcome = passkeys.sign_in(_answer(), counter=relying_party.counter(session))
    return _opened(outcome)


@pages.post("/sign-in/code/passkey/options")
def ask_second() -> Response:
    """Give the browser a question for the passkeys of the account whose sign-in waits."""
    with current.application().unit_of_work() as session:
        question = passkeys.ask_second(_token(), counter=relying_party.counter(session))
    return _put(question)


@pages.post("/sign-in/code/passkey")
def finish_sign_in() -> Answered:
    """Finish a sign-in that waits for its second step."""
    with current.application().unit_of_work() as session:
        outcome = passkeys.finish_sign_in(
            _token(), _answer(), counter=relying_party.counter(session)
        )
    return _opened(outcome)


@pages.post("/account/confirm/passkey/options")
def ask_to_confirm() -> Response:
    """Give the browser a question for this person's passkeys."""
    with current.application().unit_of_work() as session:
        question = passkeys.ask(
            CONFIRM, current.account().id, counter=relying_party.counter(session)
        )
    return _put(question)


@pages.post("/account/confirm/passkey")
def confirm() -> BaseResponse:
    """Note that this person showed himself anew."""
    with current.application().unit_of_work() as session:
        is_right = passkeys.confirm(
            current.account().id, _token(), _answer(), counter=relying_party.counter(session)
        )
    if is_right:
        return flask.redirect(next_page())
    flask.flash(errors.sentence(PasskeyRefused()), "error")
    return flask.redirect(flask.url_for("account.ask_again", next=next_page()))


def _page(problem: str = "") -> str:
    fresh.require("passkeys.show")
    with current.application().reading() as session:
        found = passkeys.list_of(current.account().id, session=session)
    return flask.render_template(
        "account/passkeys.html",
        passkeys=found,
        problem=problem,
        is_usable=relying_party.is_usable(),
    )


def _put(question: Question) -> Response:
    flask.session[_KEPT] = question.token
    return flask.Response(question.options, mimetype="application/json")


def _answer() -> Answer:
    token = str(flask.session.pop(_KEPT, ""))
    return Answer(token=token, text=flask.request.form.get("credential", ""))


def _opened(outcome: SignInOutcome) -> Answered:
    if outcome.token is None:
        flask.flash(sign_in_words.refusal(outcome, errors.sentence(PasskeyRefused())), "error")
        return flask.redirect(flask.url_for("auth.sign_in", next=next_page()))
    return sessions.remember(flask.make_response(flask.redirect(next_page())), outcome.token)


def _token() -> str:
    return flask.request.cookies.get(sessions.COOKIE, "")
