"""Saved views of the inbox: save, list, rename, delete."""

from urllib.parse import parse_qsl

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid
from housing.inbox import queries, service
from webapp import current, errors, inbox_page
from webapp.inbox_views import read_query

pages = Blueprint("saved_views", __name__)

Answered = str | tuple[str, int] | Response


@pages.get("/tasks/views")
def list_all() -> str:
    """List the saved views of this person and of his teams."""
    return _draw()


@pages.post("/tasks/views")
def save() -> Answered:
    """Save the view that a list shows, for this person or for a team he leads."""
    sent, application = flask.request.form, current.application()
    address = read_query(dict(parse_qsl(sent.get("listing", "")[:500]))).address
    code = sent.get("team", "")
    group, _at, scope = code.partition("@")
    try:
        with application.unit_of_work() as session:
            service.save(
                sent.get("name", "")[:200],
                address,
                team=(group, scope) if code else None,
                by=current.actor(),
                at=application.clock.now(),
                session=session,
            )
    except (Invalid, Conflict) as error:
        words = {"refused": True, "address": address, "team": code}
        return _refused(error, **words)
    flask.flash(_("The view is saved."), "success")
    return flask.redirect(flask.url_for("inbox.list_tasks", _external=False, **address))


@pages.post("/tasks/views/<int:view_id>")
def rename(view_id: int) -> Answered:
    """Give a view another name."""
    try:
        with current.application().unit_of_work() as session:
            service.rename(
                view_id,
                flask.request.form.get("name", "")[:200],
                by=current.actor(),
                session=session,
            )
    except (Invalid, Conflict) as error:
        return _refused(error, renaming=view_id)
    flask.flash(_("The view has its new name."), "success")
    return flask.redirect(flask.url_for("saved_views.list_all"))


@pages.get("/tasks/views/<int:view_id>/delete")
def ask_remove(view_id: int) -> str:
    """Ask before a view is deleted."""
    with current.application().reading() as session:
        line = queries.shown(view_id, current.actor(), session)
    team = inbox_page.team_words(line.team) if line.team else ""
    return flask.render_template("inbox/remove_view.html", line=line, team=team)


@pages.post("/tasks/views/<int:view_id>/delete")
def remove(view_id: int) -> Response:
    """Delete a view; the tasks it lists stay."""
    with current.application().unit_of_work() as session:
        name = service.remove(view_id, by=current.actor(), session=session)
    flask.flash(_("The view “%(name)s” is deleted.", name=name), "success")
    return flask.redirect(flask.url_for("saved_views.list_all"))


def _refused(error: Conflict | Invalid, **words: object) -> tuple[str, int]:
    typed = flask.request.form.get("name", "")[:200]
    problem = errors.sentence(error)
    return _draw(problem=problem, typed=typed, **words), errors.status_of(error)


def _draw(**words: object) -> str:
    return flask.render_template(
        "inbox/saved.html",
        saved=inbox_page.saved_links(),
        teams=inbox_page.teams_led(),
        **words,
    )
