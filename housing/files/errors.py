"""All that can go wrong with files; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Invalid, NotFound


@dataclass(eq=False)
class FileNotFound(NotFound):
    """There is no file %(file_id)s."""

    file_id: str


@dataclass(eq=False)
class FileRefused(Invalid):
    """The file %(filename)s cannot be accepted."""

    filename: str


@dataclass(eq=False)
class FileTooLarge(FileRefused):
    """The file %(filename)s is too large: at most %(limit_mb)d MB are accepted."""

    limit_mb: int


@dataclass(eq=False)
class FileEmpty(FileRefused):
    """The file %(filename)s is empty."""


@dataclass(eq=False)
class FileNotAnImage(FileRefused):
    """The file %(filename)s is not a photo that can be read: use JPEG, PNG, WebP or HEIC."""


@dataclass(eq=False)
class FileNotADocument(FileRefused):
    """The file %(filename)s is neither a PDF nor a photo (JPEG, PNG, WebP, HEIC)."""


@dataclass(eq=False)
class PdfUnreadable(FileRefused):
    """The PDF %(filename)s is damaged and cannot be read: please save it anew."""


@dataclass(eq=False)
class PdfProtected(FileRefused):
    """The PDF %(filename)s is protected by a password: please save it without one."""


@dataclass(eq=False)
class PdfTooLong(FileRefused):
    """The PDF %(filename)s has too many pages: at most %(limit_pages)d are accepted."""

    limit_pages: int


@dataclass(eq=False)
class PdfNotPlain(FileRefused):
    """The PDF %(filename)s holds scripts, commands or attached files: print it to a new PDF."""


@dataclass(eq=False)
class FileNotYours(Invalid):
    """The file %(file_id)s was not uploaded by you or belongs to another case."""

    file_id: str
