"""The handbook of a process: all of it for staff, the public part for residents."""

import flask
from flask import Blueprint

from engine import definition_queries
from housing import handbooks
from housing.people import queries as people
from webapp import current, permissions

pages = Blueprint("handbooks", __name__)


@pages.get("/processes/<key>/<int:version>/handbook")
def show(key: str, version: int) -> str:
    """Show the handbook of a version; who may not look into processes sees its public part."""
    with current.application().reading() as session:
        deployed = definition_queries.definition(key, version, session)
        handbook = handbooks.of_version(deployed, session)
        versions = definition_queries.definitions(session, key)
        names = people.names_of({each.deployed_by for each in versions}, session=session)
    is_staff = permissions.may_open("processes.show_process", current.roles())
    return flask.render_template(
        "handbooks/show.html" if is_staff else "handbooks/public.html",
        deployed=deployed,
        handbook=handbook,
        versions=versions,
        names_by_account=names,
    )
