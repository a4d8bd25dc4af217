"""Files that the office adds to a case, and their removal with a reason."""

from collections.abc import Sequence

import flask
from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from engine.errors import Invalid
from housing.attachments import queries, service
from housing.attachments.errors import AttachmentNotFound
from housing.attachments.queries import Attachment
from housing.files.service import StoredFile
from webapp import case_access, case_files, case_page, current, errors
from webapp.case_access import Access

pages = Blueprint("case_files", __name__)

Answered = str | tuple[str, int] | Response


@pages.post("/cases/<number>/files")
def add(number: str) -> Answered:
    """Add files; those that were stored stay when something else is wrong."""
    access, request = case_access.find_as_staff(number), flask.request
    stored = case_files.kept(request.form.getlist("kept"))
    try:
        stored += case_files.store(request.files.getlist("files"))
        if stored:
            case_files.add(access.case, stored)
    except Invalid as error:
        return _refused(number, stored, errors.sentence(error)), errors.status_of(error)
    if not stored:
        return _refused(number, stored, _("Choose at least one file.")), 422
    words = ngettext("%(num)d file was added.", "%(num)d files were added.", len(stored))
    flask.flash(words, "success")
    address = flask.url_for("cases.show", number=number, _anchor="documents-title")
    if flask.request.headers.get("X-Upload"):  # the script goes there itself
        return Response(headers={"X-Next": address})
    return flask.redirect(address)


@pages.route("/cases/<number>/files/<file_id>/remove", methods=["GET", "POST"])
def remove(number: str, file_id: str) -> Answered:
    """Remove a file that the office added, with a reason."""
    access, application = case_access.find_as_staff(number), current.application()
    attachment = _find(access, file_id)
    if flask.request.method == "GET":
        return _draw(access, attachment)
    reason = flask.request.form.get("reason", "")
    try:
        with application.unit_of_work() as session:
            service.remove(
                access.case,
                file_id,
                reason,
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    except Invalid as error:
        return _draw(access, attachment, errors.sentence(error)), errors.status_of(error)
    flask.flash(_("The file was removed."), "success")
    return flask.redirect(flask.url_for("cases.show", number=number, _anchor="documents-title"))


def _refused(number: str, stored: Sequence[StoredFile], problem: str) -> str:
    return case_page.draw(number, {**flask.request.form, "files": stored, "files_problem": problem})


def _find(access: Access, file_id: str) -> Attachment:
    with current.application().reading() as session:
        found = queries.attachment(file_id, session=session)
    if found is None or found.instance_id != access.case.id or found.removed_at is not None:
        raise AttachmentNotFound(file_id)
    return found


def _draw(access: Access, attachment: Attachment, problem: str = "") -> str:
    return flask.render_template(
        "cases/remove_file.html", case=access.case, attachment=attachment, problem=problem
    )
