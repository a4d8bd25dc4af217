"""The diagram of a draft in the browser: the editor's page and what its script asks."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from http import HTTPStatus

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bpmn import catalogue
from engine import definition_queries, expressions
from engine.comparison.diagrams import compare_diagrams
from engine.expressions import ExpressionInvalid
from housing.drafts import queries, service
from housing.drafts.errors import DraftFileNotFound
from housing.drafts.queries import DraftView
from webapp import change_words, current, draft_page, editor_choices, editor_steps, language

pages = Blueprint("diagram_editor", __name__)

LONGEST_EXPRESSION = 10_000
"""Characters of FEEL that the editor may ask about at once."""

Answer = tuple[Response, int]


@pages.get("/drafts/<draft_id>/diagram")
def show(draft_id: str) -> str:
    """Show the diagram of a draft: to edit while it is open, to read after that."""
    with current.application().reading() as session:
        draft = queries.draft(draft_id, session=session)
        files = queries.files(draft_id, session=session)
        processes = definition_queries.processes(session)
    name = _diagram_of(draft, files)
    is_editable = draft.is_open and draft_page.may_draft()
    names = [(each.definition.key, each.definition.name) for each in processes]
    return flask.render_template(
        "diagram_editor/show.html",
        draft=draft,
        files=files,
        name=name,
        steps=editor_steps.steps(files[name]),
        xml=files[name],
        options=_options(draft, files, name, names) if is_editable else None,
    )


@pages.post("/drafts/<draft_id>/diagram/expression")
def evaluate(draft_id: str) -> Answer:
    """Evaluate a condition with sample values: {expression, variables} to {value} or {error}."""
    with current.application().reading() as session:
        queries.draft(draft_id, session=session)
    body = _body()
    expression, variables = body.get("expression"), body.get("variables", {})
    if not isinstance(expression, str) or len(expression) > LONGEST_EXPRESSION:
        return _refused()
    if not isinstance(variables, dict):
        return _refused()
    try:
        answer = expressions.evaluate_text(expression, variables, current.application().clock)
    except ExpressionInvalid as error:
        return flask.jsonify(error=_wrong(error)), HTTPStatus.OK
    problems = [_("Some value is missing or of another kind.")] if answer.problems else []
    return flask.jsonify(value=_said(answer.text), problems=problems), HTTPStatus.OK


@pages.post("/drafts/<draft_id>/diagram/compare")
def compare(draft_id: str) -> Answer:
    """Tell how an unsaved diagram differs from the saved one: {file, text} to {changes}."""
    with current.application().reading() as session:
        queries.draft(draft_id, session=session)
        files = queries.files(draft_id, session=session)
    sent = _sent()
    if sent is None:
        return _refused()
    name, text = sent
    if name not in files:
        raise DraftFileNotFound(name)
    try:
        changes = compare_diagrams(files[name], text, file=name)
    except ValueError:
        return _refused()
    names = change_words.names_of(files, english={})
    lines = change_words.lines(changes, names)
    return flask.jsonify(changes=[each.sentence for each in lines]), HTTPStatus.OK


@pages.post("/drafts/<draft_id>/diagram/branch")
def branch(draft_id: str) -> Answer:
    """Save an unsaved diagram as a draft of its own: {file, text} to {url}."""
    application, sent = current.application(), _sent()
    with application.unit_of_work() as session:
        parent = queries.draft(draft_id, session=session)
        if sent is None:
            return _refused()
        draft = service.branch(
            draft_id,
            dict([sent]),
            title=_("%(title)s, as %(name)s has it", title=parent.title, name=_own_name()),
            by=current.actor(),
            session=session,
            clock=application.clock,
        )
        address = flask.url_for("diagram_editor.show", draft_id=draft.id)
    return flask.jsonify(url=address), HTTPStatus.CREATED


def _own_name() -> str:
    return current.account().name


def _diagram_of(draft: DraftView, files: Mapping[str, bytes]) -> str:
    """Choose the diagram that is edited: a package has one.

    Raises:
        DraftFileNotFound: the draft has none.
    """
    found = sorted(name for name in files if name.endswith(".bpmn"))
    if not found:
        raise DraftFileNotFound(f"{draft.package}.bpmn")
    return found[0]


def _options(
    draft: DraftView, files: Mapping[str, bytes], name: str, processes: list[tuple[str, str]]
) -> Mapping[str, object]:
    """What the script needs: addresses, choices, and where it keeps unsaved text."""
    choices = editor_choices.choices(files, processes)
    return {
        "file": name,
        "key": f"anju.draft.{draft.id}.{current.account().id}",
        "hasEnglish": catalogue.ENGLISH in files,
        "language": language.choose(),
        "urls": _addresses(draft, name),
        "choices": choices,
    }


def _addresses(draft: DraftView, name: str) -> Mapping[str, str]:
    address = partial(flask.url_for, draft_id=draft.id)
    return {
        "file": address("drafts.read_file", name=name),
        "english": address("drafts.read_file", name=catalogue.ENGLISH),
        "check": address("drafts.check"),
        "overview": address("drafts.show"),
        "expression": address("diagram_editor.evaluate"),
        "compare": address("diagram_editor.compare"),
        "branch": address("diagram_editor.branch"),
        "form": _editor("form_editor.show", draft, "forms/__name__.json"),
        "decision": _editor("decision_editor.show", draft, "__name__"),
    }


def _editor(endpoint: str, draft: DraftView, name: str) -> str:
    """Give the address of another editor with a place for the name; "" while there is none."""
    if endpoint not in flask.current_app.view_functions:
        return ""
    return flask.url_for(endpoint, draft_id=draft.id, name=name)


def _body() -> Mapping[str, object]:
    """Read the JSON of the script; an empty mapping if it is none. Numbers stay exact."""
    try:
        body = json.loads(flask.request.get_data(), parse_float=Decimal)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _sent() -> tuple[str, bytes] | None:
    """Read the unsaved file of an editor; None if the body is not what it sends."""
    body = _body()
    name, text = body.get("file"), body.get("text")
    if not isinstance(name, str) or not isinstance(text, str) or not name.endswith(".bpmn"):
        return None
    return name, text.encode(errors="replace")


def _refused() -> Answer:
    return flask.jsonify(message=_("This is not what the editor sends.")), (
        HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _wrong(error: ExpressionInvalid) -> str:
    if not error.line:
        return str(_("This cannot be computed."))
    place = {"line": error.line, "column": error.column}
    return str(_("This cannot be read near line %(line)d, character %(column)d.", **place))


def _said(text: str) -> str:
    """Say a truth value in words; every other value as FEEL writes it."""
    words = {"true": _("yes"), "false": _("no"), "null": _("no value")}
    return str(words.get(text, text))
