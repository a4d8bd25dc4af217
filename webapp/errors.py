"""Errors at the edge: one table to a status, one page in the reader's language.

This module is not read for messages: its words stand in the templates.
"""

import logging
import secrets
from collections.abc import Mapping
from datetime import date

import flask
from flask import Flask
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import BusinessError, Conflict, EngineError, Invalid, NotAllowed, NotFound
from forms.errors import FormInvalid
from housing.kept_errors import KeptError
from webapp import current, formats, labels

logger = logging.getLogger(__name__)

STATUS_BY_ERROR: Mapping[type[Exception], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    BusinessError: 409,
    FormInvalid: 422,
    EngineError: 500,
}
"""The nearest base class of an error decides."""

KIND_BY_FIELD: Mapping[str, str] = {
    "status": "instance",
    "stage": "stage",
    "wanted": "stage",
    "role": "role",
    "draft_state": "draft",
    "obstacle": "merge_obstacle",
    "command": "command",
}
"""Fields of errors that hold a stored code, and which table of words it belongs to."""

NOT_TYPED = frozenset({"next", "language", "version", "token", "by"})
"""Fields that our pages fill in themselves: handed back, but not shown."""

Answer = tuple[str, int]
_LONGEST_KEPT = 20_000
"""Characters of typed text that an expired page hands back."""


def status_of(error: Exception) -> int:
    """Find the status of an error by its nearest base class; 500 if there is none."""
    found = (STATUS_BY_ERROR[base] for base in type(error).__mro__ if base in STATUS_BY_ERROR)
    return next(found, 500)


def sentence(error: Exception) -> str:
    """Say an error's sentence in the reader's language, filled with its own fields."""
    return _said(type(error).__doc__ or str(EngineError.__doc__), vars(error))


def kept_sentence(kept: KeptError) -> str:
    """Say an error that was kept as JSON in the reader's language."""
    return _said(kept["sentence"], kept["values"])


def _said(sentence: str, values: Mapping[str, object]) -> str:
    words = {name: _in_words(name, value) for name, value in values.items()}
    return str(gettext(sentence, **words))


def _in_words(name: str, value: object) -> object:
    if name.endswith("_on"):
        return formats.day(value if isinstance(value, date) else date.fromisoformat(str(value)))
    kind = KIND_BY_FIELD.get(name)
    return labels.label(value, kind) if kind else value


def _page(status: int, **words: object) -> Answer:
    template = f"errors/{status}.html"
    known = flask.current_app.jinja_env.list_templates(filter_func=template.__eq__)
    name = template if known else "errors/base.html"
    return flask.render_template(name, status=status, **words), status


def show(error: Exception) -> Answer:
    """Answer an error of the business with its status; a missing thing reveals nothing."""
    status = status_of(error)
    if status == 500:
        return show_unexpected(error)
    return _page(status, message="" if status == 404 else sentence(error))


def show_http(error: HTTPException) -> Answer | flask.typing.ResponseReturnValue:
    """Answer an HTTP error; a stranger is led to the sign-in and back."""
    if error.response is not None:
        return error.response
    if error.code == 401:
        return _ask_to_sign_in()
    return _page(error.code or 500, message="", reference="")


def _ask_to_sign_in() -> flask.typing.ResponseReturnValue:
    if flask.request.method == "GET":
        return flask.redirect(flask.url_for("auth.sign_in", next=flask.request.full_path))
    return _expired(401)


def show_expired(_error: CSRFError) -> Answer:
    """Answer a form whose page expired: nothing was done, what was typed is handed back."""
    return _expired(400)


def _expired(status: int) -> Answer:
    fields = [
        (name, value)
        for name, value in flask.request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name
    ]
    typed = [value for name, value in fields if value and name not in NOT_TYPED and name[0] != "_"]
    small = sum(len(value) for _name, value in fields) <= _LONGEST_KEPT
    page = flask.render_template(
        "errors/expired.html",
        status=status,
        fields=fields if fields and small and _is_from_our_page() else [],
        typed=typed,
        had_files=any(file.filename for file in flask.request.files.values()),
    )
    return page, status


def _is_from_our_page() -> bool:
    """Tell whether our own page sent this form: a strange one must not get a fresh token."""
    site = flask.request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return flask.request.headers.get("Origin") == flask.request.host_url.rstrip("/")


def show_unexpected(error: Exception) -> Answer:
    """Answer what nobody foresaw: log it under a reference, show only the reference."""
    reference = secrets.token_hex(4).upper()
    person = current.person()
    logger.error(
        "unexpected error %s at %s for account %s",
        reference,
        flask.request.path,
        person.id if person else "-",
        exc_info=error,
    )
    return _page(500, message="", reference=reference)


def install(app: Flask) -> None:
    """Register the answers; the last handler is the web's one broad edge."""
    for base in STATUS_BY_ERROR:
        app.register_error_handler(base, show)
    app.register_error_handler(CSRFError, show_expired)
    app.register_error_handler(HTTPException, show_http)
    app.register_error_handler(Exception, show_unexpected)
