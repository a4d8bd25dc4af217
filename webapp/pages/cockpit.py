"""Looking after running cases: lists by what ails them, one case's data, many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine import cockpit, definition_queries, queries
from engine.cockpit import CaseFilter
from engine.errors import InstanceNotFound
from engine.expressions import ExpressionInvalid, evaluate_value, written
from engine.records import Instance
from housing import case_work
from housing.background import queries as background
from housing.background import service as orders
from housing.background.errors import BackgroundTaskNotFound
from housing.case_links.views import leads_of
from housing.cases import search
from housing.cases.rules import is_staff
from webapp import case_access, cockpit_words, current, lint_words
from webapp.addresses import page_number

pages = Blueprint("cockpit", __name__)

PAGE = 25
STATES: Mapping[str, frozenset[str]] = {
    "running": frozenset({"active", "suspended"}),
    "active": frozenset({"active"}),
    "suspended": frozenset({"suspended"}),
    "ended": frozenset({"completed", "cancelled"}),
    "all": frozenset(),
}
"""Value of the filter to the statuses it shows."""

SUPERVISORS = frozenset({"process_supervisor", "administrator"})
"""Roles that look after the cases of their scope, those of care without reading them."""

RUNNING = frozenset({"active", "suspended"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the address asks for, as the page shows it."""

    state: str
    version: int | None
    element: str
    is_overdue: bool
    has_incident: bool
    text: str

    def filter(self, key: str, *, offset: int = 0) -> CaseFilter:
        """Make the engine's filter of it."""
        application = current.application()
        with application.reading() as session:
            named = search.instances_about(self.text, session=session)
        return CaseFilter(
            process_key=key,
            version=self.version,
            statuses=STATES[self.state],
            element_id=self.element or None,
            overdue_at=application.clock.now() if self.is_overdue else None,
            has_incident=self.has_incident,
            text=self.text,
            instance_ids=named,
            offset=offset,
            limit=PAGE,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """What somebody typed into a form of the case's page that could not be taken.

    Attributes:
        form: a verb, or "data"; "" for nothing typed.
        problem: what is wrong with it, in words.
    """

    form: str = ""
    name: str = ""
    value: str = ""
    reason: str = ""
    problem: str = ""


NOTHING_TYPED = Typed()


@pages.get("/processes/<key>/cases")
def list_cases(key: str) -> str:
    """List the cases of a process: by number, person, home, state, step, lateness, incident."""
    asked = _asked(flask.request.args)
    page = page_number()
    wanted = asked.filter(key, offset=(page - 1) * PAGE)
    with current.application().reading() as session:
        newest = definition_queries.definition(key, asked.version, session)
        model = definition_queries.process_model(newest, session)
        found = cockpit.cases(wanted, session)
        versions = definition_queries.definitions(session, key)
        leads = leads_of([each.id for each in found.rows], session=session)
    names = {each.id: each.name or each.id for each in model.elements}
    return flask.render_template(
        "cockpit/list.html",
        process=newest,
        versions=versions,
        asked=asked,
        found=found,
        leads={case_id: lead.business_key for case_id, lead in leads.items()},
        names=names,
        steps=[each for each in model.elements if each.name and "Task" in each.type],
        states=cockpit_words.STATES,
        verbs=cockpit_words.VERBS,
        page=page,
        page_count=max(1, -(-found.total // PAGE)),
    )


@pages.post("/processes/<key>/cases/preview")
def preview(key: str) -> str | Response:
    """Show what would become of each chosen case before anything is done."""
    sent = flask.request.form
    verb = sent.get("verb", "")
    chosen = _chosen(key, sent)
    if verb not in case_work.VERBS or not chosen:
        flask.flash(_("Choose cases and what to do with them."), "error")
        return flask.redirect(flask.url_for(".list_cases", key=key))
    return _preview_page(key, verb, chosen)


def _preview_page(
    key: str, verb: str, chosen: Sequence[str], *, reason: str = "", problem: str = ""
) -> str:
    with current.application().reading() as session:
        rows = [queries.instance(each, session) for each in chosen]
        incidents = {each.id: len(queries.incidents(session, instance_id=each.id)) for each in rows}
        process = definition_queries.definition(key, None, session)
    judged = [(each, case_work.obstacle(verb, each.status, incidents[each.id])) for each in rows]
    return flask.render_template(
        "cockpit/preview.html",
        process=process,
        verb=verb,
        verbs=cockpit_words.VERBS,
        judged=judged,
        able=[each.id for each, why in judged if not why],
        why=cockpit_words.obstacle,
        reason=reason,
        problem=problem,
    )


@pages.post("/processes/<key>/cases/order")
def order(key: str) -> Response | tuple[str, int]:
    """Order that something is done to the chosen cases, as long work."""
    sent, application = flask.request.form, current.application()
    verb, reason = sent.get("verb", ""), sent.get("reason", "").strip()
    chosen = _chosen(key, sent)
    if verb not in case_work.VERBS or not chosen:
        flask.flash(_("Choose cases and what to do with them."), "error")
        return flask.redirect(flask.url_for(".list_cases", key=key))
    if not reason or sent.get("confirmed") != "yes":
        problem = _("Give a reason and confirm.")
        return _preview_page(key, verb, chosen, reason=reason, problem=problem), 422
    by = current.actor()
    params = {
        "verb": verb,
        "instances": chosen,
        "reason": reason,
        "process": key,
        "by": {"id": by.id, "name": by.name},
    }
    with application.unit_of_work() as session:
        title = cockpit_words.title(verb, len(chosen))
        work_id = orders.order(
            case_work.KIND, params, title=title, by=by, session=session, clock=application.clock
        )
    return flask.redirect(flask.url_for(".show_work", task_id=work_id))


@pages.get("/cockpit/work/<task_id>")
def show_work(task_id: str) -> str:
    """Show how far it is and what became of each case."""
    with current.application().reading() as session:
        work = background.task(task_id, session)
    if work.kind != case_work.KIND:
        raise BackgroundTaskNotFound
    items = (work.result or {}).get("items", [])
    counts = {
        outcome: sum(each["outcome"] == outcome for each in items)
        for outcome in ("done", "skipped", "failed")
    }
    return flask.render_template(
        "cockpit/work.html", work=work, items=items, counts=counts, why=cockpit_words.why
    )


@pages.get("/cases/<number>/cockpit")
def show_case(number: str) -> str:
    """Show where a case stands, its data and its incidents, with what can be done to it."""
    return _case_page(number, NOTHING_TYPED)


def _case_page(number: str, typed: Typed) -> str:
    case, application = _case(number), current.application()
    may_read = case_access.may_open(case.id)
    with application.reading() as session:
        deployed = definition_queries.definition_by_id(case.definition_id, session)
        model = definition_queries.process_model(deployed, session)
        active = queries.active_elements(case.id, session)
        incidents = queries.incidents(session, instance_id=case.id)
        variables = application.engine.variables(case.id, session) if may_read else {}
    names = {each.id: each.name or each.id for each in model.elements}
    asked = {each.element_id for each in incidents}
    return flask.render_template(
        "cockpit/case.html",
        case=case,
        names=names,
        active=active,
        incidents=incidents,
        variables={name: written(value) for name, value in sorted(variables.items())},
        first=cockpit_words.read_by(asked, model, variables),
        is_running=case.status in RUNNING,
        typed=typed,
        may_read=may_read,
    )


@pages.post("/cases/<number>/cockpit/<verb>")
def change_status(number: str, verb: str) -> Response | tuple[str, int]:
    """Suspend, resume or cancel one case, or retry what failed in it."""
    case, application = _case(number), current.application()
    reason = flask.request.form.get("reason", "").strip()
    if verb not in case_work.VERBS:
        flask.abort(404)
    if not reason:
        return _case_page(number, Typed(form=verb, problem=_("Give a reason."))), 422
    by = current.actor()
    params = {
        "verb": verb,
        "instances": [case.id],
        "reason": reason,
        "by": {"id": by.id, "name": by.name},
    }
    (item,) = case_work.run(application, params, lambda *_far: None)["items"]
    if item["outcome"] == "done":
        flask.flash(cockpit_words.done(verb), "success")
    else:
        flask.flash(cockpit_words.why(item), "error")
    return flask.redirect(flask.url_for(".show_case", number=number))


@pages.post("/cases/<number>/cockpit/data")
def correct(number: str) -> Response | tuple[str, int]:
    """Set one process variable to the value of a FEEL literal, then go on."""
    case, application = case_access.find(number).case, current.application()
    sent = flask.request.form
    name, reason = sent.get("name", "").strip(), sent.get("reason", "").strip()
    typed = Typed(form="data", name=name, value=sent.get("value", ""), reason=reason)
    if not name or not reason:
        return _case_page(number, replace(typed, problem=_("Give a reason."))), 422
    try:
        value = evaluate_value(typed.value, application.clock)
    except ExpressionInvalid as error:
        problem = _("This is no value: %(reason)s", reason=lint_words.say(error.reason))
        return _case_page(number, replace(typed, problem=problem)), 422
    with application.unit_of_work() as session:
        application.engine.correct_variables(
            case.id,
            {name: value},
            reason=reason,
            by=current.actor(),
            session=session,
            version=sent.get("version", type=int),
        )
    flask.flash(_("%(name)s was corrected.", name=name), "success")
    return flask.redirect(flask.url_for(".show_case", number=number))


def _case(number: str) -> Instance:
    """Find a case to look after; its data stays with those who may read the case itself.

    Raises:
        InstanceNotFound: there is none of this number, or its supervisors are others.
    """
    with current.application().reading() as session:
        case = queries.by_business_key(number, session)
    if not is_staff(current.actor(), case.scope, SUPERVISORS):
        raise InstanceNotFound(number)
    return case


def _asked(given: MultiDict[str, str]) -> Asked:
    state = given.get("state", "running")
    return Asked(
        state=state if state in STATES else "running",
        version=given.get("version", type=int),
        element=given.get("element", ""),
        is_overdue=given.get("overdue") == "1",
        has_incident=given.get("incident") == "1",
        text=given.get("q", "").strip()[:100],
    )


def _chosen(key: str, sent: MultiDict[str, str]) -> list[str]:
    """List the chosen cases of this process: the ticked ones, or all of the filter."""
    with current.application().reading() as session:
        if sent.get("extent") == "all":
            return list(cockpit.case_ids(_asked(sent).filter(key), session, case_work.MOST))
        ticked = sent.getlist("case")[: case_work.MOST]
        return [each for each in ticked if queries.instance(each, session).process_key == key]
