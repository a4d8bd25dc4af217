"""Anju as an app on a phone: what it keeps there, whose it is, how it is installed."""

import hmac
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

import flask
from flask import Flask
from flask_babel import gettext as _

from housing.delivery import keys
from webapp import current, language, report_page
from webapp.static_files import asset

THEME, GROUND = "#1d5b56", "#f7f5f0"
"""Colours of the app: its bar, and its ground while it opens."""

_SHELL = ("dist/app.css", "dist/app.js", "dist/offline.js", "icons/icon-192.png", "icon.svg")
"""Static files that the pages without network need."""

_STANDS_FOR = {
    "offline.show_report": ("/offline/repair", "/repairs/new"),
    "offline.show": ("/offline",),
}
"""Page kept on the phone, to the addresses it stands for; the last one stands for all others."""


def account_mark() -> str:
    """Name this request's person on his phone, without telling who he is; "" for all others.

    Only people whose pages work without network have one: residents and applicants.
    """
    person = current.person()
    if person is None or current.is_worker():
        return ""
    key = current.application().settings.secret_key.encode()
    return hmac.new(key, f"phone:{person.id}".encode(), sha256).hexdigest()[:32]


def manifest() -> Mapping[str, object]:
    """Describe the app to the phone, in the language of this request."""
    return {
        "id": "/",
        "name": _("Anju, the city's social housing office"),
        "short_name": _("Anju"),
        "description": _("Report repairs, follow your cases and work on your tasks."),
        "lang": language.HTML_LANGUAGES[language.choose()],
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": GROUND,
        "icons": [
            _icon("icons/icon-192.png", "192x192"),
            _icon("icons/icon-512.png", "512x512"),
            {**_icon("icons/maskable-512.png", "512x512"), "purpose": "maskable"},
            {"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
        "shortcuts": [
            _shortcut(_("Report a repair"), "repairs.report"),
            _shortcut(_("My reports"), "repairs.list_reports"),
            _shortcut(_("To do"), "inbox.list_tasks"),
        ],
    }


def worker(script: str) -> str:
    """Put before the service worker's script what it keeps, under a version made of all of it."""
    kept = {"assets": [asset(each) for each in _SHELL], "pages": _pages()}
    said = json.dumps([kept, repr(report_page.form())], ensure_ascii=True)
    version = sha256((said + script).encode()).hexdigest()[:16]
    return f"self.ANJU = {json.dumps({'version': version, **kept})};\n{script}"


def push_key() -> str:
    """Tell browsers our public key; empty where push messages do not leave the house."""
    channels = current.application().settings.channels
    if not channels.is_real("push"):
        return ""
    return keys.public_key(keys.read_or_make(channels.push.key_path))


def install(app: Flask) -> None:
    """Let every page know whose phone it is shown on, and whether its reader works here."""
    app.context_processor(
        lambda: {
            "account_mark": account_mark,
            "theme_color": THEME,
        }
    )


def _pages() -> Sequence[Mapping[str, object]]:
    """List the pages that are kept, in every language."""
    return [
        {
            "address": flask.url_for(endpoint, language=locale),
            "language": language.HTML_LANGUAGES[locale],
            "stands": stands,
        }
        for endpoint, stands in _STANDS_FOR.items()
        for locale in language.LANGUAGES
    ]


def _icon(filename: str, sizes: str) -> dict[str, str]:
    return {"src": asset(filename), "sizes": sizes, "type": "image/png"}


def _shortcut(words: str, endpoint: str) -> Mapping[str, object]:
    icons = [_icon("icons/icon-192.png", "192x192")]
    return {"name": words, "url": flask.url_for(endpoint), "icons": icons}
