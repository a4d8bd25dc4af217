"""The reader's language: the account's, else the cookie's, else Traditional Chinese."""

from collections.abc import Callable
from gettext import NullTranslations
from pathlib import Path
from typing import Protocol, cast

import flask
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import get_translations

from webapp import current

DEFAULT = "zh_Hant_TW"
"""The page opens in Traditional Chinese as written in Taiwan."""

LANGUAGES = {"zh_Hant_TW": "中文", "en": "English"}
"""Locale to the language's own name."""

HTML_LANGUAGES = {"zh_Hant_TW": "zh-Hant-TW", "en": "en"}
COOKIE = "anju_language"

_catalogue = Path(__file__).parent / "translations" / DEFAULT / "LC_MESSAGES" / "messages.po"


def choose() -> str:
    """Choose the locale of this request: that of the person, unless the page speaks another."""
    person = current.person()
    own = person.language if person else flask.request.cookies.get(COOKIE, DEFAULT)
    wanted = flask.g.get("language", own)
    return wanted if wanted in LANGUAGES else DEFAULT


def speak(locale: str) -> None:
    """Let this request speak a language, whoever reads: for the preview of a form.

    Call it before anything is said; a language that does not exist changes nothing.
    """
    if locale in LANGUAGES:
        flask.g.language = locale
        flask.g.pop("catalogue", None)


class _Environment(Protocol):
    """What the extension for words adds to Jinja's environment."""

    def install_gettext_callables(
        self,
        *,
        gettext: Callable[[str], str],
        ngettext: Callable[[str, str, int], str],
        newstyle: bool,
    ) -> None:
        """Set how words are looked up."""
        ...


def teach(app: Flask) -> None:
    """Let templates look words up in the catalogue of the request.

    Flask-Babel finds the catalogue anew for every word, which is a tenth of the time of a page.
    """
    cast(_Environment, app.jinja_env).install_gettext_callables(
        gettext=lambda text: _catalogue_of_request().gettext(text),
        ngettext=lambda one, many, number: _catalogue_of_request().ngettext(one, many, number),
        newstyle=True,
    )


def _catalogue_of_request() -> NullTranslations:
    found: NullTranslations | None = flask.g.get("catalogue")
    if found is None:
        found = flask.g.catalogue = get_translations()
    return found


def compile_catalogue(source: Path = _catalogue) -> None:
    """Compile the catalogue when it is newer than its compiled form.

    Raises:
        OSError: the catalogue is missing, or its folder cannot be written; pages would be English.
    """
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        return
    with source.open("rb") as file:
        catalogue = read_po(file, locale=DEFAULT)
    unfinished = compiled.with_suffix(".mo.new")
    with unfinished.open("wb") as target:
        write_mo(target, catalogue)
    unfinished.replace(compiled)
