"""Drafts of processes: list, overview, files for the editors, check, submission, versions."""

from http import HTTPStatus

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import definition_queries
from engine.errors import Conflict, Invalid, NotAllowed
from housing.drafts import checking, queries, rules, service
from housing.drafts.errors import DraftConflict
from housing.drafts.queries import DraftFilter
from webapp import current, draft_page, errors, formats

pages = Blueprint("drafts", __name__)

PAGE_SIZE = 20


@pages.app_context_processor
def _tell_templates() -> dict[str, object]:
    return {"page_exists": lambda endpoint: endpoint in flask.current_app.view_functions}


pages.add_app_template_filter(draft_page.file_words, "file_words")
pages.add_app_template_test(rules.is_decision, "decision_file")
pages.add_app_template_test(rules.is_form, "form_file")


@pages.get("/drafts")
def list_drafts() -> str:
    """List the drafts, changed last first; those somebody still works on, or all."""
    chosen = draft_page.chosen_states(flask.request.args.get("state", ""))
    page = max(1, flask.request.args.get("page", 1, type=int))
    with current.application().reading() as session:
        found = queries.drafts(
            DraftFilter(states=chosen.states),
            session=session,
            limit=PAGE_SIZE,
            offset=(page - 1) * PAGE_SIZE,
        )
        processes = definition_queries.processes(session)
    return flask.render_template(
        "drafts/list.html",
        drafts=found.rows,
        total=found.total,
        chosen=chosen.name,
        choices=draft_page.CHOICES,
        processes=draft_page.startable(processes),
        page=page,
        page_count=-(-found.total // PAGE_SIZE),
        may_draft=draft_page.may_draft(),
    )


@pages.post("/drafts")
def begin() -> Response:
    """Begin a draft of a process: of the newest version, or of an older one to restore it."""
    form, application = flask.request.form, current.application()
    version = form.get("version", "")
    with application.unit_of_work() as session:
        draft = service.begin(
            form.get("process_key", ""),
            title=form.get("title", ""),
            by=current.actor(),
            session=session,
            clock=application.clock,
            version=int(version) if version.isdecimal() and len(version) < 9 else None,
        )
        draft_id = draft.id
    flask.flash(_("The draft is open. Nothing changes in the service before approval."), "success")
    return flask.redirect(flask.url_for("drafts.show", draft_id=draft_id))


@pages.get("/drafts/<draft_id>")
def show(draft_id: str) -> str:
    """Show what a draft changes, what the check finds, its history and what to do next."""
    with current.application().reading() as session:
        draft = queries.draft(draft_id, session=session)
        files = queries.file_views(draft_id, session=session)
        base = queries.base_files(draft, session=session)
        events = queries.events(draft_id, session=session)
        authors = queries.authors(draft_id, session=session)
    contents = {each.name: each.content for each in files}
    return flask.render_template(
        "drafts/show.html",
        draft=draft,
        files=files,
        changes=draft_page.changes(base, contents),
        findings=draft_page.in_words(checking.check(contents, base=base)),
        events=events,
        may=draft_page.rights(draft, authors),
    )


@pages.get("/drafts/<draft_id>/files/<path:name>")
def read_file(draft_id: str, name: str) -> Response:
    """Give one file to an editor; its revision is the ETag."""
    with current.application().reading() as session:
        file = queries.file(draft_id, name, session=session)
    kind = "application/json" if name.endswith(".json") else "application/xml"
    answer = Response(file.content, mimetype=kind)
    answer.headers["ETag"] = f'"{file.revision}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = "attachment"  # an editor's file is never a page of ours
    return answer


@pages.put("/drafts/<draft_id>/files/<path:name>")
def save_file(draft_id: str, name: str) -> tuple[Response, int]:
    """Save one file of an editor: 200, or 409 if somebody else saved it since, or 422."""
    application = current.application()
    try:
        revision = draft_page.revision(flask.request.headers.get("If-Match", ""))
        with application.unit_of_work() as session:
            saved = service.save_file(
                draft_id,
                name,
                flask.request.get_data(),
                revision=revision,
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
            number, saved_at = saved.revision, saved.edited_at
    except DraftConflict as conflict:
        return _conflict(conflict)
    except (Conflict, Invalid, NotAllowed) as error:
        return flask.jsonify(message=errors.sentence(error)), HTTPStatus.UNPROCESSABLE_ENTITY
    answer = flask.jsonify(
        revision=number, saved_at=formats.moment(saved_at), saved_by=current.account().name
    )
    answer.headers["ETag"] = f'"{number}"'
    return answer, HTTPStatus.OK


@pages.post("/drafts/<draft_id>/check")
def check(draft_id: str) -> tuple[Response, int]:
    """Check a draft with unsaved files laid over it; findings in the reader's language."""
    unsaved = draft_page.unsaved_files(flask.request.get_json(silent=True))
    if unsaved is None:
        message = _("This cannot be checked.")
        return flask.jsonify(message=message), HTTPStatus.UNPROCESSABLE_ENTITY
    with current.application().reading() as session:
        draft = queries.draft(draft_id, session=session)
        files = {**queries.files(draft_id, session=session), **unsaved}
        base = queries.base_files(draft, session=session)
    findings = draft_page.in_words(checking.check(files, base=base))
    return flask.jsonify(findings=[each.as_json() for each in findings]), HTTPStatus.OK


def _conflict(conflict: DraftConflict) -> tuple[Response, int]:
    answer = flask.jsonify(
        revision=conflict.revision,
        edited_by=conflict.edited_by_name,
        edited_at=formats.moment(conflict.edited_at),
        message=errors.sentence(conflict),
    )
    return answer, HTTPStatus.CONFLICT
