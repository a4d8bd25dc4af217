"""Try a draft: a sandbox of invented people, step by step, with the clock in hand."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import EngineError, NotFound
from forms.errors import FormInvalid
from housing import scenario_edits
from housing.scenario_edits import Editing
from housing.tryouts import look, sandbox, saving
from housing.tryouts.errors import TryoutNotFound
from housing.tryouts.look import FormPage, Look
from housing.tryouts.sandbox import Wanted
from webapp import current, draft_page, errors, filling, scenario_words, tryout_page
from webapp.tryout_page import DraftPage

pages = Blueprint("tryouts", __name__)

Answered = str | tuple[str, int] | Response

MakeAct = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""Makes an act of who acts and what was answered."""

MOST_AT_ONCE = 40
"""Acts of a scenario that one request plays."""


@pages.get("/drafts/<draft_id>/try")
def show(draft_id: str) -> str:
    """Show this person's trial of a draft, or how to begin one."""
    page = tryout_page.read(draft_id)
    if not page.place.exists():
        return flask.render_template(
            "tryouts/begin.html",
            page=page,
            proposed=tryout_page.richest(page.scenarios),
            now_text=tryout_page.for_input(current.application().clock.now()),
        )
    with sandbox.opened(page.place) as opened:
        scenarios = tryout_page.scenarios_of(opened.trial, page.place)
        found = look.look(opened, scenarios, flask.request.args.get("case", type=int))
    return _draw(page, found)


@pages.post("/drafts/<draft_id>/try")
def begin(draft_id: str) -> Response:
    """Begin a trial, as a scenario begins or from nothing; a former one of this person goes."""
    page = tryout_page.read(draft_id)
    chosen = flask.request.form.get("example", "")
    example = next((each for each in page.scenarios if each["id"] == chosen), None)
    moment = tryout_page.moment(flask.request.form.get("now", ""))
    given = tryout_page.moment(str(example["given"].get("now"))) if example else moment
    _attempt(
        lambda: sandbox.open_trial(
            current.application(),
            Wanted(
                draft_id=draft_id,
                account_id=current.actor().id,
                package=page.draft.package,
                files=page.files,
                now=given or current.application().clock.now(),
                example=example,
            ),
        )
    )
    return _back(draft_id)


@pages.route("/drafts/<draft_id>/try/start", methods=["GET", "POST"])
def start(draft_id: str) -> Answered:
    """Fill in the form that opens a case."""
    page = tryout_page.read(draft_id)
    with sandbox.opened(page.place) as opened:
        scenarios = tryout_page.scenarios_of(opened.trial, page.place)
        form = look.start_page(opened, scenarios, tryout_page.login())

    def act(login: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        options = tryout_page.typed(form.options, flask.request.form)
        return {"start": {"as": login, "values": values, **options}}

    return _fill_in(page, form, act)


@pages.route("/drafts/<draft_id>/try/tasks/<task_id>", methods=["GET", "POST"])
def complete(draft_id: str, task_id: str) -> Answered:
    """Fill in the form of an open task, as one of the people who may."""
    page = tryout_page.read(draft_id)
    with sandbox.opened(page.place) as opened:
        scenarios = tryout_page.scenarios_of(opened.trial, page.place)
        form = look.task_page(opened, task_id, scenarios, tryout_page.login())
        cases = opened.walk.cases
    task = form.task
    if task is None:
        raise TryoutNotFound
    case = cases.index(task.instance_id) + 1

    def act(login: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"complete": task.element_id, "as": login, "with": values, "case": case}

    return _fill_in(page, form, act)


@pages.route("/drafts/<draft_id>/try/cases/<int:case>/messages/<message>", methods=["GET", "POST"])
def send(draft_id: str, case: int, message: str) -> Answered:
    """Send a message that a case waits for."""
    page = tryout_page.read(draft_id)
    with sandbox.opened(page.place) as opened:
        scenarios = tryout_page.scenarios_of(opened.trial, page.place)
        form = look.message_page(opened, case, message, scenarios, tryout_page.login())

    def act(login: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"message": message, "as": login, "with": values, "case": case}

    return _fill_in(page, form, act)


@pages.route("/drafts/<draft_id>/try/verbs/<verb>", methods=["GET", "POST"])
def do(draft_id: str, verb: str) -> Answered:
    """Let happen what no form of the diagram does, as a scenario does it."""
    page = tryout_page.read(draft_id)
    with sandbox.opened(page.place) as opened:
        scenarios = tryout_page.scenarios_of(opened.trial, page.place)
        example = look.verb_act(opened, verb, scenarios)
    if example is None:
        raise TryoutNotFound
    values = example.get("with") or {}
    if flask.request.method == "GET":
        return flask.render_template(
            "tryouts/verb.html",
            page=page,
            words=scenario_words.verb(verb),
            option=scenario_words.option,
            values=tryout_page.shown(values),
        )
    done = {**example, "with": tryout_page.typed(values, flask.request.form)}
    _attempt(lambda: sandbox.act(page.place, done, _machine_now()))
    return _back(draft_id)


@pages.post("/drafts/<draft_id>/try/clock")
def move_clock(draft_id: str) -> Response:
    """Move the clock onward: to what falls due next, by a day, or to an instant."""
    page, wanted = tryout_page.read(draft_id), flask.request.form.get("to", "")

    def move() -> None:
        until = _until(page, wanted)
        if until is None:
            flask.flash(_("Give a day and a time later than the clock's."), "error")
            return
        when = {"advance_to": until.isoformat()}
        sandbox.act(page.place, when, _machine_now())

    _attempt(move)
    return _back(draft_id)


@pages.post("/drafts/<draft_id>/try/next")
def follow(draft_id: str) -> Response:
    """Play the next act of the scenario that the trial follows, or all that are left."""
    page = tryout_page.read(draft_id)
    count = MOST_AT_ONCE if flask.request.form.get("all") else 1
    _attempt(lambda: sandbox.follow(page.place, count, _machine_now()))
    return _back(draft_id)


@pages.post("/drafts/<draft_id>/try/undo")
def take_back(draft_id: str) -> Response:
    """Take the last step back."""
    page = tryout_page.read(draft_id)
    _attempt(lambda: sandbox.take_back(page.place, _machine_now()))
    return _back(draft_id)


@pages.post("/drafts/<draft_id>/try/again")
def begin_again(draft_id: str) -> Response:
    """Begin again with the draft as it stands now and do the same steps."""
    page = tryout_page.read(draft_id)

    def again() -> None:
        refused = sandbox.begin_again(current.application(), page.place, page.files)
        if refused is not None:
            reason = errors.sentence(refused)
            flask.flash(_("Not all steps could be done again: %(reason)s", reason=reason), "error")

    _attempt(again)
    return _back(draft_id)


@pages.post("/drafts/<draft_id>/try/end")
def end(draft_id: str) -> Response:
    """Throw the trial away."""
    page = tryout_page.read(draft_id)
    _attempt(lambda: sandbox.end(page.place))
    return _back(draft_id)


@pages.post("/drafts/<draft_id>/try/save")
def save(draft_id: str) -> Response:
    """Save the trial as a scenario of the draft."""
    page, form, application = tryout_page.read(draft_id), flask.request.form, current.application()
    name = form.get("name", "").strip()

    def keep() -> None:
        with page.place.locked():
            trial = page.place.read()
        taken = [str(each["id"]) for each in page.scenarios]
        content = saving.as_scenario(trial, name, form.get("title", ""), taken)
        with application.unit_of_work() as session:
            editing = Editing(
                draft_id=draft_id, by=current.actor(), session=session, clock=application.clock
            )
            scenario_edits.add(name, content, editing)
        flask.flash(_("Saved as the scenario %(name)s of this draft.", name=name), "success")

    _attempt(keep)
    return _back(draft_id)


def _draw(page: DraftPage, found: Look) -> str:
    names = scenario_words.names_of(page.files)
    done = [each.element.id for each in found.steps if each.status == "done"]
    current_ids = [
        each.element.id
        for each in found.steps
        if each.status == "now" and each.element.type != "boundaryEvent"
    ]
    return flask.render_template(
        "tryouts/show.html",
        page=page,
        look=found,
        now_text=tryout_page.for_input(found.now),
        verb=scenario_words.verb,
        variables=tryout_page.variable_lines(found.variables),
        trial=found.trial,
        has_drawing=b"BPMNShape" in found.model.bpmn,
        names=names,
        is_changed=page.is_newer_than(found.trial),
        lines=tryout_page.step_lines(found.trial, names, found.names),
        proposed=scenario_words.act_of(found.trial.script[0], names) if found.trial.script else "",
        tokens={
            "done": [*done, *found.walked],
            "current": current_ids,
            "overdue": [
                each.task.element_id
                for each in found.tasks
                if each.task.due_at is not None and each.task.due_at < found.now
            ],
            "incidents": sorted({each.element_id for each in found.failures}),
        },
        may_save=draft_page.may_draft() and page.draft.is_open,
        case_number=_number(found),
    )


def _number(found: Look) -> int:
    ids = [each.id for each in found.cases]
    return ids.index(found.case.id) + 1 if found.case else 0


def _fill_in(page: DraftPage, form: FormPage, act: MakeAct) -> Answered:
    """Show a form with its example values, or take what was typed and do it."""
    login = form.actors[0].login if form.actors else ""
    if form.form is None:
        if flask.request.method == "GET":
            return _draw_form(page, form, None)
        return _do(page, form, None, act(login, dict(form.values)))
    offered = tryout_page.with_example_photos(form.form)
    if flask.request.method == "GET":
        view = filling.blank(offered, form.context, draft=form.values, now=form.now)
        return _draw_form(page, form, view)
    filled = filling.receive(offered, form.context, now=form.now)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw_form(page, form, filled.view), filled.status
    return _do(page, form, filled.view, act(login, tryout_page.answers(offered, filled.values)))


def _do(page: DraftPage, form: FormPage, view: object, when: Mapping[str, Any]) -> Answered:
    """Do an act; what was typed stays when it is refused."""
    keeps_refusal = "keep_refusal" in flask.request.form
    try:
        sandbox.act(page.place, when, _machine_now(), keeps_refusal=keeps_refusal)
    except EngineError as error:
        return _draw_form(page, form, view, errors.sentence(error)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _back(page.draft.id)


def _draw_form(page: DraftPage, form: FormPage, view: object, problem: str = "") -> str:
    return flask.render_template(
        "tryouts/form.html",
        page=page,
        form=form,
        view=view,
        problem=problem,
        options=tryout_page.shown(form.options),
        option=scenario_words.option,
    )


def _until(page: DraftPage, wanted: str) -> datetime | None:
    if wanted == "next":
        return sandbox.next_due(page.place)
    with sandbox.opened(page.place) as opened:
        now = opened.now
    if wanted == "day":
        return now + timedelta(days=1)
    found = tryout_page.moment(flask.request.form.get("instant", ""))
    return found if found is not None and found > now else None


def _attempt(act: Callable[[], object]) -> None:
    """Do something in a trial; why it was refused stands above the page then."""
    try:
        act()
    except NotFound:
        raise
    except (EngineError, FormInvalid) as error:
        flask.flash(errors.sentence(error), "error")


def _back(draft_id: str) -> Response:
    return flask.redirect(flask.url_for("tryouts.show", draft_id=draft_id))


def _machine_now() -> datetime:
    return current.application().system_clock.now()
