"""Notes of colleagues on a case: written on its page, changed and removed on their own."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid
from housing.notes import queries, rules, service, views
from housing.notes.errors import NoteNotFound
from housing.notes.views import Note
from webapp import case_access, case_page, current, errors
from webapp.case_access import Access

pages = Blueprint("case_notes", __name__)

Answered = str | tuple[str, int] | Response


@pages.post("/cases/<number>/notes")
def write(number: str) -> Answered:
    """Note something; what was typed is kept when it is refused."""
    access, application = case_access.find_as_staff(number), current.application()
    text = _text_with_mention()
    try:
        with application.unit_of_work() as session:
            note = service.write(
                session,
                instance_id=access.case.id,
                text=text,
                by=current.actor(),
                at=application.clock.now(),
                vault=application.vault,
            )
    except Invalid as error:
        typed = {"note": text, "note_problem": errors.sentence(error)}
        return case_page.draw(number, typed), errors.status_of(error)
    flask.flash(_("The note was written."), "success")
    return _back(number, note.id)


@pages.route("/cases/<number>/notes/<int:note_id>", methods=["GET", "POST"])
def edit(number: str, note_id: int) -> Answered:
    """Change a note of one's own while it is fresh, or remove one."""
    access, application = case_access.find_as_staff(number), current.application()
    note = _find(access, note_id)
    if flask.request.method == "GET":
        return _draw(access, note, note.text)
    text = _text_with_mention()
    try:
        with application.unit_of_work() as session:
            service.edit(
                session,
                note_id,
                text,
                case=access.case,
                by=current.actor(),
                at=application.clock.now(),
                vault=application.vault,
            )
    except (Invalid, Conflict) as error:
        return _draw(access, note, text, errors.sentence(error)), errors.status_of(error)
    flask.flash(_("The note was changed."), "success")
    return _back(number, note_id)


@pages.post("/cases/<number>/notes/<int:note_id>/remove")
def remove(number: str, note_id: int) -> Response:
    """Take the text out of a note; that it was there stays."""
    access, application = case_access.find_as_staff(number), current.application()
    with application.unit_of_work() as session:
        service.remove(
            session,
            note_id,
            case=access.case,
            by=current.actor(),
            at=application.clock.now(),
        )
    flask.flash(_("The note was removed."), "success")
    return _back(number, note_id)


def _text_with_mention() -> str:
    """Read the typed text, with the colleague chosen from the list mentioned in it."""
    form = flask.request.form
    text, chosen = form.get("text", ""), form.get("mention", "").strip().lstrip("@")
    return f"@{chosen} {text}" if chosen else text


def _find(access: Access, note_id: int) -> Note:
    application = current.application()
    with application.reading() as session:
        found = queries.of_case(
            access.case, current.actor(), vault=application.vault, session=session
        )
    note = next((each for each in found if each.id == note_id), None)
    if note is None or note.removed_at is not None:
        raise NoteNotFound(note_id)
    return note


def _draw(access: Access, note: Note, text: str, problem: str = "") -> str:
    application, by = current.application(), current.actor()
    with application.reading() as session:
        colleagues = views.colleagues_of(access.case, session=session)
    return flask.render_template(
        "cases/note.html",
        case=access.case,
        note=note,
        text=text,
        problem=problem,
        colleagues=colleagues,
        longest=rules.LONGEST,
        may_edit=rules.may_edit(note.author_id, note.written_at, by, application.clock.now()),
        may_remove=rules.may_remove(note.author_id, access.case.scope, by),
    )


def _back(number: str, note_id: int) -> Response:
    address = flask.url_for("cases.show", number=number, _anchor=f"note-{note_id}")
    return flask.redirect(address)
