"""The second factor: a person sets up his own, an administrator resets one that was lost."""

import flask
import segno
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid
from housing.people import passkeys, second_factor, totp
from housing.people.errors import AccountNotFound, CodeWrong, FactorMissing
from housing.people.queries import account
from webapp import current, devices, errors, fresh, sign_in_news, sign_in_words

pages = Blueprint("second_factors", __name__)

_OPEN_BEFORE = frozenset(
    {
        "static",
        "auth.sign_out",
        "auth.set_language",
        "second_factors.show",
        "second_factors.begin",
        "second_factors.confirm",
        "passkeys.show",
        "passkeys.ask_to_register",
        "passkeys.register",
        "account.ask_again",
    }
)
"""What a person may open who has yet to set up the second factor that his role requires."""


def check(endpoint: str) -> None:
    """Lead a person to the set-up whose role requires a second factor that he has not."""
    person, settings = current.person(), current.application().settings
    if person is None or person.has_second_factor or endpoint in _OPEN_BEFORE:
        return
    if person.roles & settings.require_totp:
        flask.abort(flask.redirect(flask.url_for("second_factors.show")))


@pages.get("/account/second-factor")
def show() -> str:
    """Show whether there is a second factor, and the secret that waits for its first code."""
    return _page()


@pages.post("/account/second-factor")
def begin() -> flask.typing.ResponseReturnValue:
    """Make a new secret, which counts once its first code was entered."""
    _require_fresh()
    application = current.application()
    try:
        with application.unit_of_work() as session:
            second_factor.offer(current.account().id, vault=application.vault, session=session)
    except CodeWrong as refusal:
        return _page(problem=errors.sentence(refusal)), 422
    return _back()


@pages.post("/account/second-factor/confirm")
def confirm() -> flask.typing.ResponseReturnValue:
    """Switch the second factor on and show the recovery codes, this once."""
    _require_fresh()
    application = current.application()
    try:
        with application.unit_of_work() as session:
            codes = second_factor.confirm(
                current.account().id,
                flask.request.form.get("code", ""),
                vault=application.vault,
                session=session,
                clock=application.system_clock,
            )
            sign_in_news.tell_owner(current.account().id, session)
    except CodeWrong as refusal:
        return _page(problem=errors.sentence(refusal)), 422
    if codes:
        return flask.render_template("account/recovery_codes.html", codes=codes)
    flask.flash(_("The app is on. Your recovery codes stay good."))
    return _back()


@pages.post("/account/second-factor/codes")
def renew_codes() -> flask.typing.ResponseReturnValue:
    """Make new recovery codes and show them, this once."""
    _require_fresh()
    application = current.application()
    try:
        with application.unit_of_work() as session:
            codes = second_factor.renew_codes(
                current.account().id, session=session, clock=application.system_clock
            )
            sign_in_news.tell_owner(current.account().id, session)
    except FactorMissing as refusal:
        return _page(problem=errors.sentence(refusal)), 422
    return flask.render_template("account/recovery_codes.html", codes=codes)


@pages.post("/account/second-factor/off")
def switch_off() -> flask.typing.ResponseReturnValue:
    """Take the second factor away, by one of its codes."""
    verdict = second_factor.switch_off(
        current.account().id,
        flask.request.form.get("code", ""),
        client=devices.client(),
        door=current.door(),
    )
    if verdict.kind != "right":
        problem = sign_in_words.refusal(verdict, errors.sentence(CodeWrong()))
        return _page(problem=problem), 429 if verdict.kind == "locked" else 422
    with current.application().unit_of_work() as session:
        sign_in_news.tell_owner(current.account().id, session)
        has_passkey = account(current.account().id, session=session).has_second_factor
    if has_passkey:
        flask.flash(_("The app is switched off. Your passkeys go on as the second step."))
    else:
        flask.flash(_("The second step is off. Your password alone opens your account."))
    return _back()


@pages.post("/account/second-factor/reset")
def reset() -> flask.typing.ResponseReturnValue:
    """Take somebody's second factor away who lost it; the reason goes into the audit log."""
    _require_fresh()
    application, form = current.application(), flask.request.form
    login = form.get("login", "").strip()
    typed = {"login": login, "reason": form.get("reason", "")}
    try:
        with application.unit_of_work() as session:
            account_id = second_factor.reset(
                login,
                typed["reason"],
                by=current.actor(),
                session=session,
                clock=application.system_clock,
            )
            sign_in_news.tell_owner(account_id, session)
    except (Invalid, AccountNotFound) as refusal:
        return _page(reset_problem=errors.sentence(refusal), typed=typed), 422
    flask.flash(_("The second step of %(login)s was reset.", login=login))
    return _back()


def _require_fresh() -> None:
    fresh.require("second_factors.show")


def _page(**problems: object) -> str:
    _require_fresh()
    application, person = current.application(), current.account()
    with application.reading() as session:
        state = second_factor.state_of(person.id, session=session)
        secret = second_factor.offered_secret(person.id, vault=application.vault, session=session)
        has_passkey = passkeys.count(person.id, session=session) > 0
    words: dict[str, object] = {
        "state": state,
        "secret": secret,
        "picture": _picture(totp.address_of(secret, person.login)) if secret else "",
        "has_passkey": has_passkey,
        "is_required": bool(person.roles & application.settings.require_totp),
        "may_reset": "administrator" in person.roles,
        "typed": {},
    }
    return flask.render_template("account/second_factor.html", **{**words, **problems})


def _picture(address: str) -> str:
    return segno.make(address, error="m").svg_data_uri(scale=5, border=3)


def _back() -> Response:
    return flask.redirect(flask.url_for("second_factors.show"))
