"""Simulate a draft against the version in service: assumptions, the run, what it shows."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from housing.background import service as background
from housing.insight import service
from webapp import current, simulation_form, simulation_page
from webapp.sheets import as_csv
from webapp.simulation_page import SimulationPage

pages = Blueprint("simulations", __name__)

_UNPROCESSABLE = 422


@pages.get("/drafts/<draft_id>/simulation")
def show(draft_id: str) -> str:
    """Show what a simulation of a draft showed, and the form to run one."""
    page = simulation_page.read(draft_id)
    given = simulation_form.typed(page.found.assumptions) if page.found else {}
    return _draw(page, simulation_form.show(page.prepared, given))


@pages.post("/drafts/<draft_id>/simulation")
def order(draft_id: str) -> Response | tuple[str, int]:
    """Order a simulation with the assumptions of the form."""
    page, application = simulation_page.read(draft_id), current.application()
    values = flask.request.form.to_dict()
    given, problems = simulation_form.read(values, page.prepared)
    if problems:
        form = simulation_form.show(page.prepared, values, problems)
        return _draw(page, form), _UNPROCESSABLE
    with application.unit_of_work() as session:
        if page.work is not None and page.work.is_open:
            background.stop(page.work.id, session=session, clock=application.clock)
        background.order(
            service.KIND,
            {"draft_id": draft_id, "assumptions": given.as_json()},
            title=_("Simulation: %(draft)s", draft=page.draft.title),
            by=current.actor(),
            session=session,
            clock=application.clock,
        )
    return flask.redirect(flask.url_for(".show", draft_id=draft_id))


@pages.get("/drafts/<draft_id>/simulation/<name>.csv")
def download(draft_id: str, name: str) -> Response:
    """Hand out one table."""
    page = simulation_page.read(draft_id)
    if name not in page.sheets:
        raise NotFound
    answer = Response(as_csv(page.sheets[name]).encode(), mimetype="text/csv; charset=utf-8")
    file = f"simulation-{page.draft.process_key}-{name}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=file)
    return answer


def _draw(page: SimulationPage, form: simulation_form.SimulationForm) -> str:
    result = page.result
    return flask.render_template(
        "simulations/show.html",
        page=page,
        form=form,
        sentences=simulation_page.sentences(result) if result else [],
        warnings=simulation_page.thin_words(result) if result else [],
        plausibility=simulation_page.plausibility(result) if result else None,
        ground=simulation_page.ground_words(page.found) if page.found else "",
        simplified=simulation_page.simplified(result) if result else [],
        full_roles=simulation_page.full_roles(result) if result else [],
    )
