"""The handbook of a process: all of it for staff, the public part for residents."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bpmn.handbook import Handbook
from engine import definition_queries
from engine.records import ProcessDefinition
from housing import handbook_printing, handbooks
from housing.handbook_printing import Part
from webapp import current, handbook_history, handbook_parts, language, model_words, permissions

pages = Blueprint("handbooks", __name__)


@pages.get("/processes/<key>/<int:version>/handbook")
def show(key: str, version: int) -> str:
    """Show the handbook of a version; who may not look into processes sees its public part."""
    deployed, handbook = _read(key, version)
    return flask.render_template(
        "handbooks/show.html" if _sees_all() else "handbooks/public.html",
        deployed=deployed,
        handbook=handbook,
        history=handbook_history.read(key) if _sees_all() else (),
    )


@pages.get("/processes/<key>/<int:version>/handbook.pdf")
def show_pdf(key: str, version: int) -> Response:
    """Send the handbook of a version as PDF, the same part as on the page."""
    deployed, handbook = _read(key, version)
    name = model_words.say(handbook.name)
    is_all = _sees_all()
    title = (
        _("Handbook: %(process)s", process=name)
        if is_all
        else _("How “%(process)s” works", process=name)
    )
    content = handbook_printing.to_pdf(
        str(title),
        str(_("%(key)s, version %(version)d", key=key, version=version)),
        str(_("Contents")),
        _of_staff(handbook) if is_all else list(handbook_parts.of_public(handbook)),
        is_english=language.choose() == "en",
        stamp=deployed.deployed_at,
    )
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{key}-{version}.pdf")
    return response


def _of_staff(handbook: Handbook) -> list[Part]:
    """Print every chapter; the change log comes last."""
    history = handbook_history.to_print(handbook_history.read(handbook.key))
    return [*handbook_parts.of_staff(handbook), history]


def _read(key: str, version: int) -> tuple[ProcessDefinition, Handbook]:
    with current.application().reading() as session:
        deployed = definition_queries.definition(key, version, session)
        return deployed, handbooks.of_version(deployed, session)


def _sees_all() -> bool:
    return permissions.may_open("processes.show_process", current.roles())
