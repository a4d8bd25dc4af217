"""A person's own account: password, open sessions, and the way to his notices."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid
from housing.people import passkeys, passwords, service, sessions
from housing.people.locks import Verdict
from housing.people.passwords import PasswordChange
from housing.people.rules import MIN_PASSWORD_LENGTH
from housing.sign_up import claims
from webapp import current, devices, errors, relying_party, sign_in_news, sign_in_words
from webapp.addresses import next_page
from webapp.sessions import COOKIE

pages = Blueprint("account", __name__)

STATUS_BY_VERDICT = {"wrong": 422, "locked": 429}


@pages.get("/account")
def show() -> str:
    """Show the account: password, sessions, language."""
    return _page()


@pages.post("/account/password")
def change_password() -> flask.typing.ResponseReturnValue:
    """Change the password; the old one is asked for, and every other session ends."""
    form, application = flask.request.form, current.application()
    if form.get("new_password") != form.get("new_password_again"):
        return _page(again_problem=_("The two new passwords differ.")), 422
    change = PasswordChange(
        old=form.get("old_password", ""),
        new=form.get("new_password", ""),
        token=_token(),
        client=devices.client(),
    )
    try:
        verdict = passwords.change_password(
            current.account().id,
            change,
            database=application.database,
            clock=application.system_clock,
        )
    except Invalid as refusal:
        return _page(new_problem=errors.sentence(refusal)), 422
    if verdict.kind != "right":
        return _page(old_problem=_refusal(verdict)), STATUS_BY_VERDICT[verdict.kind]
    with application.unit_of_work() as session:
        sign_in_news.tell_owner(current.account().id, session)
    flask.flash(_("Your password was changed. All other sessions have ended."))
    return _back()


@pages.post("/account/dates")
def set_dates() -> Response:
    """Keep in which form this person reads days."""
    are_on = flask.request.form.get("dates") == "iso"
    with current.application().unit_of_work() as session:
        service.set_iso_dates(current.account().id, are_on=are_on, session=session)
    flask.flash(_("Saved."), "success")
    return _back()


@pages.post("/account/sessions/end")
def end_session() -> Response:
    """End one session of this person, named by the form."""
    application = current.application()
    with application.unit_of_work() as session:
        is_found = sessions.end_one(
            current.account().id,
            flask.request.form.get("session", ""),
            session=session,
            clock=application.system_clock,
        )
    if is_found:
        flask.flash(_("The session has ended."))
    else:
        flask.flash(_("This session had ended before."))
    return _back()


@pages.post("/account/sessions/end-others")
def end_other_sessions() -> Response:
    """End every session of this person but this one."""
    application = current.application()
    with application.unit_of_work() as session:
        sessions.end_others(
            current.account().id, _token(), session=session, clock=application.system_clock
        )
    flask.flash(_("All other sessions have ended."))
    return _back()


@pages.route("/account/confirm", methods=["GET", "POST"])
def ask_again() -> flask.typing.ResponseReturnValue:
    """Ask for the password, or a passkey, before something that nobody else may do."""
    if flask.request.method == "GET":
        return _confirm_page()
    application = current.application()
    verdict = passwords.confirm(
        current.account().id,
        flask.request.form.get("password", ""),
        _token(),
        client=devices.client(),
        database=application.database,
        clock=application.system_clock,
    )
    if verdict.kind != "right":
        return _confirm_page(_refusal(verdict)), STATUS_BY_VERDICT[verdict.kind]
    return flask.redirect(next_page())


def _confirm_page(problem: str = "") -> str:
    account = current.account()
    with current.application().reading() as session:
        has_passkey = passkeys.count(account.id, session=session) > 0
    return flask.render_template(
        "account/confirm.html",
        account=account,
        problem=problem,
        next=next_page(),
        offers_passkey=has_passkey and relying_party.is_usable(),
    )


def _refusal(verdict: Verdict) -> str:
    wrong = _("The present password is wrong; 3 failures lock the account for 15 minutes.")
    return sign_in_words.refusal(verdict, wrong)


def _page(**problems: object) -> str:
    application, account = current.application(), current.account()
    now = application.system_clock.now()
    with application.reading() as session:
        found = sessions.list_open(account.id, token=_token(), session=session, now=now)
        identity = claims.state_of(account.id, session=session)
    return flask.render_template(
        "account/show.html",
        account=account,
        sessions=found,
        identity=identity,
        min_length=MIN_PASSWORD_LENGTH,
        **problems,
    )


def _token() -> str:
    return flask.request.cookies.get(COOKIE, "")


def _back() -> Response:
    return flask.redirect(flask.url_for("account.show"))
