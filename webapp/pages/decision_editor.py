"""The decision editor of a draft: tables on a canvas or as rows, test rows, past cases."""

from collections.abc import Mapping
from functools import partial

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from engine import decision_replay
from engine.decision_editing import TableGrid, grids, new_table, with_rules
from engine.decision_tests import file_of, write_tests
from engine.decisions import DecisionModel
from engine.errors import DecisionMissing, DeploymentRefused
from housing import replay_work
from housing.background import queries as background
from housing.background import service as long_work
from housing.background.errors import BackgroundTaskNotFound
from housing.background.queries import Work
from housing.drafts import queries, rules, service
from housing.drafts.errors import DraftFileNotFound
from housing.drafts.queries import DraftFileView, DraftView
from housing.replays import Replayed
from webapp import current, decision_page, draft_page

pages = Blueprint("decision_editor", __name__)
pages.add_app_template_filter(decision_page.said_value, "decision_value")

PAGE_SIZE = 25


@pages.get("/drafts/<draft_id>/decisions/<path:name>")
def show(draft_id: str, name: str) -> str:
    """Show the editor: canvas, what the check finds, test rows, past cases."""
    draft, files, file = _read(draft_id, name)
    may_edit = draft.is_open and draft_page.may_draft()
    model = decision_page.model_of(file.content)
    tables = _tables(file.content)
    return flask.render_template(
        "decision_editor/show.html",
        draft=draft,
        files=files,
        file=file,
        tables=tables,
        tested=decision_page.tested(model, files, tables) if model else (),
        findings=draft_page.in_words(decision_page.findings(name, file.content)),
        revisions=_revisions(draft_id),
        may_edit=may_edit,
        options=_options(draft, name) if may_edit else None,
    )


@pages.get("/drafts/<draft_id>/rules/<path:name>")
def show_rules(draft_id: str, name: str) -> str:
    """Show the tables of a decision file as rows to edit, without any script."""
    draft, files, file = _read(draft_id, name)
    return flask.render_template(
        "decision_editor/rules.html",
        draft=draft,
        files=files,
        file=file,
        tables=_tables(file.content),
        findings=draft_page.in_words(decision_page.findings(name, file.content)),
        may_edit=draft.is_open and draft_page.may_draft(),
    )


@pages.post("/drafts/<draft_id>/rules/<path:name>")
def change_rules(draft_id: str, name: str) -> Response:
    """Save the rules of one table, and do what the button asks."""
    posted = flask.request.form
    _draft, _files, file = _read(draft_id, name)
    table = _table(file.content, posted.get("decision", ""))
    wanted = decision_page.read_rules(posted, table)
    content = with_rules(file.content, table.decision_id, wanted)
    _save(draft_id, name, content, posted.get("revision", type=int) or file.revision)
    act, _dash, number = posted.get("act", "").partition("-")
    at = len(wanted) - 1 if act == "add" else number or 0
    address = flask.url_for(".show_rules", draft_id=draft_id, name=name)
    return flask.redirect(f"{address}#{table.decision_id}-{at}")


@pages.post("/drafts/<draft_id>/new-decision")
def create(draft_id: str) -> Response:
    """Add a decision table to the draft; a business rule task of the diagram names it by its id."""
    decision_id = flask.request.form.get("key", "").strip()
    content = new_table(decision_id, flask.request.form.get("title", "").strip())
    name = f"{decision_id}.dmn"
    _save(draft_id, name, content, None)
    return flask.redirect(flask.url_for(".show", draft_id=draft_id, name=name))


@pages.post("/drafts/<draft_id>/decision-tests/<path:name>")
def save_tests(draft_id: str, name: str) -> Response:
    """Save the test rows of one decision and run them."""
    posted = flask.request.form
    _draft, files, file = _read(draft_id, name)
    decision_id = posted.get("decision", "")
    model = _model_with(decision_id, file.content)
    written = write_tests(decision_page.read_rows(posted, model.reads(decision_id)))
    if file_of(decision_id) in files or posted.get("rows") != "0":
        _save(draft_id, file_of(decision_id), written, posted.get("revision", type=int))
    address = flask.url_for(".show", draft_id=draft_id, name=name)
    return flask.redirect(f"{address}#tests-{decision_id}")


@pages.get("/drafts/<draft_id>/decision-findings/<path:name>")
def findings(draft_id: str, name: str) -> str:
    """Say what the check finds in the decision file as it was saved last."""
    _draft, _files, file = _read(draft_id, name)
    found = draft_page.in_words(decision_page.findings(name, file.content))
    return flask.render_template(
        "decision_editor/findings.html", findings=found, tables=_tables(file.content)
    )


@pages.get("/drafts/<draft_id>/replay/<path:name>")
def replay(draft_id: str, name: str) -> str:
    """Show which past decisions the draft's table would make differently."""
    draft, files, file = _read(draft_id, name)
    decision_id = flask.request.args.get("decision", "")
    _model_with(decision_id, file.content)
    wanted = {"draft_id": draft_id, "file": name, "decision_id": decision_id}
    work, found = _work(flask.request.args.get("task", ""), wanted), None
    with current.application().reading() as session:
        count = decision_replay.count_past(decision_id, session)
        if work is not None:
            found = Replayed.from_json(work.result) if work.result else None
        elif count <= replay_work.AT_ONCE:
            found = replay_work.replay(file.content, decision_id, session)
    page = max(1, flask.request.args.get("page", 1, type=int))
    cases = found.cases if found else ()
    return flask.render_template(
        "decision_editor/replay.html",
        draft=draft,
        files=files,
        file=file,
        decision_id=decision_id,
        labels=decision_page.output_labels(_tables(file.content), decision_id),
        count=count,
        work=work,
        found=found,
        is_old=bool(work and work.result and work.result.get("revision") != file.revision),
        cases=cases[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        page=page,
        page_count=-(-len(cases) // PAGE_SIZE),
    )


@pages.post("/drafts/<draft_id>/replay/<path:name>")
def order_replay(draft_id: str, name: str) -> Response:
    """Order the long work of making many past decisions again."""
    application, decision_id = current.application(), flask.request.form.get("decision", "")
    _draft, _files, file = _read(draft_id, name)
    model = _model_with(decision_id, file.content)
    with application.unit_of_work() as session:
        task_id = long_work.order(
            replay_work.KIND,
            {"draft_id": draft_id, "file": name, "decision_id": decision_id},
            title=_("Past decisions: %(name)s", name=model.name_of(decision_id)),
            by=current.actor(),
            session=session,
            clock=application.clock,
        )
    return flask.redirect(
        flask.url_for(".replay", draft_id=draft_id, name=name, decision=decision_id, task=task_id)
    )


def _read(draft_id: str, name: str) -> tuple[DraftView, Mapping[str, bytes], DraftFileView]:
    if not rules.is_decision(name):
        raise DraftFileNotFound(name)
    with current.application().reading() as session:
        draft = queries.draft(draft_id, session=session)
        file = queries.file(draft_id, name, session=session)
        files = queries.files(draft_id, session=session)
    return draft, files, file


def _model_with(decision_id: str, content: bytes) -> DecisionModel:
    """Read the file of a decision.

    Raises:
        DecisionMissing: it cannot be read, or does not hold this decision.
    """
    model = decision_page.model_of(content)
    if model is None or decision_id not in model.decision_ids:
        raise DecisionMissing(decision_id)
    return model


def _work(task_id: str, wanted: Mapping[str, str]) -> Work | None:
    """Read the long work that this page asks for; None without any.

    Raises:
        BackgroundTaskNotFound: there is none of this id for this decision.
    """
    if not task_id:
        return None
    with current.application().reading() as session:
        work = background.task(task_id, session)
    if work.kind != replay_work.KIND or dict(work.params) != dict(wanted):
        raise BackgroundTaskNotFound
    return work


def _revisions(draft_id: str) -> Mapping[str, int]:
    """Tell the revision of each file of test rows, by the id of its decision."""
    with current.application().reading() as session:
        stored = queries.file_views(draft_id, session=session)
    known = {each.name: each.revision for each in stored}
    return {
        name.removeprefix("tests/").removesuffix(".json"): revision
        for name, revision in known.items()
        if name.startswith("tests/")
    }


def _tables(content: bytes) -> tuple[TableGrid, ...]:
    """Read the tables of a file; none of one that cannot be read."""
    try:
        return grids(content)
    except DeploymentRefused:
        return ()


def _table(content: bytes, decision_id: str) -> TableGrid:
    for table in grids(content):
        if table.decision_id == decision_id:
            return table
    raise DecisionMissing(decision_id)


def _save(draft_id: str, name: str, content: bytes, revision: int | None) -> None:
    """Save a file under the revision that the page was made from; None for a new one."""
    application = current.application()
    with application.unit_of_work() as session:
        service.save_file(
            draft_id,
            name,
            content,
            revision=revision,
            by=current.actor(),
            session=session,
            clock=application.clock,
        )


def _options(draft: DraftView, name: str) -> dict[str, object]:
    """What the script needs: addresses, and where it keeps unsaved text."""
    address = partial(flask.url_for, draft_id=draft.id, name=name)
    return {
        "file": name,
        "key": f"anju.draft.{draft.id}.{current.account().id}",
        "token": generate_csrf(),
        "urls": {
            "file": address("drafts.read_file"),
            "branch": address("form_editor.branch"),
            "findings": address("decision_editor.findings"),
        },
    }
