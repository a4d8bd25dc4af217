"""Stored photos and PDFs, for people who may see the case they belong to."""

import re

import flask
from flask import Blueprint
from werkzeug.wrappers import Response

from housing.attachments import queries as attachments
from housing.files.errors import FileNotFound
from housing.files.service import StoredFile, stored_file
from webapp import case_access, current

pages = Blueprint("files", __name__)

_ID = re.compile(r"[0-9a-f]{32}")
KEPT_SECONDS = 3600
"""A browser of one person may keep a file for an hour; its content never changes."""


@pages.get("/files/<file_id>")
def show(file_id: str) -> Response:
    """Send a photo, or its thumbnail with `?size=thumb`, or a PDF to be saved.

    A PDF never opens inside our site, whatever a browser would run in it. To strangers nothing
    exists.
    """
    is_thumbnail = flask.request.args.get("size") == "thumb"
    stored = _find(file_id)
    if is_thumbnail and stored.is_document:
        raise FileNotFound(file_id)
    response = flask.send_file(
        current.application().files.path(stored, is_thumbnail=is_thumbnail),
        mimetype="image/jpeg" if is_thumbnail else stored.content_type,
        as_attachment=stored.is_document,
        download_name=stored.filename,
        conditional=True,
    )
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    return response


def _find(file_id: str) -> StoredFile:
    if not _ID.fullmatch(file_id):
        raise FileNotFound(file_id)
    with current.application().reading() as session:
        stored = stored_file(file_id, session=session)
    if not _is_visible(stored):
        raise FileNotFound(file_id)
    return stored


def _is_visible(stored: StoredFile) -> bool:
    """A loose file is its uploader's; one of a case is everybody's who may open the case.

    What the office added for itself is the office's, and what it removed is nobody's.
    """
    with current.application().reading() as session:
        attached = attachments.attachment(stored.id, session=session)
    if attached is not None and (attached.is_internal or attached.removed_at is not None):
        return attached.removed_at is None and case_access.works_on(stored.instance_id)
    if stored.instance_id is None:
        return stored.uploaded_by == current.actor().id
    return case_access.may_open(stored.instance_id)
