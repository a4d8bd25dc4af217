"""The supervisor's list of processes, and a version's diagram with running counts."""

import flask
from flask import Blueprint

from engine import queries
from webapp import current

pages = Blueprint("processes", __name__)


@pages.get("/processes")
def list_processes() -> str:
    """List the newest version of every process with its figures."""
    with current.application().reading() as session:
        summaries = queries.definitions(session)
    return flask.render_template("processes/list.html", summaries=summaries)


@pages.get("/processes/<key>/<int:version>")
def show_process(key: str, version: int) -> str:
    """Show the diagram of a version with running counts, and the same as a list."""
    with current.application().reading() as session:
        model = queries.definition(key, version, session)
        versions = queries.versions(key, session)
        counts = queries.running_counts(model.definition.id, session)
        incidents = queries.incidents(session)
    failed = {each.element_id for each in incidents if each.process_key == key}
    return flask.render_template(
        "processes/show.html", model=model, versions=versions, counts=counts, failed=failed
    )
