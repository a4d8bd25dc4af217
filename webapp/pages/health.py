"""Is the server alive and does the database answer?"""

import flask
from flask import Blueprint, Response

from engine import queries
from webapp import current

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def show() -> Response:
    """Answer 200 when a read reaches the database."""
    with current.application().reading() as session:
        queries.next_due(session)
    return flask.jsonify(status="ok")
