"""One verb for many tasks: choose, say how, look at what would happen, confirm, see each result."""

import csv
import io
import math
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.calendar import local_date
from engine.errors import EngineError
from engine.inbox import Listing, Reader
from engine.records import UserTask
from housing import bulk_work
from housing.applications.rules import csv_cell
from housing.background import queries as background
from housing.background import service as orders
from housing.bulk import judging, queries, rules, selection, service
from housing.bulk.errors import BatchEmpty
from housing.bulk.queries import OUTCOMES, PAGE_SIZE, Batch, Preview
from housing.bulk.rules import AT_ONCE, NEEDING_TERMS, Terms
from housing.cases import queries as cases
from webapp import bulk_words, current, errors, filling, inbox_views, model_words, team_list
from webapp.filling import Filled

pages = Blueprint("bulk", __name__)

Answered = str | tuple[str, int] | Response

MOST_LISTED = 100
"""So many tasks a preview names; of the others it tells the number."""

BOM = "\ufeff"
"""So that spreadsheets read the file as UTF-8."""


@pages.app_template_global("may_complete_many")
def may_complete_many(tasks: Iterable[UserTask]) -> bool:
    """Tell whether some tasks of a list may be completed together."""
    with current.application().reading() as session:
        return judging.is_any_bulk_safe(tasks, session)


@pages.post("/bulk")
def choose() -> Response:
    """Note which tasks were chosen and what is to be done; nothing is done yet."""
    sent, application = flask.request.form, current.application()
    listing = sent.get("listing", "")[:500]
    try:
        with application.reading() as session:
            chosen = (
                selection.of_view(*_listed(listing), session)
                if sent.get("extent") == "all"
                else selection.of_tasks(sent.getlist("task"))
            )
        with application.unit_of_work() as session:
            batch_id = service.prepare(
                sent.get("verb", ""),
                {**chosen, "listing": listing, "is_direct": sent.get("direct") == "1"},
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    except EngineError as error:
        flask.flash(errors.sentence(error), "error")
        return flask.redirect(_list_address(listing))
    return _to(batch_id)


@pages.get("/bulk/<batch_id>")
def show(batch_id: str) -> str:
    """Show what would happen; once it is confirmed, how far it is and what became of each task."""
    batch = _batch(batch_id)
    return _ask(batch) if batch.state == "prepared" else _result(batch)


@pages.post("/bulk/<batch_id>/terms")
def say_terms(batch_id: str) -> Answered:
    """Take what the verb needs; then the page shows what would happen."""
    batch, application = _batch(batch_id), current.application()
    plan = _plan(batch)
    filled = filling.receive(model_words.say_form(plan.form)) if plan.form else None
    if filled is not None and not filled.is_ready:
        return _ask(batch, view=filled.view), filled.status
    try:
        with application.unit_of_work() as session:
            service.set_terms(
                batch_id,
                _terms(plan, filled),
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    except EngineError as error:
        return _ask(batch, problem=errors.sentence(error)), 422
    if batch.is_direct:
        return _do_directly(batch)
    return _to(batch_id)


@pages.post("/bulk/<batch_id>/confirm")
def confirm(batch_id: str) -> Response:
    """Do it: a few tasks at once, many in the background."""
    application = current.application()
    try:
        with application.unit_of_work() as session:
            count = service.confirm(
                batch_id, by=current.actor(), session=session, clock=application.clock
            )
    except BatchEmpty as error:
        flask.flash(errors.sentence(error), "error")
        return _to(batch_id)
    if count <= AT_ONCE:
        bulk_work.run_at_once(application, batch_id, current.actor())
    else:
        _order(_batch(batch_id))
    return _to(batch_id)


@pages.post("/bulk/<batch_id>/go-on")
def go_on(batch_id: str) -> Response:
    """Do what was left when the work was stopped or lost; what is done is not done twice."""
    batch = _batch(batch_id)
    if batch.state == "confirmed" and not _is_running(batch):
        _order(batch)
    return _to(batch_id)


@pages.post("/bulk/<batch_id>/undo")
def undo(batch_id: str) -> Response:
    """Take an assignment back where nothing has happened since."""
    application = current.application()
    with application.unit_of_work() as session:
        undone = service.undo(
            batch_id, by=current.actor(), session=session, clock=application.clock
        )
    batch = _batch(undone)
    if batch.total <= AT_ONCE:
        bulk_work.run_at_once(application, undone, current.actor())
    else:
        _order(batch)
    return _to(undone)


@pages.get("/bulk/<batch_id>/results.csv")
def download(batch_id: str) -> Response:
    """Give the results as a file, one line a task."""
    batch = _batch(batch_id)
    with current.application().reading() as session:
        items = queries.items(batch_id, session, size=rules.MOST)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_("Case"), _("Task"), _("Result"), _("Why"), _("Order number")])
    for each in items:
        why = bulk_words.why(each.why) if each.why else ""
        cells = [each.number, model_words.say(each.name), str(bulk_words.OUTCOMES[each.outcome])]
        writer.writerow([csv_cell(cell) for cell in (*cells, why, batch.id)])
    return Response(
        BOM + text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=bulk-{batch_id[:8]}.csv"},
    )


def _ask(batch: Batch, *, view: object = None, problem: str = "") -> str:
    """Show the fields of the verb, or what would happen once they are filled in."""
    application = current.application()
    now = application.clock.now()
    with application.reading() as session:
        plan = queries.preview(batch.id, current.actor(), session, now)
        tasks = (*plan.able, *(task for task, _why in plan.refused))
        colleagues = (
            queries.colleagues_for(tasks, session=session) if batch.verb == "assign" else {}
        )
    needs_terms = batch.verb in NEEDING_TERMS or plan.form is not None
    is_unsaid = batch.terms is None or bool(problem or view)
    is_asking = needs_terms and (is_unsaid or flask.request.args.get("change") == "1")
    return flask.render_template(
        "bulk/ask.html",
        batch=batch,
        plan=plan,
        is_asking=is_asking,
        can_change=needs_terms,
        verb_words=bulk_words.VERBS[batch.verb],
        heading=bulk_words.title(batch.verb, plan.total if is_asking else len(plan.able)),
        view=view or _blank(plan),
        problem=problem,
        typed=flask.request.form,
        colleagues=colleagues,
        priorities=bulk_words.PRIORITIES,
        today=local_date(now),
        why=bulk_words.why,
        said=_said(plan),
        **_back(batch),
        most_listed=MOST_LISTED,
    )


def _said(plan: Preview) -> dict[str, str]:
    """Say for each task what its own form shows, so that nobody confirms what he has not seen."""
    if plan.form is None:
        return {}
    application, form = current.application(), model_words.say_form(plan.form)
    now = application.clock.now()
    found = {}
    with application.reading() as session:
        for task in plan.able[:MOST_LISTED]:
            context = cases.form_context(task, engine=application.engine, session=session, now=now)
            parts = filling.blank(form, context).fields
            found[task.id] = " ".join(each.text for each in parts if each.type == "text")
    return found


def _result(batch: Batch) -> str:
    wanted = flask.request.args.get("outcome", "")
    outcome = wanted if wanted in OUTCOMES else ""
    page = min(max(flask.request.args.get("page", 1, type=int), 1), rules.MOST)
    with current.application().reading() as session:
        items = queries.items(batch.id, session, outcome=outcome, page=page)
        work = background.task(batch.work_id, session) if batch.work_id else None
    count = batch.counts.get(outcome, 0) if outcome else batch.total
    return flask.render_template(
        "bulk/result.html",
        batch=batch,
        heading=bulk_words.title(batch.verb, batch.total),
        work=work,
        items=items,
        outcome=outcome,
        outcomes=bulk_words.OUTCOMES,
        priorities=bulk_words.PRIORITIES,
        why=bulk_words.why,
        page=page,
        page_count=math.ceil(count / PAGE_SIZE),
        **_back(batch),
    )


def _do_directly(batch: Batch) -> Response:
    """Do it to the one task whose page asked for it, and go back there."""
    application, by = current.application(), current.actor()
    with application.unit_of_work() as session:
        service.confirm(batch.id, by=by, session=session, clock=application.clock)
    bulk_work.run_at_once(application, batch.id, by)
    with application.reading() as session:
        (item,) = queries.items(batch.id, session)
    if item.outcome == "done":
        flask.flash(_("%(verb)s: done", verb=bulk_words.VERBS[batch.verb]), "success")
    else:
        flask.flash(bulk_words.why(item.why) if item.why else "", "error")
    return flask.redirect(
        flask.url_for("inbox.show_task", task_id=item.task_id, **_address(batch.listing))
    )


def _order(batch: Batch) -> None:
    """Put an order into the queue of long work."""
    application, by = current.application(), current.actor()
    with application.unit_of_work() as session:
        work_id = orders.order(
            bulk_work.KIND,
            {"batch": batch.id, "by": by.id},
            title=bulk_words.title(batch.verb, batch.total),
            by=by,
            session=session,
            clock=application.clock,
        )
        service.hand_to(batch.id, work_id, session)


def _is_running(batch: Batch) -> bool:
    if batch.work_id is None:
        return False
    with current.application().reading() as session:
        return background.task(batch.work_id, session).is_open


def _batch(batch_id: str) -> Batch:
    with current.application().reading() as session:
        return queries.batch(batch_id, current.actor(), session)


def _plan(batch: Batch) -> Preview:
    application = current.application()
    with application.reading() as session:
        return queries.preview(batch.id, current.actor(), session, application.clock.now())


def _blank(plan: Preview) -> object:
    return filling.blank(model_words.say_form(plan.form)) if plan.form else None


def _terms(plan: Preview, filled: Filled | None) -> Terms:
    sent = flask.request.form
    return Terms(
        assignee=sent.get("assignee", "")[:64],
        reason=sent.get("reason", "").strip()[: rules.LONGEST_REASON],
        until=_day(sent.get("until", "")),
        priority=sent.get("priority", -1, type=int),
        text=sent.get("text", "").strip(),
        form_key=plan.form_key,
        values=dict(filled.values) if filled else {},
    )


def _day(text: str) -> date | None:
    """Read a day; what is no day is taken as one of the past, which is refused."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _listed(listing: str) -> tuple[Listing, Reader]:
    reader = inbox_views.reader_now()
    return inbox_views.listing_of(inbox_views.read_query(dict(parse_qsl(listing))), reader), reader


def _address(listing: str) -> dict[str, Any]:
    """Read the part of an address that tells the list; nothing when none was given."""
    given = dict(parse_qsl(listing))
    return inbox_views.read_query(given).address if given else {}


def _list_address(listing: str) -> str:
    return flask.url_for("inbox.list_tasks", **_address(listing))


def _back(batch: Batch) -> dict[str, str]:
    """Give the list that an order came from: its address, and words for the way there."""
    if not batch.is_of_team:
        return {"back": _list_address(batch.listing), "back_words": _("Back to the tasks")}
    wanted = team_list.read_query(dict(parse_qsl(batch.listing)))
    address = flask.url_for("team.list_tasks", **wanted.address)
    return {"back": address, "back_words": _("Tasks of my team")}


def _to(batch_id: str) -> Response:
    return flask.redirect(flask.url_for("bulk.show", batch_id=batch_id))
