"""The reader's language: the account's, else the cookie's, else Traditional Chinese."""

from collections.abc import Callable
from gettext import NullTranslations
from pathlib import Path
from typing import Protocol, cast

import flask
from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import get_translations

from webapp import current

DEFAULT = "zh_Hant_TW"
"""The page opens in Traditional Chinese as written in Taiwan."""

SOURCE = "en"
"""The language that pages are written in; it needs no catalogue."""

FOLDER = Path(__file__).parent / "translations"
"""A folder a language; adding one offers it to every reader."""

_SHORT_NAMES = {DEFAULT: "中文"}
"""Names that are shorter than those of the locale data."""


def _catalogues() -> dict[str, Path]:
    """Find the catalogues: locale to file, the default first."""
    files = FOLDER.glob("*/LC_MESSAGES/messages.po")
    found = {each.parts[-3]: each for each in sorted(files)}
    return {DEFAULT: found.pop(DEFAULT, FOLDER / DEFAULT / "LC_MESSAGES" / "messages.po"), **found}


def _name_of(locale: str) -> str:
    own = Locale.parse(locale).get_display_name(locale) or locale
    return _SHORT_NAMES.get(locale, own[:1].upper() + own[1:])


def offered() -> dict[str, str]:
    """Name the languages: one for each folder of translations, and the source."""
    return {each: _name_of(each) for each in dict.fromkeys((DEFAULT, SOURCE, *_catalogues()))}


LANGUAGES = offered()
"""Locale to the language's own name."""

HTML_LANGUAGES = {each: each.replace("_", "-") for each in LANGUAGES}
COOKIE = "anju_language"


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


def compile_catalogues() -> None:
    """Compile the catalogues that are newer than their compiled forms.

    Raises:
        OSError: the one of the default language is missing, or a folder cannot be written.
    """
    for locale, source in _catalogues().items():
        compile_catalogue(source, locale)


def compile_catalogue(source: Path, locale: str = DEFAULT) -> None:
    """Compile the catalogue when it is newer than its compiled form.

    Raises:
        OSError: the catalogue is missing, or its folder cannot be written; pages would be English.
    """
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        return
    with source.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    unfinished = compiled.with_suffix(".mo.new")
    with unfinished.open("wb") as target:
        write_mo(target, catalogue)
    unfinished.replace(compiled)
