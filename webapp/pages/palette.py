"""The search over pages, cases and beginnings: as a page, and as JSON for the command palette."""

from dataclasses import asdict

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from housing.people import service as people
from webapp import current, palette_entries
from webapp.addresses import next_page

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


@pages.post("/keys")
def set_keys() -> Response:
    """Keep whether single letters act as keys for this person."""
    are_on = flask.request.form.get("letters") != "off"
    application = current.application()
    with application.unit_of_work() as session:
        people.set_letter_keys(current.account().id, are_on=are_on, session=session)
    flask.flash(_("Saved."), "success")
    return flask.redirect(next_page())


def _asked() -> str:
    return flask.request.args.get("q", "").strip()[: palette_entries.LONGEST]
