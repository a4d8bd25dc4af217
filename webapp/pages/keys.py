"""A person's own keys: chosen, taken back, and whether single letters act at all."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from housing.people import keyboard
from housing.people import service as people
from housing.people.errors import KeysRefused
from webapp import current, errors, key_words
from webapp.addresses import next_page

pages = Blueprint("keys", __name__)


@pages.get("/account/keys")
def show() -> str:
    """List every command with this person's key for it."""
    return _page(keyboard.keys_of(current.account().own_keys), {})


@pages.post("/account/keys")
def save() -> flask.typing.ResponseReturnValue:
    """Keep the keys that were typed; the button beside a command puts its first key back."""
    typed = _typed()
    try:
        _keep(typed)
    except KeysRefused as refusal:
        problems = {code: errors.sentence(each) for code, each in refusal.problems.items()}
        return _page(typed, problems), 422
    return _back()


@pages.post("/account/keys/reset")
def reset_all() -> Response:
    """Put the first key of every command back."""
    _keep({})
    return _back()


@pages.post("/account/keys/letters")
def switch_letters() -> Response:
    """Keep whether single letters act as keys for this person."""
    are_on = flask.request.form.get("letters") != "off"
    with current.application().unit_of_work() as session:
        people.set_letter_keys(current.account().id, are_on=are_on, session=session)
    flask.flash(_("Saved."), "success")
    return flask.redirect(next_page())


def _typed() -> dict[str, str]:
    form, kept = flask.request.form, keyboard.keys_of(current.account().own_keys)
    typed = {code: form.get(code, key)[: keyboard.LONGEST_KEY] for code, key in kept.items()}
    code = form.get("reset", "")
    if code in keyboard.COMMANDS:
        typed[code] = keyboard.COMMANDS[code].key
    return typed


def _keep(typed: dict[str, str]) -> None:
    with current.application().unit_of_work() as session:
        people.set_keys(current.account().id, typed, session=session)


def _back() -> Response:
    flask.flash(_("Saved."), "success")
    return flask.redirect(flask.url_for("keys.show"))


def _page(keys: dict[str, str], problems: dict[str, str]) -> str:
    return flask.render_template(
        "account/keys.html",
        places=key_words.in_places(keys, problems),
        problems=problems,
        has_own_keys=bool(current.account().own_keys),
        help_key=keyboard.HELP_KEY,
        ctrl_keys=keyboard.CTRL_KEYS,
        longest=keyboard.LONGEST_KEY,
    )
