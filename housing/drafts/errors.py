"""What can go wrong with drafts."""

from dataclasses import dataclass
from datetime import datetime

from engine.errors import Conflict, Invalid, NotAllowed, NotFound


@dataclass(eq=False)
class DraftNotFound(NotFound):
    """There is no draft %(draft_id)s."""

    draft_id: str


@dataclass(eq=False)
class DraftFileNotFound(NotFound):
    """The draft has no file %(file)s."""

    file: str


@dataclass(eq=False)
class DraftConflict(Conflict):
    """%(edited_by_name)s changed the file %(file)s meanwhile."""

    file: str
    revision: int  # of the file as it stands now, or 0 if it is gone
    edited_by_name: str
    edited_at: datetime


@dataclass(eq=False)
class DraftNotInState(Conflict):
    """This is not possible while the draft is %(draft_state)s."""

    draft_state: str


@dataclass(eq=False)
class DraftOutdated(Conflict):
    """Version %(version)d went into service meanwhile; bring the draft up to date first."""

    version: int


@dataclass(eq=False)
class DraftFaulty(Invalid):
    """The draft has %(count)d errors; correct them first."""

    count: int


class DraftUnchanged(Invalid):
    """The draft changes nothing."""


class DraftReasonMissing(Invalid):
    """Please give a reason."""


class DraftTitleMissing(Invalid):
    """Please give the draft a title."""


class FourEyes(NotAllowed):
    """Who drafted, edited or submitted a draft cannot approve it; ask a colleague."""


class GoLivePast(Invalid):
    """The day to go into service must be later than now."""


@dataclass(eq=False)
class FileNameRefused(Invalid):
    """The file name %(file)s cannot be used here."""

    file: str


@dataclass(eq=False)
class FileTooLarge(Invalid):
    """The file %(file)s is larger than %(megabytes)d MB."""

    file: str
    megabytes: int


@dataclass(eq=False)
class FileNotReadable(Invalid):
    """The file %(file)s cannot be read: %(reason)s."""

    file: str
    reason: str


class UploadMissing(Invalid):
    """Choose a file to import."""


class UploadTooLarge(Invalid):
    """The upload is too large: at most 200 files, 20 MB in all when unpacked."""


@dataclass(eq=False)
class ArchiveNotReadable(Invalid):
    """The archive %(file)s is damaged, encrypted or no zip file."""

    file: str


@dataclass(eq=False)
class ArchiveUnsafe(Invalid):
    """The archive holds the path %(file)s, which leads out of its folder or is a link."""

    file: str


class DiagramMissing(Invalid):
    """There is no BPMN diagram in the upload; choose a process that the files belong to."""


@dataclass(eq=False)
class SeveralDiagrams(Invalid):
    """The upload holds several diagrams: %(files)s; import one at a time."""

    files: str


class ProcessMissing(Invalid):
    """The diagram holds no process."""


@dataclass(eq=False)
class ProcessKeyTaken(Conflict):
    """A process %(process_key)s of another package is in service; change its id in the diagram."""

    process_key: str
