"""The form editor of a draft: on a canvas, as a list of fields, and as the resident will see it."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from forms import editing, schema
from forms.errors import ConditionFailed, FormDefinitionInvalid
from forms.quality import FormFinding
from housing.drafts import form_checks, queries, rules, service
from housing.drafts.errors import DraftFileNotFound
from housing.drafts.queries import DraftFileView, DraftView
from webapp import (
    current,
    draft_page,
    filling,
    form_editing,
    form_words,
    language,
    model_words,
    security,
)

pages = Blueprint("form_editor", __name__)

pages.add_app_template_filter(form_words.of_finding, "form_finding")

STEPS = {"up": -1, "down": 1}


@pages.get("/drafts/<draft_id>/forms/<path:name>")
def show(draft_id: str, name: str) -> Response:
    """Show the editor with its canvas, the preview beside it and what the check finds."""
    draft, files, file = _read(draft_id, name)
    page = flask.render_template(
        "form_editor/show.html",
        draft=draft,
        files=files,
        file=file,
        findings=_findings(draft, files, name),
        options=_options(draft, name) if draft.is_open and draft_page.may_draft() else None,
    )
    return security.hold_frames(flask.make_response(page))


@pages.get("/drafts/<draft_id>/fields/<path:name>")
def fields(draft_id: str, name: str) -> Response:
    """List the fields of the form; one of them may be open to edit."""
    draft, files, file = _read(draft_id, name)
    form = editing.parse(file.content)
    place = flask.request.args.get("at", "")
    english, title = form_editing.english_of(files), str(form.get("title") or "")
    page = flask.render_template(
        "form_editor/fields.html",
        draft=draft,
        files=files,
        file=file,
        title=title,
        title_en=english.get(title, ""),
        rows=editing.rows(form),
        opened=form_editing.field_page(form, place, english) if place else None,
        bounds_of=form_editing.bounds_of,
        kinds=form_editing.KINDS,
        findings=_findings(draft, files, name),
        may_edit=draft.is_open and draft_page.may_draft(),
    )
    return security.hold_frames(flask.make_response(page))


@pages.post("/drafts/<draft_id>/fields/<path:name>")
def change(draft_id: str, name: str) -> Response:
    """Do what a button of the list asks: move, remove, add a field, or save one."""
    posted, place = flask.request.form, flask.request.form.get("place", "")
    _draft, files, file = _read(draft_id, name)
    form: editing.Schema = editing.parse(file.content)
    opened, anchor = "", place
    contents: dict[str, bytes] = {}
    match posted.get("act"):
        case "up" | "down" as way:
            form = editing.moved(form, place, STEPS[way])
        case "remove":
            form, anchor = editing.removed(form, place), ""
        case "add":
            form, opened = editing.added(form, posted.get("kind", ""), place)
        case "title":
            title = posted.get("title", "").strip()
            form = editing.titled(form, title)
            contents = _english(files, {title: posted.get("title_en", "").strip()})
        case "save":
            written = form_editing.read_change(posted, editing.row(form, place))
            form = editing.changed(form, place, written.answers)
            contents = _english(files, written.english)
        case _:
            flask.abort(422)
    _save(draft_id, name, {name: editing.write(form), **contents}, file)
    address = flask.url_for(".fields", draft_id=draft_id, name=name, at=opened or None)
    return flask.redirect(f"{address}#{'field-form' if opened else f'place-{anchor or 0}'}")


@pages.post("/drafts/<draft_id>/new-form")
def create(draft_id: str) -> Response:
    """Add a form to the draft; a user task of the diagram names it by its key."""
    key = flask.request.form.get("key", "").strip()
    content = editing.new(key, flask.request.form.get("title", "").strip() or key)
    name = f"forms/{key}.json"
    application = current.application()
    with application.unit_of_work() as session:
        service.save_file(
            draft_id,
            name,
            content,
            revision=None,
            by=current.actor(),
            session=session,
            clock=application.clock,
        )
    return flask.redirect(flask.url_for(".fields", draft_id=draft_id, name=name))


@pages.route("/drafts/<draft_id>/form-preview/<path:name>", methods=["GET", "POST"])
def preview(draft_id: str, name: str) -> Response:
    """Show the form as people will fill it in, in the language asked for; answers go nowhere."""
    _draft, files, file = _read(draft_id, name)
    language.speak(flask.request.args.get("language", ""))
    flask.g.english_of_models = form_editing.english_of(files)
    try:
        answer = _drawn(schema.load(file.content), draft_id, name)
    except FormDefinitionInvalid as error:
        answer = _undrawn(error.problems)
    except ConditionFailed as error:
        answer = _undrawn((str(error),))
    return security.be_framed(answer)


def _drawn(definition: schema.Form, draft_id: str, name: str) -> flask.Response:
    """Draw the form of the preview: fresh, or with what was just tried in it."""
    form = model_words.say_form(definition)
    filled = filling.receive(form) if flask.request.method == "POST" else None
    if filled is not None and filled.wish == "look":
        return filling.hidden_answer(filled)
    page = flask.render_template(
        "form_editor/preview.html",
        view=filling.blank(form) if filled is None else filled.view,
        address=flask.url_for(".preview", draft_id=draft_id, name=name, language=_language()),
        is_accepted=filled is not None and filled.is_ready,
        problems=(),
    )
    return flask.make_response(page, 200 if filled is None else filled.status)


def _undrawn(problems: tuple[str, ...]) -> flask.Response:
    page = flask.render_template("form_editor/preview.html", view=None, problems=problems)
    return flask.make_response(page)


@pages.post("/drafts/<draft_id>/branch/<path:name>")
def branch(draft_id: str, name: str) -> tuple[Response, int]:
    """Save the unsaved text of an editor, the body, as a draft of its own: {url}."""
    application = current.application()
    with application.unit_of_work() as session:
        parent = queries.draft(draft_id, session=session)
        made = service.branch(
            draft_id,
            {name: flask.request.get_data()},
            title=_("%(title)s, as %(name)s has it", title=parent.title, name=_own_name()),
            by=current.actor(),
            session=session,
            clock=application.clock,
        )
        editor = "form_editor.show" if rules.is_form(name) else "decision_editor.show"
        address = flask.url_for(editor, draft_id=made.id, name=name)
    return flask.jsonify(url=address), HTTPStatus.CREATED


@pages.get("/drafts/<draft_id>/form-findings/<path:name>")
def findings(draft_id: str, name: str) -> str:
    """Say what the check finds in the form as it was saved last."""
    draft, files, _file = _read(draft_id, name)
    return flask.render_template(
        "form_editor/findings.html", findings=_findings(draft, files, name)
    )


def _read(draft_id: str, name: str) -> tuple[DraftView, dict[str, bytes], DraftFileView]:
    if not rules.is_form(name):
        raise DraftFileNotFound(name)
    with current.application().reading() as session:
        draft = queries.draft(draft_id, session=session)
        file = queries.file(draft_id, name, session=session)
        files = dict(queries.files(draft_id, session=session))
    return draft, files, file


def _findings(draft: DraftView, files: dict[str, bytes], name: str) -> tuple[FormFinding, ...]:
    with current.application().reading() as session:
        base = queries.base_files(draft, session=session)
    return form_checks.check_form(name, files, base)


def _english(files: Mapping[str, bytes], words: Mapping[str, str]) -> dict[str, bytes]:
    """Give the file of English if the words change it."""
    before = form_editing.english_of(files)
    after = form_editing.with_english(before, words)
    return {} if after == before else {form_editing.ENGLISH: editing.write(after)}


def _save(draft_id: str, name: str, contents: dict[str, bytes], file: DraftFileView) -> None:
    """Save the form under the revision that the page was made from; English under the newest."""
    application = current.application()
    revision = flask.request.form.get("revision", type=int) or file.revision
    with application.unit_of_work() as session:
        stored = queries.file_views(draft_id, session=session)
        revisions = {each.name: each.revision for each in stored} | {name: revision}
        for each, content in contents.items():
            service.save_file(
                draft_id,
                each,
                content,
                revision=revisions.get(each),
                by=current.actor(),
                session=session,
                clock=application.clock,
            )


def _own_name() -> str:
    return current.account().name


def _options(draft: DraftView, name: str) -> dict[str, object]:
    """What the script needs: addresses, and where it keeps unsaved text."""
    address = partial(flask.url_for, draft_id=draft.id, name=name)
    return {
        "file": name,
        "key": f"anju.draft.{draft.id}.{current.account().id}",
        "token": generate_csrf(),
        "retention": {each: str(words) for each, words in form_words.RETENTION_CLASSES.items()},
        "urls": {
            "file": address("drafts.read_file"),
            "branch": address("form_editor.branch"),
            "findings": address("form_editor.findings"),
        },
    }


def _language() -> str | None:
    wanted = flask.request.args.get("language", "")
    return wanted if wanted in language.LANGUAGES else None
