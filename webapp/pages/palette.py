"""The search over pages, cases and beginnings: as a page, and as JSON for the command palette."""

from dataclasses import asdict

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp import palette_entries

pages = Blueprint("palette", __name__)


@pages.get("/search")
def search() -> str:
    """List what fits a text; without scripts the link in the header leads here."""
    q = _asked()
    return flask.render_template("palette/search.html", q=q, groups=palette_entries.find(q))


@pages.get("/search.json")
def find() -> Response:
    """Give the same as JSON."""
    groups = palette_entries.find(_asked())
    number = palette_entries.count(groups)
    summary = ngettext("%(num)d entry", "%(num)d entries", number) if number else _("Nothing found")
    return flask.jsonify(groups=[asdict(group) for group in groups], summary=summary)


def _asked() -> str:
    return flask.request.args.get("q", "").strip()[: palette_entries.LONGEST]
