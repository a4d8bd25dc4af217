"""The files of a case: those that came with forms and those the office added."""

from collections.abc import Sequence
from dataclasses import dataclass

import flask
from werkzeug.datastructures import FileStorage

from engine.records import Instance
from housing.attachments import queries as attachments
from housing.attachments import service
from housing.attachments.errors import TooManyFiles
from housing.attachments.queries import Attachment
from housing.attachments.service import Addition
from housing.cases.rules import Viewer
from housing.files.rules import DOCUMENTS
from housing.files.service import StoredFile, files_of, stored_files
from housing.people.queries import names_of
from webapp import current, uploads

FILE_RELATIONS = frozenset({"reporter", "household"})
"""Who sees the files of a case beside the office."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFile:
    """A file of a case.

    Attributes:
        by_name: who uploaded it.
        attachment: what the office said when it added it; None for one that came with a form.
    """

    file: StoredFile
    by_name: str
    attachment: Attachment | None


def of_case(case: Instance, viewer: Viewer) -> tuple[CaseFile, ...]:
    """List the files of a case that a viewer may open, oldest first."""
    if not (viewer.is_staff or viewer.relation in FILE_RELATIONS):
        return ()
    with current.application().reading() as session:
        files = files_of(case.id, session=session)
        added = {
            each.file_id: each
            for each in attachments.of_case(case.id, is_staff=True, session=session)
        }
        names = names_of({each.uploaded_by for each in files}, session=session)
    return tuple(
        CaseFile(
            file=file,
            by_name=names.get(file.uploaded_by, ""),
            attachment=added.get(file.id),
        )
        for file in files
        if viewer.is_staff or not _is_internal(added.get(file.id))
    )


def kept(file_ids: Sequence[str]) -> list[StoredFile]:
    """Find the loose files that an earlier try of this request's person stored."""
    by = current.actor()
    with current.application().reading() as session:
        found = stored_files(list(dict.fromkeys(file_ids)), session=session)
    return [each for each in found if each.instance_id is None and each.uploaded_by == by.id]


def store(posted: Sequence[FileStorage]) -> list[StoredFile]:
    """Store new files of this request, loose.

    Args:
        posted: files without a name are fields left empty.

    Raises:
        FileRefused: one of them is no photo and no PDF, or too large; none is stored.
        TooManyFiles: more came than one request may bring; none is stored.
    """
    application, by = current.application(), current.actor()
    named = [each for each in posted if each.filename]
    if len(named) > uploads.MAX_FILES_A_REQUEST:
        raise TooManyFiles(uploads.MAX_FILES_A_REQUEST)
    prepared = [uploads.prepare(each, DOCUMENTS) for each in named]
    with application.unit_of_work() as session:
        return [application.files.record(each, by=by, session=session) for each in prepared]


def add(case: Instance, files: Sequence[StoredFile]) -> None:
    """Add stored files to a case as the form of this request says.

    Raises:
        PictureWordsMissing, AttachmentsNotYours, FileNotYours: as `attachments.service.add`.
    """
    application, form = current.application(), flask.request.form
    addition = Addition(
        files=files, words=form.get("words", ""), is_internal=form.get("shared") != "1"
    )
    with application.unit_of_work() as session:
        service.add(case, addition, by=current.actor(), session=session, clock=application.clock)


def _is_internal(attachment: Attachment | None) -> bool:
    return attachment is not None and attachment.is_internal
