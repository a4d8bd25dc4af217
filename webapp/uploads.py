"""Posted files are stored before the form is checked, so that no mistake in it loses them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import flask
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict

from forms.cleaning import FieldError
from forms.reading import file_field
from forms.schema import Form
from housing.files.errors import (
    FileEmpty,
    FileNotADocument,
    FileNotAnImage,
    FileRefused,
    FileTooLarge,
    PdfNotPlain,
    PdfProtected,
    PdfTooLong,
    PdfUnreadable,
)
from housing.files.pdf import MAX_PAGES
from housing.files.rules import DOCUMENT, MAX_BYTES, PDF_TYPE, PICTURE, PICTURE_TYPES, kinds_of
from housing.files.service import PreparedFile, StoredFile, stored_files
from webapp import current

MAX_FILES_A_REQUEST = 12
LOCATION_FIELD = "keep_location"
"""Key of the checkbox by which a person allows the place in his photos."""

_CODES: Mapping[type[FileRefused], str] = {
    FileTooLarge: "file_too_large",
    FileNotAnImage: "file_not_an_image",
    FileNotADocument: "file_not_a_document",
    FileEmpty: "file_empty",
    PdfUnreadable: "pdf_unreadable",
    PdfProtected: "pdf_protected",
    PdfTooLong: "pdf_too_long",
    PdfNotPlain: "pdf_not_plain",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Uploads:
    """A posted form with its new files as ids.

    Attributes:
        data: posted texts; each stored file's id stands under the name of its field.
        errors: what was refused, by full field name.
    """

    data: MultiDict[str, str]
    errors: dict[str, FieldError]

    @property
    def is_too_large(self) -> bool:
        """Tell whether a file was refused for its size."""
        return any(error.code == "file_too_large" for error in self.errors.values())


def receive(form: Form) -> Uploads:
    """Store the files of this request that the form asks for."""
    application, data = current.application(), MultiDict(flask.request.form)
    keep_location = data.get(LOCATION_FIELD, "") not in ("", "false")
    errors: dict[str, FieldError] = {}
    prepared: list[tuple[str, PreparedFile]] = []
    for name, file, kinds in _posted(form):
        try:
            prepared.append((name, prepare(file, kinds, keep_location=keep_location)))
        except FileRefused as error:
            errors[name] = _refusal(error)
    for file in flask.request.files.values():
        file.close()
    if prepared:
        with application.unit_of_work() as session:
            for name, ready in prepared:
                stored = application.files.record(ready, by=current.actor(), session=session)
                data.add(name, stored.id)
    return Uploads(data=data, errors=errors)


def prepare(
    file: FileStorage, kinds: frozenset[str], *, keep_location: bool = False
) -> PreparedFile:
    """Check one uploaded file and put it on disk; raises what `FileStore.prepare` raises."""
    return current.application().files.prepare(
        file.stream, file.filename or "", kinds=kinds, keep_location=keep_location
    )


def input_accept(kinds: frozenset[str]) -> str:
    """Write the `accept` of a file input."""
    types = (
        *(PICTURE_TYPES if PICTURE in kinds else ()),
        *((PDF_TYPE,) if DOCUMENT in kinds else ()),
    )
    return ",".join(types)


def documents_among(file_ids: Collection[str]) -> Mapping[str, StoredFile]:
    """Find the PDFs among stored files: pages show them as links, all others as pictures.

    Args:
        file_ids: of one field or list; ids that are not there are left out.
    """
    if not file_ids:
        return {}
    with current.application().reading() as session:
        found = stored_files(file_ids, session=session)
    return {file.id: file for file in found if file.is_document}


def install(app: Flask) -> None:
    """Let templates say what a field takes and tell PDFs from pictures."""
    app.jinja_env.globals.update(  # also seen by macros that are imported without context
        file_kinds=kinds_of,
        input_accept=input_accept,
        documents_among=documents_among,
        max_file_mb=MAX_BYTES // 1024**2,
        max_pdf_pages=MAX_PAGES,
    )


def _posted(form: Form) -> Iterator[tuple[str, FileStorage, frozenset[str]]]:
    files = [
        (name, file, kinds_of(field.accept))
        for name, file in flask.request.files.items(multi=True)
        if file.filename and (field := file_field(form, name)) is not None
    ]
    yield from files[:MAX_FILES_A_REQUEST]


def _refusal(error: FileRefused) -> FieldError:
    params = {
        "filename": error.filename,
        "max_mb": MAX_BYTES // 1024**2,
        "max_pages": MAX_PAGES,
    }
    return FieldError(_CODES[type(error)], params)
