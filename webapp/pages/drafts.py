"""Drafts of processes: list, overview, files for the editors, check, submission, versions."""

from collections.abc import Mapping
from http import HTTPStatus

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import definition_queries
from engine.deployments import content_hash
from engine.errors import Conflict, Invalid, NotAllowed
from housing.drafts import archives, checking, importing, queries, rules, service, shipped
from housing.drafts.errors import DraftConflict
from housing.drafts.queries import LIVE, DraftFilter
from housing.drafts.service import begin as begin_draft
from housing.scenario_runs.views import scenario_state
from webapp import current, draft_page, errors, formats, lint_words

pages = Blueprint("drafts", __name__)

PAGE_SIZE = 20


@pages.app_context_processor
def _tell_templates() -> dict[str, object]:
    return {"page_exists": lambda endpoint: endpoint in flask.current_app.view_functions}


pages.add_app_template_filter(draft_page.file_words, "file_words")
pages.add_app_template_filter(lint_words.say, "say_advice")
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
        draft = begin_draft(
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
    return _overview(draft_id)


@pages.post("/drafts/<draft_id>/submit")
def submit(draft_id: str) -> Response | tuple[str, int]:
    """Hand a draft to a colleague for approval."""
    reason, application = flask.request.form.get("reason", ""), current.application()
    try:
        with application.unit_of_work() as session:
            service.submit(
                draft_id, reason, by=current.actor(), session=session, clock=application.clock
            )
    except (Conflict, Invalid) as error:
        page = _overview(draft_id, problem=errors.sentence(error), reason=reason)
        return page, errors.status_of(error)
    flask.flash(_("Submitted. A colleague with the right to approve decides now."), "success")
    return _to(draft_id)


@pages.post("/drafts/<draft_id>/withdraw")
def withdraw(draft_id: str) -> Response:
    """Give a draft up; it stays readable."""
    application = current.application()
    with application.unit_of_work() as session:
        service.withdraw(
            draft_id,
            by=current.actor(),
            session=session,
            clock=application.clock,
            reason=flask.request.form.get("reason", ""),
        )
    flask.flash(_("The draft was withdrawn; it stays readable."), "success")
    return _to(draft_id)


@pages.post("/drafts/<draft_id>/rename")
def rename(draft_id: str) -> Response:
    """Give an open draft another title."""
    application = current.application()
    with application.unit_of_work() as session:
        service.rename(
            draft_id,
            flask.request.form.get("title", ""),
            by=current.actor(),
            session=session,
            clock=application.clock,
        )
    return _to(draft_id)


@pages.post("/drafts/<draft_id>/renew")
def renew(draft_id: str) -> Response:
    """Bring an outdated draft up to date: a new draft from the newest version."""
    application = current.application()
    with application.unit_of_work() as session:
        draft, redo = service.bring_up_to_date(
            draft_id, by=current.actor(), session=session, clock=application.clock
        )
        renewed = draft.id
    flask.flash(_("This is a new draft from the newest version."), "success")
    if redo:
        flask.flash(
            _("Both changed %(count)d files: redo your changes there.", count=len(redo)), "info"
        )
    return _to(renewed)


@pages.post("/drafts/<draft_id>/upload/<path:name>")
def upload(draft_id: str, name: str) -> Response | tuple[str, int]:
    """Replace one file of a draft by an uploaded one: the way without an editor."""
    application, file = current.application(), flask.request.files.get("file")
    try:
        with application.unit_of_work() as session:
            service.save_file(
                draft_id,
                name,
                file.stream.read(draft_page.MAX_UPLOAD_BYTES) if file else b"",
                revision=draft_page.number(flask.request.form.get("revision", "")),
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    except (Conflict, Invalid) as error:
        page = _overview(draft_id, problem=errors.sentence(error))
        return page, errors.status_of(error)
    flask.flash(_("The file was saved."), "success")
    return _to(draft_id)


@pages.post("/drafts/<draft_id>/remove/<path:name>")
def remove(draft_id: str, name: str) -> Response:
    """Remove a decision, a form or a scenario from a draft."""
    application = current.application()
    with application.unit_of_work() as session:
        service.remove_file(
            draft_id,
            name,
            revision=draft_page.number(flask.request.form.get("revision", "")) or 0,
            by=current.actor(),
            session=session,
            clock=application.clock,
        )
    flask.flash(_("The file was removed from the draft."), "success")
    return _to(draft_id)


@pages.get("/drafts/<draft_id>/files/<path:name>")
def read_file(draft_id: str, name: str) -> Response:
    """Give one file to an editor; its revision is the ETag."""
    with current.application().reading() as session:
        file = queries.file(draft_id, name, session=session)
    answer = _file(name, file.content)
    answer.headers["ETag"] = f'"{file.revision}"'
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


@pages.get("/drafts/<draft_id>/package.zip")
def export(draft_id: str) -> Response:
    """Give all files of a draft as an archive that other tools read."""
    with current.application().reading() as session:
        draft = queries.draft(draft_id, session=session)
        files = queries.files(draft_id, session=session)
    return _archive(files, f"{draft.process_key}-draft.zip")


@pages.get("/processes/<key>/<int:version>/package.zip")
def export_version(key: str, version: int) -> Response:
    """Give all files of a version as an archive that other tools read."""
    with current.application().reading() as session:
        deployed = definition_queries.definition(key, version, session)
        files = definition_queries.resources(deployed.id, session)
    return _archive(files, f"{key}-{version}.zip")


@pages.get("/processes/<key>/versions")
def list_versions(key: str) -> str:
    """List the versions of a process with who put each in service and why; restore one."""
    with current.application().reading() as session:
        lines = queries.versions(key, session=session)
        live = queries.drafts(DraftFilter(states=LIVE, process_key=key), session=session)
    return flask.render_template(
        "drafts/versions.html",
        process_key=key,
        lines=lines,
        drafts=live.rows,
        may_draft=draft_page.may_draft(),
    )


@pages.route("/drafts/import", methods=["GET", "POST"])
def import_files() -> str | Response | tuple[str, int]:
    """Take over files of other tools as a draft, with a report of what became of them."""
    application = current.application()
    if flask.request.method == "GET":
        return _import_page()
    form = flask.request.form
    try:
        with application.unit_of_work() as session:
            draft = importing.import_files(
                draft_page.uploads(flask.request.files.getlist("files")),
                title=form.get("title", ""),
                process_key=form.get("process_key") or None,
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
            draft_id = draft.id
    except (Conflict, Invalid) as error:
        return _import_page(errors.sentence(error)), errors.status_of(error)
    return flask.redirect(flask.url_for("drafts.show_import", draft_id=draft_id))


@pages.get("/drafts/<draft_id>/import-report")
def show_import(draft_id: str) -> str:
    """Show what an import took over, converted and left out, and what will not run."""
    with current.application().reading() as session:
        draft = queries.draft(draft_id, session=session)
        files = queries.files(draft_id, session=session)
        base = queries.base_files(draft, session=session)
        events = queries.events(draft_id, session=session)
    findings = draft_page.in_words(checking.check(files, base=base))
    return flask.render_template(
        "drafts/import_report.html",
        draft=draft,
        files=files,
        groups=draft_page.import_groups(importing.report_of(events[-1].detail)),
        errors=[each for each in findings if each.finding.severity == "error"],
    )


@pages.get("/drafts/<draft_id>/shipped/<path:name>")
def read_shipped(draft_id: str, name: str) -> Response:
    """Give a file as the installed software brings it, to compare with a proposed update."""
    with current.application().reading() as session:
        draft = queries.draft(draft_id, session=session)
    content = shipped.file(draft.package, name)
    return _file(name, content)


def _import_page(problem: str = "") -> str:
    with current.application().reading() as session:
        processes = definition_queries.processes(session)
    return flask.render_template(
        "drafts/import.html",
        problem=problem,
        typed=flask.request.form,
        processes=draft_page.startable(processes),
    )


def _archive(files: Mapping[str, bytes], name: str) -> Response:
    answer = Response(archives.packed(files), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _file(name: str, content: bytes) -> Response:
    """Give a file to keep; never as a page of ours."""
    kind = "application/json" if name.endswith(".json") else "application/xml"
    answer = Response(content, mimetype=kind)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.set("Content-Disposition", "attachment", filename=name.rpartition("/")[2])
    return answer


def _overview(draft_id: str, *, problem: str = "", reason: str = "") -> str:
    with current.application().reading() as session:
        draft = queries.draft(draft_id, session=session)
        files = queries.file_views(draft_id, session=session)
        base = queries.base_files(draft, session=session)
        events = queries.events(draft_id, session=session)
        authors = queries.authors(draft_id, session=session)
        digest = content_hash({each.name: each.content for each in files})
        scenarios = scenario_state(digest, session=session)
    contents = {each.name: each.content for each in files}
    findings = draft_page.in_words(checking.check(contents, base=base))
    return flask.render_template(
        "drafts/show.html",
        draft=draft,
        files=files,
        lines=draft_page.file_lines(base, files),
        findings=findings,
        errors=[each for each in findings if each.finding.severity == "error"],
        events=events,
        began=events[-1].detail if events else {},
        may=draft_page.rights(draft, authors),
        scenarios=scenarios,
        problem=problem,
        reason=reason,
    )


def _to(draft_id: str) -> Response:
    return flask.redirect(flask.url_for("drafts.show", draft_id=draft_id))


def _conflict(conflict: DraftConflict) -> tuple[Response, int]:
    answer = flask.jsonify(
        revision=conflict.revision,
        edited_by=conflict.edited_by_name,
        edited_at=formats.moment(conflict.edited_at),
        message=errors.sentence(conflict),
    )
    return answer, HTTPStatus.CONFLICT
