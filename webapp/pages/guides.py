"""The guides of the daily work."""

import flask
from flask import Blueprint

from webapp import guides
from webapp.inbox_views import VIEWS

pages = Blueprint("guides", __name__)


@pages.get("/guide")
def show_own() -> str:
    """Show the guide of this request's person."""
    return _draw(guides.for_reader())


@pages.get("/guide/<name>")
def show(name: str) -> str:
    """Show a guide; they tell nothing about anybody and are open to all."""
    if name not in guides.GUIDES:
        flask.abort(404)
    return _draw(name)


def _draw(name: str) -> str:
    return flask.render_template(
        f"guides/{name}.html",
        name=name,
        guides=guides.GUIDES,
        views=[(VIEWS[code], words) for code, words in guides.VIEWS.items()],
    )
