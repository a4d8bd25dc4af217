"""Moving running cases to another version of their process, and single cases to another step."""

from collections.abc import Mapping

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import definition_queries, queries, sla_queries
from engine.errors import EngineError
from engine.migration import Batch, Plan
from engine.records import ProcessElement, ProcessModel
from engine.sla_carrying import EVERY, POLICIES
from webapp import case_access, current, migration_words, permissions

pages = Blueprint("migrations", __name__)

TARGET_TYPES = frozenset(
    {
        "userTask",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "receiveTask",
        "sendTask",
        "task",
        "manualTask",
        "subProcess",
        "intermediateCatchEvent",
        "parallelGateway",
        "exclusiveGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "endEvent",
    }
)
"""Types that a person may send a case to."""

MOST_REHEARSED = 1000

TRIAL = 5
"""So many cases go first when a plan is tried on real ones."""


@pages.app_context_processor
def _tell_templates() -> dict[str, object]:
    return {"may_use": lambda endpoint: permissions.may_open(endpoint, current.roles())}


@pages.get("/processes/<key>/<int:version>/migrate")
def plan(key: str, version: int) -> str:
    """Show the steps of two versions side by side, with a proposal."""
    return _plan_page(key, version, None)


@pages.post("/processes/<key>/<int:version>/migrate")
def rehearse(key: str, version: int) -> str:
    """Check a plan and try it on a copy of every running case."""
    return _plan_page(key, version, flask.request.form)


@pages.post("/processes/<key>/<int:version>/migrate/start")
def start(key: str, version: int) -> Response:
    """Order the migration of the running cases of a version: of a few first, or of all."""
    form, application = flask.request.form, current.application()
    if form.get("confirmed") != "yes" or not form.get("reason", "").strip():
        flask.flash(_("Give a reason and confirm the move."), "error")
        return flask.redirect(flask.url_for(".plan", key=key, version=version, to=form.get("to")))
    with application.unit_of_work() as session:
        old = definition_queries.definition(key, version, session)
        new = definition_queries.definition(key, form.get("to", type=int), session)
        chosen = _read_plan(old.id, new.id, form)
        migrations = application.engine.migrations
        cases = migrations.candidates(old.id, session)
        batch = migrations.start(
            chosen,
            cases[:TRIAL] if form.get("extent") == "trial" else cases,
            reason=form["reason"].strip(),
            by=current.actor(),
            session=session,
        )
    return flask.redirect(flask.url_for(".show", batch_id=batch))


@pages.get("/migrations/<batch_id>")
def show(batch_id: str) -> str:
    """Show how far a migration has come and what became of each case."""
    batch = _batch(batch_id)
    return flask.render_template(
        "migrations/show.html",
        batch=batch,
        remaining=len(_remaining(batch)),
        words=migration_words.item,
    )


@pages.post("/migrations/<batch_id>/rest")
def move_rest(batch_id: str) -> Response:
    """Move the cases that are still in the former version, by the plan that was tried on a few."""
    first, application = _batch(batch_id), current.application()
    if flask.request.form.get("confirmed") != "yes":
        flask.flash(_("Nothing was moved: please confirm first."), "error")
        return flask.redirect(flask.url_for(".show", batch_id=batch_id))
    remaining = _remaining(first)
    with application.unit_of_work() as session:
        batch = application.engine.migrations.start(
            first.plan, remaining, reason=first.reason, by=current.actor(), session=session
        )
    return flask.redirect(flask.url_for(".show", batch_id=batch))


@pages.post("/migrations/<batch_id>/undo")
def undo(batch_id: str) -> Response:
    """Take cases back to the version they came from; each is a transaction of its own."""
    reason = flask.request.form.get("reason", "").strip()
    if not reason:
        flask.flash(_("Give a reason."), "error")
        return flask.redirect(flask.url_for(".show", batch_id=batch_id))
    chosen, done = set(flask.request.form.getlist("instance")), 0
    for item in _batch(batch_id).items:
        if item.can_undo and (not chosen or item.instance_id in chosen):
            done += _undo(batch_id, item.instance_id, reason)
    flask.flash(_("%(count)d cases are back in their former version.", count=done), "success")
    return flask.redirect(flask.url_for(".show", batch_id=batch_id))


@pages.get("/cases/<number>/move")
def choose_step(number: str) -> str:
    """Ask to which step a case shall go, and why."""
    case = case_access.find(number).case
    with current.application().reading() as session:
        deployed = definition_queries.definition_by_id(case.definition_id, session)
        model = definition_queries.process_model(deployed, session)
        active = queries.active_elements(case.id, session)
    elements = {each.id: each for each in model.elements}
    standing = [elements[each.element_id] for each in active if each.element_id in elements]
    return flask.render_template(
        "migrations/move.html",
        case=case,
        standing=[each for each in standing if each.type != "boundaryEvent"],
        targets=_targets(model),
    )


@pages.post("/cases/<number>/move")
def move(number: str) -> Response:
    """Move a token of a case to another step."""
    case, form = case_access.find(number).case, flask.request.form
    reason = form.get("reason", "").strip()
    if not reason:
        flask.flash(_("Give a reason."), "error")
        return flask.redirect(flask.url_for(".choose_step", number=number))
    application = current.application()
    with application.unit_of_work() as session:
        application.engine.move_token(
            case.id,
            form.get("from", ""),
            form.get("to", ""),
            reason=reason,
            by=current.actor(),
            session=session,
            version=form.get("version", type=int),
        )
    flask.flash(_("The case was moved."), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


def _plan_page(key: str, version: int, form: Mapping[str, str] | None) -> str:
    application = current.application()
    with application.reading() as session:
        old = definition_queries.definition(key, version, session)
        chosen = flask.request.values.get("to", type=int)
        new = definition_queries.definition(key, chosen, session)
        before = definition_queries.process_model(old, session)
        after = definition_queries.process_model(new, session)
        migrations = application.engine.migrations
        cases = migrations.candidates(old.id, session)
        draft = _read_plan(old.id, new.id, form or _as_form(_proposal(before, after)))
        findings = migrations.validate(draft, session)
        tried = migrations.rehearse(draft, cases[:MOST_REHEARSED], session) if form else ()
        counts = queries.running_counts(old.id, session)
        versions = definition_queries.definitions(session, key)
        batches = migrations.batches(key, session)
        levels = sla_queries.running_levels(old.id, session)
    lost = _lost(before, draft, after)
    names = {each.id: each.name or each.id for each in (*before.elements, *after.elements)}
    return flask.render_template(
        "migrations/plan.html",
        old=old,
        new=new,
        versions=[each for each in versions if each.version != version],
        rows=[each for each in before.elements if _is_mapped(each, counts)],
        targets=_targets(after),
        proposed={each.id: _chosen(each.id, draft, after) for each in before.elements},
        plan=draft,
        cases=cases,
        counts=counts,
        urgent=[each for each in names if each in counts or each in lost],
        findings=[migration_words.finding(e.code, e.element_id, names) for e in findings],
        tried=tried,
        why=lambda each: migration_words.rehearsal(each, names),
        names=names,
        batches=batches,
        levels=levels,
        trial=TRIAL,
    )


def _read_plan(source_id: str, target_id: str, form: Mapping[str, str]) -> Plan:
    pairs = {name.removeprefix("map:"): form[name] for name in form if name.startswith("map:")}
    return Plan(
        source_id=source_id,
        target_id=target_id,
        mapping={old: new for old, new in pairs.items() if new != old},
        restarts_timers=form.get("timers") == "restart",
        clocks=_read_clocks(form),
    )


def _read_clocks(form: Mapping[str, str]) -> Mapping[str, str]:
    """Read what becomes of the service levels: one policy for all, and others for single ones."""
    named = {
        name.removeprefix("clock:"): form[name]
        for name in form
        if name.startswith("clock:") and form[name] in POLICIES
    }
    return named | ({EVERY: form["clocks"]} if form.get("clocks") in POLICIES else {})


def _is_mapped(element: ProcessElement, counts: Mapping[str, int]) -> bool:
    """Tell whether a case can wait at an element."""
    waits = ("userTask", "serviceTask", "receiveTask", "intermediateCatchEvent")
    return element.type in waits or element.id in counts


def _targets(model: ProcessModel) -> list[ProcessElement]:
    return [each for each in model.elements if each.type in TARGET_TYPES]


def _proposal(before: ProcessModel, after: ProcessModel) -> Mapping[str, str]:
    """Propose for each old element the same id, else one of the same type and name, or ""."""
    known = {each.id for each in after.elements}
    by_name = {(each.type, each.name): each.id for each in after.elements if each.name}
    return {
        each.id: each.id if each.id in known else by_name.get((each.type, each.name), "")
        for each in before.elements
    }


def _as_form(proposal: Mapping[str, str]) -> Mapping[str, str]:
    return {f"map:{old}": new for old, new in proposal.items()}


def _chosen(element_id: str, plan: Plan, after: ProcessModel) -> str:
    """Name the step that a plan sends an old one to, or ""."""
    target = plan.mapping.get(element_id, element_id)
    return target if any(each.id == target for each in after.elements) else ""


def _lost(before: ProcessModel, plan: Plan, after: ProcessModel) -> frozenset[str]:
    """Name the old steps that have no counterpart, or one of another id."""
    return frozenset(e.id for e in before.elements if _chosen(e.id, plan, after) != e.id)


def _remaining(batch: Batch) -> list[str]:
    """List the running cases of the former version that this migration did not try."""
    tried = {item.instance_id for item in batch.items}
    with current.application().reading() as session:
        cases = current.application().engine.migrations.candidates(batch.source.id, session)
    return [each for each in cases if each not in tried]


def _batch(batch_id: str) -> Batch:
    application = current.application()
    with application.reading() as session:
        return application.engine.migrations.batch(batch_id, session)


def _undo(batch_id: str, instance_id: str, reason: str) -> bool:
    """Undo one case; one that moved on meanwhile stays where it is."""
    application = current.application()
    try:
        with application.unit_of_work() as session:
            application.engine.migrations.undo(
                batch_id, instance_id, reason=reason, by=current.actor(), session=session
            )
    except EngineError:
        return False
    return True
