"""The supervisor's list of processes, and a version's diagram with running counts."""

import flask
from flask import Blueprint

from engine import cockpit, definition_queries
from engine.records import ProcessElement
from webapp import current

pages = Blueprint("processes", __name__)

AUTOMATIC = frozenset(
    {"serviceTask", "businessRuleTask", "scriptTask", "receiveTask", "callActivity"}
)


@pages.get("/processes")
def list_processes() -> str:
    """List the newest version of every process with its figures."""
    with current.application().reading() as session:
        summaries = definition_queries.processes(session)
    return flask.render_template("processes/list.html", summaries=summaries)


@pages.get("/processes/<key>/<int:version>")
def show_process(key: str, version: int) -> str:
    """Show the diagram of a version with running counts, and the same as a list."""
    with current.application().reading() as session:
        definition = definition_queries.definition(key, version, session)
        model = definition_queries.process_model(definition, session)
        versions = definition_queries.definitions(session, key)
        now = current.application().clock.now()
        figures = cockpit.figures(definition.id, now, session)
    return flask.render_template(
        "processes/show.html",
        model=model,
        versions=versions,
        figures=figures,
        counts={each.element_id: each.tokens for each in figures.values() if each.tokens},
        overdue=sorted(each.element_id for each in figures.values() if each.overdue),
        human=[each for each in model.elements if each.type == "userTask"],
        automatic=[each for each in model.elements if _is_automatic(each)],
        failed=sorted(each.element_id for each in figures.values() if each.incidents),
    )


def _is_automatic(element: ProcessElement) -> bool:
    """Tell whether an element is a step of the system, or an event with a name."""
    return element.type in AUTOMATIC or (element.type.endswith("Event") and bool(element.name))
