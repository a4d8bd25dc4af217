"""The task inbox: its views, one task with its form, claim, draft, complete."""

import math
from typing import Any

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, TaskAlreadyClaimed, TaskAlreadyEnded
from engine.records import UserTask
from housing.cases import service, taking
from housing.cases.errors import ReasonMissing
from housing.cases.service import Completion
from housing.records.service import save_draft
from webapp import (
    current,
    errors,
    filling,
    inbox_next,
    inbox_page,
    inbox_views,
    model_words,
    standing_in,
    task_pages,
)
from webapp.filling import Filled
from webapp.inbox_views import PAGE_SIZE, Wanted
from webapp.task_pages import TaskPage

pages = Blueprint("inbox", __name__)

Answered = str | tuple[str, int] | Response


@pages.get("/tasks")
def list_tasks() -> str:
    """List the tasks of a view, most pressing first."""
    wanted = inbox_views.read_query(flask.request.args)
    inbox = inbox_page.read(wanted)
    paused = {task_id for task_id, pause in inbox.pauses.items() if pause.is_whole}
    groups = inbox_views.in_groups(inbox.tasks.rows, current.application().clock.now(), paused)
    is_by_due = wanted.sort == "due" and wanted.view != "done"
    return flask.render_template(
        "inbox/list.html",
        wanted=wanted,
        view=wanted.view,
        title=inbox_views.VIEWS[wanted.view],
        inbox=inbox,
        groups=groups if is_by_due else inbox_views.ungrouped(inbox.tasks.rows),
        orders=inbox_views.ORDERS,
        total=inbox.tasks.total,
        page=wanted.page,
        page_count=math.ceil(inbox.tasks.total / PAGE_SIZE),
        is_staff=current.is_worker(),
        address=wanted.address,
        no_filters=_unfiltered(wanted),
        link=flask.url_for("inbox.list_tasks", _external=True, **wanted.place),
        teams=inbox_page.teams_led(),
    )


def _unfiltered(wanted: Wanted) -> str:
    sort = wanted.sort if wanted.sort != "due" else None
    return flask.url_for("inbox.list_tasks", view=wanted.view, sort=sort)


@pages.get("/tasks/next")
def give_next() -> Response:
    """Open the most pressing task, and say why it is that one."""
    found = inbox_next.most_pressing()
    if found is None:
        flask.flash(_("Nothing is waiting for you now."), "success")
        return flask.redirect(flask.url_for("inbox.list_tasks"))
    task, reason = found
    flask.flash(reason, "success")
    return flask.redirect(flask.url_for("inbox.show_task", task_id=task.id))


@pages.get("/tasks/<task_id>")
def show_task(task_id: str) -> str:
    """Show a task; its form can be filled in by who has claimed it."""
    return shown(task_id)


def shown(task_id: str, **words: object) -> str:
    """Draw the page of a task, with further words for its template."""
    page = task_pages.read(task_id)
    view = filling.blank(page.form, page.context, draft=page.draft) if page.form else None
    return _draw(page, view=view, **words)


def _lost(task_id: str, error: Conflict) -> Answered:
    """Say who was faster and when, and offer the next task."""
    task = task_pages.read(task_id).task
    return shown(task_id, lost=errors.sentence(error), lost_when=_when(task)), 409


def _when(task: UserTask) -> str:
    """Say how long ago a task was completed or, while it is open, claimed."""
    at, now = task.ended_at or task.claimed_at, current.application().clock.now()
    return inbox_next.ago(at, now) if at else ""


@pages.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Answered:
    """Take a task that is offered to one's team; only one person gets it."""
    task_pages.read(task_id)
    application, by = current.application(), standing_in.actor_on_task(task_id)
    try:
        with application.unit_of_work() as session:
            application.engine.claim(task_id, by=by, session=session)
    except (TaskAlreadyClaimed, TaskAlreadyEnded) as error:
        return _lost(task_id, error)
    flask.flash(_("The task is yours now."), "success")
    return _to_task(task_id)


@pages.post("/tasks/<task_id>/take-over")
def take_over(task_id: str) -> Answered:
    """Take a task from a colleague, with a reason; he is told."""
    task_pages.read(task_id)
    application = current.application()
    try:
        with application.unit_of_work() as session:
            taking.take_over(
                task_id,
                flask.request.form.get("reason", ""),
                by=current.actor(),
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except ReasonMissing as error:
        return shown(task_id, reason_error=errors.sentence(error)), 422
    flask.flash(_("The task is yours now; your colleague is told."), "success")
    return _to_task(task_id)


@pages.post("/tasks/<task_id>/unclaim")
def unclaim(task_id: str) -> Response:
    """Give a task back to the team, or to the absent person who held it; the draft stays."""
    task_pages.read(task_id)
    application, by = current.application(), standing_in.actor_on_task(task_id)
    with application.unit_of_work() as session:
        given = application.engine.unclaim(task_id, by=by, session=session)
    if given.assignee is None:
        words = _("The task is offered to the team again. Your draft is kept.")
    else:
        words = _("The task is back with %(name)s. Your draft is kept.", name=given.assignee_name)
    flask.flash(words, "success")
    wanted = _wanted()
    listing = wanted.place if wanted else {"view": "team"}
    return flask.redirect(flask.url_for("inbox.list_tasks", **listing))


@pages.post("/tasks/<task_id>")
def complete(task_id: str) -> Answered:
    """Take what was typed: keep a draft, change rows or photos, or complete the task."""
    page = task_pages.read(task_id)
    if page.form is None:
        return _complete_without_form(page)
    filled = filling.receive(page.form, page.context)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if page.task.state != "open" or not page.is_mine:
        return _too_late(page, filled, task_pages.why_not(page.task))
    if filled.wish == "draft":
        return _keep_draft(page, filled)
    if not filled.is_ready:
        return _draw(page, view=filled.view), filled.status
    return _submit(page, filled)


def _submit(page: TaskPage, filled: Filled) -> Answered:
    application = current.application()
    version = flask.request.form.get("version", type=int)
    try:
        with application.unit_of_work() as session:
            service.submit_task(
                Completion(task_id=page.task.id, values=filled.values, version=version),
                by=page.acting,
                engine=application.engine,
                session=session,
                clock=application.clock,
                vault=application.vault,
            )
    except Conflict as error:
        return _too_late(task_pages.read(page.task.id), filled, error)
    return _completed(page)


def _complete_without_form(page: TaskPage) -> Answered:
    application = current.application()
    with application.unit_of_work() as session:
        service.demand_right_person(page.task, page.acting, session=session)
        application.engine.complete(page.task.id, {}, by=page.acting, session=session)
    return _completed(page)


def _completed(page: TaskPage) -> Response:
    flask.flash(_("Completed: %(name)s", name=model_words.say(page.task.name)), "success")
    return _to_task(page.task.id)


def _keep_draft(page: TaskPage, filled: Filled) -> Answered:
    application = current.application()
    with application.unit_of_work() as session:
        save_draft(
            page.task.id,
            filled.raw,
            by=current.actor(),
            session=session,
            clock=application.clock,
        )
    if flask.request.form[filling.DRAFT_BUTTON] == "auto":
        return Response(status=204)
    flask.flash(_("The draft is saved."), "success")
    return _to_task(page.task.id)


def _too_late(page: TaskPage, filled: Filled, error: Conflict) -> tuple[str, int]:
    """Say who was faster; what was typed stays on the page, to send again or to copy."""
    words = {"conflict": errors.sentence(error), "conflict_when": _when(page.task)}
    return _draw(page, view=filled.view, **words), 409


def _draw(page: TaskPage, **words: object) -> str:
    wanted = _wanted()
    case = task_pages.case_of(page.task, is_whole=flask.request.args.get("all") == "1")
    number = page.task.business_key
    return flask.render_template(
        "inbox/task.html",
        work=page,
        task=page.task,
        page=case,
        deadline=task_pages.deadline_of(page.task),
        deadline_json=flask.url_for("cases.deadlines", number=number) if case else "",
        is_worker=current.is_worker(),
        following=inbox_next.next_task(page.task, wanted),
        listing=wanted.place if wanted else {},
        pane=inbox_page.pane(wanted) if wanted and current.is_worker() else None,
        listing_title=inbox_views.VIEWS[wanted.view] if wanted else "",
        **words,
    )


def _to_task(task_id: str) -> Response:
    wanted = _wanted()
    listing: dict[str, Any] = wanted.place if wanted else {}
    return flask.redirect(flask.url_for("inbox.show_task", task_id=task_id, **listing))


def _wanted() -> Wanted | None:
    """Tell the list that the task was opened from; None when it was opened from elsewhere."""
    return inbox_views.read_query(flask.request.args) if "view" in flask.request.args else None
