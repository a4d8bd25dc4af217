"""The team page of chiefs: load, deadlines, weeks, satisfaction; and giving tasks to others."""

import math
from urllib.parse import urlencode

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine.errors import EngineError
from housing.bulk import selection
from housing.bulk import service as bulk
from housing.bulk.rules import ASSIGN, LONGEST_REASON, MOST, Terms
from housing.repairs import queries as repairs
from housing.teams import service as teams
from webapp import current, errors, team_list, team_page
from webapp.sheets import as_csv
from webapp.team_list import PAGE_SIZE

pages = Blueprint("team", __name__)


@pages.get("/team")
def show() -> str:
    """Show what the team has to do, how it keeps its deadlines, and how that went."""
    return flask.render_template("team/show.html", page=team_page.read())


@pages.get("/team/<name>.csv")
def download(name: str) -> Response:
    """Hand out one table."""
    sheets = team_page.read().sheets
    if name not in sheets:
        raise NotFound
    answer = Response(as_csv(sheets[name]).encode(), mimetype="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"team-{name}.csv")
    return answer


@pages.get("/team/tasks")
def list_tasks() -> str:
    """List open tasks of the team: of one person, one step, overdue ones."""
    return _listed()


@pages.post("/team/tasks/reassign")
def reassign() -> Response | tuple[str, int]:
    """Show what would happen if the chosen tasks went to a colleague; nothing is done yet."""
    sent, application = flask.request.form, current.application()
    terms = Terms(
        assignee=sent.get("assignee", "")[:64],
        reason=sent.get("reason", "").strip()[:LONGEST_REASON],
    )
    try:
        with application.unit_of_work() as session:
            batch_id = bulk.prepare(
                ASSIGN,
                {
                    **selection.of_tasks(_chosen()),
                    "listing": urlencode(team_list.asked().address),
                    "is_of_team": True,
                },
                by=current.actor(),
                session=session,
                clock=application.clock,
                terms=terms,
            )
    except EngineError as error:
        return _listed(problem=errors.sentence(error)), 422
    return flask.redirect(flask.url_for("bulk.show", batch_id=batch_id), 303)


@pages.post("/team/tasks/release")
def release() -> Response | tuple[str, int]:
    """Offer the chosen tasks to the whole team again, each by itself."""
    reason, application = flask.request.form.get("reason", ""), current.application()
    chosen = _chosen()
    if not chosen or not reason.strip():
        words = _("Choose at least one task.") if not chosen else _("Give a reason.")
        return _listed(problem=words), 422
    done, problems = 0, list[str]()
    for task_id in chosen:
        try:
            with application.unit_of_work() as session:
                teams.release(
                    task_id,
                    reason,
                    by=current.actor(),
                    engine=application.engine,
                    session=session,
                    clock=application.clock,
                )
            done += 1
        except EngineError as error:
            problems.append(errors.sentence(error))
    if done:
        words = ngettext(
            "%(num)d task is offered to the whole team again.",
            "%(num)d tasks are offered to the whole team again.",
            done,
        )
        flask.flash(words, "success")
    for problem in problems[:PAGE_SIZE]:
        flask.flash(problem, "error")
    return flask.redirect(flask.url_for("team.list_tasks", **team_list.asked().address), 303)


def _listed(problem: str = "") -> str:
    page = team_list.read()
    with current.application().reading() as session:
        cases = repairs.tickets_of_instances(
            {each.instance_id for each in page.tasks}, session=session
        )
    return flask.render_template(
        "team/tasks.html",
        page=page,
        cases=cases,
        problem=problem,
        typed=flask.request.form,
        page_count=math.ceil(page.total / PAGE_SIZE),
        most_reason=LONGEST_REASON,
    )


def _chosen() -> list[str]:
    """Name the ticked tasks, or all of the list; of the list no more than one order may have."""
    sent = flask.request.form
    if sent.get("extent") == "all":
        return [each.id for each in team_list.all_of(team_list.asked(), MOST + 1)]
    return list(dict.fromkeys(sent.getlist("task")))
