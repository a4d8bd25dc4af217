"""Posted photos are stored before the form is checked, so that no mistake in it loses them."""

from collections.abc import Iterator
from dataclasses import dataclass

import flask
from werkzeug.datastructures import FileStorage, MultiDict

from forms.cleaning import FieldError
from forms.reading import file_field
from forms.schema import Form
from housing.files.errors import FileEmpty, FileNotAnImage, FileTooLarge
from housing.files.rules import MAX_BYTES
from housing.files.service import FileStore, PreparedFile
from webapp import current

MAX_FILES_A_REQUEST = 12
LOCATION_FIELD = "keep_location"
"""Key of the checkbox by which a person allows the place in his photos."""

_CODES = {
    FileTooLarge: "file_too_large",
    FileNotAnImage: "file_not_an_image",
    FileEmpty: "file_empty",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Uploads:
    """A posted form with its new photos as ids.

    Attributes:
        data: posted texts; each stored photo's id stands under the name of its field.
        errors: what was refused, by full field name.
    """

    data: MultiDict[str, str]
    errors: dict[str, FieldError]

    @property
    def is_too_large(self) -> bool:
        """Tell whether a photo was refused for its size."""
        return any(error.code == "file_too_large" for error in self.errors.values())


def receive(form: Form) -> Uploads:
    """Store the photos of this request that the form asks for."""
    application, data = current.application(), MultiDict(flask.request.form)
    keep_location = data.get(LOCATION_FIELD, "") not in ("", "false")
    errors: dict[str, FieldError] = {}
    prepared: list[tuple[str, PreparedFile]] = []
    for name, file in _posted(form):
        try:
            prepared.append((name, _prepare(application.files, file, keep_location)))
        except (FileTooLarge, FileNotAnImage, FileEmpty) as error:
            errors[name] = _refusal(error)
    for file in flask.request.files.values():
        file.close()
    if prepared:
        with application.unit_of_work() as session:
            for name, ready in prepared:
                stored = application.files.record(ready, by=current.actor(), session=session)
                data.add(name, stored.id)
    return Uploads(data=data, errors=errors)


def _posted(form: Form) -> Iterator[tuple[str, FileStorage]]:
    files = [
        (name, file)
        for name, file in flask.request.files.items(multi=True)
        if file.filename and file_field(form, name) is not None
    ]
    yield from files[:MAX_FILES_A_REQUEST]


def _prepare(store: FileStore, file: FileStorage, keep_location: bool) -> PreparedFile:
    return store.prepare(file.stream, file.filename or "", keep_location=keep_location)


def _refusal(error: FileTooLarge | FileNotAnImage | FileEmpty) -> FieldError:
    params = {"filename": error.filename, "max_mb": MAX_BYTES // 1024**2}
    return FieldError(_CODES[type(error)], params)
