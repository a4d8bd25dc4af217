"""What can go wrong with attachments; a class's docstring is its message."""

from dataclasses import dataclass

from engine.errors import Invalid, NotAllowed, NotFound


class AttachmentsNotYours(NotAllowed):
    """Only the office adds files to a case here, or removes them."""


@dataclass(eq=False)
class AttachmentNotFound(NotFound):
    """There is no file %(file_id)s that was added to this case by the office."""

    file_id: str


@dataclass(eq=False)
class TooManyFiles(Invalid):
    """Add at most %(most)d files at a time."""

    most: int


class PictureWordsMissing(Invalid):
    """Say in a few words what the pictures show, for those who cannot see them."""


class RemovalReasonMissing(Invalid):
    """Give a reason for the removal; it stays in the history of the case."""
