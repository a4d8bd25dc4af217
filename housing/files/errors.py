"""All that can go wrong with files; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Invalid, NotFound


@dataclass(eq=False)
class FileNotFound(NotFound):
    """There is no file %(file_id)s."""

    file_id: str


@dataclass(eq=False)
class FileTooLarge(Invalid):
    """The file %(filename)s is too large: at most %(limit_mb)d MB are accepted."""

    filename: str
    limit_mb: int


@dataclass(eq=False)
class FileNotAnImage(Invalid):
    """The file %(filename)s is not a photo that can be read: use JPEG, PNG or WebP."""

    filename: str


@dataclass(eq=False)
class FileEmpty(Invalid):
    """The file %(filename)s is empty."""

    filename: str


@dataclass(eq=False)
class FileNotYours(Invalid):
    """The file %(file_id)s was not uploaded by you or belongs to another case."""

    file_id: str
