"""The scenarios of a draft: run them all, see which expect otherwise, adopt or set aside."""

from collections.abc import Callable

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from engine.deployments import content_hash
from engine.errors import EngineError
from housing import scenario_edits
from housing.drafts.queries import DraftView
from housing.scenario_edits import Editing
from housing.scenario_runs import service, views
from housing.scenario_runs.rules import Outcome
from housing.scenario_runs.views import RunState
from housing.scenarios import SET_ASIDE
from webapp import current, draft_page, errors, scenario_words, tryout_page
from webapp.tryout_page import DraftPage

pages = Blueprint("draft_scenarios", __name__)


@pages.get("/drafts/<draft_id>/scenarios")
def show(draft_id: str) -> str:
    """Show how the scenarios of a draft go, with what each expects and what is."""
    page = tryout_page.read(draft_id)
    state, newest = _states(page)
    return flask.render_template(
        "draft_scenarios/show.html",
        page=page,
        state=state,
        newest=newest,
        names=scenario_words.names_of(page.files),
        words=scenario_words,
        aside={str(each["id"]): each[SET_ASIDE] for each in page.scenarios if each.get(SET_ASIDE)},
        may_edit=_may_edit(page.draft),
        may_run=draft_page.may_draft(),
    )


@pages.post("/drafts/<draft_id>/scenarios/run")
def run(draft_id: str) -> Response:
    """Order a run of all scenarios."""
    page = tryout_page.read(draft_id)
    _order(page)
    return _back(draft_id)


@pages.post("/drafts/<draft_id>/scenarios/adopt")
def adopt(draft_id: str) -> str | Response:
    """Show what chosen scenarios would expect from now on; record it when that is confirmed."""
    page = tryout_page.read(draft_id)
    state, _newest = _states(page)
    chosen = _chosen(state)
    if not chosen:
        flask.flash(_("Choose scenarios whose steps could all be played."), "error")
        return _back(draft_id)
    if flask.request.form.get("confirmed") != "yes":
        return flask.render_template(
            "draft_scenarios/adopt.html",
            page=page,
            chosen=chosen,
            names=scenario_words.names_of(page.files),
            words=scenario_words,
        )
    _edit(page, lambda editing: scenario_edits.adopt(chosen, editing))
    return _back(draft_id)


@pages.post("/drafts/<draft_id>/scenarios/aside")
def set_aside(draft_id: str) -> Response:
    """Set scenarios aside with a reason."""
    page, form = tryout_page.read(draft_id), flask.request.form
    ids, reason = form.getlist("id"), form.get("reason", "")
    if ids:
        _edit(page, lambda editing: scenario_edits.set_aside(ids, reason, editing))
    else:
        flask.flash(_("Choose at least one scenario."), "error")
    return _back(draft_id)


@pages.post("/drafts/<draft_id>/scenarios/take-up")
def take_up(draft_id: str) -> Response:
    """Play scenarios again that were set aside."""
    page, ids = tryout_page.read(draft_id), flask.request.form.getlist("id")
    _edit(page, lambda editing: scenario_edits.take_up(ids, editing))
    return _back(draft_id)


def _states(page: DraftPage) -> tuple[RunState, RunState]:
    """Tell how it stands with this very content, and how the draft's newest run stands."""
    with current.application().reading() as session:
        return (
            views.scenario_state(content_hash(page.files), session=session),
            views.newest_of(page.draft.id, session=session),
        )


def _chosen(state: RunState) -> list[Outcome]:
    wanted = set(flask.request.form.getlist("id"))
    if state.report is None:
        return []
    return [each for each in state.report.outcomes if each.id in wanted and each.can_adopt]


def _edit(page: DraftPage, act: Callable[[Editing], int]) -> None:
    """Change scenarios and order a run with what they say now; say why when it is refused."""
    application = current.application()
    try:
        with application.unit_of_work() as session:
            count = act(
                Editing(
                    draft_id=page.draft.id,
                    by=current.actor(),
                    session=session,
                    clock=application.clock,
                )
            )
    except EngineError as error:
        flask.flash(errors.sentence(error), "error")
        return
    words = ngettext("%(num)d scenario was changed.", "%(num)d scenarios were changed.", count)
    flask.flash(words, "success")
    _order(tryout_page.read(page.draft.id))


def _order(page: DraftPage) -> None:
    application = current.application()
    with application.unit_of_work() as session:
        service.order(
            page.draft.id,
            content_hash(page.files),
            title=_("Scenarios of %(title)s", title=page.draft.title),
            by=current.actor(),
            session=session,
            clock=application.clock,
        )


def _may_edit(draft: DraftView) -> bool:
    return draft_page.may_draft() and draft.is_open


def _back(draft_id: str) -> Response:
    return flask.redirect(flask.url_for("draft_scenarios.show", draft_id=draft_id))
