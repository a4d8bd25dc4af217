"""A person fills in a form: what was typed, what the buttons ask, what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import flask

from forms import reading, validation, viewing
from forms.cleaning import FieldError
from forms.schema import Form
from forms.viewing import FormView
from webapp import current, uploads

EDIT_BUTTONS = ("_add", "_remove", "_drop", "_upload")
"""Buttons that change the form and show it again: rows, photos."""

DRAFT_BUTTON = "_draft"
LOOK_ARGUMENT = "visible"
"""A request with `?visible` only asks what is hidden now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A posted form.

    Attributes:
        wish: "submit", "edit" (a row or photo was added or removed), "draft", or "look" (which
            fields are hidden now).
        raw: what was typed; fits a draft.
        values, variables: typed values of a form without errors.
        errors: by full field name.
        view: the form to show again.
        status: HTTP status of showing it again.
    """

    wish: str
    raw: Mapping[str, object]
    values: Mapping[str, object]
    variables: Mapping[str, object]
    view: FormView
    errors: Mapping[str, FieldError] = field(default_factory=dict)
    status: int = 200

    @property
    def is_ready(self) -> bool:
        """Tell whether the form was submitted and nothing is wrong."""
        return self.wish == "submit" and not self.errors


def blank(
    form: Form,
    context: Mapping[str, object] | None = None,
    *,
    draft: Mapping[str, object] | None = None,
    now: datetime | None = None,
) -> FormView:
    """Prepare a form nobody has posted yet.

    Args:
        form: its definition.
        context: what its expressions may name.
        draft: raw values saved before; they go over the prefills.
        now: where the clock stands; absent, that of the house.
    """
    context, now = context or {}, now or _now()
    values = viewing.initial_values(form, context=context, now=now) | dict(draft or {})
    return viewing.view(form, values, {}, context=context, now=now)


def receive(
    form: Form, context: Mapping[str, object] | None = None, *, now: datetime | None = None
) -> Filled:
    """Read the posted form of this request; its photos are stored, whatever is wrong with it.

    Args:
        form: its definition.
        context: what its expressions may name.
        now: where the clock stands; absent, that of the house.
    """
    context, now, wish = context or {}, now or _now(), _wish()
    uploaded = uploads.receive(form)
    raw = _edited(reading.read(form, uploaded.data))
    checked = validation.validate(form, raw, context=context, now=now)
    errors = {**checked.errors, **uploaded.errors} if wish == "submit" else uploaded.errors
    return Filled(
        wish=wish,
        raw=raw,
        values=checked.values,
        variables=checked.variables,
        view=viewing.view(form, raw, errors, context=context, now=now),
        errors=errors,
        status=_status(wish, errors, uploaded),
    )


def hidden_answer(filled: Filled) -> flask.Response:
    """Answer a look: the ids of the fields to hide."""
    return flask.jsonify(hidden=sorted(filled.view.hidden))


def _wish() -> str:
    posted = flask.request.form
    if LOOK_ARGUMENT in flask.request.args:
        return "look"
    if any(button in posted for button in EDIT_BUTTONS):
        return "edit"
    return "draft" if DRAFT_BUTTON in posted else "submit"


def _status(wish: str, errors: Mapping[str, FieldError], uploaded: uploads.Uploads) -> int:
    # htmx swaps only what comes with a status below 400, so a changed row is a plain 200
    if wish != "submit" or not errors:
        return 200
    return 413 if uploaded.is_too_large else 422


def _edited(raw: dict[str, object]) -> dict[str, object]:
    """Do what the buttons ask: add or remove a row, drop a photo."""
    posted = flask.request.form
    if name := posted.get("_add"):
        _rows(raw, name).append({})
    if name := posted.get("_remove"):
        path, _, index = name.rpartition("-")
        rows = _rows(raw, path)
        if index.isdigit() and int(index) < len(rows):
            del rows[int(index)]
    if name := posted.get("_drop"):
        _drop(raw, name)
    return raw


def _rows(raw: Mapping[str, object], name: str) -> list[object]:
    rows = raw.get(name)
    return rows if isinstance(rows, list) else []


def _drop(raw: Mapping[str, object], wanted: str) -> None:
    """Remove a photo, named `<field>:<file id>`, `<list>-<row>-<field>:<file id>` within rows."""
    name, _, file_id = wanted.rpartition(":")
    holder: object = raw
    *path, last = name.split("-")
    for step in path:
        holder = _step(holder, step)
    if isinstance(holder, dict) and isinstance(files := holder.get(last), list):
        holder[last] = [kept for kept in files if kept != file_id]


def _step(holder: object, step: str) -> object:
    if isinstance(holder, Mapping):
        return holder.get(step)
    if isinstance(holder, list) and step.isdigit() and int(step) < len(holder):
        return holder[int(step)]
    return None


def _now() -> datetime:
    return current.application().clock.now()
