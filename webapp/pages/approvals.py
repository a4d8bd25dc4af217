"""Changes and approval: all that a draft changes, and the second person's decision."""

from collections.abc import Mapping

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.deployments import content_hash
from housing import affected_cases
from housing.drafts import checking, queries, service
from housing.drafts.queries import LIVE
from housing.insight import queries as insight
from housing.scenario_runs import views as scenarios
from housing.scenarios import shipped_files
from webapp import approval_page, current, draft_page, simulation_page

pages = Blueprint("approvals", __name__)


@pages.get("/drafts/<draft_id>/changes")
def show(draft_id: str) -> str:
    """Show every difference between the version in service and a draft, and what it means."""
    application = current.application()
    with application.reading() as session:
        draft = queries.draft(draft_id, session=session)
        files = queries.files(draft_id, session=session)
        base = queries.base_files(draft, session=session)
        authors = queries.authors(draft_id, session=session)
        digest = content_hash(files)
        played = scenarios.scenario_state(digest, session=session)
        simulated = insight.simulation_of(digest, session)
        cases = affected_cases.Affected(total=0)
        if draft.state in LIVE:
            cases = affected_cases.affected(
                draft.process_key, files, engine=application.engine, session=session
            )
    shipped = shipped_files(draft.package)  # a draft holds only those it changes
    report = approval_page.report({**shipped, **base}, {**shipped, **files})
    return flask.render_template(
        "approvals/show.html",
        draft=draft,
        files=files,
        report=report,
        running=approval_page.running(cases, report.lines),
        findings=draft_page.in_words(checking.check(files, base=base)),
        played=played,
        simulated=simulated,
        estimates=simulation_page.sentences(simulated.result) if simulated else (),
        doubts=simulation_page.thin_words(simulated.result) if simulated else (),
        may=draft_page.rights(draft, authors),
        digest=digest,
        side_of=approval_page.side_of,
        is_live=draft.state in LIVE,
        prints=flask.request.args.get("view") == "print",
    )


@pages.post("/drafts/<draft_id>/approve")
def approve(draft_id: str) -> Response:
    """Approve a draft for service at once or from a day on."""
    form, application = flask.request.form, current.application()
    later = form.get("when") == "later"
    day = approval_page.midnight(form.get("go_live_on", "")) if later else None
    if problem := _problem(form, needs_day=later and day is None):
        return _again(draft_id, problem)
    with application.unit_of_work() as session:
        if content_hash(queries.files(draft_id, session=session)) != form.get("digest"):
            return _again(draft_id, _("The draft changed since you opened this page. Read again."))
        deployed = service.approve(
            draft_id,
            form.get("reason", ""),
            day,
            by=current.actor(),
            session=session,
            engine=application.engine,
            clock=application.clock,
        )
    flask.flash(_approved(deployed.version if deployed else None), "success")
    return flask.redirect(flask.url_for("approvals.show", draft_id=draft_id))


@pages.post("/drafts/<draft_id>/send-back")
def send_back(draft_id: str) -> Response:
    """Give a draft back to those who drafted it, with the reason."""
    form, application = flask.request.form, current.application()
    with application.unit_of_work() as session:
        service.send_back(
            draft_id,
            form.get("reason", ""),
            by=current.actor(),
            session=session,
            clock=application.clock,
        )
    flask.flash(_("The draft is open again; those who drafted it see your reason."), "success")
    return flask.redirect(flask.url_for("approvals.show", draft_id=draft_id))


def _problem(form: Mapping[str, str], *, needs_day: bool) -> str:
    if needs_day:
        return str(_("Choose the day from which it is in service."))
    if form.get("confirmed") != "yes":
        return str(_("Confirm that you have read what changes."))
    return ""


def _again(draft_id: str, problem: str) -> Response:
    flask.flash(problem, "error")
    return flask.redirect(flask.url_for("approvals.show", draft_id=draft_id, _anchor="decision"))


def _approved(version: int | None) -> str:
    if version is None:
        return str(_("Approved. It goes into service on its day."))
    return str(_("Approved. Version %(version)d is in service now.", version=version))
